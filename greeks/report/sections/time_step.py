"""Models on a time grid: the bias of the grid, and how often a variance meets 0."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greeks.plots.time_step import plot_time_step
from greeks.report.context import Context
from greeks.report.formats import visible
from greeks.report.svg import draw_panels
from greeks.report.tables import Check, Column, Figure, Said, Section, Table
from greeks.study.time_step import STEPS_PER_YEAR, time_step_bias

_LARGE = 0.01


def build(context: Context) -> Section:
    """Bias of price and vega against steps per year, and the Feller ratio, of each underlying that needs a grid."""
    lead = (
        "A scheme with a time step has a bias that no number of paths removes and that is not in the error "
        "bar. It is shown "
        "for a European call at the forward, by an estimator accurate enough to see it."
    )
    title = "Time-step bias and the Feller condition"
    settings = replace(context.settings, paths=min(context.settings.paths, 2**17))
    points: list[dict[str, Any]] = []
    feller: list[dict[str, Any]] = []
    for underlying, maturity in context.longest.items():
        model = context.book.models[underlying]
        points.extend(time_step_bias(context.book, underlying, maturity, settings))
        if hasattr(model, "feller_ratio"):
            feller.append({"underlying": underlying, "maturity": maturity, **_diagnosis(model, maturity)})
    if not points:
        said = Said("Every model of this book is exact on any grid: there is no time-step bias.")
        return Section("time_step", title, lead, [Check("sound", said)])
    feller.sort(key=lambda row: row["feller_ratio"])
    checks = [_bias(context, points)]
    if feller:
        worst = feller[0]
        said = Said(
            "Least Feller ratio: {ratio} ({underlying}); {share} of its paths meet a variance of 0. Below 1, "
            "derivatives "
            "along the variance path have heavy tails.",
            {"ratio": worst["feller_ratio"], "underlying": worst["underlying"], "share": worst["touching"]},
            {"ratio": "ratio", "underlying": "name", "share": "percent"},
        )
        checks.append(Check("sound" if worst["feller_ratio"] >= 1.0 else "note", said))
    columns = (
        Column("underlying", "Underlying", "name"),
        Column("greek", "Greek", "text"),
        Column("maturity", "Maturity, years"),
        Column("steps_per_year", "Steps a year", "count"),
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("reference", "Exact"),
        Column("bias", "Difference", "percent"),
        Column("bias_error", "Its error", "percent"),
    )
    feller_columns = (
        Column("underlying", "Underlying", "name"),
        Column("feller_ratio", "Feller ratio", "ratio"),
        Column("touching", "Paths that meet 0", "percent"),
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
        figures=[Figure("time-step", caption, draw_panels("time-step", underlyings, plot))],
    )  # fmt: skip


def _diagnosis(model: Any, maturity: float) -> dict[str, float]:
    from greeks.models.heston_diagnosis import diagnose

    found = diagnose(model, maturity)
    return {"feller_ratio": found.feller_ratio, "touching": found.touching}


def _bias(context: Context, points: list[dict[str, Any]]) -> Check:
    """The bias at the grid nearest to the one in use."""
    used = context.settings.steps_per_year or 32
    nearest = min(STEPS_PER_YEAR, key=lambda steps: abs(steps - used))
    at = [row for row in points if row["steps_per_year"] == nearest]
    worst = max(at, key=lambda row: abs(row["bias"]) - 2.0 * row["bias_error"])
    large = abs(worst["bias"]) > _LARGE + 3.0 * worst["bias_error"]
    said = Said(
        "At {steps} steps a year the {greek} of {underlying} is off by {bias}, with an error of {error}.",
        {"steps": nearest, "greek": worst["greek"], "underlying": worst["underlying"], "bias": worst["bias"],
         "error": worst["bias_error"]},
        {"steps": "count", "underlying": "name", "bias": "percent", "error": "percent"},
    )  # fmt: skip
    return Check("doubtful" if large else "sound", said)
