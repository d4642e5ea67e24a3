"""What a reader of results should know of how a file was read: its labels, and every default that was taken."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from greeks.portfolio.header import Header
from greeks.text.visible import LONGEST, visible

# A numerical method; a sum that means nothing without its count; what pays at its expiry, as contracts do, has no lag.
_SILENT = ("scheme", "past_fixings_sum", "payment_lag")
_INSTEAD = {"past_fixings_count": "past_fixings"}  # columns that say the same


@cache
def _defaults(spec: Any) -> Mapping[str, str]:
    """Default of each column of a specification that has one, as a file would write it."""
    parameters = inspect.signature(spec).parameters.items()
    given = {name: part.default for name, part in parameters if part.default not in (part.empty, None)}
    return {name: _written(value) for name, value in given.items() if name not in _SILENT}


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


class Defaults:
    """Counts of cells that were left to their default, by kind of row and column."""

    def __init__(self) -> None:
        self._rows: Counter[str] = Counter()
        self._blank: Counter[tuple[str, str, str]] = Counter()

    def count(self, kind: str, built: Any, cells: Mapping[str, str]) -> None:
        """Count one good row of a kind, such as trade, asian or underlying, and what was built of its cells."""
        self._rows[kind] += 1
        for name, value in {**_defaults(built.__class__), **getattr(built, "implied", {})}.items():
            self.choose(kind, name, value, cells)

    def choose(self, kind: str, name: str, value: str, cells: Mapping[str, str]) -> None:
        """Count one more column of a row that was counted."""
        if not cells.get(name):
            self._blank[kind, name, value] += 1

    def notes(self, header: Header) -> list[str]:
        """One sentence for each column that was left out, or blank in some rows."""
        found = []
        for (kind, name, value), count in self._blank.items():
            rows = self._rows[kind]
            if name not in header.positions:
                if _INSTEAD.get(name) not in header.positions:
                    found.append(f"no column {name}: {value} for every {kind}")
            elif not name.startswith("past_"):  # of a trade without a past, blank is a statement
                which = f"every {kind}" if count == rows else f"{count:,} of {rows:,} {kind} rows"
                found.append(f"column {name} is blank: {value} for {which}")
        return found


def label_note(labels: Collection[str]) -> list[str]:
    """The label columns by name, if there are any."""
    if not labels:
        return []
    names = ", ".join(visible(name, LONGEST) for name in labels)
    return [f"label columns, which change no number: {names}"]
