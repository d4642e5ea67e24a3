"""Models on a time grid: the bias of the grid, and how often a variance meets 0."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.plots.time_step import plot_time_step
from greeks.report.context import Context
from greeks.report.svg import draw_panels
from greeks.report.tables import GREEK, Check, Column, Figure, Said, Section, Table
from greeks.results.tables import FAR
from greeks.study.contributions import Study
from greeks.study.time_step import time_step_bias
from greeks.text.visible import visible


def build(context: Context) -> Section:
    """Bias of price and vega against steps per year, and the Feller ratio, of each underlying that needs a grid."""
    lead = (
        "A scheme with a time step has a bias that no number of paths removes and that is not in the error bar. It is "
        "shown for a European call at the forward; where its interval is wider than the bias, the bias is not "
        "resolved."
    )
    title = "Time-step bias and the Feller condition"
    settings = replace(context.settings, paths=min(context.settings.paths, 2**17))
    points: list[dict[str, Any]] = []
    feller: list[dict[str, Any]] = []
    for underlying, maturity in context.longest.items():
        model = context.book.model_at(underlying, maturity)
        points.extend(time_step_bias(context.book, underlying, maturity, settings))
        if model.feller_ratio is not None:
            feller.append({"underlying": underlying, "maturity": maturity, **_diagnosis(context, model, maturity)})
    if not any(on_grid(context.book.models[name]) for name in context.longest):
        said = Said("Every model of this book is exact on any grid: there is no time-step bias.")
        return Section("time_step", title, lead, [Check("sound", said)])
    feller.sort(key=lambda row: row["feller_ratio"])
    for row in points:
        row["resolved"] = abs(row["bias"]) > 2.0 * row["bias_error"]
    checks = [_bias(context)]
    if feller:
        worst = feller[0]
        said = Said(
            "Least Feller ratio: {ratio} ({underlying}); {share} of its simulated paths meet a variance of 0, in "
            "{steps} steps to the last date (a finer grid finds more). Below 1, derivatives along the variance path "
            "have heavy tails.",
            {"ratio": worst["feller_ratio"], "underlying": worst["underlying"], "share": worst["touching"],
             "steps": worst["steps"]},
            {"ratio": "ratio", "underlying": "name", "share": "percent", "steps": "count"},
        )  # fmt: skip
        checks.append(Check("sound" if worst["feller_ratio"] >= 1.0 else "note", said))
    columns = (
        Column("underlying", "Underlying", "name"),
        GREEK,
        Column("maturity", "Maturity, years"),
        Column("steps_per_year", "Steps a year", "count"),
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("reference", "Exact"),
        Column("bias", "Difference", "percent"),
        Column("bias_error", "Its error", "percent"),
        Column("resolved", "Resolved", "text"),
    )
    feller_columns = (
        Column("underlying", "Underlying", "name"),
        Column("feller_ratio", "Feller ratio", "ratio"),
        Column("touching", "Simulated paths that meet 0", "percent"),
        Column("steps", "Steps", "count"),
        Column("maturity", "within years"),
    )
    underlyings = list(dict.fromkeys(row["underlying"] for row in points))[: context.budget.panels]

    def plot(ax: Any, name: str) -> None:
        plot_time_step([row for row in points if row["underlying"] == name], ax, visible(name, 30))

    caption = "Difference to the semi-analytic value with its 95 % interval, against the number of steps per year."
    return Section(
        "time_step", title, lead, checks,
        tables=[Table("feller", "Feller ratio, the least first", feller_columns, feller, 20),
                Table("time_step", "Bias by steps per year", columns, points, 12)],
        figures=[Figure("time-step", caption, draw_panels("time-step", underlyings, plot))] if underlyings else [],
    )  # fmt: skip


def _diagnosis(context: Context, model: Any, maturity: float) -> dict[str, float]:
    from greeks.models.heston_diagnosis import diagnose

    steps_per_year = context.settings.steps_per_year
    found = diagnose(model, maturity, steps_per_year)
    steps = model.steps((maturity,), steps_per_year)
    return {"feller_ratio": found.feller_ratio, "touching": found.touching, "steps": steps}


def _bias(context: Context) -> Check:
    """What the grid in use does to the recommended numbers of the book that have an exact value."""
    off: list[tuple[float, Study, int]] = []
    judged = 0
    for done, best in context.recommended():
        cell, row = done.cells[best.row], best.row
        exact = done.exact.get(cell.greek)
        if not exact or not on_grid(done.model) or ESTIMATORS[cell.estimator].biased:
            continue
        judged += 1
        if abs(done.z_score(row)) > FAR:
            off.append((abs(done.estimates[row].value / exact - 1.0), done, row))
    if not off:
        said = Said(
            "On the grid in use the time-step bias is within chance for all {all} recommended numbers with an exact "
            "value.",
            {"all": judged},
            {"all": "count"},
        )
        return Check("sound" if judged else "note", said)
    size, done, row = max(off, key=lambda item: item[0])
    said = Said(
        "On the grid in use the time-step bias is beyond chance for {off} of {all} recommended numbers with an exact "
        "value, up to {size} (the {greek} of {trade}): take more steps per year.",
        {"off": len(off), "all": judged, "size": size, "greek": done.cells[row].greek, "trade": done.trade.trade_id},
        {"off": "count", "all": "count", "size": "percent", "trade": "name"},
    )
    return Check("doubtful", said)
