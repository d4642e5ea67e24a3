"""Curves, smiles and dividends beside a market file: what its cells may name, and what its underlyings then have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from greeks.errors import Issue
from greeks.market.curve import Curve
from greeks.market.forward import Forward
from greeks.market.terms import CURVED, Terms
from greeks.models.registry import MODELS
from greeks.portfolio.curves import read_curves
from greeks.portfolio.dividends import Dividends
from greeks.portfolio.fields import Problem
from greeks.portfolio.past_fixings import PastFixings
from greeks.portfolio.spelling import NUMBER
from greeks.portfolio.vols import Quotes
from greeks.text.visible import LONGEST, first, quoted, visible

DEFAULT_MODEL = "gbm"  # the model of a row that names none
_YEAR = 1.0  # at which a model shows the numbers of its curves and its smile; no trade is valued with these


class MarketTerms:
    """What stands beside a market file.

    Parameters
    ----------
    curves, vols, dividends, fixings : path, open file or DataFrame, optional
    as_of : date, optional
        What dates count from.

    Attributes
    ----------
    curves : dict of str to Curve, or None for one that is no good
    quotes, dividends, fixings : Quotes, Dividends, PastFixings or None
        Where such a file is given.
    named : set of str
        Curves that a market row names.
    """

    def __init__(self, curves: Any, vols: Any, dividends: Any, fixings: Any, as_of: date | None) -> None:
        self.curves: dict[str, Curve | None] = {}
        self.named: set[str] = set()
        self.quotes = Quotes(vols, as_of) if vols is not None else None
        self.dividends = Dividends(dividends, as_of) if dividends is not None else None
        self.fixings = PastFixings(fixings) if fixings is not None else None
        self._tables = [each.table for each in (self.quotes, self.dividends, self.fixings) if each is not None]
        self._given = curves is not None
        if self._given:
            self.curves, table = read_curves(curves, as_of)
            self._tables.insert(0, table)

    @property
    def issues(self) -> list[Issue]:
        """Every problem of these files."""
        return [issue for table in self._tables for issue in table.placed]

    @property
    def tables(self) -> list[Any]:
        """The tables that were read."""
        return [each.table for each in self._tables if each.table.digest]

    def filled(
        self, underlying: str, cells: Mapping[str, str]
    ) -> tuple[dict[str, str], dict[str, Curve], list[Problem]]:
        """A market row with numbers where it names curves or has a smile; the curves by column; and what is wrong."""
        filled, curves, problems = dict(cells), dict[str, Curve](), list[Problem]()
        for column in CURVED:
            text = cells.get(column, "")
            if not text or NUMBER.fullmatch(text):
                continue
            if text in self.curves:
                self.named.add(text)
                curve = self.curves[text]
                filled[column] = "0" if curve is None else repr(curve.zero(_YEAR))
                curves |= {} if curve is None else {column: curve}
            elif why := self._unknown(text):
                problems.append((column, why))
        if self.quotes is not None and self.quotes.has(underlying):
            kind = MODELS.get((cells.get("model") or DEFAULT_MODEL).lower())
            if cells.get("volatility"):
                problems.append(("volatility", "the volatilities file has quotes of it too: leave the cell blank"))
            elif kind is not None and "volatility" in kind.of_contracts:
                filled["volatility"] = "0.2"  # that the row is whole: every contract has that of the smile, or its own
        return filled, curves, problems

    def _unknown(self, text: str) -> str:
        """What to say of a cell that is no number and no curve; blank where its reader says it better."""
        if self._given:
            known = first([visible(name, LONGEST) for name in self.curves], 5) or "none"
            return f"{quoted(text)} is no number, and no curve of the curves file: there are {known}"
        if text.isidentifier():
            return f"cannot read {quoted(text)} as a number: if it is a curve, give its file, --curves FILE"
        return ""

    def terms(self, underlying: str, model: Any, curves: Mapping[str, Curve]) -> tuple[Terms | None, list[Problem]]:
        """Curves, smile and dividends of an underlying; None where it has none, with what its model cannot use."""
        paid = self.dividends.of.get(underlying, []) if self.dividends is not None else []
        smiled = self.quotes is not None and self.quotes.has(underlying)
        problems = [
            ("model", f"has {what}, which model {model.kind} has no use for: write gbm")
            for need, there, what in (
                ("volatility", smiled, "quotes in the volatilities file"),
                ("dividends", bool(paid), "rows in the dividends file"),
            )
            if there and need not in model.of_contracts
        ]
        if problems or not (curves or paid or smiled):
            return None, problems
        rate, dividend_yield = (curves.get(name, getattr(model, name)) for name in CURVED)
        forward = Forward(model.spot, rate, dividend_yield, tuple(each[1:] for each in paid), model.futures)
        for line, years, amount, _ in paid:
            if forward.net(years)[0] <= 0.0 and self.dividends is not None:
                said = f"with {amount:g} the dividends are worth more than the spot, {model.spot:g}: mend one of them"
                self.dividends.table.report(line, "amount", said)
                return None, []
        smile = self.quotes.smile(underlying, forward) if smiled and self.quotes is not None else None
        return Terms(curves, forward, smile), []
