"""Text of a CSV file to rows, one line each: a stray quote costs its own row and never the rows that follow.

RFC 4180 lets a quoted cell run over lines. No column of these files needs that, and one quote too many would swallow
trades up to the next quote in silence; so a cell that is not closed in its line is a problem of that line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Record(NamedTuple):
    """One row of text cells, or what is wrong with it.

    Attributes
    ----------
    line : int
        Counted from 1; line ends are ``\\n``, ``\\r\\n`` and a lone ``\\r``.
    cells : list of str
        Without surrounding blanks; empty where there is a problem.
    problem : str
        Empty for a good row.
    column : str
        The first row's name of the cell with the problem, where there is one.
    """

    line: int
    cells: list[str]
    problem: str = ""
    column: str = ""


def records(text: str) -> Iterator[Record]:
    """The rows of a text, blank ones included; the first that is not blank names the columns."""
    lines = list(io.StringIO(text, newline=""))  # keeps \r and \n as they are, and splits on nothing else
    if '"' not in text and "\0" not in text:
        yield from _unquoted(lines)
        return
    header: list[str] = []
    number = 0
    while number < len(lines):
        cells, error = _parsed(lines[number : number + 1])
        used = 1
        if _open(error):
            used, record = _unclosed(lines, number, header)
            yield record
        elif error:
            yield Record(number + 1, [], _syntax(error))
        elif any("\0" in cell for cell in cells):
            yield Record(number + 1, [], "the row holds a NUL byte: the file is damaged or binary")
        else:
            header = header or (cells if any(cells) else [])
            yield Record(number + 1, cells)
        number += used


def _unquoted(lines: Sequence[str]) -> Iterator[Record]:
    """The rows of a text without quotes, one a line: the same as the general way, in half the time."""
    reader = csv.reader(lines, strict=True)
    while True:
        try:
            for cells in reader:
                yield Record(reader.line_num, [cell.strip() for cell in cells])
            return
        except csv.Error as error:
            yield Record(reader.line_num, [], _syntax(str(error)))


def _parsed(lines: Sequence[str]) -> tuple[list[str], str]:
    """The cells of the first row of ``lines``, or the error."""
    try:
        return [cell.strip() for cell in next(csv.reader(lines, strict=True), [])], ""
    except csv.Error as error:
        return [], str(error)


def _open(error: str) -> bool:
    return "unexpected end" in error


def _unclosed(lines: Sequence[str], number: int, header: Sequence[str]) -> tuple[int, Record]:
    """Lines that belong to the row whose quote is open at the end of line ``number``, and what to say of it."""
    reader = csv.reader(lines[number:], strict=True)
    try:
        cells = next(reader)
    except csv.Error as error:
        if _open(str(error)) or "field larger" in str(error):
            return 1, Record(number + 1, [], "a quoted cell that starts in this row is never closed")
        cells = []
    end = number + reader.line_num
    inside = lines[number + 1 : end]
    broken = next((index for index, cell in enumerate(cells) if "\n" in cell or "\r" in cell), 0)
    if cells and (not header or (len(cells) == len(header) and not _rows_among(inside, len(header), broken == 0))):
        problem = f"the cell holds a line break, lines {number + 1} to {end} being one row: write it in one line"
        return end - number, Record(number + 1, [], problem, header[broken] if header else "")
    swallowed = "the next line" if end - number == 2 else f"the next {end - number - 1} lines"
    problem = (
        f"a quoted cell that starts in this row ends on line {end} and would swallow {swallowed}: close it in its row, "
        "or remove the quote"
    )
    return 1, Record(number + 1, [], problem)


def _rows_among(lines: Sequence[str], width: int, first: bool) -> bool:
    """Whether a line is a row by itself: it has every cell.

    So has the end of a row whose ``first`` cell is broken, which is known by the quote at the end of its first cell.
    """
    for position, line in enumerate(lines, start=1):
        cells, _ = _parsed([line])
        if len(cells) == width and not (first and position == len(lines) and cells[0].endswith('"')):
            return True
    return False


def _syntax(error: str) -> str:
    if "expected after" in error:
        return 'text follows a closing quote: write "" for a quote inside a quoted cell'
    if "field larger" in error:
        return "a cell is longer than 131072 characters: is a quote missing?"
    return f"cannot read the row: {error}"
