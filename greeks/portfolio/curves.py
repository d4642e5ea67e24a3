"""Curves file: ``curve, maturity | date, zero_rate | discount | forward_rate``, some rows for each curve."""

from __future__ import annotations

from datetime import date
from typing import Any

from greeks.market.curve import Curve
from greeks.portfolio.names import Names
from greeks.portfolio.side_table import SideTable
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed
from greeks.text.visible import quoted

_VALUES = ("zero_rate", "discount", "forward_rate")
_MAKERS = {
    "zero_rate": Curve.of_zero_rates,
    "discount": Curve.of_discounts,
    "forward_rate": Curve.of_forward_rates,
}
_NAMES = Names(
    ("curve", "maturity", "date", *_VALUES),
    ("curve",),
    vocabulary=Vocabulary(
        by_name(
            {
                "curve": listed("name curve_name curve_id id index ccy currency"),
                "maturity": listed("tenor years t time year_fraction term"),
                "date": listed("expiry pillar pillar_date node end end_date"),
                "zero_rate": listed("zero rate zeros zero_yield cc_rate spot_rate yield"),
                "discount": listed("df discount_factor disc dfs p discounts"),
                "forward_rate": listed("forward fwd inst_forward instantaneous_forward fwd_rate"),
            }
        )
    ),
)
_Point = tuple[int, float, float]  # line, years, value


def read_curves(source: Any, as_of: date | None) -> tuple[dict[str, Curve | None], SideTable]:
    """Curves by name, None for one that is no good, and their table with everything wrong in it.

    Parameters
    ----------
    source : path, open file or DataFrame
    as_of : date, optional
        What a date counts from.
    """
    table = SideTable.read(source, "curves", _NAMES)
    points: dict[str, list[_Point]] = {}
    kinds: dict[str, tuple[str, int]] = {}
    broken: set[str] = set()
    for line, cells in table.rows():
        before = len(table.issues)
        name = cells.get("curve", "")
        if not name:
            table.report(line, "curve", "is blank")
        years = table.years(line, cells, "date", as_of)
        column = table.one_of(line, cells, _VALUES)
        value = table.number(line, cells, column) if column else None
        if value is not None and (problem := _problem(column, value)):
            table.report(line, column, problem)
        kind, first = kinds.setdefault(name, (column, line))
        if column and column != kind and kind:
            table.report(line, column, f"curve {quoted(name)} has {kind} on line {first}: write one kind for a curve")
        given = points.setdefault(name, [])
        if years is not None and given and given[-1][1] >= years:
            said = f"curve {quoted(name)} is at {given[-1][1]:g} years on line {given[-1][0]}"
            table.report(line, "maturity" if cells.get("maturity") else "date", f"{said}: sort it by date, each once")
        if len(table.issues) > before:
            broken.add(name)
        elif years is not None and value is not None:
            given.append((line, years, value))
    curves: dict[str, Curve | None] = {}
    for name, given in points.items():
        curves[name] = None
        if name not in broken and given:
            times, values = [years for _, years, _ in given], [value for *_, value in given]
            curves[name] = _MAKERS[kinds[name][0]](name, times, values)
    return curves, table


def _problem(column: str, value: float) -> str:
    """What is wrong with a value; blank where nothing is."""
    if column == "discount":
        return "" if 0.0 < value <= 3.0 else f"{value:g} is no discount factor: write a number above 0, near 1"
    if abs(value) > 1.0:
        return f"a rate of {value:g} is {value:.0%} a year: write {value / 100:g} for {value:g} %"
    return ""
