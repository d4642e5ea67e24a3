"""The table of two files' differences."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from greeks_cli.differences import Difference
from greeks_cli.grid import Cell, Column
from greeks_cli.numbers import point_aligned, with_bars
from greeks_cli.page import Page
from greeks_cli.resultfile import Key, Number, named

_COLORS = {"differ": "\x1b[31m", "undecided": "\x1b[33m"}


def render(
    rows: Mapping[Key, tuple[Number | None, Number | None, Difference]], said: str, width: int, color: bool
) -> bytes:
    """One line a row: its name, the difference with its error, how far that is, and both values.

    Parameters
    ----------
    rows : mapping
        By key: the first number, the second, and their difference; None where a file lacks the row.
    said : str
        What the error bars can say.
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    """
    page = Page(width, color)
    page.say(said)
    if not rows:
        return page.content()
    found = [one for _, _, one in rows.values()]
    gaps = [one.gap if isfinite(one.gap) else None for one in found]
    numbers = point_aligned([(gap, one.error) for gap, one in zip(gaps, found, strict=True)])
    shown = ["" if gap is None else text for gap, text in zip(gaps, with_bars(numbers), strict=True)]
    keys = [Column("row", [Cell(named(key)) for key in rows])]
    blocks = [
        Column(
            "B - A", [Cell(text, _COLORS.get(one.verdict, "")) for text, one in zip(shown, found, strict=True)], False
        ),
        Column("errors apart", [Cell(_distance(one)) for one in found], left=False),
        Column("A", _values([x for x, _, _ in rows.values()], gaps), left=False),
        Column("B", _values([y for _, y, _ in rows.values()], gaps), left=False),
        Column("", [Cell(_verdict(one)) for one in found]),
    ]
    page.table("", keys, blocks)
    return page.content()


def _values(numbers: list[Number | None], gaps: list[float | None]) -> list[Cell]:
    """Values with as many digits as show the difference."""
    values = [None if one is None else one.value for one in numbers]
    texts = point_aligned([(value, abs(gap) if gap else None) for value, gap in zip(values, gaps, strict=True)])
    return [Cell("" if value is None else text) for value, (text, _) in zip(values, texts, strict=True)]


def _distance(one: Difference) -> str:
    return f"{one.distance:,.2f}" if isfinite(one.distance) and one.distance < 1e9 else ""


def _verdict(one: Difference) -> str:
    return {"within": "within", "undecided": "cannot be judged"}.get(one.verdict, one.words or "differs")
