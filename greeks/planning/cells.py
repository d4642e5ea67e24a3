"""Which estimator gives each number, or why there is none: decided before any path is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any

from greeks.book import Trade
from greeks.estimators.base import foreign, missing_parameter, unread
from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.payoffs.dated import HOURS_UNKNOWN
from greeks.planning.automatic import Choices, greeks_of
from greeks.planning.exact import Analytic
from greeks.planning.settings import Settings
from greeks.planning.twin import Twin, twin_of
from greeks.planning.validity import verdict

_CONTROLLED = "with controls of known mean"


@dataclass(frozen=True)
class Cell:
    """One number to report: where it comes from, or why there is none.

    ``job`` and ``row`` point at moments; ``exact`` holds a value known without simulation; with neither, the
    number is not available and ``reason`` says why. ``measures`` holds the row of each measure that goes with it.
    The number is ``factor`` times the mean of its moments plus the exact ``part``, and ``simulated`` the
    payoff that is simulated in place of the trade's; see :mod:`greeks.planning.twin`.
    """

    trade: int
    greek: str
    estimator: str
    status: str
    reason: str
    job: int = -1
    row: int = -1
    exact: float | None = None
    factor: float = 1.0
    part: float = 0.0
    simulated: Any = None
    measures: Mapping[str, int] = field(default_factory=dict)


def estimators_of(model: Any, settings: Settings) -> tuple[str, ...]:
    """The estimators to report: those asked for by name, and of "all" those with a meaning for the model."""
    if not settings.all_estimators:
        return settings.estimators
    return tuple(name for name in settings.estimators if foreign(ESTIMATORS.get(name), model) is None)


def settled_cell(number: int, trade: Trade, model: Any, greek: str, value: float) -> Cell:
    """A payment that depends on no future spot: its discounted value, and how that depends on rate and time."""
    if missing := missing_parameter(model, greek):
        return Cell(number, greek, ANALYTIC, "na", f"{missing}: leave it out for this underlying")
    if trade.payoff.linear:
        return _linear_cell(number, trade, model, greek)
    wait = trade.payoff.maturity
    price = value * exp(-model.rate * wait)
    hours = HOURS_UNKNOWN if trade.payoff.hours_unknown else ""
    if greek == "price":
        status, reason = ("warn", hours) if hours else ("ok", "settled: known without simulation")
        return Cell(number, greek, ANALYTIC, status, reason, exact=price)
    if wait > 0.0:
        exact = {"rho": -wait * price, "theta": model.rate * price}.get(greek, 0.0)
        return Cell(number, greek, ANALYTIC, "ok", "settled: a known payment, to be discounted", exact=exact)
    reason = "settled: nothing is left to differentiate, only the price is given"
    return Cell(number, greek, ANALYTIC, "na", f"{reason}; {hours}" if hours else reason)


def _linear_cell(number: int, trade: Trade, model: Any, greek: str) -> Cell:
    """What is linear in the spot of today, or not moved by it: every Greek is known."""
    exact, source = Analytic().value(trade.payoff, model, greek), Analytic().source(trade.payoff, model)
    status, reason = ("warn", HOURS_UNKNOWN) if trade.payoff.hours_unknown else ("ok", source)
    return Cell(number, greek, ANALYTIC, status, reason, exact=exact)


def twin_for(trade: Trade, model: Any, settings: Settings) -> Twin | None:
    """The twin that is simulated in a trade's place: by ``auto`` only, an estimator asked for by name is as it is."""
    return twin_of(trade.payoff, model) if settings.estimators == ("auto",) else None


def requests_of(
    number: int, trade: Trade, model: Any, settings: Settings, decided: Choices
) -> tuple[list[tuple[str, list[str]]], list[Cell]]:
    """Greeks by estimator for one trade, and its cells in order of Greek, then estimator."""
    wanted: dict[str, list[str]] = {}
    cells: list[Cell] = []
    twin = twin_for(trade, model, settings) if unread(trade.payoff, model) is None else None
    for greek in greeks_of(model, settings):
        names, note = estimators_of(model, settings), ""
        if names == ("auto",):
            taken = decided[number, greek]
            if taken.zero:
                cells.append(Cell(number, greek, taken.estimator, "ok", taken.reason, exact=0.0))
                continue
            names, note = (taken.estimator,), taken.reason
        for name in names:
            found = verdict(name, trade.payoff, model, greek, settings.bump)
            cell = Cell(number, greek, name, found.status, found.reason)
            if found.valid and name == ANALYTIC:
                cell = replace(cell, exact=Analytic().value(trade.payoff, model, greek))
            elif found.valid:
                by_parity = twin.note if twin is not None else ""
                controlled = settings.controls and ESTIMATORS[name].controlled(model)
                parts = (note, by_parity, _CONTROLLED if controlled else "", found.reason)
                reason = "; ".join(part for part in parts if part)
                wanted.setdefault(name, []).append(greek)
                cell = replace(cell, reason=reason)
                if twin is not None:
                    part = twin.part.get(greek, 0.0)
                    cell = replace(cell, factor=twin.factor, part=part, simulated=twin.payoff)
            cells.append(cell)
    return list(wanted.items()), cells
