"""Tables beside the book, such as curves and quotes: rows of cells by column, and every problem in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from greeks.errors import Issue, UsageError
from greeks.market.dates import moment, years_between
from greeks.portfolio.cells import CellError, parse_number
from greeks.portfolio.frames import placed
from greeks.portfolio.header import Header, resolve, stray
from greeks.portfolio.names import Names
from greeks.portfolio.table import Table, read_table
from greeks.text.visible import quoted


@dataclass
class SideTable:
    """One table: its rows as they are read, and what is wrong with them."""

    table: Table
    header: Header
    issues: list[Issue] = field(default_factory=list)

    @classmethod
    def read(cls, source: Any, role: str, names: Names) -> SideTable:
        """A source of any kind; what is wrong with the file itself is among the issues."""
        table = read_table(source, role)
        header = resolve(table, names) if table.header else Header()
        return cls(table, header, [*table.issues, *table.row_issues, *header.issues])

    @property
    def usable(self) -> bool:
        """Whether rows can be read at all."""
        return bool(self.table.header) and not self.header.issues

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Line and cells of each row; cells under no name are reported."""
        for line, row in self.table.rows if self.usable else ():
            for message in stray(self.header, row):
                self.report(line, "", message)
            yield line, self.header.cells(row)

    def report(self, line: int, column: str, message: str) -> None:
        """One problem."""
        self.issues.append(Issue(self.table.name, line, message, column=self.header.written.get(column, column)))

    def number(self, line: int, cells: dict[str, str], column: str) -> float | None:
        """A cell as a number; None where it is blank, or unreadable and then reported."""
        text = cells.get(column, "")
        try:
            return parse_number(text, column) if text else None
        except CellError as error:
            self.report(line, column, str(error))
            return None

    def one_of(self, line: int, cells: dict[str, str], names: tuple[str, ...]) -> str:
        """The one column of several that a row fills; blank where that is none or several, and then reported."""
        filled = [name for name in names if cells.get(name)]
        if len(filled) == 1:
            return filled[0]
        if filled:
            self.report(line, filled[1], f"give {filled[0]} or {filled[1]}, not both")
        else:
            there = [name for name in names if name in self.header.positions] or list(names)
            more = "" if len(there) == 1 else f", and so is {' and '.join(there[1:])}: give one of them"
            self.report(line, there[0], f"is blank{more}")
        return ""

    def years(self, line: int, cells: dict[str, str], day: str, as_of: date | None) -> float | None:
        """Years to the date of a row, by the column maturity or the one named ``day``; None where it is reported."""
        name = self.one_of(line, cells, ("maturity", day))
        if name != day:
            found = self.number(line, cells, name) if name else None
        else:
            try:
                when = moment(cells[day])
                if as_of is None:
                    raise UsageError(f"{quoted(cells[day])} needs a valuation date: give --as-of YYYY-MM-DD")
                found = years_between(as_of, when, day)
            except UsageError as error:
                self.report(line, day, str(error))
                return None
        if found is not None and not 1e-8 <= found <= 100.0:
            self.report(line, name, f"{quoted(cells[name])} is {found:g} years: write a time from now on, up to 100")
            return None
        return found

    @property
    def placed(self) -> list[Issue]:
        """Every problem in the order of the rows."""
        ordered = sorted(self.issues, key=lambda issue: issue.line)
        return placed(ordered, {self.table.name: self.table.places}, "")
