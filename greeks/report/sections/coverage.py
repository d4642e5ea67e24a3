"""Coverage of 95 % intervals over short runs."""

from __future__ import annotations

from math import sqrt
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.plots.coverage import plot_coverage
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, KIND, Check, Column, Figure, Said, Section, Table
from greeks.study.batches import covered
from greeks.study.contributions import Study

_LEVEL = 0.95
_CHANCE = 0.01  # of a false alarm among all numbers judged
_FEWEST = 50  # runs below which a share says nothing


def build(context: Context) -> Section:
    """One line a payoff, Greek and estimator: pooled over the trades of the kind that have exact values."""
    size = context.budget.replicate
    rows: list[dict[str, Any]] = []
    for kind, members in context.kinds.items():
        pooled: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for done in (context.studies[k] for k in members):
            for k, cell in enumerate(done.cells):
                counted = _counted(done, k, size)
                if counted:
                    pooled.setdefault((cell.greek, cell.estimator), []).append(counted)
        for (greek, estimator), counts in pooled.items():
            hits, runs = (sum(part) for part in zip(*counts, strict=True))
            # Trades of one kind may share paths, so the runs of a single trade are what chance is judged by.
            spread = _band(counts[0][1])
            rows.append(
                {
                    "kind": kind,
                    "greek": greek,
                    "estimator": estimator,
                    "label": f"{kind}: {greek}",
                    "coverage": hits / runs,
                    "runs": runs,
                    "low": _LEVEL - spread,
                    "high": min(_LEVEL + spread, 1.0),
                    "biased": bool(ESTIMATORS[estimator].biased),
                }
            )
    rows.sort(key=lambda row: row["coverage"])
    lead = (
        "The same numbers from short runs: how many of their 95 % intervals hold the exact value? A long run is "
        "nearer to normal than these, so coverage below the grey band warns of a heavy tail, or of a bias."
    )
    title = "Coverage of intervals"
    if not rows:
        return Section("coverage", title, lead, [Check("note", Said("No exact value to judge intervals by."))])
    columns = (
        KIND,
        GREEK,
        ESTIMATOR,
        Column("coverage", "Coverage", "percent"),
        Column("runs", "Runs", "count"),
        Column("low", "Chance allows from", "percent"),
    )
    judged = _recommended(context, size)
    low = [row for row in judged if row["chance"] < _CHANCE / len(judged)]
    if not judged:
        return Section("coverage", title, lead, [Check("note", Said("No recommended number has an exact value."))])
    said = Said(
        "Intervals of runs of {paths} paths, by the recommended estimator of each number: {low} of {all} cover less "
        "than chance allows; the least is {least} (the {greek} of {trade} by {estimator}).",
        {"paths": size, "low": len(low), "all": len(judged), "least": judged[0]["coverage"],
         "greek": judged[0]["greek"], "trade": judged[0]["trade_id"], "estimator": judged[0]["estimator"]},
        {"trade": "name", "paths": "count", "low": "count", "all": "count", "least": "percent"},
    )  # fmt: skip
    worst = list(dict.fromkeys(row["label"] for row in rows))[:24]
    picked = [row for row in rows if row["label"] in worst]
    figure = Figure(
        "coverage",
        "Coverage of 95 % intervals of short runs, the lowest first; the band is three standard errors of one trade's "
        "runs.",
        draw("coverage", lambda fig: plot_coverage(picked, fig.subplots()), 7.6, max(2.8, 1.0 + 0.2 * len(worst))),
    )
    return Section(
        "coverage", title, lead, [Check("doubtful" if low else "sound", said)],
        tables=[Table("coverage", "Coverage, the lowest first", columns, rows, 12)], figures=[figure],
    )  # fmt: skip


def _recommended(context: Context, size: int) -> list[dict[str, Any]]:
    """Coverage of each number by its recommended estimator, the lowest first, and how likely so few hits are."""
    from scipy.special import bdtr

    rows = []
    for done, best in context.recommended():
        counted = _counted(done, best.row, size)
        if counted:
            share = {"coverage": counted[0] / counted[1], "chance": float(bdtr(*counted, _LEVEL))}
            rows.append({**context.identity(done, best.row), **share})
    return sorted(rows, key=lambda row: row["coverage"])


def _counted(done: Study, row: int, size: int) -> tuple[int, int] | None:
    """Hits and runs of a cell; None where it does not vary, has no exact value, or has too few runs."""
    counted = None if done.certain(row) else covered(done, row, size)
    return counted if counted is not None and counted[1] >= _FEWEST else None


def _band(runs: int) -> float:
    """Three standard errors of a share of so many runs."""
    return 3.0 * sqrt(_LEVEL * (1.0 - _LEVEL) / runs)
