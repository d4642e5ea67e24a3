"""Do estimators agree?"""

from __future__ import annotations

from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.plots.agreement import plot_agreement
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.results.status import NO_HIT, TAIL
from greeks.results.tables import FAR
from greeks.study.batches import paired

_UNTOLD = frozenset({NO_HIT, TAIL})  # warnings of an error bar that is none: of what no path or few paths met


def build(context: Context) -> Section:
    """Paired differences of every estimator to the recommended one, on the same paths."""
    rows: list[dict[str, Any]] = []
    for done in context.studies:
        for greek in done.greeks:
            ranked = context.ranking(done, greek)
            best = next(one.row for one in ranked if one.chosen)
            for one in ranked:
                difference, error = paired(done, one.row, best) if one.row != best else (0.0, 0.0)
                if any(done.estimates[k].causes & _UNTOLD for k in (one.row, best)):
                    continue
                if done.certain(one.row) or not error > 1e-12 * done.scale(greek):
                    continue
                rows.append(
                    {
                        **context.identity(done, one.row),
                        "other": done.cells[best].estimator,
                        "difference": difference,
                        "standard_error": error,
                        "z_score": difference / error,
                        "relative_difference": difference / abs(done.estimates[best].value)
                        if done.estimates[best].value
                        else None,
                        "biased": any(bool(ESTIMATORS[done.cells[k].estimator].biased) for k in (one.row, best)),
                        "status": done.estimates[one.row].status,
                    }
                )
    rows.sort(key=lambda row: -abs(row["z_score"]))
    lead = (
        "Two unbiased estimators of one number may differ by chance only. On the same paths much of that chance "
        "cancels, so the difference in units of its own error is a sharp test, for payoffs without a closed form too. "
        "Left out is what too few paths met for its error bar to be one."
    )
    title = "Agreement of estimators"
    if not rows:
        return Section("agreement", title, lead, [Check("note", Said("No number has two estimators to compare."))])
    unbiased = [row for row in rows if not row["biased"]]
    far = sum(abs(row["z_score"]) > FAR for row in unbiased)
    checks = []
    if unbiased:
        worst = unbiased[0]
        said = Said(
            "Of {all} pairs of unbiased estimators {far} differ by more than {bound} standard errors; the worst is "
            "the {greek} of {trade}, {estimator} against {other}, at z = {z}.",
            {"all": len(unbiased), "far": far, "bound": FAR, "greek": worst["greek"], "trade": worst["trade_id"],
             "estimator": worst["estimator"], "other": worst["other"], "z": worst["z_score"]},
            {"all": "count", "far": "count", "trade": "name", "z": "z"},
        )  # fmt: skip
        checks.append(Check("unsound" if far else "sound", said))
    off = [row for row in rows if row["biased"] and abs(row["z_score"]) > FAR]
    if off:
        size = max(abs(row["relative_difference"] or 0.0) for row in off)
        said = Said(
            "Comparisons with a biased estimator that show its bias: {many}, of up to {size} of the value.",
            {"many": len(off), "size": size},
            {"many": "count", "size": "percent"},
        )
        checks.append(Check("note", said))
    columns = (
        TRADE,
        GREEK,
        ESTIMATOR,
        Column("other", "against", "text"),
        Column("difference", "Difference"),
        Column("standard_error", "Its error"),
        Column("z_score", "z", "z"),
        Column("relative_difference", "Relative", "percent"),
        Column("biased", "Biased", "text"),
    )
    figure = Figure(
        "agreement",
        "Differences to the recommended estimator on the same paths, in units of their own error, beyond 5 on a "
        "logarithmic axis. The band is where 95 % belong.",
        draw("agreement", lambda fig: plot_agreement(rows, fig.subplots()), 8.0, 4.2),
    )
    table = Table("agreement", "Differences, the largest first", columns, rows, 12)
    return Section("agreement", title, lead, checks, tables=[table], figures=[figure])
