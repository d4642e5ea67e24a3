"""Coverage of 95 % intervals over short runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from greeks.estimators.registry import ESTIMATORS
from greeks.plots.coverage import plot_coverage
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.batches import covered
from greeks.study.contributions import Study
from greeks.text.visible import visible

_LEVEL = 0.95
_CHANCE = 0.01  # of a false alarm among all numbers judged
_FEWEST = 50  # runs below which a share says nothing


def build(context: Context) -> Section:
    """One line a number and estimator, for the numbers that have exact values, against one threshold."""
    size = context.budget.replicate
    rows: list[dict[str, Any]] = []
    for done in context.studies:
        for k, cell in enumerate(done.cells):
            counted = _counted(done, k, size)
            if counted:
                rows.append(
                    {
                        **context.identity(done, k),
                        "label": f"{visible(done.trade.trade_id, 20)}: {cell.greek}",
                        "coverage": counted[0] / counted[1],
                        "runs": counted[1],
                        "biased": bool(ESTIMATORS[cell.estimator].biased),
                        "recommended": context.is_recommended(done, k),
                    }
                )
    judged = sum(row["recommended"] for row in rows)
    for row in rows:
        row["allowed"] = _allowed(row["runs"], max(judged, 1))
        row["below"] = row["coverage"] < row["allowed"]
    rows.sort(key=lambda row: row["coverage"])
    lead = (
        "The same numbers from short runs: how many of their 95 % intervals hold the exact value? A long run is "
        "nearer to normal than these, so coverage below what chance allows warns of a heavy tail, or of a bias."
    )
    title = "Coverage of intervals"
    if not judged:
        words = "No recommended number has an exact value to judge intervals by."
        return Section("coverage", title, lead, [Check("note", Said(words))])
    columns = (
        TRADE,
        GREEK,
        ESTIMATOR,
        Column("coverage", "Coverage", "percent"),
        Column("allowed", "Chance allows from", "percent"),
        Column("below", "Below that", "text"),
        Column("runs", "Runs", "count"),
        Column("recommended", "Recommended", "text"),
    )
    best = [row for row in rows if row["recommended"]]
    low = [row for row in best if row["below"]]
    said = Said(
        "Intervals of runs of {paths} paths by the recommended estimators: {low} of {all} cover less than chance "
        "allows; the least covers {least} (the {greek} of {trade} by {estimator}), and chance allows from {allowed}.",
        {"paths": size, "low": len(low), "all": len(best), "least": best[0]["coverage"], "greek": best[0]["greek"],
         "trade": best[0]["trade_id"], "estimator": best[0]["estimator"], "allowed": best[0]["allowed"]},
        {"trade": "name", "paths": "count", "low": "count", "all": "count", "least": "percent", "allowed": "percent"},
    )  # fmt: skip
    worst = list(dict.fromkeys((row["trade_id"], row["greek"]) for row in rows))[:24]
    picked = [row for row in rows if (row["trade_id"], row["greek"]) in worst]
    figure = Figure(
        "coverage",
        "Coverage of 95 % intervals of short runs, the lowest first; in the band is what chance allows.",
        draw("coverage", lambda fig: plot_coverage(picked, fig.subplots()), 7.6, max(2.8, 1.0 + 0.2 * len(worst))),
    )
    return Section(
        "coverage", title, lead, [Check("doubtful" if low else "sound", said)],
        tables=[Table("coverage", "Coverage, the lowest first", columns, rows, 12)], figures=[figure],
    )  # fmt: skip


def _counted(done: Study, row: int, size: int) -> tuple[int, int] | None:
    """Hits and runs of a cell; None where it does not vary, has no exact value, or has too few runs."""
    counted = None if done.certain(row) else covered(done, row, size)
    return counted if counted is not None and counted[1] >= _FEWEST else None


def _allowed(runs: int, judged: int) -> float:
    """Least share of hits that chance still allows: of so many honest numbers, one in a hundred books has one below."""
    from scipy.special import bdtr

    hits = np.searchsorted(bdtr(np.arange(runs + 1.0), runs, _LEVEL), _CHANCE / judged)
    return float(hits) / runs
