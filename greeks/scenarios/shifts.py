"""Shifts of a market: relative or absolute, of spot, volatility and rate, and the book that they lead to.

"-10%" is relative to the value itself; "+0.02", "2pt" (points, hundredths) and "25bp" (basis points) are added to it. A
volatility of Heston's model is its initial one, as for vega. Verified in the tests: a moved model has the numbers
written by hand, and is refused where these are out of range.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass, replace
from itertools import product
from math import sqrt
from typing import Any

from greeks.book import Book, Trade
from greeks.checks.ranges import finite
from greeks.errors import SpecError, UsageError
from greeks.text.visible import LONGEST, visible

AXES = ("spot", "volatility", "rate")
_FORM = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(%|pt|bp|)", re.ASCII)
_SIZE = {"%": 0.01, "pt": 0.01, "bp": 0.0001, "": 1.0}
_EXAMPLES = {"spot": "-10% or +25", "volatility": "-5pt, 0.02 or 10%", "rate": "25bp, -0.01 or 1pt"}
MOST = 10_000  # scenarios of one grid


@dataclass(frozen=True)
class Shift:
    """How far one parameter moves: by a share of itself, or by an amount."""

    amount: float = 0.0
    relative: bool = False

    def __str__(self) -> str:
        if not self.amount:
            return "0"
        return f"{100.0 * self.amount:+.10g}%" if self.relative else f"{self.amount:+.10g}"

    def of(self, value: float) -> float:
        """The value moved."""
        return value * (1.0 + self.amount) if self.relative else value + self.amount


@dataclass(frozen=True)
class Scenario:
    """One place of the grid."""

    spot: Shift = Shift()
    volatility: Shift = Shift()
    rate: Shift = Shift()

    def __str__(self) -> str:
        return ", ".join(f"{axis} {getattr(self, axis)}" for axis in AXES if getattr(self, axis).amount) or "no shift"


def shifts_of(axis: str, given: Any) -> tuple[Shift, ...]:
    """The shifts of one axis.

    Parameters
    ----------
    axis : {"spot", "volatility", "rate"}
    given : None, number, str, or iterable of numbers and str
        A number, and a text without a unit, is added; a comma separates several in one text. None is no shift.

    Raises
    ------
    UsageError
        For what is no shift, or is given twice, with what to write.
    """
    if given is None:
        return (Shift(),)
    parts = given.split(",") if isinstance(given, str) else given if isinstance(given, Iterable) else [given]
    found = [_shift(axis, part) for part in parts]
    if not found:
        raise UsageError(f"{axis}: no shift is named: write {_EXAMPLES[axis]}, or leave it out")
    if twice := [str(shift) for place, shift in enumerate(found) if shift in found[:place]]:
        raise UsageError(f"{axis}: the shift {twice[0]} is named twice: leave one out")
    return tuple(found)


def _shift(axis: str, part: Any) -> Shift:
    remedy = f"write a shift such as {_EXAMPLES[axis]}"
    if not isinstance(part, str):
        number = finite(part)
        if number is None:
            raise UsageError(f"{axis}: {part!r} is no shift: {remedy}")
        return Shift(number)
    found = _FORM.fullmatch(part.strip())
    if found is None:
        raise UsageError(f"{axis}: {visible(part.strip(), LONGEST)!r} is no shift: {remedy}")
    digits, unit = found.groups()
    amount = float(digits) * _SIZE[unit]
    if finite(amount) is None:
        raise UsageError(f"{axis}: {part.strip()} is too large: {remedy}")
    if axis == "spot" and unit in ("pt", "bp"):
        raise UsageError(f"spot: {part.strip()} is in points, which a spot has not: {remedy}")
    return Shift(amount, unit == "%" and amount != 0.0)


def grid(spot: Any, volatility: Any, rate: Any) -> tuple[Scenario, ...]:
    """Every combination, the last axis fastest.

    Raises
    ------
    UsageError
        Where no axis is given, or a shift is none, or they are too many.
    """
    if spot is None and volatility is None and rate is None:
        raise UsageError("no shift is given: write spot -10%,0,10%, volatility -5pt,0,5pt or rate -50bp,0,50bp")
    axes = [shifts_of(axis, given) for axis, given in zip(AXES, (spot, volatility, rate), strict=True)]
    count = len(axes[0]) * len(axes[1]) * len(axes[2])
    if count > MOST:
        raise UsageError(f"the grid has {count} scenarios: at most {MOST}, name fewer shifts")
    return tuple(Scenario(*shifts) for shifts in product(*axes))


def moved(book: Book, scenario: Scenario) -> Book:
    """The book with each trade under its model in a scenario, with the numbers that are the trade's own moved too.

    Raises
    ------
    UsageError
        Where a parameter leaves its range, with the underlying.
    """
    known: dict[Any, Any] = {}
    trades = []
    for trade in book.trades:
        model = book.model_of(trade)
        if model not in known:
            known[model] = moved_model(trade.underlying, model, scenario)
        trades.append(replace(trade, volatility=None, model=known[model]))
    models = {name: moved_model(name, model, scenario) for name, model in book.models.items()}
    return replace(book, models=models, terms={}, trades=tuple(trades))


def moved_model(name: str, model: Any, scenario: Scenario) -> Any:
    """The model with its spot, volatility and rate moved; itself where nothing is."""
    fields: dict[str, float] = {}
    if not is_dataclass(model) and scenario != Scenario():
        raise UsageError(f"{visible(name, LONGEST)}: {type(model).__name__} is no dataclass, and cannot be moved")
    if scenario.spot.amount:
        fields["spot"] = scenario.spot.of(getattr(model, "quoted_spot", model.spot))
    if scenario.rate.amount:
        fields["rate"] = scenario.rate.of(model.rate)
    if scenario.volatility.amount:
        fields |= _volatility(name, model, scenario.volatility)
    try:
        if not fields:
            return model
        by_time = not getattr(model, "flat", True) or getattr(model, "chain", None)  # of users' models none has
        return _in_parallel(model, fields) if by_time else replace(model, **fields)
    except (SpecError, ValueError) as error:
        raise _beyond(name, scenario, str(error)) from None


def _in_parallel(model: Any, fields: dict[str, float]) -> Any:
    """Curves or dividends, with all of a curve moved by what its number moves."""
    if not fields.get("spot", 1.0) > 0.0:
        raise ValueError(f"the spot would be {fields['spot']:g}")
    steps = {
        "delta": fields.get("spot", model.quoted_spot) - model.quoted_spot,
        "rho": fields.get("rate", model.rate) - model.rate,
        "vega": fields.get("volatility", model.volatility) - model.volatility,
    }
    for greek, step in steps.items():
        model = model.moved(greek, step) if step else model
    if not model.spot > 0.0:
        raise ValueError("the dividends would be worth more than the spot")
    return model


def _volatility(name: str, model: Any, shift: Shift) -> dict[str, float]:
    random = hasattr(model, "initial_variance")
    before = sqrt(model.initial_variance) if random else getattr(model, "volatility", None)
    if before is None:
        raise UsageError(f"{visible(name, LONGEST)}: {type(model).__name__} has no volatility to move: leave that out")
    after = shift.of(before)
    if after < 0.0:
        raise _beyond(name, Scenario(volatility=shift), f"the volatility {before:g} would be {after:g}")
    return {"initial_variance": after * after} if random else {"volatility": after}


def _beyond(name: str, scenario: Scenario, text: str) -> UsageError:
    return UsageError(f"{visible(name, LONGEST)} under {scenario}: {text}: name a smaller shift")


def difference(book: Book, scenario: Scenario) -> Book:
    """A book whose net is the change: each trade under the scenario, and against it the same trade as it is."""
    return replace(book, trades=tuple(_pairs(book, moved(book, scenario))))


def _pairs(book: Book, under: Book) -> Iterator[Trade]:
    for trade, other in zip(book.trades, under.trades, strict=True):
        yield other
        yield replace(trade, trade_id=f"{trade.trade_id} (as it is)", quantity=-trade.quantity)
