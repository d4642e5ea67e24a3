"""Tails of the contributions."""

from __future__ import annotations

from typing import Any

from greeks.plots.contributions import plot_contributions
from greeks.report.context import Context
from greeks.report.svg import draw_panels
from greeks.report.tables import ESTIMATOR, GREEK, KIND, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.tails import histogram, top_share


def build(context: Context) -> Section:
    """Kurtosis and top shares of every number, and histograms of the heaviest tail of each kind."""
    rows: list[dict[str, Any]] = []
    for done in context.studies:
        for k, found in enumerate(done.estimates):
            rows.append(
                {
                    **context.identity(done, k),
                    "kurtosis": found.kurtosis,
                    "top_share": top_share(done.kept[k]),
                    "status": found.status,
                    "reason": found.reason,
                    "recommended": context.is_recommended(done, k),
                }
            )
    rows.sort(key=lambda row: -(row["kurtosis"] if row["kurtosis"] == row["kurtosis"] else 0.0))
    lead = (
        "An error bar is the deviation of the contributions, and is only as good as their tail is light. A normal "
        "distribution has kurtosis 3; its largest 0.1 % of draws make up 0.4 % of the sum of sizes."
    )
    title = "Tails of the contributions"
    if not rows:
        return Section("tails", title, lead, [Check("note", Said("Nothing was simulated."))])
    best = [row for row in rows if row["recommended"]]
    warned = sum("heavy tail" in row["reason"] for row in best)
    said = Said(
        "Among recommended estimates the heaviest tail is that of the {greek} of {trade}: kurtosis {kurtosis}, its "
        "top paths make up {share} of the sum; {warned} of {all} carry a warning of their tail.",
        {"greek": best[0]["greek"], "trade": best[0]["trade_id"], "kurtosis": best[0]["kurtosis"],
         "share": best[0]["top_share"], "warned": warned, "all": len(best)},
        {"trade": "name", "kurtosis": "ratio", "share": "percent", "warned": "count", "all": "count"},
    )  # fmt: skip
    columns = (
        TRADE,
        KIND,
        GREEK,
        ESTIMATOR,
        Column("kurtosis", "Kurtosis", "ratio"),
        Column("top_share", "Share of the top 0.1 %", "percent"),
        Column("recommended", "Recommended", "text"),
        Column("status", "Status", "status"),
    )
    panels, points = _panels(context, rows)
    svg = draw_panels("tails", panels, lambda ax, panel: plot_contributions(panel[1], ax, panel[0]))
    caption = (
        "Densities of the contributions, on a logarithmic axis, for the Greek with the heaviest tail of each kind."
    )
    return Section(
        "tails", title, lead, [Check("doubtful" if warned else "sound", said)],
        tables=[Table("tails", "Tails, the heaviest first", columns, rows, 12),
                Table("tails_points", "Histograms", columns, points, 0)],
        figures=[Figure("tails", caption, svg)],
    )  # fmt: skip


def _panels(
    context: Context, rows: list[dict[str, Any]]
) -> tuple[list[tuple[str, dict[str, list[dict[str, float]]]]], list[dict[str, Any]]]:
    """For each kind the Greek with the heaviest tail, by every estimator of the trade it was found in."""
    panels: list[tuple[str, dict[str, list[dict[str, float]]]]] = []
    points: list[dict[str, Any]] = []
    by_id = {done.trade.trade_id: done for done in context.studies}
    for kind in dict.fromkeys(row["kind"] for row in rows):
        if len(panels) == context.budget.panels:
            break
        worst = next(row for row in rows if row["kind"] == kind)
        done = by_id[worst["trade_id"]]
        curves = {done.cells[k].estimator: histogram(done.kept[k]) for k in done.rows(worst["greek"])}
        for name, bins in curves.items():
            identity = {key: worst[key] for key in ("trade_id", "underlying", "kind", "greek")}
            points.extend({**identity, "estimator": name, **row} for row in bins)
        panels.append((f"{kind}\n{worst['greek']}", curves))
    return panels, points
