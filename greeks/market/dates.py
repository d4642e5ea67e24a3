"""Dates, with or without a time of day, and the years between them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from greeks.errors import UsageError
from greeks.market.date_forms import iso_of
from greeks.text.visible import shown

DAYS_A_YEAR = 365.0  # ACT/365F
LONGEST_YEARS = 100.0
_SECONDS_A_DAY = 86_400.0
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
FORM = "YYYY-MM-DD, or with a time of day YYYY-MM-DDTHH:MM:SS-05:00"


def moment(value: Any) -> date:
    """A date, or a date with a time of day (then a ``datetime``).

    Parameters
    ----------
    value : str, date, datetime, pandas.Timestamp or numpy.datetime64
        Text in ISO form, ``T`` or a space before the time. An object at midnight without a zone is a date alone: it
        is what tables of dates hold.

    Raises
    ------
    UsageError
        For anything else, with what to write.
    """
    if type(value).__name__ == "datetime64":
        value = str(value)
    if isinstance(value, datetime) and value == value:  # NaT of pandas is a datetime, and equals nothing
        bare = value.tzinfo is None and not (value.hour or value.minute or value.second or value.microsecond)
        return value.date() if bare else value
    if isinstance(value, date) and value == value:
        return value
    if not isinstance(value, str):
        raise UsageError(f"{shown(value)} is no date: write a text such as '2026-06-18', or a datetime.date")
    return _parsed(value.strip())


def valuation(value: Any, name: str = "as_of") -> date | None:
    """The valuation date; ``"today"`` is the machine's, and None stays None.

    Parameters
    ----------
    value : as of :func:`moment`, or "today"
    name : str
        What the reader calls it, for messages.

    Raises
    ------
    UsageError
        For what is no date.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() == "today"):
        return None if value is None else date.today()
    try:
        return moment(value)
    except UsageError as error:
        raise UsageError(f"{name}: {error}") from None


def years_between(as_of: date, day: date, what: str = "expiry") -> float:
    """Years from the valuation date to another, ACT/365F, >= 0.

    A date alone counts whole days. With times of day on both, it is the time that passes, zones taken into account.

    Parameters
    ----------
    as_of, day : date or datetime
        From :func:`moment`.
    what : str
        What ``day`` is, for messages.

    Raises
    ------
    UsageError
        For a day before the valuation date or 100 years after it, or times that cannot be compared.
    """
    days = days_between(as_of, day, what)
    if days < 0.0:
        raise UsageError(f"'{day.isoformat()}' is before the valuation date {as_of.isoformat()}")
    if days / DAYS_A_YEAR > LONGEST_YEARS:
        raise UsageError(f"'{day.isoformat()}' is more than 100 years after {as_of.isoformat()}")
    return days / DAYS_A_YEAR


def days_between(as_of: date, day: date, what: str = "expiry") -> float:
    """Signed days from the valuation date to another; see :func:`years_between`."""
    if isinstance(day, datetime) and not isinstance(as_of, datetime):
        raise UsageError(
            f"{what} {day.isoformat()} has a time of day and as_of {as_of} has none: write as_of with a time too, "
            f"such as {as_of}T09:30:00{day.isoformat()[-6:] if day.tzinfo else ''}, or write {what} as {day.date()}"
        )
    if isinstance(day, datetime) and isinstance(as_of, datetime):
        if (day.tzinfo is None) != (as_of.tzinfo is None):
            bare = f"{what} {day.isoformat()}" if day.tzinfo is None else f"as_of {as_of.isoformat()}"
            raise UsageError(f"{bare} has no time zone and the other date has one: write the zone of both, as -05:00")
        return (day - as_of).total_seconds() / _SECONDS_A_DAY
    return float((_day(day) - _day(as_of)).days)


def within_the_day(as_of: date, day: date) -> bool:
    """Whether ``day`` is the valuation date without a time of day, so that hours are left and nobody said how many."""
    return not isinstance(day, datetime) and day == _day(as_of)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _parsed(text: str) -> date:
    if not _ISO.fullmatch(text):
        remedy = iso_of(text)
        raise UsageError(f"cannot read {shown(text)} as a date: write {remedy or FORM}")
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        time = "" if len(text) == 10 else ", or not a time of the day"
        raise UsageError(f"{shown(text)} is not a day of the calendar{time}") from None
