"""Tables as CSV text that a spreadsheet cannot take for formulas, and that reads back unchanged.

A spreadsheet evaluates a cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or a line break, whatever a file means
by it: an identifier such as ``=cmd|' /C calc'!A0`` would run. Text that starts so, behind any number of apostrophes, is
written with one more apostrophe before it, which spreadsheets show or take for "this is text". :func:`unguarded` takes
it off again. Numbers are written as they are: a negative one is a number and no text.

Source: OWASP, "CSV Injection". Verified in the tests: every text reads back as it was.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from typing import Any

# The last four are the wide forms of the first, which spreadsheets of East Asian locales evaluate too.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def guarded(text: str) -> str:
    """Text as a CSV cell that no spreadsheet evaluates."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that :func:`guarded` was given."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def csv_bytes(rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> bytes:
    """Rows as CSV in UTF-8.

    Parameters
    ----------
    rows : sequence of mappings
        A float is written with the digits that read back as the same float; None and nan are blank, and so is a
        column that a row has not.
    columns : sequence of str, optional
        Default: those of all rows, in the order in which they come up.
    """
    names = list(columns) or list(dict.fromkeys(name for row in rows for name in row))
    lines = _Lines()
    writer = csv.writer(lines, lineterminator="\r\n")  # so that a cell with either character is quoted
    writer.writerow([guarded(name) for name in names])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return "".join(lines).encode()


class _Lines(list[str]):
    """What a CSV writer writes, line by line, each ending in a line feed alone."""

    def write(self, line: str) -> None:
        self.append(f"{line[:-2]}\n")


def _cell(value: Any) -> str:
    if value is None or value != value:  # nan
        return ""
    if isinstance(value, str):
        return guarded(value)
    return repr(float(value)) if isinstance(value, float) else str(value)
