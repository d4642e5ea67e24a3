"""The table of an explanation: one line a term, one table an underlying and one for the book."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from greeks_cli.grid import Cell, Column
from greeks_cli.numbers import Number, column, with_bars
from greeks_cli.page import DIM, Page, Row, color_of

from greeks.text.visible import visible


def render(rows: Sequence[Row], width: int, color: bool) -> bytes:
    """Amounts with their error bars.

    Parameters
    ----------
    rows : sequence of mappings
        Of an explanation.
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    """
    page = Page(width, color)
    for keys, members in groupby(rows, key=lambda row: (row["level"], row["underlying"], row["currency"])):
        _table(page, " ".join(visible(part) for part in keys if part), list(members))
    page.footnotes()
    page.say("amount ± standard error; noise: within 1.96 of them, so that chance may be all it is", DIM)
    return page.content()


def _table(page: Page, title: str, rows: Sequence[Row]) -> None:
    numbers: list[Number] = [(row["amount"], row["standard_error"]) for row in rows]
    said = [" ".join(filter(None, ("noise" * row["noise"], page.mark(row)))) for row in rows]
    blocks = [
        Column("amount", [Cell(text) for text in with_bars(column(numbers))], left=False),
        Column("", [Cell(text, color_of(row)) for text, row in zip(said, rows, strict=True)]),
    ]
    moves = ["" if row["move"] is None else f"{row['move']:.6g}" for row in rows]
    if any(moves):
        blocks.insert(0, Column("move", [Cell(text) for text in moves], left=False))
    page.table(title, [Column("term", [Cell(row["term"].replace("_", " ")) for row in rows])], blocks)
