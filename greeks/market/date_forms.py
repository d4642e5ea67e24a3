"""Dates as brokers, spreadsheets and people write them, and the one form that is read here."""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEAR_FIRST = re.compile(r"(\d{4})(\d{2})(\d{2})|(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})[ -]?([A-Za-z]{3,9})\.?[ -]?(\d{4}|\d{2})", re.ASCII)
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.? ?(\d{1,2})(?:, ?| )(\d{4})", re.ASCII)
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?( AM)?$|[ T]12:00(:00)? AM$")
_SERIAL = re.compile(r"[3-7]\d{4}(\.0)?", re.ASCII)  # days of a spreadsheet, years 1982 to 2119
_EPOCH = date(1899, 12, 30)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip


def iso_of(text: str) -> str:
    """The date as ``YYYY-MM-DD``; two of them where day and month may be either; nothing for what is no date.

    Parameters
    ----------
    text : str
        Such as ``07/18/2025``, ``18.7.2025``, ``18-Jul-25``, ``Jul 18, 2025``, ``20250718``, ``2025/7/18``, or 45856,
        the number of the day in a spreadsheet.
    """
    text = _MIDNIGHT.sub("", text.strip())
    if _SERIAL.fullmatch(text):
        return (_EPOCH + timedelta(days=int(float(text)))).isoformat()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part is not None)
        return _iso(year, month, day)
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        american, european = _iso(_century(year), first, second), _iso(_century(year), second, first)
        if american and european and american != european:
            return f"{american} or {european}, whichever is meant"
        return american or european
    if found := _DAY_NAMED.fullmatch(text):
        return _iso(_century(int(found[3])), _month(found[2]), int(found[1]))
    if found := _MONTH_NAMED.fullmatch(text):
        return _iso(int(found[3]), _month(found[1]), int(found[2]))
    return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _century(year: int) -> int:
    return year + 2000 if year < 100 else year


def _month(name: str) -> int:
    """Its number; 0 for what is no month."""
    found = [number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower())]
    return found[0] if len(found) == 1 and (len(name) >= 3) else 9 if name.lower() == "sept" else 0
