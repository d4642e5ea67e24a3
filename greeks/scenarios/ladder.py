"""Full revaluation over a grid of spots, volatilities and rates, with an error bar for each change.

Every scenario is valued on the random numbers of the book as it is: streams are keyed by underlying, dates and seed,
never by parameters. A change is the net of a book that holds each trade under the scenario and its opposite as it is:
its paths are subtracted one by one, so that its error bar is that of the differences, and what both have in common is
in neither. Verified in the tests against differences of closed forms, with the coverage of the error bars over seeds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import Any

from greeks.api import DEFAULT_PATHS, run
from greeks.book import Book
from greeks.checks.arguments import check_book
from greeks.checks.options import known_keywords, names_of
from greeks.errors import UsageError
from greeks.scenarios.result import COLUMNS, LadderResult
from greeks.scenarios.shifts import AXES, Scenario, difference, grid, moved
from greeks.system.progress import Progress, shown

Row = Mapping[str, Any]
_NOISE = "the change is within its error bar: noise"
_HESTON = "the volatility that moves is the initial one under heston, as for vega: the long-run variance stays"


@known_keywords
def ladder(
    book: Book,
    *,
    spot: Any = None,
    volatility: Any = None,
    rate: Any = None,
    greeks: str | Iterable[str] | None = "price",
    estimators: str | Iterable[str] = "auto",
    paths: int = DEFAULT_PATHS,
    seed: int = 42,
    threads: int | None = None,
    units: str = "raw",
    group_by: str | Iterable[str] = (),
    steps_per_year: int | None = None,
    variance_reduction: str | Iterable[str] | None = None,
    analytic: bool = True,
    sampler: str = "pseudo",
    replicates: int | None = None,
    fx: Any = None,
    currency: str | None = None,
    progress: bool | Progress | None = None,
) -> LadderResult:
    """Values of a book, and their changes, over a grid of scenarios.

    Parameters
    ----------
    book : Book
    spot, volatility, rate : number, str, or iterable of them, optional
        Shifts of every underlying at once: "-10%" is relative; a number is added, as are "5pt" (hundredths) and "25bp"
        (ten-thousandths). Several in one text are separated by commas. The grid is their product.
    greeks : str or iterable of str, default "price"
        What is valued in each scenario, as for :func:`greeks.run`.
    units : {"raw", "market"}
    estimators, paths, seed, threads, group_by, steps_per_year, variance_reduction, analytic, sampler, replicates, \
    fx, currency
        As for :func:`greeks.run`. There is no pilot: "auto" keeps to the order of preference.
    progress : bool or callable, optional
        As for :func:`greeks.run`, by scenario.

    Returns
    -------
    LadderResult
        ``to_frame()`` has a row for each netted position and scenario.

    Raises
    ------
    UsageError
        For a shift that is none, or that takes a parameter out of its range, and as for :func:`greeks.run`.
    """
    check_book(book)
    if units == "cash":
        raise UsageError("units is 'cash', and a ladder has a spot for each scenario: write raw or market")
    scenarios = grid(spot, volatility, rate)
    for name in names_of("group_by", group_by):
        if name in COLUMNS and name != "underlying":
            raise UsageError(f"group_by: a ladder has a column {name} of its own: rename the column")
    pairs = [(scenario, moved(book, scenario), difference(book, scenario)) for scenario in scenarios]
    asked: dict[str, Any] = {
        "greeks": greeks,
        "estimators": estimators,
        "paths": paths,
        "seed": seed,
        "threads": threads,
        "units": units,
        "group_by": group_by,
        "steps_per_year": steps_per_year,
        "variance_reduction": variance_reduction,
        "analytic": analytic,
        "sampler": sampler,
        "replicates": replicates,
        "pilot": False,
        "fx": fx,
        "currency": currency,
    }
    base = run(book, **asked)
    rows: list[dict[str, Any]] = []
    with shown(progress) as told:
        for number, (scenario, under, change) in enumerate(pairs):
            values, changes = run(under, **asked), run(change, **asked)
            rows.extend(_rows(scenario, values.to_json()["net"], changes.to_json()["net"]))
            if told is not None:
                told(number + 1, len(pairs))
    order = {key: place for place, key in enumerate(dict.fromkeys(map(_key, rows)))}
    rows.sort(key=lambda row: order[_key(row)])
    manifest = dict(base.manifest)
    manifest["scenarios"] = {axis: list(dict.fromkeys(str(getattr(one, axis)) for one in scenarios)) for axis in AXES}
    manifest["notes"] = [*manifest["notes"], *_notes(book, scenarios)]
    return LadderResult(rows, base.to_json()["net"], manifest)


def _rows(scenario: Scenario, values: Sequence[Row], changes: Sequence[Row]) -> list[dict[str, Any]]:
    """The netted values of one scenario, each with its change."""
    by_key = {_key(row): row for row in changes}
    return [_row(scenario, row, by_key[_key(row)]) for row in values]


def _key(row: Row) -> tuple[str, ...]:
    """What tells a netted number from others of its scenario: level, underlying, currency, labels, Greek and unit."""
    names = list(row)
    return tuple(str(row[name]) for name in (*_labels(names), "greek", "unit"))


def _labels(names: Sequence[str]) -> Sequence[str]:
    return names[: min(names.index(name) for name in ("greek", "scenario") if name in names)]


def _row(scenario: Scenario, value: Row, change: Row) -> dict[str, Any]:
    noise = bool(change["standard_error"]) and change["ci_low"] <= 0.0 <= change["ci_high"]
    status = max((value["status"], change["status"]), key=("ok", "warn", "na").index)
    reasons = [_NOISE] * noise + [value["reason"]] + [f"change: {change['reason']}"] * (change["status"] != "ok")
    return {
        **{name: value[name] for name in _labels(list(value))},
        "scenario": str(scenario),
        **{f"{axis}_shift": getattr(scenario, axis).amount for axis in AXES},
        **{name: value[name] for name in ("greek", "value", "standard_error", "ci_low", "ci_high")},
        "change": change["value"],
        **{f"change_{name}": change[name] for name in ("standard_error", "ci_low", "ci_high")},
        "noise": noise,
        "trades": value["trades"],
        "unit": value["unit"],
        "status": status,
        "reason": "; ".join(filter(None, reasons)),
    }


def _notes(book: Book, scenarios: Sequence[Scenario]) -> list[str]:
    """What the shifts may mean to a reader and do not."""
    notes = []
    if any(one.volatility.amount for one in scenarios) and any(
        hasattr(model, "initial_variance") for model in book.models.values()
    ):
        notes.append(_HESTON)
    small = [one.spot for one in scenarios if one.spot.amount and not one.spot.relative]
    least = min((model.spot for model in book.models.values()), default=nan)
    if small and max(abs(one.amount) for one in small) < 0.5 <= 0.05 * least:
        shift = small[0]
        remedy = f"write {100.0 * shift.amount:+g}% for a relative one"
        notes.append(f"the spot shift {shift} is added to the spot: {remedy}")
    for axis in ("volatility", "rate"):
        relative = [getattr(one, axis) for one in scenarios if getattr(one, axis).relative]
        if relative:
            shift = relative[0]
            notes.append(
                f"the {axis} shift {shift} is of the {axis} itself: write {100 * shift.amount:+g}pt for points of it"
            )
    return notes
