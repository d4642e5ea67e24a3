"""Dividends file: ``underlying, maturity | ex_date, amount | fraction``, one row a dividend.

They are valued in the escrowed model, :mod:`greeks.models.escrowed`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from greeks.portfolio.names import Names
from greeks.portfolio.side_table import SideTable
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed
from greeks.text.visible import quoted

_AMOUNTS = ("amount", "fraction")
_NAMES = Names(
    ("underlying", "maturity", "ex_date", *_AMOUNTS),
    ("underlying",),
    vocabulary=Vocabulary(
        by_name(
            {
                "underlying": listed("ticker symbol asset name underlier index stock"),
                "maturity": listed("years t time year_fraction term tenor"),
                "ex_date": listed("date exdate ex_dividend_date ex_div_date exdiv"),
                "amount": listed("dividend div cash value dps amount_per_share dividend_amount"),
                "fraction": listed("proportion proportional relative yield percent pct rate"),
            }
        ),
        by_name(
            {"is when cash is paid, and the price falls on the ex-date: write ex_date": listed("pay_date payment_date")}
        ),
    ),
)


class Dividends:
    """The dividends of a file by underlying.

    Parameters
    ----------
    source : path, open file or DataFrame
    as_of : date, optional
        What a date counts from.

    Attributes
    ----------
    of : dict of str to list of (line, years, amount, fraction)
        Ascending in time.
    """

    def __init__(self, source: Any, as_of: date | None) -> None:
        self.table = SideTable.read(source, "dividends", _NAMES)
        self.of: dict[str, list[tuple[int, float, float, float]]] = {}
        for line, cells in self.table.rows():
            self._take(line, cells, as_of)
        for paid in self.of.values():
            paid.sort(key=lambda each: each[1])

    def _take(self, line: int, cells: dict[str, str], as_of: date | None) -> None:
        table, before, name = self.table, len(self.table.issues), cells.get("underlying", "")
        if not name:
            table.report(line, "underlying", "is blank")
        years = table.years(line, cells, "ex_date", as_of)
        column = table.one_of(line, cells, _AMOUNTS)
        value = table.number(line, cells, column) if column else None
        if value is not None and (problem := _problem(column, value)):
            table.report(line, column, f"{quoted(cells[column])} {problem}")
        if len(table.issues) == before and years is not None and value is not None:
            share = (value, 0.0) if column == "amount" else (0.0, value)
            self.of.setdefault(name, []).append((line, years, *share))


def _problem(column: str, value: float) -> str:
    """What is wrong with an amount or a fraction; blank where nothing is."""
    if column == "fraction":
        return "" if 0.0 < value < 1.0 else "is no fraction of the spot: write 0.02 for 2 %"
    return "" if 1e-12 <= value <= 1e15 else "is out of range: write what one share pays in currency, above 0"
