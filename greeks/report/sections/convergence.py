"""Error against the number of paths."""

from __future__ import annotations

from math import isnan
from statistics import median
from typing import Any

from greeks.plots.convergence import plot_convergence
from greeks.report.context import Context
from greeks.report.svg import draw_panels
from greeks.report.tables import ESTIMATOR, GREEK, KIND, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.batches import convergence, slope

_FAR = 3.0  # standard errors of a fitted slope
_SHOWN = "delta"


def build(context: Context) -> Section:
    """Fitted slopes and curves of one trade of each kind."""
    slopes: list[dict[str, Any]] = []
    points: list[dict[str, Any]] = []
    panels: list[tuple[str, dict[str, list[dict[str, float]]], dict[str, float]]] = []
    for kind in context.kinds:
        done = context.representative(kind)
        curves, fits = {}, {}
        for k, cell in enumerate(done.cells):
            rows = [] if done.certain(k) else convergence(done, k)
            fitted, error = slope(rows)
            if isnan(fitted):
                continue
            identity = context.identity(done, k)
            against = "exact value" if cell.greek in done.exact else "mean of all runs"
            off = (fitted + 0.5) / error
            slopes.append(
                {**identity, "slope": fitted, "slope_error": error, "off": off, "against": against,
                 "error": rows[-1]["error"], "recommended": context.is_recommended(done, k)}
            )  # fmt: skip
            points.extend({**identity, **row} for row in rows)
            if cell.greek == _SHOWN:
                curves[cell.estimator], fits[cell.estimator] = rows, fitted
        if curves:
            panels.append((kind, curves, fits))
    slopes.sort(key=lambda row: -row["off"])
    lead = (
        "The root mean square error of runs of n paths should fall like 1 / sqrt(n): a slope of -0.5 on logarithmic "
        "axes. A bias makes the line flatten out, a heavy tail makes it ragged."
    )
    if not slopes:
        return Section("convergence", "Convergence", lead, [Check("note", Said("Nothing to measure a slope on."))])
    judged = [row for row in slopes if row["recommended"]] or slopes
    off = sum(row["off"] > _FAR for row in judged)
    said = Said(
        "Median slope {median} over {all} recommended estimates; flatter than {ideal} by more than {far} of their "
        "errors: {off}.",
        {"median": median(row["slope"] for row in judged), "all": len(judged), "off": off, "ideal": -0.5, "far": _FAR},
        {"median": "ratio", "all": "count", "off": "count"},
    )  # fmt: skip
    columns = (
        TRADE,
        KIND,
        GREEK,
        ESTIMATOR,
        Column("slope", "Slope", "ratio"),
        Column("slope_error", "Its error", "ratio"),
        Column("error", "Error of the longest runs"),
        Column("against", "Error to the", "text"),
    )
    tables = [
        Table("convergence", "Fitted slopes, the flattest first", columns, slopes, 8),
        Table("convergence_points", "Points of the curves", columns, points, 0),
    ]
    figures = []
    if panels:
        picked = panels[: context.budget.panels]
        svg = draw_panels("convergence", picked, lambda ax, panel: plot_convergence(panel[1], ax, *panel[::2]))
        caption = f"Error of the {_SHOWN} against the number of paths, for one trade of each kind."
        figures.append(Figure("convergence", caption, svg))
    checks = [Check("sound" if off <= 0.02 * len(judged) else "doubtful", said)]
    return Section("convergence", "Convergence", lead, checks, tables=tables, figures=figures)
