"""Curves and smiles beside a market file: what its cells may name, and what its underlyings then have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import exp
from typing import Any

from greeks.errors import Issue
from greeks.market.curve import Curve
from greeks.market.terms import Terms
from greeks.models.registry import MODELS
from greeks.portfolio.curves import read_curves
from greeks.portfolio.fields import Problem
from greeks.portfolio.side_table import SideTable
from greeks.portfolio.spelling import NUMBER
from greeks.portfolio.vols import Quotes
from greeks.text.visible import LONGEST, first, quoted, visible

_OF_CURVES = ("rate", "dividend_yield")
DEFAULT_MODEL = "gbm"  # the model of a row that names none
_YEAR = 1.0  # at which a model shows the numbers of its curves and its smile; no trade is valued with these


class MarketTerms:
    """What stands beside a market file.

    Parameters
    ----------
    curves, vols : path, open file or DataFrame, optional
    as_of : date, optional
        What dates count from.
    """

    def __init__(self, curves: Any, vols: Any, as_of: date | None) -> None:
        self._curves: Mapping[str, Curve | None] = {}
        self._tables: list[SideTable] = []
        self._named: set[str] = set()
        if curves is not None:
            self._curves, table = read_curves(curves, as_of)
            self._tables.append(table)
        self._quotes = Quotes(vols, as_of) if vols is not None else None
        if self._quotes is not None:
            self._tables.append(self._quotes.table)
        self._given = curves is not None

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
        for column in _OF_CURVES:
            text = cells.get(column, "")
            if not text or NUMBER.fullmatch(text):
                continue
            if not self._given:
                if text.isidentifier():
                    said = f"cannot read {quoted(text)} as a number: if it is a curve, give its file, --curves FILE"
                    problems.append((column, said))
                continue
            self._named.add(text)
            if text not in self._curves:
                known = first([visible(name, LONGEST) for name in self._curves], 5) or "none"
                problems.append(
                    (column, f"{quoted(text)} is no number, and no curve of the curves file: there are {known}")
                )
                continue
            curve = self._curves[text]
            filled[column] = "0"
            if curve is not None:
                filled[column] = repr(curve.zero(_YEAR))
                curves[column] = curve
        if self._quotes is not None and (underlying in self._quotes.of or underlying in self._quotes.broken):
            if cells.get("volatility"):
                problems.append(("volatility", "the volatilities file has quotes of it too: leave the cell blank"))
            else:
                kind = MODELS.get((cells.get("model") or DEFAULT_MODEL).lower())
                if kind is not None and "volatility" in kind.of_contracts:
                    filled["volatility"] = "0.2"  # until the forward is known, see below
        return filled, curves, problems

    def terms(self, underlying: str, model: Any, curves: Mapping[str, Curve]) -> tuple[Terms | None, list[Problem]]:
        """Curves and smile of an underlying; None where it has neither."""
        smile = None
        if self._quotes is not None and underlying in self._quotes.of:
            if "volatility" not in model.of_contracts:
                self._quotes.used.add(underlying)
                said = f"has quotes in the volatilities file, which model {model.kind} has no use for: write gbm"
                return None, [("model", said)]
            smile = self._quotes.smile(underlying, _Forward(model, curves))
        return (Terms(curves, smile) if curves or smile is not None else None), []

    def notes(self, trades: Sequence[Any], market: Any) -> list[str]:
        """What of these files no trade uses, and what is extrapolated."""
        found = []
        used = {trade.underlying for trade in trades}
        idle = [name for name in self._curves if name not in self._named]
        if idle:
            found.append(f"curves that no underlying names: {first([visible(name, LONGEST) for name in idle], 5)}")
        quoted_names = self._quotes.of if self._quotes is not None else {}
        idle = [name for name in quoted_names if name not in used]
        if idle:
            found.append(f"quotes of underlyings that no trade has: {first([visible(n, LONGEST) for n in idle], 5)}")
        beyond: dict[str, list[str]] = {}
        for trade in trades:
            terms, payoff = market.terms.get(trade.underlying), trade.payoff
            if terms is None or not payoff.dates():
                continue
            for curve in terms.curves.values():
                if payoff.maturity > curve.times[-1] * (1.0 + 1e-12):
                    beyond.setdefault(f"beyond curve {curve.name}, whose last forward rate goes on", []).append(
                        trade.trade_id
                    )
            if terms.smile is None or trade.volatility is not None or payoff.linear:
                continue
            if said := terms.smile.beyond(payoff.maturity, payoff.struck):
                beyond.setdefault(f"{said}, whose volatility goes on", []).append(trade.trade_id)
        for said, names in beyond.items():
            found.append(f"trades {first([visible(name, LONGEST) for name in names], 3)}: {said}")
        return found


class _Forward:
    """Forward price by years, of a model whose rates may be curves."""

    def __init__(self, model: Any, curves: Mapping[str, Curve]) -> None:
        self._model, self._curves = model, curves

    def __call__(self, years: float) -> float:
        model = self._model
        if model.futures:
            return float(model.spot)
        rates = (
            self._curves[name].zero(years) if name in self._curves else getattr(model, name) for name in _OF_CURVES
        )
        rate, dividend_yield = rates
        return float(model.spot * exp((rate - dividend_yield) * years))
