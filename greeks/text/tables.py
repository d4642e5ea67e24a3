"""Results as a console and a notebook show them: a few rows, cut to a readable size, every text made visible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from greeks.text.visible import visible

MOST_ROWS = 20
_WIDEST = 60  # characters of a cell
Row = Mapping[str, Any]


def text_table(title: str, rows: Sequence[Row], columns: Sequence[str], total: int | None = None) -> str:
    """Title and rows in columns, numbers on the right.

    Parameters
    ----------
    title : str
    rows : sequence of mapping
        The first 20 are shown, and the others counted.
    columns : sequence of str
    total : int, optional
        Number of rows there are, where only the first are given.
    """
    head = [list(columns)]
    body = [[cell(row.get(name)) for name in columns] for row in rows[:MOST_ROWS]]
    widths = [max(map(len, column)) for column in zip(*head, *body, strict=True)]
    numeric = [any(isinstance(row.get(name), float | int) for row in rows[:MOST_ROWS]) for name in columns]
    lines = [
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in (*head, *body)
    ]
    return "\n".join([visible(title), *lines, *_more(rows, total)])


def html_table(title: str, rows: Sequence[Row], columns: Sequence[str], total: int | None = None) -> str:
    """The same as an HTML table, every text escaped."""
    head = "".join(f"<th>{escape(name)}</th>" for name in map(visible, columns))
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell(row.get(name)))}</td>" for name in columns) + "</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = "".join(f"<p>{escape(text)}</p>" for text in _more(rows, total))
    return (
        f"<div><p>{escape(visible(title))}</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</div>"
    )


def cell(value: Any) -> str:
    """A value as one cell; an absent number is blank."""
    if value is None or (isinstance(value, float) and value != value):
        return ""
    if isinstance(value, bool) or not isinstance(value, float | int):
        return visible(str(value), _WIDEST)
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _more(rows: Sequence[Row], total: int | None) -> list[str]:
    hidden = (total or len(rows)) - MOST_ROWS
    return [f"... and {hidden} more rows"] if hidden > 0 else []
