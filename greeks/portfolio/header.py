"""Which column is which: names, aliases, names that mean something else or nothing here, and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from greeks.errors import Issue
from greeks.portfolio.names import Names
from greeks.portfolio.table import Table
from greeks.portfolio.words import did_you_mean
from greeks.text.csv_cells import unguarded
from greeks.text.visible import quoted

_FREE = ("trade_id", "underlying")  # columns of free text


@dataclass
class Header:
    """Position of each known column and of each label column, and what is wrong with the header line."""

    positions: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def cells(self, row: list[str]) -> dict[str, str]:
        """Known columns of a row, by name; free text without the mark that keeps spreadsheets from evaluating it."""
        cells = {name: row[position] for name, position in self.positions.items()}
        for name in _FREE:
            if name in cells:
                cells[name] = unguarded(cells[name])
        return cells

    def label_cells(self, row: list[str]) -> dict[str, str]:
        """Label columns of a row, by name."""
        return {name: unguarded(row[position]) for name, position in self.labels.items()}


def resolve(table: Table, names: Names, declared: Sequence[str] | None = None) -> Header:
    """Assign a table's columns. A slip is an issue, and then read as what it was meant for, to find more problems.

    Parameters
    ----------
    table : Table
        Its header is not empty.
    names : Names
        What the header may hold.
    declared : sequence of str, optional
        The labels, where they are declared; any other name that is no column is then an issue.
    """
    header = Header()

    def report(column: str, message: str) -> None:
        header.issues.append(Issue(table.name, table.header_line, message, column=column))

    given = [unguarded(name) for name in table.header]
    lowered = [name.lower() for name in given]
    present = {names.aliases.get(name, name) for name in lowered}
    wanted, labels = {name.lower() for name in declared or ()}, set[str]()
    for position, (written, name) in enumerate(zip(given, lowered, strict=True)):
        target = names.aliases.get(name, name)
        if not name:
            header.unnamed.append(position)
        elif name in names.refused:
            report(written, names.refused[name])
        elif target in names.known:
            if name in wanted:
                report(written, "is a column of its own, and no label: leave it out of the labels")
            elif target in header.written:
                report(written, f"the same column as {header.written[target]}: keep one of them")
            else:
                header.positions[target], header.written[target] = position, written
        elif name in wanted or not (problem := names.problem(written, present, declared)):
            if name in labels:
                report(written, "appears twice")
            else:
                header.labels[written] = position
                labels.add(name)
        else:
            message, meant = problem
            report(written, message)
            if meant and meant not in present:
                header.positions.setdefault(meant, position)
    for name in names.needed:
        if name not in header.positions:
            report(name, "is missing from the header")
    for name in declared or ():
        if name.lower() not in lowered:
            report(name, f"is declared as a label, and is missing from the header{did_you_mean(name, given)}")
    return header


def stray(header: Header, row: list[str]) -> list[str]:
    """Messages for cells under a column that has no name."""
    return [
        f"cell {position + 1} holds {quoted(row[position])}, and the header has no name for it"
        for position in header.unnamed
        if row[position]
    ]
