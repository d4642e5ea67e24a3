"""Volatilities file: ``underlying, maturity | expiry, strike | moneyness, volatility``, one row a quote.

``moneyness`` is strike over forward of the expiry. With neither the row is the one volatility of its expiry.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from math import log
from typing import Any

from greeks.errors import SpecError
from greeks.market.smile import Quote, Smile
from greeks.portfolio.names import Names
from greeks.portfolio.own_terms import OwnTerms
from greeks.portfolio.side_table import SideTable
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed
from greeks.text.visible import quoted

_NAMES = Names(
    ("underlying", "maturity", "expiry", "strike", "moneyness", "volatility"),
    ("underlying", "volatility"),
    vocabulary=Vocabulary(
        by_name(
            {
                "underlying": listed("ticker symbol asset name underlier index stock"),
                "maturity": listed("tenor years t time year_fraction term"),
                "expiry": listed("date expiration expiry_date exp maturity_date"),
                "strike": listed("k strike_price exercise_price"),
                "moneyness": listed("m k_over_f strike_over_forward forward_moneyness rel_strike"),
                "volatility": listed("vol iv implied_vol implied_volatility sigma ivol black_vol mid_iv imp_vol"),
            },
        ),
        by_name(
            {"is not read: write strike, or moneyness, strike over forward": listed("delta log_moneyness put_delta")}
        ),
    ),
)
_At = tuple[int, float, float | None, float | None, float]  # line, years, strike, moneyness, volatility


class Quotes:
    """The quotes of a file by underlying, until a market says where the forward is."""

    def __init__(self, source: Any, as_of: date | None) -> None:
        self.table = SideTable.read(source, "vols", _NAMES)
        self.of: dict[str, list[_At]] = {}
        self.broken: set[str] = set()
        for line, cells in self.table.rows():
            self._take(line, cells, as_of)

    def _take(self, line: int, cells: dict[str, str], as_of: date | None) -> None:
        table, before, name = self.table, len(self.table.issues), cells.get("underlying", "")
        if not name:
            table.report(line, "underlying", "is blank")
        years = table.years(line, cells, "expiry", as_of)
        strike, moneyness = (table.number(line, cells, column) for column in ("strike", "moneyness"))
        if cells.get("strike") and cells.get("moneyness"):
            table.report(line, "moneyness", "give strike or moneyness, not both")
        for column, value in (("strike", strike), ("moneyness", moneyness)):
            if value is not None and not 1e-12 <= value <= (1e15 if column == "strike" else 20.0):
                remedy = "in currency, above 0" if column == "strike" else "strike over forward, 1 at the forward"
                table.report(line, column, f"{quoted(cells[column])} is out of range: write it {remedy}")
        volatility = table.number(line, cells, "volatility")
        if not cells.get("volatility"):
            table.report(line, "volatility", "is blank")
        elif volatility is not None and (problem := _problem(volatility)):
            table.report(line, "volatility", problem)
        if len(table.issues) > before:
            self.broken.add(name)
        elif years is not None and volatility is not None:
            self.of.setdefault(name, []).append((line, years, strike, moneyness, volatility))

    def has(self, underlying: str) -> bool:
        """Whether there are quotes of an underlying, good or bad."""
        return underlying in self.of or underlying in self.broken

    def smile(self, underlying: str, forward: Callable[[float], float]) -> Smile | None:
        """The surface of an underlying; None where it has none that is sound, and then its problems are reported."""
        if underlying in self.broken or underlying not in self.of:
            return None
        by_years: dict[float, list[Quote]] = {}
        for line, years, strike, moneyness, volatility in self.of[underlying]:
            ratio = moneyness if strike is None else strike / forward(years)
            quote = Quote(years, log(ratio if ratio is not None else 1.0), volatility, line, strike or 0.0)
            by_years.setdefault(years, []).append(quote)
        whole = True
        for quotes in by_years.values():
            quotes.sort(key=lambda quote: quote.log_strike)
            for low, high in pairwise(quotes):
                if high.log_strike - low.log_strike < 1e-9:
                    first, second = sorted((low.line, high.line))
                    self.table.report(second, "volatility", f"this expiry and strike are already on line {first}")
                    whole = False
        if not whole:
            return None
        found = Smile(tuple(tuple(by_years[years]) for years in sorted(by_years)), forward)
        by_strike = all(strike is not None for _, _, strike, _, _ in self.of[underlying])
        for quote, message in found.arbitrage(by_strike):
            self.table.report(quote.line, "volatility", message)
            whole = False
        return found if whole else None


def _problem(volatility: float) -> str:
    """What is wrong with a volatility; blank where nothing is."""
    try:
        OwnTerms(volatility=volatility)
    except SpecError as error:
        return error.problems[0][1]
    return "" if volatility > 0.0 else "is 0: leave the row out, or write what is quoted"
