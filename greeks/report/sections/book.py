"""Book totals, each with its error bar."""

from __future__ import annotations

from typing import Any

from greeks.report.context import Context, greeks_of
from greeks.report.tables import Check, Column, Said, Section, Table
from greeks.results import natural_scale, relative_error

_LARGE = 0.05  # relative error above which a total is doubtful


def build(context: Context) -> Section:
    """The netted table, largest relative error first."""
    rows: list[dict[str, Any]] = []
    for line in context.result.to_json()["net"]:
        if line["value"] is None:
            continue
        scale = _scale(context, line["group"], line["greek"])
        rows.append({**line, "relative_error": relative_error(line["standard_error"], line["value"], scale)})
    order = {name: k for k, name in enumerate(dict.fromkeys(row["group"] for row in rows))}
    rows.sort(key=lambda row: (order[row["group"]] != 0, -row["relative_error"]))
    columns = (
        Column("group", "Group", "name"),
        Column("greek", "Greek", "text"),
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("relative_error", "Relative error", "percent"),
        Column("ci_low", "95 % from"),
        Column("ci_high", "to"),
        Column("trades", "Trades", "count"),
        Column("status", "Status", "status"),
        *((Column("reason", "Reason", "text"),) if any(row["reason"] for row in rows) else ()),
    )
    checks = []
    if rows:
        worst = max(rows, key=lambda row: row["relative_error"])
        many = [row for row in rows if row["relative_error"] > _LARGE]
        said = Said(
            "Book totals: the least certain is the {greek} of {group}, to {relative} of its value; "
            "{many} of {all} totals are known no better than {bound}.",
            {**{k: worst[k] for k in ("greek", "group")}, "relative": worst["relative_error"],
             "many": len(many), "all": len(rows), "bound": _LARGE},
            {"relative": "percent", "bound": "percent", "many": "count", "all": "count", "group": "name"},
        )  # fmt: skip
        checks.append(Check("doubtful" if many else "sound", said))
    lead = (
        "What greeks run gives for the whole book: contributions are added over the trades of a group path "
        "by path before "
        "the error is taken, so positions that hedge each other have the small error bar they deserve."
    )
    return Section("book", "Book totals", lead, checks, tables=[Table("net", "Netted positions", columns, rows, 24)])


def _scale(context: Context, group: str, greek: str) -> float:
    """Natural scale of a total: that of its positions without any netting."""
    trades = [trade for trade in context.book.trades if group in ("book", trade.underlying)]
    models = context.book.models
    return sum(
        abs(trade.position) * natural_scale(trade.payoff, models[trade.underlying], greek)
        for trade in trades
        if trade.payoff.dates() and greek in greeks_of(models[trade.underlying], (greek,))
    )
