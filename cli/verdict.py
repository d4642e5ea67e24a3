"""What is said on stderr of the numbers of a run, and the exit code they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from greeks_cli import exits
from greeks_cli.terminal import say

from greeks.text.visible import counted, visible

Rows = Sequence[Mapping[str, Any]]
_REASONS = 3  # reasons for absent numbers that are told; the column `reason` has every one


def verdict(
    trades: Rows,
    net: Rows = (),
    *,
    rejected: int = 0,
    target_met: bool = True,
    fail_on: str | None = None,
    quiet: bool = False,
    explained: bool = False,
) -> int:
    """Exit code, with a word on stderr for each thing short of complete.

    Parameters
    ----------
    trades, net : sequence of mappings
        Rows of the results.
    rejected : int
        Problems in rows that were skipped.
    target_met : bool
        Whether every number reached the target.
    fail_on : {"warn", "na"}, optional
        The mildest status that is a failure.
    quiet : bool
        Whether absent numbers are passed over; failures never are.
    explained : bool
        Whether every reason already stands below a table on the screen: then absent numbers are counted only.
    """
    if not quiet:
        _tell_absent(trades, explained)
    failed = _tell_failures([*trades, *net], fail_on)
    if rejected:
        say(f"{counted(rejected, 'problem')} in rows that were skipped")
    if not target_met:
        _tell_missed(trades, net)
    if failed or not target_met:
        return exits.QUALITY
    return exits.PARTIAL if rejected else exits.OK


def _tell_absent(rows: Rows, explained: bool) -> None:
    """How many numbers there are not, and why."""
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["status"] == "na":
            reasons.setdefault(row["reason"], []).append(row)
    if not reasons:
        return
    absent = sum(map(len, reasons.values()))
    told = f"{absent} of {counted(len(rows), 'number')} {'are' if absent > 1 else 'is'} na"
    if explained:
        say(f"{told}: the notes of the table say why")
        return
    say(f"{told}:")
    for reason, found in list(reasons.items())[:_REASONS]:
        say(f"  {len(found)}, such as {_name(found[0])}: {visible(reason)}")
    if len(reasons) > _REASONS:
        say(f"  {counted(len(reasons) - _REASONS, 'further reason')}: see the column reason")


def _tell_missed(trades: Rows, net: Rows) -> None:
    """How many numbers are further from the target than asked for, and the first of them."""
    missed, rows = [row for row in trades if row.get("target_met") is False], trades
    if not missed:  # it was one of the netted book
        rows = [row for row in net if row["level"] == "book" and row["status"] != "na" and not row.get("bucket")]
        missed = [row for row in rows if row["status"] != "ok"]
    told = f"{len(missed)} of {counted(len(rows), 'number')} missed the target"
    if missed:
        told += f"; the first is {_name(missed[0])}: {visible(missed[0]['reason'])}"
    say(told)


def _tell_failures(rows: Rows, fail_on: str | None) -> bool:
    """Whether a row has the status asked for, or a worse one."""
    if fail_on is None:
        return False
    fatal = [row for row in rows if row["status"] == "na" or row["status"] == fail_on]
    if not fatal:
        return False
    worse = " or na" if fail_on == "warn" else ""
    share = f"{len(fatal)} of {counted(len(rows), 'number')} {'have' if len(fatal) > 1 else 'has'}"
    say(
        f"--fail-on {fail_on}: {share} the status {fail_on}{worse}; the first is {_name(fatal[0])}, "
        f"{fatal[0]['status']}: {visible(fatal[0]['reason'])}"
    )
    return True


def _name(row: Mapping[str, Any]) -> str:
    """A row, as one would speak of it."""
    own = row["trade_id"] if "trade_id" in row else " ".join(filter(None, (row["level"], row["underlying"])))
    return " ".join(visible(part) for part in (own, row["greek"], row["estimator"]) if part)
