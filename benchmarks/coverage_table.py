"""The table of the coverage panel as it was written, and what is run again put in its place."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from math import inf
from pathlib import Path
from typing import Any

from benchmarks.coverage_cells import CONTRACTS
from greeks.estimators.registry import ESTIMATORS

_WORDS = ("contract", "greek", "estimator")  # the columns that are no numbers


def table_before(file: Path) -> list[dict[str, Any]]:
    """The rows of the table as it was written."""
    with file.open(newline="") as text:
        return [
            {name: value if name in _WORDS else _number(value) for name, value in row.items()}
            for row in csv.DictReader(text)
        ]


def unmoved(rows: list[dict[str, Any]], earlier: list[dict[str, Any]]) -> int:
    """How many rows cover as much of the first seeds as in an earlier table: what is warned of may differ."""
    before = {(*slice_of(row), row["greek"]): row["coverage_of_first"] for row in earlier}
    return sum(abs(before.get((*slice_of(row), row["greek"]), inf) - row["coverage_of_first"]) < 1e-3 for row in rows)


def merged(rows: list[dict[str, Any]], earlier: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows, and those of an earlier table whose slice has none here, in the order of the panel."""
    here = {slice_of(row) for row in rows}
    kept = [row for row in earlier if slice_of(row) not in here]
    names, order = [contract.name for contract in CONTRACTS], list(ESTIMATORS)
    places = {row: (names.index(row[0]), row[2], order.index(row[1])) for row in map(slice_of, (*rows, *kept))}
    return sorted((*rows, *kept), key=lambda row: places[slice_of(row)])


def slice_of(row: Mapping[str, Any]) -> tuple[str, str, int]:
    """Contract, estimator and number of paths of a row."""
    return row["contract"], row["estimator"], row["paths"]


def _number(text: str) -> float:
    return int(text) if text.isdigit() else float(text)
