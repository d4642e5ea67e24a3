"""Columns of text side by side, as many as a terminal is wide; the others below, with the names of their rows again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len

GAP = "  "
_NARROWEST = 12  # columns that a name is never cut below


@dataclass(frozen=True)
class Cell:
    """Text, and the escape sequence of its color, if any."""

    text: str
    color: str = ""


@dataclass(frozen=True)
class Column:
    """A header and its cells, all to be padded to one width."""

    header: str
    cells: Sequence[Cell]
    left: bool = True

    @cached_property
    def width(self) -> int:
        """Columns of the screen."""
        return max(cell_len(self.header), *(cell_len(cell.text) for cell in self.cells))

    def at(self, row: int) -> Cell:
        """The padded cell of a row; the header is row -1."""
        cell = Cell(self.header, BOLD) if row < 0 else self.cells[row]
        space = " " * (self.width - cell_len(cell.text))
        return Cell(cell.text + space if self.left else space + cell.text, cell.color)


BOLD = "\x1b[1m"


def parts(keys: Sequence[Column], blocks: Sequence[Column], width: int) -> Iterator[tuple[Column, ...]]:
    """What to show side by side.

    Parameters
    ----------
    keys : sequence of Column
        What tells rows apart. The first is repeated in every part; the others stand in the first part only, and those
        that would cost another part are left out, the last first.
    blocks : sequence of Column
        Never cut: a block wider than the screen has a part of its own.
    width : int
        Columns of the screen.
    """
    head = _shortened(keys[0], max(width // 3, width - max(block.width for block in blocks) - len(GAP), _NARROWEST))
    fewest = len(_packed([head], [head], blocks, width))
    shown = [head, *keys[1:]]
    while len(shown) > 1 and (
        len(_packed(shown, [head], blocks, width)) > fewest or _total([*shown, *blocks[:1]]) > width
    ):
        shown.pop()
    for number, part in enumerate(_packed(shown, [head], blocks, width)):
        yield (*(shown if number == 0 else [head]), *part)


def _packed(
    first: Sequence[Column], later: Sequence[Column], blocks: Sequence[Column], width: int
) -> list[list[Column]]:
    """Blocks by part: as many in each as there is room for, and at least one."""
    packed: list[list[Column]] = []
    for block in blocks:
        keys = first if len(packed) == 1 else later
        if not packed or _total([*keys, *packed[-1], block]) > width:
            packed.append([])
        packed[-1].append(block)
    return packed


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width + len(GAP) for column in columns) - len(GAP)


def wider(columns: Sequence[Column], width: int) -> bool:
    """Whether columns side by side have no room on the screen."""
    return _total(columns) > width


def _shortened(column: Column, most: int) -> Column:
    """A column of names that leaves room for numbers."""
    return Column(column.header, [Cell(cut(cell.text, most), cell.color) for cell in column.cells], column.left)


def cut(text: str, most: int) -> str:
    """Text of at most so many columns, shortened in its middle: names often differ at their end."""
    if cell_len(text) <= most:
        return text
    head, tail = text, text
    while cell_len(head) > most // 2:
        head = head[:-1]
    while cell_len(tail) > most - most // 2 - 1:
        tail = tail[1:]
    return f"{head}…{tail}"
