"""Estimates against exact values."""

from __future__ import annotations

from math import sqrt
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.plots.quantiles import plot_quantiles
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import Check, Column, Figure, Said, Section, Table

_FAR = 4.5
_LARGE = 0.05  # part of a number at which a time-step bias is more than a remark


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
                    "status": found.status,
                }
            )
    rows.sort(key=lambda row: -abs(row["z_score"]))
    columns = (
        Column("trade_id", "Trade", "name"),
        Column("greek", "Greek", "text"),
        Column("estimator", "Estimator", "text"),
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("reference", "Exact"),
        Column("z_score", "z", "z"),
        Column("relative_difference", "Difference", "percent"),
        Column("bias", "Bias from", "text"),
        Column("status", "Status", "status"),
    )
    lead = (
        "Where a closed form or a semi-analytic value exists, the distance to it in standard errors should look like a "
        "standard normal draw. Numbers of one trade share their paths, so they move together."
    )
    if not rows:
        nothing = Check("note", Said("No number of this book has an exact value to compare with."))
        return Section("accuracy", "Accuracy against exact values", lead, [nothing])
    checks = []
    unbiased = [row for row in rows if row["bias"] == "none"]
    if unbiased:
        worst = unbiased[0]
        far = sum(abs(row["z_score"]) > _FAR for row in unbiased)
        said = Said(
            "Of {all} numbers with an exact value and no bias, {far} are more than {bound} standard errors off; "
            "the worst is "
            "the {greek} of {trade} by {estimator} at z = {z}. Root mean square z: {mean_square} (ideal: {one}).",
            {"all": len(unbiased), "far": far, "bound": _FAR, "greek": worst["greek"], "trade": worst["trade_id"],
             "estimator": worst["estimator"], "z": worst["z_score"], "one": 1,
             "mean_square": sqrt(sum(row["z_score"] ** 2 for row in unbiased) / len(unbiased))},
            {"all": "count", "far": "count", "trade": "name", "z": "z", "mean_square": "ratio", "one": "count"},
        )  # fmt: skip
        checks.append(Check("unsound" if far else "sound", said))
    checks.extend(_biased(rows))
    figure = Figure(
        "accuracy",
        "z-scores of all numbers with an exact value against normal quantiles: on the dotted line where error bars are "
        "honest. A point far off the line by a biased estimator is its bias.",
        draw(
            "accuracy", lambda fig: plot_quantiles([r for r in rows if abs(r["z_score"]) < 12], fig.subplots()), 6.4, 4
        ),
    )
    table = Table("accuracy", "z-scores, the largest first", columns, rows, 12)
    return Section("accuracy", "Accuracy against exact values", lead, checks, tables=[table], figures=[figure])


def _biased(rows: list[dict[str, Any]]) -> list[Check]:
    """What a time step or a bump leaves, where it shows."""
    checks = []
    for bias, words in (("time step", "on a time grid"), ("estimator", "by a biased estimator")):
        mine = [row for row in rows if row["bias"] == bias]
        off = [row for row in mine if abs(row["z_score"]) > _FAR and row["relative_difference"] is not None]
        if not off:
            continue
        worst = max(off, key=lambda row: abs(row["relative_difference"]))
        said = Said(
            "Of {all} numbers " + words + ", {off} show its bias beyond chance, up to {size} of the number (the "
            "{greek} of "
            "{trade} by {estimator}).",
            {"all": len(mine), "off": len(off), "size": worst["relative_difference"], "greek": worst["greek"],
             "trade": worst["trade_id"], "estimator": worst["estimator"]},
            {"all": "count", "off": "count", "size": "percent", "trade": "name"},
        )  # fmt: skip
        large = bias == "time step" and abs(worst["relative_difference"]) > _LARGE
        checks.append(Check("doubtful" if large else "note", said))
    return checks
