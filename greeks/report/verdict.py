"""The verdict: how good a book's numbers are, which ones are not and why, and what to run next. Three sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from greeks.estimators.registry import ANALYTIC
from greeks.report.advice import Advice, advice
from greeks.report.context import Context
from greeks.report.tables import Kind, Said, Section, Status
from greeks.report.totals import Row

_LARGE = 0.05  # relative error above which a total is called imprecise
_CAUSES = (
    ("is it in days", "an unlikely maturity"),
    ("is it in per cent", "an unlikely rate"),
    ("the volatility is exactly 0", "a volatility of 0"),
    ("valuation date", "an expiry on the valuation date"),
    ("heavy tail", "a heavy tail"),
    ("no path differs", "no path that contributes"),
    ("sides of the difference met", "a jump that few paths met"),
    ("time-step bias", "the bias of the time step"),
    ("bias", "the bias of a difference"),
)  # what a reason holds, and what the verdict calls it
_NAMED = 2  # causes that the verdict names


@dataclass(frozen=True)
class Verdict:
    """What to think of a book's numbers.

    Attributes
    ----------
    status : Status
    good, bad, next : Said
        The three sentences.
    command : str
        What the third one says to run.
    """

    status: Status
    good: Said
    bad: Said
    next: Said
    command: str

    @property
    def sentences(self) -> tuple[Said, Said, Said]:
        """In the order of reading."""
        return self.good, self.bad, self.next


def verdict(context: Context, sections: Sequence[Section], run_command: str) -> Verdict:
    """The verdict on the numbers of ``greeks run``.

    Parameters
    ----------
    context : Context
        Measured.
    sections : sequence of Section
        Whose failed checks are told.
    run_command : str
        What runs the book, to which options are added; blank for a call from Python.
    """
    rows = context.totals
    missing = [line for line in context.lines if line["value"] is None]
    warned = [line for line in context.lines if line["status"] == "warn"]
    imprecise = [row for row in rows if (row["relative_error"] or 0.0) > _LARGE]
    failed = [section.title for section in sections for check in section.checks if check.status == "unsound"]
    status: Status = "unsound" if failed else "doubtful" if warned or missing or imprecise else "sound"
    doubts = sum(check.status == "doubtful" for section in sections for check in section.checks)
    found = advice(context, warned, rows, run_command)
    return Verdict(
        status, _good(context, rows), _bad(warned, missing, imprecise, failed, doubts), _next(found), found.command
    )


def _good(context: Context, rows: list[Row]) -> Said:
    lines = context.lines
    sound = [line for line in lines if line["status"] == "ok"]
    exact = sum(line["estimator"] == ANALYTIC for line in sound)
    template = "Of the {all} numbers of {trades} trades {sound} are sound, {exact} of them exact"
    if len(sound) == len(lines):
        template = "All {sound} numbers of {trades} trades are sound, {exact} of them exact"
    values: dict[str, Any] = {
        "all": len(lines), "trades": len(context.book.trades), "sound": len(sound), "exact": exact,
    }  # fmt: skip
    kinds: dict[str, Kind] = dict.fromkeys(values, "count")
    plain = [row for row in rows if row["relative_error"] is not None]
    if plain:
        worst = max(plain, key=lambda row: row["relative_error"])
        template += (
            "; half of the totals are known to {half} of their value or better, the least certain, the {greek} of "
            "{group}, to {worst}"
        )
        values |= {"half": median(row["relative_error"] for row in plain), "greek": worst["greek"]}
        values |= {"group": worst["group"], "worst": worst["relative_error"]}
        kinds |= {"half": "percent", "worst": "percent", "group": "name"}
    return Said(template + ".", values, kinds)


def _bad(warned: list[Row], missing: list[Row], imprecise: list[Row], failed: list[str], doubts: int) -> Said:
    """Which numbers are not good, and why: by cause, with the worst of each."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    kinds: dict[str, Kind] = {}
    causes: dict[str, list[Row]] = {}
    for line in warned:
        causes.setdefault(cause(line["reason"]), []).append(line)
    for number, (name, lines) in enumerate(sorted(causes.items(), key=lambda item: -len(item[1]))[:_NAMED]):
        worst = max(lines, key=lambda line: line["position_standard_error"] or 0.0)
        parts.append(f"{{count{number}}} with {name}, such as the {{greek{number}}} of {{trade{number}}}")
        values |= {f"count{number}": len(lines), f"greek{number}": worst["greek"], f"trade{number}": worst["trade_id"]}
        kinds |= {f"count{number}": "count", f"trade{number}": "name"}
    rest = len(warned) - sum(values.get(f"count{number}", 0) for number in range(_NAMED))
    for key, count, text in (
        ("rest", rest, "{rest} for other reasons"),
        ("missing", len(missing), "{missing} without a value"),
        ("imprecise", len(imprecise), "totals with an error above {large} of their value: {imprecise}"),
    ):
        if count:
            parts.append(text)
            values[key], kinds[key] = count, "count"
    if imprecise:
        values["large"], kinds["large"] = _LARGE, "percent"
    for number, title in enumerate(failed[:_NAMED]):
        parts.append(f"and the checks of {{failed{number}}} failed")
        values[f"failed{number}"] = title
    if not parts:
        if doubts:
            said = "Every number may be used with its error bar; checks below that are to be looked at: {doubts}."
            return Said(said, {"doubts": doubts}, {"doubts": "count"})
        return Said("Every number may be used with its error bar.")
    return Said(f"To be used with care: {'; '.join(parts)}.", values, kinds)


def cause(reason: str) -> str:
    """What a warning is about, in a few words."""
    for holds, name in _CAUSES:
        if holds in reason:
            return name
    return "a warning of another kind"


def _next(found: Advice) -> Said:
    return Said(f"Run next, {found.why}:", found.values, found.kinds)
