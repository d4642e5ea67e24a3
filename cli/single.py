"""The table of one trade: a line for each number, beside the exact value where there is one."""

from __future__ import annotations

from collections.abc import Sequence

from greeks_cli.blocks import SHORT, in_order, short_names
from greeks_cli.grid import Cell, Column, wider
from greeks_cli.numbers import point_aligned, with_bars
from greeks_cli.page import DIM, Page, Row, color_of


def render_one(rows: Sequence[Row], width: int, color: bool) -> bytes:
    """The numbers of one trade, one line each.

    Parameters
    ----------
    rows : sequence of mappings
        Rows of the results.
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    """
    page, rows = Page(width, color), in_order(rows)
    several = len({row["greek"] for row in rows}) < len(rows)
    texts = point_aligned([(row["value"], row["standard_error"]) for row in rows])
    exact = point_aligned([(row["reference"], None) for row in rows])
    numbers = with_bars(texts)
    known = ["" if row["reference"] is None else value for row, (value, _) in zip(rows, exact, strict=True)]
    far = ["" if row["z_score"] is None else f"{row['z_score']:+.1f}" for row in rows]
    wide = max(map(len, numbers))
    keys = [
        Column("greek", [Cell(row["greek"]) for row in rows]),
        Column("estimator", [Cell(row["estimator"]) for row in rows]),
    ]
    marked = [f"{text:>{wide}} {page.mark(row)}".rstrip() for text, row in zip(numbers, rows, strict=True)]
    blocks = [
        Column(f"{'value':>{wide}}", [Cell(text, color_of(row)) for text, row in zip(marked, rows, strict=True)]),
        Column("exact", [Cell(text) for text in known], left=False),
        Column("z", [Cell(text) for text in far], left=False),
        Column("unit", [Cell(row["unit"]) for row in rows]),
    ]
    if not any(far):
        blocks = [blocks[0], blocks[3]]
    if several and wider([*keys, *blocks], width):  # by short names in the first column, which is always shown
        keys = [Column("greek", [Cell(f"{row['greek']} {SHORT[row['estimator']]}") for row in rows])]
    page.table("", keys, blocks)
    if len(keys) == 1:
        page.say(short_names(rows), DIM)
    page.footnotes()
    return page.content()
