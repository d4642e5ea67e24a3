"""A CSV file as lines of text cells, with the line number of each, and whatever is wrong with the file itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from greeks.errors import Issue
from greeks.portfolio.records import records
from greeks.portfolio.sources import Source, content


@dataclass
class Table:
    """What was found in one file; ``issues`` are those that make the file as a whole unusable.

    ``places`` are the rows of a DataFrame by line; empty for a file.
    """

    name: str
    digest: str = ""
    header_line: int = 0
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    row_issues: list[Issue] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)


def read_table(source: Source, role: str) -> Table:
    """Read a source, see :func:`~greeks.portfolio.sources.content`; what it holds never raises.

    Raises
    ------
    UsageError
        For what is no source of a table.
    """
    found = content(source, role)
    table = Table(found.name, places=found.rows)
    if found.problem:
        table.issues.append(Issue(table.name, 0, f"cannot read the file: {found.problem}"))
        return table
    data = found.data
    table.digest = hashlib.sha256(data).hexdigest()
    text = _decode(data, table)
    if not text.strip():
        if not table.issues:
            table.issues.append(Issue(table.name, 0, "the file is empty: it needs a header and at least one row"))
        return table
    for line, cells, problem, column in records(text):
        if problem:
            issue = Issue(table.name, line, problem, column=column)
            if not table.header:  # without a header there is no row to read
                table.issues.append(issue)
                return table
            table.row_issues.append(issue)
        elif all(not cell for cell in cells):
            continue  # blank lines, and the lines of bare commas that spreadsheets leave at the end
        elif not table.header:
            if len(cells) == 1 and any(mark in cells[0] for mark in ";\t|"):
                message = "the header is one single column: separate the columns by commas"
                table.issues.append(Issue(table.name, line, message))
                return table
            table.header_line, table.header = line, cells
        elif len(cells) != len(table.header):
            table.row_issues.append(Issue(table.name, line, _shifted(len(cells), len(table.header))))
        else:
            table.rows.append((line, cells))
    if table.header and not table.rows and not table.row_issues and not table.issues:
        table.issues.append(Issue(table.name, 0, "the file has a header but no rows"))
    return table


def _decode(data: bytes, table: Table) -> str:
    """UTF-8 text. Where it is not, one issue, and a replacement character so that other problems are still found."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        table.issues.append(Issue(table.name, 1, "the file is UTF-16: save it as UTF-8"))
        return ""
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
