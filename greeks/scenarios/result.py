"""The tables of a ladder and of an explanation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from greeks.scenarios.shifts import AXES
from greeks.text.tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "level", "underlying", "currency", "scenario", *(f"{axis}_shift" for axis in AXES), "greek",
    "value", "standard_error", "ci_low", "ci_high",
    "change", "change_standard_error", "change_ci_low", "change_ci_high", "noise",
    "trades", "unit", "status", "reason",
)  # fmt: skip
_SHOWN = (
    "level", "underlying", "scenario", "greek", "value", "standard_error", "change",
    "change_standard_error", "status", "reason",
)  # fmt: skip


class LadderResult:
    """Values of a book and their changes, by scenario.

    Attributes
    ----------
    manifest : dict
        As of :class:`greeks.RunResult`, with the shifts of each axis under ``scenarios``.
    """

    def __init__(
        self, rows: Sequence[Mapping[str, Any]], base: Sequence[Mapping[str, Any]], manifest: Mapping[str, Any]
    ) -> None:
        self._rows, self._base, self.manifest = list(rows), list(base), dict(manifest)

    def __repr__(self) -> str:
        return text_table(self._title, self._rows, _SHOWN)

    def _repr_html_(self) -> str:
        return html_table(self._title, self._rows, _SHOWN)

    @property
    def _title(self) -> str:
        count = 1
        for shifts in self.manifest["scenarios"].values():
            count *= len(shifts)
        return f"Ladder: {count} scenarios"

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of the files, the totals and the shifts."""
        return tuple(self.manifest["notes"])

    def to_frame(self) -> pd.DataFrame:
        """One row for each netted position and scenario.

        ``spot_shift`` is -0.1 for -10 %, or an amount; ``scenario`` says which.
        """
        import pandas as pd

        return pd.DataFrame(self._rows) if self._rows else pd.DataFrame(columns=list(COLUMNS))

    def base(self) -> pd.DataFrame:
        """The netted book as it is."""
        import pandas as pd

        return pd.DataFrame(self._base)

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data: manifest, the netted book as it is, and the ladder; an absent number is null."""
        return {"manifest": self.manifest, "base": self._base, "ladder": self._rows}


TERMS = (
    "level", "underlying", "currency", "term", "move", "greek", "amount", "standard_error", "ci_low", "ci_high",
    "noise", "status", "reason",
)  # fmt: skip
_TERMS = ("level", "underlying", "term", "move", "amount", "standard_error", "noise", "status", "reason")


class ExplainResult:
    """The change of a book, term by term.

    Attributes
    ----------
    years : float
        That passed.
    notes : tuple of str
        How the errors were found.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], years: float, notes: tuple[str, ...]) -> None:
        self._rows, self.years, self.notes = list(rows), years, notes

    def __repr__(self) -> str:
        return text_table("Explained change", self._rows, _TERMS)

    def _repr_html_(self) -> str:
        return html_table("Explained change", self._rows, _TERMS)

    def to_frame(self) -> pd.DataFrame:
        """One row for each term, of the book by currency, then of each underlying."""
        import pandas as pd

        return pd.DataFrame(self._rows) if self._rows else pd.DataFrame(columns=list(TERMS))

    def to_json(self) -> dict[str, Any]:
        """JSON-ready data: the years that passed, notes, and the terms."""
        return {"years": self.years, "notes": list(self.notes), "explain": self._rows}
