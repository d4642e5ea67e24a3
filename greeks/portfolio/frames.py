"""A DataFrame as the text of a CSV file, so that its cells pass the same checks, and its rows back in the messages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from greeks.errors import Issue
from greeks.market.dates import moment
from greeks.text.visible import LONGEST, visible


class Entry(NamedTuple):
    """A row that stood elsewhere: in a DataFrame, under a label, or in a JSON file, on a line."""

    label: str
    line: int = 0

    def __str__(self) -> str:
        return self.label if self.line else f"row {self.label}"


Rows = Mapping[int, Entry]  # by line of the CSV that the rows became
_LINE = re.compile(r"\bline (\d+)( of the market file)?")


def is_frame(source: Any) -> bool:
    """Whether a source is a DataFrame of pandas, which is not imported for the question."""
    return all(hasattr(source, name) for name in ("itertuples", "columns", "index"))


def csv_of(frame: Any) -> tuple[bytes, dict[int, Entry]]:
    """The CSV of a DataFrame, and the label of the row on each of its lines; an index with a name is a column."""
    labels = list(frame.index)
    named = [name for name in frame.index.names if name is not None]
    if named and not set(named) & set(frame.columns):
        frame = frame.reset_index()
    rows: dict[int, Entry] = {}
    text, line = io.StringIO(), 2
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([str(column) for column in frame.columns])
    for label, values in zip(labels, frame.itertuples(index=False, name=None), strict=True):
        rows[line] = Entry(visible(str(label), LONGEST))
        cells = [cell(value) for value in values]
        writer.writerow(cells)
        line += 1 + sum(len(list(io.StringIO(f"{item}.", newline=""))) - 1 for item in cells)
    return text.getvalue().encode("utf-8", errors="replace"), rows


def cell(value: Any) -> str:
    """A value as the text of a cell: absent ones blank, dates and lists as in a file."""
    kind = type(value).__name__
    if value is None or kind in ("NAType", "NaTType"):
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if kind in ("bool", "bool_"):
        return str(bool(value)).lower()
    if isinstance(value, date) or kind == "datetime64":
        return moment(value).isoformat()
    if isinstance(value, list | tuple) or getattr(value, "ndim", 0) == 1:
        return ";".join(cell(item) for item in value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)
    if number != number:
        return ""
    return str(value) if hasattr(value, "__index__") else repr(number)


def placed(
    issues: Sequence[Issue], rows: Mapping[str, Rows], market: str, keys: Mapping[str, Entry] | None = None
) -> list[Issue]:
    """Issues with the rows of a DataFrame, or the entries of a JSON file, in place of the lines of a CSV.

    Parameters
    ----------
    issues : sequence of Issue
    rows : mapping of str to mapping
        By the name of the table; empty for a file.
    market : str
        Name of the market table, which messages on trades may refer to.
    keys : mapping of str to Entry, optional
        Where each name of the header stands first, for a file that has none.
    """
    return [_placed(issue, rows.get(issue.file, {}), rows.get(market, {}), keys or {}) for issue in issues]


def _placed(issue: Issue, own: Rows, of_market: Rows, keys: Mapping[str, Entry]) -> Issue:
    def row(found: re.Match[str]) -> str:
        label = (of_market if found[2] else own).get(int(found[1]))
        return found[0] if label is None else f"{label}" + (" of the market" if found[2] else "")

    if own or of_market:
        issue = replace(issue, message=_LINE.sub(row, issue.message))
    if not own:
        return issue
    if keys:
        issue = replace(issue, message=issue.message.replace("missing from the header", "missing from every entry"))
    entry = own.get(issue.line) or (keys.get(issue.column) if issue.line == 1 else None) or Entry("")
    return replace(issue, line=entry.line, row=entry.label)
