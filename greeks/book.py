"""A book: trades, the models of their underlyings, and where both came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from greeks.errors import Issue


@dataclass(frozen=True)
class Trade:
    """One position.

    Attributes
    ----------
    trade_id : str
        Unique within the book.
    underlying : str
        Key of the market model.
    payoff
        The contract, per unit.
    quantity : float
        Signed number of contracts.
    multiplier : float
        Units of the payoff in one contract, > 0.
    labels : mapping of str to str
        Further columns of the portfolio file, for grouping.
    """

    trade_id: str
    underlying: str
    payoff: Any
    quantity: float = 1.0
    multiplier: float = 1.0
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def position(self) -> float:
        """Units of the payoff held, signed."""
        return self.quantity * self.multiplier


@dataclass(frozen=True)
class Book:
    """Trades and the models they are valued under.

    Attributes
    ----------
    trades : tuple of Trade
        In the order of the file.
    models : mapping of str to model
        One for every underlying of the trades.
    label_columns : tuple of str
        Names of the portfolio's label columns, in the order of the file.
    sources : mapping of str to str
        File name to SHA-256 digest of its bytes.
    rejected : tuple of Issue
        Rows left out under ``on_error="skip"``.
    as_of : str
        Valuation date that expiry dates were counted from; empty where none was given.
    currencies : mapping of str to str
        Currency of each underlying's spot and payments; an underlying that is absent has none stated.
    notes : tuple of str
        What a reader should know of how the files were read: label columns, defaults taken, likely slips.
    """

    trades: tuple[Trade, ...]
    models: Mapping[str, Any]
    label_columns: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    rejected: tuple[Issue, ...] = ()
    as_of: str = ""
    currencies: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
