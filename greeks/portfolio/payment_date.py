"""The date of a payment as a column of the portfolio: days after the expiry, the ``payment_lag`` of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from greeks.checks.ranges import LAG
from greeks.errors import UsageError
from greeks.market.dates import moment
from greeks.portfolio.columns import columns
from greeks.portfolio.fields import Problem
from greeks.portfolio.later import NO_LAG
from greeks.text.visible import quoted

PAYMENT_DATE = "payment_date"


def read_payment_date(cls: Any, cells: Mapping[str, str], expiry: date | None) -> tuple[dict[str, Any], list[Problem]]:
    """The lag of one row as a keyword of its payoff, where the row has the date of its payment.

    Parameters
    ----------
    cls : class
        The payoff's.
    cells : mapping of str to str
        Text by column.
    expiry : date, datetime or None
        Where the row has one that can be read; of one with a time of day the day counts.
    """
    text = cells.get(PAYMENT_DATE, "")
    if not text:
        return {}, []
    try:
        return {"payment_lag": _lag(cls, cells, moment(text), expiry)}, []
    except UsageError as error:
        return {}, [(PAYMENT_DATE, str(error))]


def _lag(cls: Any, cells: Mapping[str, str], day: date, expiry: date | None) -> float:
    text = quoted(cells[PAYMENT_DATE])
    if "payment_lag" not in columns(cls):
        raise UsageError(f"{text} is {NO_LAG}")
    if cells.get("payment_lag"):
        raise UsageError("give payment_lag or payment_date, not both")
    if isinstance(day, datetime):
        raise UsageError(f"{text} has a time of day, and payments count by days: write {day.date()}")
    if expiry is None:
        raise UsageError(f"{text} counts from an expiry: write expiry as a date, or payment_lag in calendar days")
    days = float((day - (expiry.date() if isinstance(expiry, datetime) else expiry)).days)
    if days < 0.0:
        raise UsageError(f"{text} is before the expiry {expiry.isoformat()}: write the day of the payment")
    if problem := LAG.problem(days):
        raise UsageError(f"{text}: {problem}")
    return days
