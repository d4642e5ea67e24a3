"""Which estimator gives each number, or why there is none: decided before any path is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any

from greeks.book import Trade
from greeks.estimators.base import foreign, missing_parameter
from greeks.estimators.registry import ANALYTIC, ESTIMATORS, choose
from greeks.payoffs.dated import HOURS_UNKNOWN
from greeks.planning.advice import refusal, remark
from greeks.planning.edges import without_greeks
from greeks.planning.exact import Analytic
from greeks.planning.settings import Settings
from greeks.planning.twin import Twin, twin_of


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


def greeks_of(model: Any, settings: Settings) -> tuple[str, ...]:
    """The Greeks to report: those asked for by name, and of "all" those the model has."""
    if not settings.all_greeks:
        return settings.greeks
    return tuple(greek for greek in settings.greeks if missing_parameter(model, greek) is None)


def estimators_of(model: Any, settings: Settings) -> tuple[str, ...]:
    """The estimators to report: those asked for by name, and of "all" those with a meaning for the model."""
    if not settings.all_estimators:
        return settings.estimators
    return tuple(name for name in settings.estimators if foreign(ESTIMATORS.get(name), model) is None)


def settled_cell(number: int, trade: Trade, model: Any, greek: str, value: float) -> Cell:
    """A payment that depends on no future spot: its discounted value, and how that depends on rate and time."""
    wait = trade.payoff.maturity
    price = value * exp(-model.rate * wait)
    hours = HOURS_UNKNOWN if getattr(trade.payoff, "hours_unknown", False) else ""
    if greek == "price":
        status, reason = ("warn", hours) if hours else ("ok", "settled: known without simulation")
        return Cell(number, greek, ANALYTIC, status, reason, exact=price)
    if wait > 0.0:
        exact = {"rho": -wait * price, "theta": model.rate * price}.get(greek, 0.0)
        return Cell(number, greek, ANALYTIC, "ok", "settled: a known payment, to be discounted", exact=exact)
    reason = "settled: nothing is left to differentiate, only the price is given"
    return Cell(number, greek, ANALYTIC, "na", f"{reason}; {hours}" if hours else reason)


def exact_cell(number: int, trade: Trade, model: Any, greek: str) -> Cell | None:
    """The closed form's value with its source; None where there is none."""
    method = Analytic()
    value = method.value(trade.payoff, model, greek)
    if value is None:
        return None
    return Cell(number, greek, ANALYTIC, "ok", method.source(trade.payoff, model), exact=value)


def twin_for(trade: Trade, model: Any, settings: Settings) -> Twin | None:
    """The twin that is simulated in a trade's place: by ``auto`` only, an estimator asked for by name is as it is."""
    return twin_of(trade.payoff, model) if settings.estimators == ("auto",) else None


def requests_of(
    number: int, trade: Trade, model: Any, settings: Settings
) -> tuple[list[tuple[str, list[str]]], list[Cell]]:
    """Greeks by estimator for one trade, and its cells in order of Greek, then estimator."""
    wanted: dict[str, list[str]] = {}
    cells: list[Cell] = []
    edge = without_greeks(trade.payoff, model)
    twin = twin_for(trade, model, settings)
    for greek in greeks_of(model, settings):
        names: Sequence[str] = estimators_of(model, settings)
        if edge is not None and greek != "price":
            cells.extend(Cell(number, greek, name, "na", edge) for name in names)
            continue
        note = ""
        exact = exact_cell(number, trade, model, greek)
        if names == ("auto",) and settings.analytic and exact is not None:
            names = (ANALYTIC,)
        elif names == ("auto",):
            chosen = choose(trade.payoff, model, greek)
            if chosen is None:
                why = refusal("auto", trade.payoff, model, greek, settings.bump)
                cells.append(Cell(number, greek, "auto", "na", why or "no estimator is valid"))
            names = () if chosen is None else (chosen[0],)
            note = chosen[1] if chosen else ""
        for name in names:
            why = refusal(name, trade.payoff, model, greek, settings.bump)
            if why is not None:
                cells.append(Cell(number, greek, name, "na", why))
                continue
            if exact is not None and name == ANALYTIC:
                cells.append(exact)
                continue
            status, reason = remark(name, trade.payoff, model, greek, settings.bump)
            by_parity = twin.note if twin is not None else ""
            reason = "; ".join(part for part in (note, by_parity, reason) if part)
            wanted.setdefault(name, []).append(greek)
            cell = Cell(number, greek, name, status, reason)
            if twin is not None:
                part = twin.part.get(greek, 0.0)
                cell = replace(cell, factor=twin.factor, part=part, simulated=twin.payoff)
            cells.append(cell)
    return list(wanted.items()), cells
