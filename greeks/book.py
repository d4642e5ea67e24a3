"""A book: trades, the models of their underlyings, and where both came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from greeks.checks.ranges import MULTIPLIER, QUANTITY, VOLATILITY, finite
from greeks.errors import Issue, UsageError
from greeks.market.terms import Terms
from greeks.spec import altered
from greeks.text.tables import MOST_ROWS, html_table, text_table
from greeks.text.visible import LONGEST, counted, visible

if TYPE_CHECKING:
    import pandas as pd


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
    volatility : float, optional
        Of this contract, as a point of a smile, in place of its underlying's (sticky strike); per square root of a
        year. The Greeks to a volatility are then to this one.
    model : optional
        Of this contract, in place of its underlying's, as of a scenario: of the same kind, with other numbers.

    Notes
    -----
    Contracts of one underlying on the same dates have the same random numbers, whatever their volatilities and models:
    what they hedge of each other is netted path by path.
    """

    trade_id: str
    underlying: str
    payoff: Any
    quantity: float = 1.0
    multiplier: float = 1.0
    labels: Mapping[str, str] = field(default_factory=dict)
    volatility: float | None = None
    model: Any = None

    def __post_init__(self) -> None:
        """Refuse amounts that are no numbers.

        Raises
        ------
        UsageError
            For a quantity that is not finite, a multiplier that is not finite and positive, a size no position has, or
            a volatility that is none.
        """
        for name, allowed in (("quantity", QUANTITY), ("multiplier", MULTIPLIER)):
            value = finite(getattr(self, name))
            if value is None or (name == "multiplier" and value <= 0.0):
                remedy = "a finite number, negative for a short position" if name == "quantity" else "a number above 0"
                raise UsageError(f"{self._named(name)} is {getattr(self, name)!r}: write {remedy}")
            if problem := allowed.problem(value):
                raise UsageError(f"{self._named(name)}: {problem}")
            object.__setattr__(self, name, value)
        if self.volatility is not None:
            value = finite(self.volatility)
            if value is None or value < 0.0:
                raise UsageError(f"{self._named('volatility')} is {self.volatility!r}: write a number such as 0.2")
            if problem := VOLATILITY.problem(value):
                raise UsageError(f"{self._named('volatility')}: {problem}")
            object.__setattr__(self, "volatility", value)

    def _named(self, name: str) -> str:
        """One of its fields, for a message."""
        return f"trade {visible(str(self.trade_id), LONGEST)}: {name}"

    @property
    def position(self) -> float:
        """Units of the payoff held, signed."""
        return self.quantity * self.multiplier


_SHOWN = ("trade_id", "underlying", "product", "contract", "quantity", "multiplier", "model", "spot")


@dataclass(frozen=True, repr=False)
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
    terms : mapping of str to Terms
        Curves and smiles of the underlyings that have some, in place of numbers of their models.
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
    terms: Mapping[str, Terms] = field(default_factory=dict)

    def model_of(self, trade: Trade) -> Any:
        """The model that a trade is valued under: its underlying's, with the numbers that are the trade's own.

        Those are its volatility, and what curves and a smile have for its date and strike.
        """
        if trade.model is not None:
            return trade.model
        own = {} if trade.volatility is None else {"volatility": trade.volatility}
        model, terms = self.models[trade.underlying], self.terms.get(trade.underlying)
        if terms is not None:
            steps = terms.steps(model, trade.payoff, trade.volatility)
            if steps is not None:
                return model.exercised(**steps) if trade.payoff.early else model.stepwise(**steps)
            return _under(terms, model, trade.payoff.maturity, trade.payoff.struck, own)
        return altered(model, **own) if own else model

    def model_at(self, underlying: str, years: float) -> Any:
        """The model of an underlying with what its curves and smile have for one date, at the forward."""
        model, terms = self.models[underlying], self.terms.get(underlying)
        return model if terms is None else _under(terms, model, years, None, {})

    @classmethod
    def from_frame(
        cls,
        trades: pd.DataFrame,
        market: pd.DataFrame,
        *,
        as_of: str | date | None = None,
        on_error: Literal["fail", "skip"] = "fail",
        labels: str | Iterable[str] | None = None,
        curves: pd.DataFrame | None = None,
        vols: pd.DataFrame | None = None,
        dividends: pd.DataFrame | None = None,
        fixings: pd.DataFrame | None = None,
    ) -> Book:
        """A book from two DataFrames with the columns of the files; see :func:`greeks.read_portfolio`.

        Parameters
        ----------
        trades, market : DataFrame
            Absent values are blank cells; lists may be lists, or separated by ``;``.
        as_of, on_error, labels, curves, vols, dividends, fixings
            As for :func:`greeks.read_portfolio`.

        Raises
        ------
        PortfolioError
            With every problem of both, by row and column.
        """
        from greeks.portfolio.reader import read_portfolio

        return read_portfolio(
            trades, market, as_of=as_of, on_error=on_error, labels=labels,
            curves=curves, vols=vols, dividends=dividends, fixings=fixings,
        )  # fmt: skip

    from_frames = from_frame

    def __repr__(self) -> str:
        return text_table(self._title, self._rows, _SHOWN, len(self.trades))

    def _repr_html_(self) -> str:
        return html_table(self._title, self._rows, _SHOWN, len(self.trades))

    @property
    def _title(self) -> str:
        as_of = f", as of {self.as_of}" if self.as_of else ""
        left_out = f", {counted(len(self.rejected), 'problem')} in rows left out" if self.rejected else ""
        held = f"{counted(len(self.trades), 'trade')} on {counted(len(self.models), 'underlying')}"
        return f"Book: {held}{as_of}{left_out}"

    @property
    def _rows(self) -> list[dict[str, Any]]:
        """The first trades, as they are shown."""
        rows = []
        for trade in self.trades[:MOST_ROWS]:
            model = self.model_of(trade) if trade.underlying in self.models else None
            of_trade = {name: getattr(trade, name) for name in ("trade_id", "underlying", "quantity", "multiplier")}
            of_model = {"model": getattr(model, "kind", ""), "spot": getattr(model, "spot", None)}
            kind = getattr(trade.payoff, "kind", "")
            rows.append({**of_trade, **of_model, "product": kind, "contract": repr(trade.payoff)})
        return rows


def _under(terms: Terms, model: Any, years: float, strike: float | None, own: Mapping[str, float]) -> Any:
    """A model with what curves, a smile and dividends have for one date and strike; its ``own`` numbers come first."""
    made = altered(model, **(terms.at(years, strike) | dict(own)))
    paid = terms.paid(years)
    return made.paying(paid, years) if paid else made
