"""What a section of the report consists of: checks, sentences, tables and figures, all of plain data.

Every number that the page shows stands in one of these, and all of them are written to the CSV beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "name", "number", "percent", "count", "ratio", "z", "seconds", "status", "heat"]
Status = Literal["sound", "doubtful", "unsound", "note"]


@dataclass(frozen=True)
class Column:
    """A column: key in the rows, heading, and how its values are shown."""

    key: str
    label: str
    kind: Kind = "number"


# What a row is about; see ``Context.identity``.
TRADE, KIND = Column("trade_id", "Trade", "name"), Column("kind", "Payoff and model", "text")
GREEK, ESTIMATOR = Column("greek", "Greek", "text"), Column("estimator", "Estimator", "text")


@dataclass(frozen=True)
class Table:
    """Rows for the page and for the CSV, the worst first.

    Attributes
    ----------
    key : str
        Name in the CSV and JSON.
    title : str
    columns : sequence of Column
        What the page shows.
    rows : sequence of mapping
        May hold further keys, which are written to the files only.
    shown : int
        Rows that are open on the page. 0: not on the page, data of a figure.
    units : bool
        Whether the unit of a Greek stands below its name.
    folded : int
        Further rows that are there behind a fold; what is left is in the CSV.
    note : str
    group : str
        Key of a column whose values head their rows instead of being repeated in each.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    shown: int = 20
    note: str = ""
    group: str = ""
    folded: int = 60
    units: bool = False


@dataclass(frozen=True)
class Said:
    """A sentence with numbers in it: ``{name}`` in the template stands for the value of that name.

    ``kinds`` says how a value is shown, where it is not a plain number.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One line of the verdict."""

    status: Status
    said: Said


@dataclass(frozen=True)
class Figure:
    """A plot as SVG text, with what a reader who cannot see it should know."""

    key: str
    caption: str
    svg: str


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    key: str
    title: str
    lead: str
    checks: Sequence[Check] = ()
    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
