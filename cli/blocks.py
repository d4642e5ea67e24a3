"""The column of one Greek: value, error bar, how it came about, and the footnote of what is not ok."""

from __future__ import annotations

from collections.abc import Sequence

from greeks_cli.grid import Cell, Column
from greeks_cli.numbers import Number, column
from greeks_cli.page import NONE, Page, Row, color_of

from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.names import ORDER

SHORT = {**{name: method.short for name, method in ESTIMATORS.items()}, ANALYTIC: "exact"}


def short_names(rows: Sequence[Row]) -> str:
    """What the short names of the rows' estimators stand for."""
    used = dict.fromkeys(part for row in rows for part in row["estimator"].split(" + ") if part in SHORT)
    return "; ".join(f"{SHORT[name]} {name.replace('_', ' ')}" for name in used if SHORT[name] != name)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Price first, then delta, gamma, vega, rho and the others."""
    return sorted(rows, key=lambda row: ORDER.index(row["greek"]))


def heading(row: Row) -> str:
    """The Greek; in a net, where it has two meanings, the rarer one is told: the two may stand in one line."""
    initial = "level" in row and row["greek"] in ("vega", "vanna", "volga") and "initial volatility" in row["unit"]
    return f"{row['greek']} (initial)" if initial else str(row["greek"])


def block(page: Page, name: str, rows: Sequence[Row | None], prefix: str, beside: str) -> Column:
    """Numbers of one Greek in one format, aligned piece by piece.

    Parameters
    ----------
    page : Page
        Keeps the footnotes.
    name : str
        The heading.
    rows : sequence of mappings or None
        One for each line; None where the table has no such number.
    prefix : str
        Of the columns to show: "position_", or nothing.
    beside : {"estimator", "z"}
        What stands beside the number: how it came about, or how far it is from the exact value.
    """
    numbers: list[Number] = [
        (None, None) if row is None else (row[f"{prefix}value"], row[f"{prefix}standard_error"]) for row in rows
    ]
    texts = [(NONE, "") if row is None else text for row, text in zip(rows, column(numbers), strict=True)]
    wide = max(len(name), *(len(value) for value, _ in texts))
    bar = max(len(error) for _, error in texts)
    notes = ["" if row is None else _estimator(row) if beside == "estimator" else _distance(row) for row in rows]
    size = max(map(len, notes))
    cells = []
    for row, (value, error), note in zip(rows, texts, notes, strict=True):
        pieces = [f"{value:>{wide}}"]
        if bar:
            pieces.append(f"± {error:>{bar}}" if error else " " * (bar + 2))
        if size:
            pieces.append(f"{note:{size}}" if beside == "estimator" else f"{note:>{size}}")
        if row is not None:
            pieces.append(page.mark(row))
        cells.append(Cell(" ".join(pieces).rstrip(), "" if row is None else color_of(row)))
    return Column(f"{name:>{wide}}", cells)


def _estimator(row: Row) -> str:
    return "+".join(SHORT.get(part, part) for part in row["estimator"].split(" + "))


def _distance(row: Row) -> str:
    z = row["z_score"]
    return "" if z is None else f"z {z:+.1f}" if abs(z) < 1000 else f"z {z:+.0e}"
