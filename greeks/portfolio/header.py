"""Which column is which: names, aliases, names refused because they mean two things, and likely slips."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from greeks.errors import Issue
from greeks.portfolio.table import Table
from greeks.text import quoted

_CLOSE = 0.8  # similarity above which an unknown name is taken for a slip of a known one


@dataclass(frozen=True)
class Names:
    """The names a file's header may hold.

    Attributes
    ----------
    known : collection of str
        Column names.
    needed : collection of str
        Those that every file must have.
    aliases : mapping of str to str
        Short names accepted for a column.
    refused : mapping of str to str
        Names that cannot be accepted, with the reason.
    slips : mapping of str to str
        Names so often meant for a column that keeping them as a label would be a trap.
    """

    known: Collection[str]
    needed: Collection[str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    slips: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Header:
    """Position of each known column and of each label column, and what is wrong with the header line."""

    positions: dict[str, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    unnamed: list[int] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def cells(self, row: list[str]) -> dict[str, str]:
        """Known columns of a row, by name."""
        return {name: row[position] for name, position in self.positions.items()}

    def label_cells(self, row: list[str]) -> dict[str, str]:
        """Label columns of a row, by name."""
        return {name: row[position] for name, position in self.labels.items()}


def resolve(table: Table, names: Names) -> Header:
    """Assign a table's columns. A slip is an issue, and then read as what it was meant for, to find more problems."""
    header = Header()

    def report(column: str, message: str) -> None:
        header.issues.append(Issue(table.name, table.header_line, message, column=column))

    lowered = [name.lower() for name in table.header]
    present = {names.aliases.get(name, name) for name in lowered}
    for position, (written, name) in enumerate(zip(table.header, lowered, strict=True)):
        target = names.aliases.get(name, name)
        if not name:
            header.unnamed.append(position)
        elif name in names.refused:
            report(written, names.refused[name])
        elif target in names.known:
            if target in header.written:
                report(written, f"the same column as {header.written[target]}: keep one of them")
            else:
                header.positions[target], header.written[target] = position, written
        elif meant := _meant(name, names):
            report(written, f'is unknown: did you mean "{meant}"?')
            if meant not in present:
                header.positions.setdefault(meant, position)
        elif any(name == label.lower() for label in header.labels):
            report(written, "appears twice")
        else:
            header.labels[written] = position
    for name in names.needed:
        if name not in header.positions:
            report(name, "is missing from the header")
    return header


def _meant(name: str, names: Names) -> str:
    """The known column that ``name`` is a slip of, or nothing."""
    if name in names.slips:
        return names.slips[name]
    close = get_close_matches(name, list(names.known), n=1, cutoff=_CLOSE)
    if close:
        return close[0]
    longer = [known for known in names.known if len(name) >= 3 and known.startswith(name)]
    return longer[0] if longer else ""


def stray(header: Header, row: list[str]) -> list[str]:
    """Messages for cells under a column that has no name."""
    return [
        f"cell {position + 1} holds {quoted(row[position])}, and the header has no name for it"
        for position in header.unnamed
        if row[position]
    ]
