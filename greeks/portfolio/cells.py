"""From the text of a cell to a value. Nothing is guessed: what is not plainly a number is refused, with the remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from math import isinf

from greeks.errors import UsageError
from greeks.market.date_forms import iso_of
from greeks.market.dates import moment
from greeks.portfolio.spelling import DATED, NUMBER, number_remedy
from greeks.portfolio.words import choice_hint
from greeks.text.visible import quoted


class CellError(ValueError):
    """A cell that cannot be read; the message shows its text and says what to write."""


def parse_number(text: str, column: str = "") -> float:
    """A decimal number such as ``-1.5`` or ``1e6``; ``column`` is where it stands, for the remedy.

    Raises
    ------
    CellError
        For anything else: percentages, thousands separators, nan, inf, hexadecimal, underscores.
    """
    text = text.strip()
    if not NUMBER.fullmatch(text):
        remedy = number_remedy(text, column)
        raise CellError(f"cannot read {quoted(text)} as a number" + (f": {remedy}" if remedy else ""))
    value = float(text)
    if isinf(value):
        raise CellError(f"cannot read {quoted(text)} as a number: it is too large")
    return value


def parse_whole(text: str, column: str = "") -> int:
    """A whole number; ``1e6`` and ``12.0`` are whole.

    Raises
    ------
    CellError
        For a fraction, or for what is no number.
    """
    value = parse_number(text, column)
    if not value.is_integer():
        raise CellError(f"{quoted(text)} is not a whole number")
    return int(value)


def parse_list(text: str, column: str = "") -> tuple[float, ...]:
    """Numbers separated by ``;``.

    Raises
    ------
    CellError
        Naming the item that is no number.
    """
    if ";" not in text and (items := _others(text)):
        raise CellError(f"cannot read {quoted(text)} as a list of numbers: write {';'.join(items)}")
    values = []
    for position, item in enumerate(text.split(";"), start=1):
        if not item.strip():
            raise CellError(f"cannot read {quoted(text)} as a list of numbers: item {position} is blank")
        try:
            values.append(parse_number(item, column))
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


def parse_date(text: str) -> date:
    """One date, with or without a time of day.

    Raises
    ------
    CellError
        For anything else.
    """
    try:
        return moment(text)
    except UsageError as error:
        raise CellError(str(error)) from None


def parse_moment(text: str, column: str = "") -> float | date:
    """Years from today, or a date.

    Raises
    ------
    CellError
        For what is neither.
    """
    if not is_date(text):
        return parse_number(text, column)
    return parse_date(text)


def is_date(text: str) -> bool:
    """Whether a cell that may hold years or a date is meant as a date."""
    text = text.strip()
    return not NUMBER.fullmatch(text) and (DATED.fullmatch(text) is not None or iso_of(text) != "")


def _others(text: str) -> list[str]:
    """The items of a list with other separators, if that is what it is."""
    items = [item for item in re.split(r"[\s,|/]+", text.strip("[](){} ")) if item]
    plain = all(NUMBER.fullmatch(item) for item in items)
    return items if plain and (len(items) > 1 or text[:1] in "[({") and not number_remedy(text) else []


def parse_choice(text: str, choices: Sequence[str]) -> str:
    """One of ``choices``; upper and lower case are the same.

    Raises
    ------
    CellError
        With the choices, and the closest of them.
    """
    if text.strip().lower() in choices:
        return text.strip().lower()
    raise CellError(f"{quoted(text)} is not one of {', '.join(choices)}{choice_hint(text, choices)}")


def parse_flag(text: str) -> bool:
    """``yes`` or ``no``; ``true`` and ``false``, as JSON and tables write them, are the same.

    Raises
    ------
    CellError
        For anything else.
    """
    if text.strip().lower() in ("true", "false"):
        return text.strip().lower() == "true"
    return parse_choice(text, ("yes", "no")) == "yes"
