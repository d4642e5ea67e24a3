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
from greeks.portfolio.columns import Column, all_columns, columns
from greeks.portfolio.fields import Problem, build, foreign, pick, unreadable_cells
from greeks.portfolio.later import product_of
from greeks.portfolio.market import Market
from greeks.portfolio.payment_date import read_payment_date
from greeks.portfolio.trade_names import VOCABULARY
from greeks.portfolio.vocabulary import plain
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
    product, cls = product_of(cells), None
    unknown: list[Problem] = [] if product or "product" in unreadable else [("product", "is blank")]
    if product:
        try:
            cls = pick(PAYOFFS, product, "product")
        except CellError as error:
            unknown = [("product", str(error))]
    known = all_columns(PAYOFFS) if cls is None else columns(cls)
    given, problems = _dates(cells, as_of, known, needed=cls is not None or not product)
    if cls is None:
        more = unreadable_cells(PAYOFFS, cells, {*unreadable, *dict(problems)}) if product else []
        return None, [*unknown, *problems, *more] if product else [*problems, *unknown]
    lost = bool(cells.get("expiry")) and "expiry" not in given  # reported, and nothing counts from it
    later, wrong = ({}, []) if lost else read_payment_date(cls, cells, given.get("expiry"))
    given, problems = given | later, problems + wrong
    skip = {*unreadable, *dict(problems), *(("maturity",) if len(problems) > len(wrong) else ())}
    payoff, found = build(cls, cells, "product", given, skip)
    return payoff, problems + _misplaced(cls, cells) + found


def _misplaced(cls: Any, cells: Mapping[str, str]) -> list[Problem]:
    """Cells of other products' columns; where desks call something else by that name too, what that is."""
    found = [each for each in foreign(cls, PAYOFFS, cells, "product") if each[0] != "payment_lag"]  # see later_terms
    if cells.get("expiry") and "maturity" not in columns(cls):
        found.append(("expiry", f"{quoted(cells['expiry'])} has no meaning for product {cls.kind}: leave it blank"))
    told = {name: VOCABULARY.told.get(plain(name), "") for name, _ in found}
    return [(name, f"{message}; in other files it {told[name]}" if told[name] else message) for name, message in found]


def _dates(
    cells: Mapping[str, str], as_of: date | None, known: Mapping[str, Column], needed: bool
) -> tuple[dict[str, Any], list[Problem]]:
    """Expiry and valuation date as keywords of a payoff, where the row has dates.

    They are not ``needed`` where the product is a word for another, which may have none.
    """
    if "maturity" not in known:
        return {}, []
    years, expiry = cells.get("maturity", ""), cells.get("expiry", "")
    if years and expiry:
        return {}, [("expiry", "give maturity or expiry, not both")]
    if not years and not expiry:
        blank = ("maturity", "is blank, and so is expiry: give one of them, in years or as a date")
        return {}, [blank] if needed else []
    dated = [name for name, column in known.items() if cells.get(name) and column.holds_date(cells[name])]
    if dated and as_of is None:
        return {}, [(name, f"{quoted(cells[name])} {_NEEDS_DATE}") for name in dated]
    if not expiry:
        return ({"as_of": as_of} if dated else {}), []
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
    filled = [name for name in columns(type(payoff)) if name.startswith("past_") and cells.get(name)] if text else []
    return [((*filled, "")[0], text)] if text else []
