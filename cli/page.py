"""A page of tables: colors where they are wanted, words wrapped and never cut, and footnotes for what is not ok."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from greeks_cli.grid import BOLD, GAP, Cell, Column, parts

from greeks.text.visible import visible

Row = Mapping[str, Any]
NONE = "-"  # where a table has no such number
DIM = "\x1b[2m"
_PLAIN = "\x1b[0m"
_COLORS = {"warn": "\x1b[33m", "na": "\x1b[31m"}  # yellow, red


def color_of(row: Row) -> str:
    """The color of a number's status."""
    return _COLORS.get(str(row["status"]), "")


class Page:
    """Tables on one page, with footnotes for what is not ok.

    Parameters
    ----------
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    """

    def __init__(self, width: int, color: bool) -> None:
        """An empty page."""
        self.width, self._color = width, color
        self._lines: list[str] = []
        self._reasons: dict[str, int] = {}

    def content(self) -> bytes:
        """Everything said so far."""
        return "".join(f"{line}\n" for line in self._lines).encode()

    def say(self, text: str, color: str = "", indent: str = "") -> None:
        """A paragraph, wrapped at words and never cut."""
        for line in textwrap.wrap(text, self.width, subsequent_indent=indent, break_on_hyphens=False) or [""]:
            self._lines.append(self._colored(Cell(line, color)))

    def _colored(self, cell: Cell) -> str:
        return f"{cell.color}{cell.text}{_PLAIN}" if self._color and cell.color and cell.text.strip() else cell.text

    def table(self, title: str, keys: Sequence[Column], blocks: Sequence[Column]) -> None:
        """Rows of keys and numbers, in as many parts as the width asks for."""
        for number, columns in enumerate(parts(keys, blocks, self.width)):
            if title:
                self.say(f"{title}{', continued' if number else ''}", BOLD)
            for row in range(-1, len(keys[0].cells)):
                if number and all(column.at(row).text.strip() == NONE for column in columns[1:]):
                    continue
                self._lines.append(GAP.join(self._colored(column.at(row)) for column in columns).rstrip())
            self._lines.append("")

    def mark(self, row: Row) -> str:
        """The number of the footnote of what is not ok."""
        if row["status"] == "ok":
            return ""
        reason = f"{row['status']}: {row['reason']}" if row["reason"] else row["status"]
        return f"[{self._reasons.setdefault(reason, len(self._reasons) + 1)}]"

    def footnotes(self) -> None:
        """Every reason once."""
        for reason, mark in self._reasons.items():
            self.say(f"[{mark}] {visible(reason)}", indent=" " * (len(str(mark)) + 3))
