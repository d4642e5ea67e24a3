"""The contract of one row: its payoff, from the cells of its product, with dates counted from the valuation date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from greeks.checks.plausible import mistaken
from greeks.errors import UsageError
from greeks.market.dates import moment, years_between
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.cells import CellError
from greeks.portfolio.fields import Problem, build, foreign, pick, unreadable_cells
from greeks.portfolio.market import Market
from greeks.text.visible import quoted

_NEEDS_DATE = "needs a valuation date: give --as-of YYYY-MM-DD (as_of in Python)"


def read_payoff(
    cells: Mapping[str, str], as_of: date | None, unreadable: Collection[str] = ()
) -> tuple[Any, list[Problem]]:
    """The payoff of one row, or why there is none.

    Parameters
    ----------
    cells : mapping of str to str
        Text by column.
    as_of : date or None
        What an expiry counts from.
    unreadable : collection of str
        Columns whose problem is already reported.
    """
    given, problems = _expiry(cells, as_of)
    product = cells.get("product", "")
    if not product:
        return None, problems + ([] if "product" in unreadable else [("product", "is blank")])
    try:
        cls = pick(PAYOFFS, product, "product")
    except CellError as error:
        return None, [("product", str(error)), *problems, *unreadable_cells(PAYOFFS, cells, unreadable)]
    skip = {*unreadable, *(("maturity",) if problems else ())}
    payoff, found = build(cls, cells, "product", given, skip)
    return payoff, problems + foreign(cls, PAYOFFS, cells, "product") + found


def _expiry(cells: Mapping[str, str], as_of: date | None) -> tuple[dict[str, Any], list[Problem]]:
    """Expiry and valuation date as keywords of a payoff, where the row has dates."""
    years, expiry = cells.get("maturity", ""), cells.get("expiry", "")
    if years and expiry:
        return {}, [("expiry", "give maturity or expiry, not both")]
    if not years and not expiry:
        return {}, [("maturity", "is blank, and so is expiry: give one of them, in years or as a date")]
    if cells.get("fixing_dates") and as_of is None:
        return {}, [("fixing_dates", f"{quoted(cells['fixing_dates'])} {_NEEDS_DATE}")]
    if not expiry:
        return ({"as_of": as_of} if cells.get("fixing_dates") else {}), []
    try:
        day = moment(expiry)
        if as_of is None:
            raise UsageError(f"{quoted(expiry)} {_NEEDS_DATE}")
        years_between(as_of, day)
    except UsageError as error:
        return {}, [("expiry", str(error))]
    return {"expiry": day, "as_of": as_of}, []


def beside_market(payoff: Any, market: Market | None, cells: Mapping[str, str]) -> list[Problem]:
    """What must be a mistake in a contract beside its market."""
    model = market.models.get(cells.get("underlying", "")) if market is not None else None
    text = mistaken(payoff, model) if payoff is not None and model is not None else ""
    return [("past_fixings" if cells.get("past_fixings") else "past_fixings_sum", text)] if text else []
