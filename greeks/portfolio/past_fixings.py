"""Fixings file: ``underlying, date, fixing``; what a trade's past dates fixed at is looked up in it.

A trade that has its schedule as ``fixing_dates``, and no past fixings of its own, has those of its dates before the
valuation date, and that of the day itself once it is there: to roll a book it takes a new date and a longer file.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from greeks.errors import UsageError
from greeks.market.dates import days_between, moment, within_the_day
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import columns
from greeks.portfolio.fields import Problem
from greeks.portfolio.names import Names
from greeks.portfolio.side_table import SideTable
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed
from greeks.text.visible import LONGEST, first, quoted, visible

_NAMES = Names(
    ("underlying", "date", "fixing"),
    ("underlying", "date", "fixing"),
    vocabulary=Vocabulary(
        by_name(
            {
                "underlying": listed("ticker symbol asset name underlier index stock"),
                "date": listed("fixing_date day fixing_day observation_date obs_date"),
                "fixing": listed("value price close level spot fix fixing_value settle settlement last px_last"),
            }
        )
    ),
)
_OWN = ("past_fixings", "past_fixings_sum", "past_fixings_count")  # columns in which a row has its past itself


class PastFixings:
    """Fixings by underlying and day.

    Parameters
    ----------
    source : path, open file or DataFrame

    Attributes
    ----------
    used : set of str
        Underlyings of which a trade has looked one up.
    """

    def __init__(self, source: Any) -> None:
        self.table = SideTable.read(source, "fixings", _NAMES)
        self.of: dict[str, dict[date, float]] = {}
        self.used: set[str] = set()
        lines: dict[tuple[str, date], int] = {}
        for line, cells in self.table.rows():
            self._take(line, cells, lines)

    def _take(self, line: int, cells: dict[str, str], lines: dict[tuple[str, date], int]) -> None:
        table, name, day = self.table, cells["underlying"], None
        if not name:
            table.report(line, "underlying", "is blank")
        try:
            day = _day(moment(cells["date"])) if cells["date"] else None
        except UsageError as error:
            table.report(line, "date", str(error))
        else:
            if day is None:
                table.report(line, "date", "is blank")
        value = table.number(line, cells, "fixing")
        if not cells["fixing"]:
            table.report(line, "fixing", "is blank")
        elif value is not None and not 1e-12 <= value <= 1e15:
            table.report(
                line, "fixing", f"{quoted(cells['fixing'])} is out of range: write the spot of the day, above 0"
            )
            value = None
        if day is None or value is None or not name:
            return
        if (name, day) in lines:
            table.report(line, "date", f"{visible(name, LONGEST)} has this day on line {lines[name, day]}: keep one")
        lines.setdefault((name, day), line)
        self.of.setdefault(name, {})[day] = value

    def filled(self, cells: Mapping[str, str], as_of: date | None) -> tuple[Mapping[str, str], list[Problem]]:
        """A row with the past fixings that its schedule needs, or why it has them not."""
        dates, product = cells.get("fixing_dates", ""), PAYOFFS.get(cells.get("product", "").lower())
        looked = dates and as_of is not None and product is not None and "past_fixings" in columns(product)
        if not looked or as_of is None or any(cells.get(name) for name in _OWN):
            return cells, []
        try:
            days = [moment(part.strip()) for part in dates.split(";") if part.strip()]
            gone = [day for day in days if days_between(as_of, day, "fixing date") <= 0.0]
        except UsageError:
            return cells, []  # its reader says it better
        name = cells.get("underlying", "")
        known, found, absent = self.of.get(name, {}), [], []
        for day in gone:
            value = known.get(_day(day))
            if value is not None:
                found.append(value)
            elif not within_the_day(as_of, day):
                absent.append(_day(day).isoformat())
        if gone:
            self.used.add(name)
        if absent:
            who = visible(name, LONGEST)
            return cells, [("fixing_dates", f"the fixings file has no {who} on {first(absent, 3)}: add the row")]
        kept = cells["fixing_dates"]
        if found and all(within_the_day(as_of, day) for day in gone):  # a past that is today's alone is no date to come
            kept = ";".join(part for part in dates.split(";") if moment(part.strip()) not in gone)
        return {**cells, "fixing_dates": kept, "past_fixings": ";".join(map(repr, found))}, []


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
