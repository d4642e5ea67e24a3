"""The errors a caller may want to catch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from greeks.text.problems import lines
from greeks.text.visible import LONGEST, visible


class GreeksError(Exception):
    """Base class of every error raised on purpose by this package."""


class UsageError(GreeksError, ValueError):
    """A request that cannot be met; the message names what to ask for instead."""


class SpecError(UsageError):
    """Keywords of a model or payoff that cannot be used; the message names each with what to write.

    Attributes
    ----------
    problems : tuple of (str, str)
        Keyword (empty for what holds between several) and message.
    details : tuple of mapping
        The same as the validator put it.
    """

    def __init__(self, name: str, problems: Sequence[tuple[str, str]], details: Sequence[Any] = ()) -> None:
        self.problems, self.details = tuple(problems), tuple(details)
        said = (
            f"{keyword} {text}" if text.startswith("is ") else text if keyword in text else f"{keyword}: {text}"
            for keyword, text in self.problems
        )
        super().__init__(f"{name}: " + "; ".join(said))


class FieldError(ValueError):
    """What is wrong with one field of several that were checked together."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class PayoffIndexError(UsageError, IndexError):
    """A payoff function that reads a spot which is not there."""


class MissingDependencyError(GreeksError, ImportError):
    """An optional dependency is absent; the message holds the command that installs it."""


@dataclass(frozen=True)
class Issue:
    """One problem in an input file.

    Attributes
    ----------
    file : str
        The file as the user named it.
    line : int
        Line number, counted from 1; 0 when the problem is the file itself.
    message : str
        What is wrong, with the offending value, and the remedy.
    trade : str
        Trade identifier (or underlying, in a market file); empty when unknown.
    column : str
        Column name; empty when the problem is the whole row.
    row : str
        Label of the row of a DataFrame, which has no lines, or of the entry of a JSON file.
    """

    file: str
    line: int
    message: str
    trade: str = ""
    column: str = ""
    row: str = ""

    def __str__(self) -> str:
        file = visible(self.file)
        row = visible(self.row)
        place = f"{file}:{self.line}: {row}".removesuffix(": ") if self.line else f"{file} row {row}" if row else file
        who = f" {visible(self.trade)}:" if self.trade else ""
        kind = "key" if self.line and self.row else "column"  # of a JSON file
        where = f" {kind} {visible(self.column, LONGEST)}:" if self.column else ""
        return f"{place}:{who}{where} {visible(self.message)}"


class PortfolioError(GreeksError, ValueError):
    """Input files that cannot be used.

    ``issues`` lists every problem found in one pass; the text of the error says each cause once.
    """

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(lines(self.issues)))
