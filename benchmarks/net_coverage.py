"""Coverage of the 95 % intervals of netted rows: ``python -m benchmarks.net_coverage``.

Ten books with hedges, several underlyings and labels (see :mod:`benchmarks.net_books`), each run with 400 seeds and 4,096
paths; every number is simulated. Rows of a book are of every level: the book in its currencies and in one, underlyings and
groups. A row is compared with its exact value where every trade has one, and otherwise with its mean over all seeds; the
statuses are those of a run without closed forms, so that nothing leans on the reference. Writes ``docs/net_coverage.csv``
and prints a summary.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, nan
from pathlib import Path
from unittest.mock import patch

import numpy as np

import greeks as gk
from benchmarks.net_books import RATES, books
from greeks.analytic.registry import reference
from greeks.book import Book

DOCS = Path(__file__).parents[1] / "docs"
GREEKS = "price,delta,gamma,vega,rho,theta"
KEYS = ("level", "underlying", "currency", "desk", "greek", "unit")
SEEDS, PATHS = 400, 4096
ENOUGH = 100  # rows with status ok below which a share of them says little
Key = tuple[str, ...]


@dataclass
class Row:
    """One netted number over the seeds."""

    exact: float
    values: list[float] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    lows: list[float] = field(default_factory=list)
    highs: list[float] = field(default_factory=list)
    ok: list[bool] = field(default_factory=list)

    def covered(self) -> np.ndarray:
        """Whether each interval holds the exact value, or the mean over the seeds where there is none."""
        centre = self.exact if isfinite(self.exact) else float(np.mean(self.values))
        slack = 1e-9 * abs(centre)
        return (np.array(self.lows) <= centre + slack) & (np.array(self.highs) >= centre - slack)


def exact_of(book: Book, line: Mapping[str, object], rates: Mapping[str, float]) -> float:
    """Exact value of a netted row; nan where a trade has none."""
    total = 0.0
    for trade in book.trades:
        code = book.currencies[trade.underlying]
        converted = line["level"] in ("book", "group") and bool(rates)
        initial = "initial" in str(line["unit"])
        if line["underlying"] not in ("", trade.underlying) or (line["desk"] and line["desk"] != trade.labels["desk"]):
            continue
        if not converted and code != line["currency"]:
            continue
        if line["greek"] == "vega" and initial != (book.models[trade.underlying].kind == "heston"):
            continue
        rate = rates[code] if converted else 1.0
        total += (
            trade.position * rate * reference(trade.payoff, book.models[trade.underlying]).get(str(line["greek"]), nan)
        )
    return total


def measure(book: Book, seeds: int, paths: int, rates: Mapping[str, float]) -> dict[Key, Row]:
    """Every netted row of a book over the seeds."""
    rows: dict[Key, Row] = {}
    options = {"greeks": GREEKS, "paths": paths, "threads": 1, "group_by": "desk", "analytic": False}
    if rates:
        options |= {"fx": dict(rates), "currency": "USD"}
    for seed in range(seeds):
        with patch("greeks.results.judgement.references", lambda book: [{} for _ in book.trades]):
            found = gk.run(book, seed=seed, **options)
        for line in found.to_json()["net"]:
            key = tuple(str(line[name]) for name in KEYS)
            if key not in rows:
                rows[key] = Row(exact_of(book, line, rates))
            row = rows[key]
            for name, into in (
                ("value", row.values),
                ("standard_error", row.errors),
                ("ci_low", row.lows),
                ("ci_high", row.highs),
            ):
                into.append(nan if line[name] is None else line[name])
            row.ok.append(line["status"] == "ok")
    return rows


def summary(name: str, rows: Mapping[Key, Row]) -> list[dict[str, object]]:
    """One line a row: coverage of all, share of ok, and coverage of those."""
    lines = []
    for key, row in rows.items():
        covered, ok = row.covered(), np.array(row.ok)
        exact = isfinite(row.exact)
        lines.append(
            {
                "book": name,
                **dict(zip(KEYS, key, strict=True)),
                "reference": "exact" if exact else "mean over seeds",
                "seeds": len(ok),
                "coverage": round(float(covered.mean()), 4),
                "ok": round(float(ok.mean()), 4),
                "coverage_of_ok": round(float(covered[ok].mean()), 4) if ok.any() else "",
            }
        )
    return lines


def main() -> None:
    """Measure, write the table, and print what it says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.net_coverage", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--paths", type=int, default=PATHS)
    parser.add_argument("--output", type=Path, default=DOCS / "net_coverage.csv")
    options = parser.parse_args()
    lines: list[dict[str, object]] = []
    for name, book in books().items():
        rates = RATES if len(set(book.currencies.values())) > 1 else {}
        lines += summary(name, measure(book, options.seeds, options.paths, rates))
        print(f"{name}: {len(lines)} rows so far", flush=True)
    with open(options.output, "w", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    report(lines)


def report(lines: list[dict[str, object]]) -> None:
    """Coverage of rows that are mostly ok, and what is worst."""
    judged = [line for line in lines if float(str(line["ok"])) * int(str(line["seeds"])) >= ENOUGH]
    shares = np.array([float(str(line["coverage_of_ok"])) for line in judged])
    weights = np.array([float(str(line["ok"])) for line in judged])
    print(f"{len(lines)} rows, {len(judged)} of them ok at {ENOUGH} seeds or more")
    print(
        f"coverage of ok rows: {np.average(shares, weights=weights):.2%}; within 93 to 97 %: {np.mean((shares >= 0.93) & (shares <= 0.97)):.0%}"
    )
    low = [line for line in judged if float(str(line["coverage_of_ok"])) < 0.92]
    print(f"below 92 %: {len(low)}")
    for line in sorted(judged, key=lambda line: float(str(line["coverage_of_ok"])))[:12]:
        print("  ", {name: line[name] for name in line if line[name] != ""})
    quiet = [line for line in lines if float(str(line["coverage"])) < 0.92 and float(str(line["ok"])) > 0.5]
    print(f"rows that cover below 92 % at all and are ok in most seeds: {len(quiet)}")
    good = [line for line in lines if 0.93 <= float(str(line["coverage"])) <= 0.97]
    warned = [line for line in good if float(str(line["ok"])) < 0.5]
    print(f"rows that cover 93 to 97 %: {len(good)}, warned of in most seeds: {len(warned)}")


if __name__ == "__main__":
    main()
