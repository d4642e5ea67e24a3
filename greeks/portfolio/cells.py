"""From the text of a cell to a value. Nothing is guessed: what is not plainly a number is refused, with the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches
from math import isinf

from greeks.dates import moment
from greeks.errors import UsageError
from greeks.text import quoted, visible

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([,' _]\d{3})+(\.\d*)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class CellError(ValueError):
    """A cell that cannot be read; the message shows its text and says what to write."""


def parse_number(text: str) -> float:
    """A decimal number such as ``-1.5`` or ``1e6``.

    Raises
    ------
    CellError
        For anything else: percentages, thousands separators, nan, inf, hexadecimal, underscores.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        remedy = _number_remedy(text)
        raise CellError(f"cannot read {quoted(text)} as a number" + (f": {remedy}" if remedy else ""))
    value = float(text)
    if isinf(value):
        raise CellError(f"cannot read {quoted(text)} as a number: it is too large")
    return value


def _number_remedy(text: str) -> str:
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        return f"write {float(text[:-1]) / 100:.10g}"
    if _GROUPED.fullmatch(text):
        return f"write {re.sub('[^-+0-9.]', '', text)}, without thousands separators"
    if re.fullmatch(r"[+-]?\d+,\d+", text, re.ASCII):
        return f"write {text.replace(',', '.')}, with a decimal point"
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return "a finite number is needed; leave the cell blank for none"
    if text.lower() in ("na", "n/a", "none", "null", "-"):
        return "leave the cell blank for none"
    if _DATE.fullmatch(text):
        return "it is a date, which belongs in the column expiry"
    return ""


def parse_whole(text: str) -> int:
    """A whole number; ``1e6`` and ``12.0`` are whole.

    Raises
    ------
    CellError
        For a fraction, or for what is no number.
    """
    value = parse_number(text)
    if not value.is_integer():
        raise CellError(f"{quoted(text)} is not a whole number")
    return int(value)


def parse_list(text: str) -> tuple[float, ...]:
    """Numbers separated by ``;``.

    Raises
    ------
    CellError
        Naming the item that is no number.
    """
    values = []
    for position, item in enumerate(text.split(";"), start=1):
        if not item.strip():
            raise CellError(f"cannot read {quoted(text)} as a list of numbers: item {position} is blank")
        try:
            values.append(parse_number(item))
        except CellError as error:
            raise CellError(f"item {position} of the list: {error}") from None
    return tuple(values)


def parse_dates(text: str) -> tuple[date, ...]:
    """Dates separated by ``;``.

    Raises
    ------
    CellError
        Naming the item that is no date.
    """
    values = []
    for position, item in enumerate(text.split(";"), start=1):
        try:
            values.append(moment(item))
        except UsageError as error:
            raise CellError(f"item {position} of the list: {error}") from None
    return tuple(values)


def parse_choice(text: str, choices: Sequence[str]) -> str:
    """One of ``choices``; upper and lower case are the same.

    Raises
    ------
    CellError
        With the choices, and the closest of them.
    """
    if text.strip().lower() in choices:
        return text.strip().lower()
    raise CellError(f"{quoted(text)} is not one of {', '.join(choices)}{did_you_mean(text.lower(), choices)}")


def parse_flag(text: str) -> bool:
    """``true`` or ``false``.

    Raises
    ------
    CellError
        For anything else.
    """
    return parse_choice(text, ("true", "false")) == "true"


def did_you_mean(text: str, choices: Sequence[str]) -> str:
    """A hint for the end of a message, or nothing; upper and lower case are the same."""
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    close = get_close_matches(text.casefold(), folded, n=1, cutoff=0.6)
    return f'; did you mean "{visible(folded[close[0]])}"?' if close else ""
