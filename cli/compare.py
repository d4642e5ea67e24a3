"""``greeks compare``: are two result files equal, or equal within their error bars?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import inf, isfinite, nan

import click
from greeks_cli import exits
from greeks_cli.command import Command
from greeks_cli.differences import INDEPENDENT, NESTED, SHARED, Difference, difference, relation
from greeks_cli.options import FILE
from greeks_cli.resultfile import Key, Number, ResultFile, read_results
from greeks_cli.terminal import terminal

from greeks.errors import UsageError

Found = dict[Key, tuple[Number | None, Number | None, Difference]]


@click.command("compare", cls=Command, short_help="Are two result files equal within their error bars?")
@click.argument("a", metavar="A", type=FILE)
@click.argument("b", metavar="B", type=FILE)
@click.option("--sigmas", type=float, default=4.0, show_default=True, help="Allowed distance in standard errors.")
@click.option("--rtol", type=float, default=1e-12, show_default=True, help="Relative difference that counts as equal.")
@click.option("--worst", type=int, default=10, show_default=True, help="How many differences to show.")
@click.option(
    "--independent/--same-seed",
    default=None,
    help="Whether the runs had random numbers of their own; default: as the files say.",
)
@click.option("-v", "--verbose", is_flag=True, help="A traceback for an internal error.")
def command(a: str, b: str, sigmas: float, rtol: float, worst: int, independent: bool | None, verbose: bool) -> int:
    """Compare two result files (csv, json or parquet) row by row.

    Rows are equal if their values agree to --rtol. Runs of different seeds are independent: their rows may differ by
    --sigmas combined standard errors. Runs of the same seed share their random numbers, and error bars say nothing of
    how far they may be apart: a difference is a change of input, settings or version. Exit code 5 unless every row is
    equal, or within the error bars of independent runs.
    """
    if not (isfinite(sigmas) and sigmas >= 0 and isfinite(rtol) and rtol >= 0 and worst >= 0):
        raise UsageError("--sigmas, --rtol and --worst must be numbers of at least 0")
    first, second = read_results(a), read_results(b)
    _keep_shared_tables(first, second)
    how = relation(first, second) if independent is None else INDEPENDENT if independent else SHARED
    found = _differences(first, second, how, rtol, sigmas)
    count = Counter(one.verdict for _, _, one in found.values())
    farthest = max((one.distance for _, _, one in found.values() if one.verdict == "within"), default=nan)
    largest = f" (largest distance {farthest:.2f})" if count["within"] else ""
    undecided = f"{count['undecided']} cannot be judged, " if count["undecided"] else ""
    click.echo(
        f"{count['equal']} rows equal to a relative {rtol:g}, {count['within']} within {sigmas:g} standard errors"
        f"{largest}, {undecided}{count['differ']} differ"
    )
    if count["equal"] < len(found):
        from greeks_cli.comparison import render

        said = _explained(how, first, second, forced=independent is not None)
        click.echo(render(_worst(found, worst), said, *terminal(True)), nl=False)
    return exits.QUALITY if count["differ"] or count["undecided"] else exits.OK


def _keep_shared_tables(first: ResultFile, second: ResultFile) -> None:
    """Drop the netted table (or the trades) where only one of the files holds it: csv has one table, json both."""
    kinds = {bool(key[0]) for key in first.numbers} & {bool(key[0]) for key in second.numbers}
    if not kinds:
        raise UsageError("one file holds trades and the other a netted table: compare like with like")
    for file in (first, second):
        file.numbers = {key: number for key, number in file.numbers.items() if bool(key[0]) in kinds}


def _differences(first: ResultFile, second: ResultFile, how: str, rtol: float, sigmas: float) -> Found:
    found: Found = {}
    for key in dict.fromkeys([*first.numbers, *second.numbers]):
        x, y = first.numbers.get(key), second.numbers.get(key)
        if x is not None and y is not None:
            found[key] = x, y, difference(x, y, how, rtol, sigmas)
        else:
            found[key] = x, y, Difference("differ", nan, nan, inf, f"only in {'A' if y is None else 'B'}")
    return found


def _worst(found: Mapping[Key, tuple[Number | None, Number | None, Difference]], count: int) -> Found:
    """The rows that are not equal, those that differ first, the farthest apart first."""
    order = {"differ": 0, "undecided": 1, "within": 2}
    rows = [item for item in found.items() if item[1][2].verdict != "equal"]
    rows.sort(key=lambda item: (order[item[1][2].verdict], -item[1][2].distance))
    return dict(rows[:count])


def _explained(how: str, first: ResultFile, second: ResultFile, *, forced: bool) -> str:
    """Whether the error bars can say anything, and why."""
    if how == INDEPENDENT:
        why = "you say" if forced else f"seeds {_seed(first)} and {_seed(second)}"
        return f"independent runs ({why}): the error of a difference is the root of the sum of squares"
    if how == NESTED:
        return (
            f"the same inputs, settings and seed ({_seed(first)}), so the shorter run is the beginning of the longer: "
            "the variance of a difference is the difference of the variances"
        )
    bound = "the error shown is the largest that it can be, the sum of both; error bars cannot call such rows equal"
    if how == SHARED:
        known = first.seeds and second.seeds
        why = "you say" if forced else f"seed {_seed(first)}" if known else "rows are equal in every bit"
        change = "a difference is a change of input, settings or version"
        return f"the runs share their random numbers ({why}): {change}; {bound}"
    return (
        f"the files do not say whether the runs share their random numbers: {bound}. Compare files that hold the seed "
        "(as greeks run writes them), or say --independent or --same-seed"
    )


def _seed(file: ResultFile) -> str:
    return ", ".join(sorted(file.seeds)) or "unknown"
