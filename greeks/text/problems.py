"""Many problems in few lines: what has one cause is said once, with the first row it was found in and how many more."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

_FEW = 3  # rows with one cause that are still listed one by one
_FORMS = 5  # values with one cause that still have a line each, so that a person sees them all
_MOST = 100  # lines
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_NUMBER = re.compile(r"[-+]?\d[-+\d.,e]*")


class Issue(Protocol):
    """What is needed of a :class:`greeks.errors.Issue`."""

    @property
    def file(self) -> str:
        """Its file."""

    @property
    def trade(self) -> str:
        """What it is about, a word and a name."""

    @property
    def column(self) -> str:
        """Its column."""

    @property
    def message(self) -> str:
        """What is wrong."""


def lines(issues: Sequence[Issue]) -> list[str]:
    """The issues as a person reads them, in the order given.

    Two issues have one cause where they stand in the same column of the same file and differ only in the values they
    quote. Up to three rows have a line each; more have one, which names the first of them and counts the others. Where
    only a few values occur, each keeps a line of its own.

    Returns
    -------
    list of str
        At most a hundred lines, and one that counts what is left.
    """
    if len(issues) <= _FEW:
        return [str(issue) for issue in issues]
    causes: dict[tuple[str, str, str], list[int]] = {}
    for index, issue in enumerate(issues):
        causes.setdefault((issue.file, issue.column, _cause(issue)), []).append(index)
    told: list[tuple[int, str]] = []
    for members in causes.values():
        told += _told(issues, members)
    told.sort()
    shown = [line for _, line in told[:_MOST]]
    if len(told) > _MOST:
        shown.append(f"and {len(told) - _MOST:,} more problems: mend these first")
    return shown


def _told(issues: Sequence[Issue], members: list[int]) -> list[tuple[int, str]]:
    """Lines for one cause, each with the place of its first issue."""
    if len(members) <= _FEW:
        return [(index, str(issues[index])) for index in members]
    forms: dict[str, list[int]] = {}
    for index in members:
        forms.setdefault(issues[index].message, []).append(index)
    if len(forms) == 1 or len(forms) > _FORMS:
        like = "" if len(forms) == 1 else "the like "
        return [(members[0], f"{issues[members[0]]} (and {like}in {len(members) - 1:,} more rows)")]
    return [line for same in forms.values() for line in _told(issues, same)]


def _cause(issue: Issue) -> str:
    """The message without what differs from row to row: values, numbers, the trade's own name."""
    _, _, key = issue.trade.partition(" ")
    message = _QUOTED.sub("#", issue.message)
    if key:  # as a word: the name 5 is no part of the number 105
        message = re.sub(rf"(?<![\w.]){re.escape(key)}(?![\w.])", "#", message)
    return _NUMBER.sub("#", message)
