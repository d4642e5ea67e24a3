"""The market of the comparisons of estimators, and the documents with one table that they write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import greeks as gk

DOCS = Path(__file__).parents[1] / "docs"
GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)
_HESTON = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02, "initial_variance": 0.04, "long_run_variance": 0.04}
MILD = gk.Heston(**_HESTON, mean_reversion=1.5, vol_of_vol=0.3, correlation=-0.7)
STRONG = gk.Heston(**_HESTON, mean_reversion=0.5, vol_of_vol=1.0, correlation=-0.9)  # Feller ratio 0.04
MODELS: dict[str, Any] = {"gbm": GBM, "heston": MILD}


def write_table(
    name: str, head: str, columns: Sequence[str], rows: Iterable[Sequence[str]], kept: Iterable[Sequence[str]] = ()
) -> None:
    """Write docs/NAME.md: ``head``, then the table, again after each row, which is printed as it comes.

    ``kept`` are rows of an earlier run that come first.
    """
    lines = [head, _line(columns), "|---" * len(columns) + "|", *map(_line, kept)]
    for row in rows:
        lines.append(_line(row))
        print(lines[-1], flush=True)
        (DOCS / f"{name}.md").write_text("\n".join([*lines, ""]))


def rows_of(name: str) -> list[list[str]]:
    """The rows of the table in docs/NAME.md."""
    lines = (DOCS / f"{name}.md").read_text().splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|---")) + 1
    return [line.strip("| ").split(" | ") for line in lines[start:] if line.startswith("|")]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
