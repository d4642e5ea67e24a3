"""Which trades of a large book are studied: every payoff and model, then every regime, the largest position first.

A study takes every estimator; two trades of the same payoff, model, moneyness and maturity tell the same of them. A
regime is a kind with a range of moneyness and one of maturity. Trades are taken in turns, one of each kind, within a
kind one of each regime, so that a rare regime is not crowded out by a common one. Nothing is random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, log
from typing import Any, NamedTuple

from greeks.book import Book, Trade
from greeks.results.scale import natural_scale

_MONEYNESS = ((-1.5, "far out"), (-0.5, "out"), (0.5, "at the money"), (1.5, "in"))  # deviations in the money, up to
_MATURITY = ((8.0 / 365.0, "a week"), (32.0 / 365.0, "a month"), (1.01, "a year"))  # years, up to


class Regime(NamedTuple):
    """What the behaviour of an estimator depends on."""

    kind: str
    moneyness: str
    maturity: str


def regime(trade: Trade, model: Any, kind: str) -> Regime:
    """The regime of a live trade."""
    years = (trade.payoff.dates() or (trade.payoff.maturity,))[-1]
    return Regime(kind, _moneyness(trade.payoff, model), _label(years, _MATURITY, "longer"))


def pick(book: Book, most: int, kind_of: Callable[[Trade, Any], str]) -> tuple[list[int], dict[Regime, list[int]]]:
    """Positions of the trades to study, in the order of the book, and those of all live trades by regime.

    Parameters
    ----------
    book : Book
    most : int
        Trades to study; one of each kind is taken even where there are more kinds.
    kind_of : callable
        Payoff and model of a trade.
    """
    regimes: dict[Regime, list[int]] = {}
    for number, trade in enumerate(book.trades):
        model = book.model_of(trade)
        if trade.payoff.settled(model.spot) is None:
            regimes.setdefault(regime(trade, model, kind_of(trade, model)), []).append(number)
    live = sum(map(len, regimes.values()))
    if live <= most:
        return list(range(len(book.trades))), regimes
    kinds: dict[str, list[list[int]]] = {}
    for found, members in regimes.items():
        kinds.setdefault(found.kind, []).append(sorted(members, key=lambda number: (-_size(book, number), number)))
    queues = [_turns(sorted(groups, key=lambda group: -_size(book, group[0]))) for groups in kinds.values()]
    return sorted(_turns(queues)[: max(most, len(queues))]), regimes


def _turns(queues: Sequence[Sequence[int]]) -> list[int]:
    """The first of each queue, then the second of each, and so on."""
    longest = max((len(queue) for queue in queues), default=0)
    return [queue[turn] for turn in range(longest) for queue in queues if turn < len(queue)]


def _size(book: Book, number: int) -> float:
    """Size of a position, as a part of its underlying's spot, so that currencies do not count."""
    trade = book.trades[number]
    model: Any = book.model_of(trade)
    size: float = abs(trade.position) * natural_scale(trade.payoff, model, "price") / model.spot
    return size


def _moneyness(payoff: Any, model: Any) -> str:
    """Log of forward over strike in deviations of the log-spot, with the sign of the option."""
    strike, years = getattr(payoff, "strike", None), (payoff.dates() or (payoff.maturity,))[-1]
    width = model.step_scale("delta", (years,)) / model.spot
    if not strike or not width > 0.0:
        return "no strike"
    ahead = log(model.spot * exp((model.rate - model.dividend_yield) * years) / strike) / width
    return _label(-ahead if getattr(payoff, "option_type", "") == "put" else ahead, _MONEYNESS, "far in")


def _label(value: float, ranges: Sequence[tuple[float, str]], beyond: str) -> str:
    return next((label for limit, label in ranges if value <= limit), beyond)


def counted(regimes: Mapping[Regime, Sequence[int]], picked: Sequence[int]) -> list[dict[str, Any]]:
    """One row a regime: trades of the book, and those studied."""
    chosen = set(picked)
    return [
        {**found._asdict(), "trades": len(members), "studied": sum(number in chosen for number in members)}
        for found, members in sorted(regimes.items())
    ]
