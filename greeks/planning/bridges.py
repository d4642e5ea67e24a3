"""Contracts that are watched between dates, of models whose law there is approximate: one bridge for each time step.

Source: Glasserman (2004), section 6.4. Measured in docs/continuous_monitoring.md.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greeks.book import Book, Trade
from greeks.planning.settings import Settings


def approximate(payoff: Any, model: Any) -> bool:
    """Whether a number depends on what a model gives approximately."""
    return "bridged" in model.gives and payoff.reads != {"dates"}


def on_steps(payoff: Any, model: Any, steps_per_year: int | None = None) -> Any:
    """Such a contract with the dates of the model's time steps, any other as it is."""
    if not approximate(payoff, model) or payoff.settled(model.spot) is not None:
        return payoff
    return payoff.bridged(model.grid(payoff.dates(), steps_per_year))


def bridged(book: Book, settings: Settings) -> Book:
    """The book with such contracts on the dates of the time steps; itself where it has none."""
    trades = tuple(_bridged(trade, book.model_of(trade), settings) for trade in book.trades)
    return book if all(a is b for a, b in zip(trades, book.trades, strict=True)) else replace(book, trades=trades)


def _bridged(trade: Trade, model: Any, settings: Settings) -> Trade:
    payoff = on_steps(trade.payoff, model, settings.steps_per_year)
    return trade if payoff is trade.payoff else replace(trade, payoff=payoff)
