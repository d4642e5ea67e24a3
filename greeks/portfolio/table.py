"""A CSV file as lines of text cells, with the line number of each, and whatever is wrong with the file itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice

from greeks.errors import Issue
from greeks.portfolio.frames import Entry
from greeks.portfolio.json_book import NotJson, is_json, table_of_json
from greeks.portfolio.kinds import foreign_kind
from greeks.portfolio.layout import CHAIN, SEARCHED, header_at, is_chain, not_a_row, plain_header, symbol_column
from greeks.portfolio.records import Record, records
from greeks.portfolio.sources import Content, Source, content

_ONE_COLUMN = "the header is one single column: separate the columns by commas"


@dataclass
class Table:
    """What was found in one file; ``issues`` are those that make the file as a whole unusable.

    ``places`` are the rows of a DataFrame, or the entries of a JSON file, by line; empty for a CSV file. Of a JSON
    file, ``keys`` are the first entries with each key, and ``parts`` what it holds: "trades", "market" or both.
    """

    name: str
    digest: str = ""
    header_line: int = 0
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    row_issues: list[Issue] = field(default_factory=list)
    places: dict[int, Entry] = field(default_factory=dict)
    keys: dict[str, Entry] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


def read_table(source: Source, role: str) -> Table:
    """Read a source, see :func:`~greeks.portfolio.sources.content`; what it holds never raises.

    Raises
    ------
    UsageError
        For what is no source of a table.
    """
    return table_of(content(source, role), role)


def table_of(found: Content, role: str) -> Table:
    """The table in what a source held; of a JSON book, the part that the role needs."""
    table = Table(found.name, places=found.rows)
    if found.problem:
        table.issues.append(Issue(table.name, 0, f"cannot read the file: {found.problem}"))
        return table
    data = found.data
    table.digest = hashlib.sha256(data).hexdigest()
    if kind := foreign_kind(data):
        table.issues.append(Issue(table.name, 0, f"the file {kind}"))
        return table
    text = _decode(data, table)
    if not text.strip():
        if not table.issues:
            table.issues.append(Issue(table.name, 0, "the file is empty: it needs a header and at least one row"))
        return table
    if is_json(text):
        text = _json_rows(text, role, table)
    rows = (row for row in records(text) if row.problem or any(row.cells))
    first = list(islice(rows, SEARCHED))
    if first and first[0].problem and _other_delimiter(text):
        table.issues.append(Issue(table.name, first[0].line, _ONE_COLUMN))
    elif first:
        _take_header(first, table)
    if table.header:
        _take_rows(chain(first, rows), table)
    return table


def _json_rows(text: str, role: str, table: Table) -> str:
    """The rows of a JSON book as a CSV, and what is wrong with it."""
    try:
        found = table_of_json(text, role)
    except NotJson as error:
        table.issues.append(Issue(table.name, error.line, str(error)))
        return ""
    table.places, table.keys, table.parts = found.entries, found.keys, found.parts
    for line, key, message in found.problems:
        (table.row_issues if line else table.issues).append(Issue(table.name, line, message, column=key))
    return found.csv


def _take_header(rows: list[Record], table: Table) -> None:
    """The header, and what is wrong with its place; it stays empty where no row can be read."""
    found = header_at(rows)
    if is_chain(rows[: found.position + 3]):
        table.issues.append(Issue(table.name, rows[found.position].line, CHAIN))
        return
    first = rows[found.position]
    if first.problem:
        table.issues.append(Issue(table.name, first.line, first.problem, column=first.column))
        return
    if found.problem:
        table.issues.append(Issue(table.name, rows[0].line, found.problem))
    if len(found.cells) == 1 and any(mark in found.cells[0] for mark in ";\t|"):
        table.issues.append(Issue(table.name, first.line, _ONE_COLUMN))
        return
    names, disguised = plain_header(found.cells)
    table.issues += [Issue(table.name, first.line, message, column=name) for name, message in disguised]
    del rows[: found.position + 1]
    sample = next((row for row in rows if row.cells), first)
    column, message = symbol_column(names, sample.cells)
    if message:
        table.issues.append(Issue(table.name, sample.line, message, column=column))
        return
    table.header_line, table.header = first.line, names


def _other_delimiter(text: str) -> bool:
    """Whether the first line has quoted cells between other marks than commas."""
    line = text.lstrip().partition("\n")[0]
    return any(f'"{mark}"' in line for mark in ";\t|") and '","' not in line


def _take_rows(rows: Iterable[Record], table: Table) -> None:
    """The rows below the header, and the lines that are none."""
    for line, cells, problem, column in rows:
        if not problem:
            problem = not_a_row(cells, table.header)
        if not problem and len(cells) != len(table.header):
            problem = _shifted(len(cells), len(table.header))
        if problem:
            table.row_issues.append(Issue(table.name, line, problem, column=column))
        else:
            table.rows.append((line, cells))
    if not table.rows and not table.row_issues and not table.issues:
        table.issues.append(Issue(table.name, 0, "the file has a header but no rows"))


def _decode(data: bytes, table: Table) -> str:
    """UTF-8 text. Where it is not, one issue, and a replacement character so that other problems are still found."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:  # without the signature, so that the offset counts from the start of the file
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            start = error.start
        # Line ends are counted as the CSV reader counts them: \n, \r\n and a lone \r.
        before = data[:start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        message = f"byte 0x{data[start]:02x} at offset {start} is not UTF-8: save the file as UTF-8"
        table.issues.append(Issue(table.name, before.count(b"\n") + 1, message))
        text = data.decode("utf-8-sig", errors="replace")
    return text


def _shifted(found: int, expected: int) -> str:
    if found > expected:
        return f"the row has {found} cells and the header {expected}: quote a cell that holds a comma, or remove one"
    return f"the row has {found} cells and the header {expected}: a comma is missing"
