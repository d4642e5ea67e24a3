"""Estimates against exact values."""

from __future__ import annotations

from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.plots.quantiles import plot_quantiles
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Figure, Said, Section, Status, Table
from greeks.results.tables import FAR

_LARGE = 0.05  # part of a number at which a bias makes it useless


def build(context: Context) -> Section:
    """z-scores of every number with a closed form or semi-analytic value, and their quantiles."""
    rows: list[dict[str, Any]] = []
    for done in context.studies:
        for k, (cell, found) in enumerate(zip(done.cells, done.estimates, strict=True)):
            exact = done.exact.get(cell.greek)
            if exact is None:
                continue
            biased = bool(ESTIMATORS[cell.estimator].biased) and cell.greek != "price"
            bias = "estimator" if biased else "time step" if on_grid(done.model) else "none"
            rows.append(
                {
                    **context.identity(done, k),
                    "value": found.value,
                    "standard_error": found.standard_error,
                    "reference": exact,
                    "z_score": done.z_score(k),
                    "relative_difference": found.value / exact - 1.0 if exact else None,
                    "bias": bias,
                    "recommended": context.is_recommended(done, k),
                    "status": found.status,
                }
            )
    rows.sort(key=lambda row: -abs(row["z_score"]))
    columns = (
        TRADE,
        GREEK,
        ESTIMATOR,
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("reference", "Exact"),
        Column("z_score", "z", "z"),
        Column("relative_difference", "Difference", "percent"),
        Column("bias", "Bias from", "text"),
        Column("status", "Status", "status"),
    )
    lead = (
        "Where a closed form or a semi-analytic value exists, the distance to it in standard errors should look like "
        "a standard normal draw. Numbers of one trade share their paths, so they move together."
    )
    if not rows:
        nothing = Check("note", Said("No number of this book has an exact value to compare with."))
        return Section("accuracy", "Accuracy against exact values", lead, [nothing])
    checks = []
    unbiased = [row for row in rows if row["bias"] == "none"]
    if unbiased:
        worst = unbiased[0]
        far = sum(abs(row["z_score"]) > FAR for row in unbiased)
        said = Said(
            "Of {all} estimates with an exact value and no bias, {far} are more than {bound} standard errors off; the "
            "furthest is the {greek} of {trade} by {estimator}, at z = {z}.",
            {"all": len(unbiased), "far": far, "bound": FAR, "greek": worst["greek"], "trade": worst["trade_id"],
             "estimator": worst["estimator"], "z": worst["z_score"]},
            {"all": "count", "far": "count", "trade": "name", "z": "z"},
        )  # fmt: skip
        checks.append(Check("unsound" if far else "sound", said))
    checks.extend(_biased(rows))
    figure = Figure(
        "accuracy",
        "z-scores of all numbers with an exact value against normal quantiles: on the dotted line where error bars "
        "are honest; those beyond the axis stand at its end. A point far off the line is a bias.",
        draw("accuracy", lambda fig: plot_quantiles(rows, fig.subplots()), 6.4, 4),
    )
    table = Table("accuracy", "z-scores, the largest first", columns, rows, 12)
    return Section("accuracy", "Accuracy against exact values", lead, checks, tables=[table], figures=[figure])


def _biased(rows: list[dict[str, Any]]) -> list[Check]:
    """What a time step or an estimator's bias leaves in recommended numbers, and in the others."""
    checks = []
    for recommended, whose in ((True, "Recommended"), (False, "Other")):
        mine = [row for row in rows if row["bias"] != "none" and row["recommended"] == recommended]
        off = [row for row in mine if abs(row["z_score"]) > FAR and row["relative_difference"] is not None]
        if not off:
            continue
        worst = max(off, key=lambda row: abs(row["relative_difference"]))
        said = Said(
            whose + " estimates that may be biased, by a time step or by their construction: {all}. In {off} of them "
            "the bias is beyond chance, up to {size} of the value (the {greek} of {trade} by {estimator}).",
            {"all": len(mine), "off": len(off), "size": abs(worst["relative_difference"]), "greek": worst["greek"],
             "trade": worst["trade_id"], "estimator": worst["estimator"]},
            {"all": "count", "off": "count", "size": "percent", "trade": "name"},
        )  # fmt: skip
        size = abs(worst["relative_difference"])
        status: Status = "unsound" if size > _LARGE else "doubtful"
        checks.append(Check(status if recommended else "note", said))
    return checks
