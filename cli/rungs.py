"""The table of a ladder: one line a scenario, one table a netted position and Greek."""

from __future__ import annotations

from collections.abc import Sequence

from greeks_cli.grid import Cell, Column
from greeks_cli.numbers import Number, column, with_bars
from greeks_cli.page import DIM, Page, Row, color_of

from greeks.text.visible import visible


def render(rows: Sequence[Row], width: int, color: bool) -> bytes:
    """Values and changes with their error bars.

    Parameters
    ----------
    rows : sequence of mappings
        Of a ladder.
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    """
    page = Page(width, color)
    tables: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        names = list(row)
        own = tuple(str(row[name]) for name in names[: names.index("scenario")])
        tables.setdefault((*own, row["greek"], row["unit"]), []).append(row)
    for (level, *parts, greek, unit), members in tables.items():
        named = " ".join(visible(part) for part in parts if part)
        _table(page, f"{level.replace('_', ' ')} {named}".rstrip() + f": {greek}, {unit}", members)
    page.footnotes()
    if rows:
        page.say("value ± standard error; change: to the book as it is, path by path; noise: within its error bar", DIM)
    return page.content()


def _table(page: Page, title: str, rows: Sequence[Row]) -> None:
    keys = [Column("scenario", [Cell(row["scenario"]) for row in rows])]
    said = [" ".join(filter(None, ("noise" * row["noise"], page.mark(row)))) for row in rows]
    blocks = [
        _numbers("value", rows, ""),
        _numbers("change", rows, "change_"),
        Column("", [Cell(text, color_of(row)) for text, row in zip(said, rows, strict=True)]),
    ]
    page.table(title, keys, blocks)


def _numbers(name: str, rows: Sequence[Row], prefix: str) -> Column:
    numbers: list[Number] = [(row[name], row[f"{prefix}standard_error"]) for row in rows]
    return Column(name, [Cell(text) for text in with_bars(column(numbers))], left=False)
