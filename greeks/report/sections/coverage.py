"""Coverage of 95 % intervals over short runs."""

from __future__ import annotations

from math import sqrt
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.plots.coverage import plot_coverage
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import Check, Column, Figure, Said, Section, Table
from greeks.study.batches import covered

_LEVEL = 0.95


def build(context: Context) -> Section:
    """One line a payoff, Greek and estimator: pooled over the trades of the kind that have exact values."""
    size = context.budget.replicate
    rows: list[dict[str, Any]] = []
    for kind, members in context.kinds.items():
        pooled: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for done in (context.studies[k] for k in members):
            for k, cell in enumerate(done.cells):
                counted = covered(done, k, size)
                if counted is not None:
                    pooled.setdefault((cell.greek, cell.estimator), []).append(counted)
        for (greek, estimator), counts in pooled.items():
            hits, runs = (sum(part) for part in zip(*counts, strict=True))
            # Trades of one kind may share paths, so the runs of a single trade are what chance is judged by.
            spread = 3.0 * sqrt(_LEVEL * (1.0 - _LEVEL) / counts[0][1])
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
        "The same numbers from short runs: how many of their 95 % intervals hold the exact value? A long run "
        "is nearer to "
        "normal than these, so coverage below the grey band warns of a heavy tail, or of a bias."
    )
    title = "Coverage of intervals"
    if not rows:
        return Section("coverage", title, lead, [Check("note", Said("No exact value to judge intervals by."))])
    columns = (
        Column("kind", "Payoff and model", "text"),
        Column("greek", "Greek", "text"),
        Column("estimator", "Estimator", "text"),
        Column("coverage", "Coverage", "percent"),
        Column("runs", "Runs", "count"),
        Column("low", "Chance allows from", "percent"),
    )
    recommended = {(line["kind"], line["greek"], line["estimator"]) for line in _recommended(context)}
    judged = [row for row in rows if (row["kind"], row["greek"], row["estimator"]) in recommended] or rows
    low = [row for row in judged if row["coverage"] < row["low"]]
    said = Said(
        "Intervals of runs of {paths} paths, by recommended estimators: {low} of {all} cells cover less than "
        "chance allows; "
        "the least is {least} ({greek}, {kind}).",
        {"paths": size, "low": len(low), "all": len(judged), "least": judged[0]["coverage"],
         "greek": judged[0]["greek"], "kind": judged[0]["kind"]},
        {"paths": "count", "low": "count", "all": "count", "least": "percent"},
    )  # fmt: skip
    worst = list(dict.fromkeys(row["label"] for row in rows))[:24]
    picked = [row for row in rows if row["label"] in worst]
    figure = Figure(
        "coverage",
        "Coverage of 95 % intervals of short runs, the lowest first; the band is three standard errors of "
        "one trade's runs.",
        draw("coverage", lambda fig: plot_coverage(picked, fig.subplots()), 7.6, max(2.8, 1.0 + 0.2 * len(worst))),
    )
    return Section(
        "coverage", title, lead, [Check("doubtful" if low else "sound", said)],
        tables=[Table("coverage", "Coverage, the lowest first", columns, rows, 12)], figures=[figure],
    )  # fmt: skip


def _recommended(context: Context) -> list[dict[str, str]]:
    found = []
    for kind, members in context.kinds.items():
        for done in (context.studies[k] for k in members):
            for greek in dict.fromkeys(cell.greek for cell in done.cells):
                chosen = context.chosen(done, greek)
                if chosen is not None:
                    found.append({"kind": kind, "greek": greek, "estimator": done.cells[chosen.row].estimator})
    return found
