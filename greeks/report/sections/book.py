"""Book totals, each with its error bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greeks.names import unit, volatility_of
from greeks.report.context import Context, greeks_of
from greeks.report.tables import GREEK, Check, Column, Said, Section, Table
from greeks.scale import natural_scale, relative_error, uncertainty

_NOTE = (
    "Size: what the same positions would be worth without any netting. A total below 1 % of it is nearly 0, and has "
    "no relative error."
)
_LARGE = 0.05  # relative error above which a total is doubtful


def build(context: Context) -> Section:
    """The netted table, largest relative error first."""
    rows: list[dict[str, Any]] = []
    missing = 0
    for line in context.result.to_json()["net"]:
        if line["value"] is None:
            missing += 1
            continue
        scale = _scale(context, line)
        numbers = line["standard_error"], line["value"], scale
        error_of_size = line["standard_error"] / scale if scale > 0.0 else 0.0
        rows.append(
            {
                **line,
                "group": _name(line),
                "relative_error": relative_error(*numbers),
                "error_of_size": error_of_size,
                "order": uncertainty(*numbers) if scale > 0.0 else 0.0,
            }
        )
    order = {name: k for k, name in enumerate(dict.fromkeys(row["group"] for row in rows))}
    rows.sort(key=lambda row: (order[row["group"]] != 0, -row["order"]))
    columns = (
        Column("group", "Group", "name"),
        GREEK,
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("relative_error", "Relative error", "percent"),
        Column("error_of_size", "Error / size", "percent"),
        Column("ci_low", "95 % from"),
        Column("ci_high", "to"),
        Column("trades", "Trades", "count"),
        Column("status", "Status", "status"),
        *((Column("reason", "Reason", "text"),) if any(row["reason"] for row in rows) else ()),
    )
    checks = []
    plain = [row for row in rows if row["relative_error"] is not None]
    near = [row for row in rows if row["relative_error"] is None]
    if plain:
        worst = max(plain, key=lambda row: row["relative_error"])
        many = [row for row in plain if row["relative_error"] > _LARGE]
        said = Said(
            "Book totals: {many} of {all} are known no better than to {bound} of their value; the least certain is "
            "the {greek} of {group}, to {relative}.",
            {"many": len(many), "all": len(plain), "bound": _LARGE, "greek": worst["greek"], "group": worst["group"],
             "relative": worst["relative_error"]},
            {"relative": "percent", "bound": "percent", "many": "count", "all": "count", "group": "name"},
        )  # fmt: skip
        checks.append(Check("doubtful" if many else "sound", said))
    if near:
        worst = max(near, key=lambda row: row["error_of_size"])
        said = Said(
            "Totals that are nearly 0 for positions of their size: {many}. A relative error would say nothing of "
            "them; their errors are at most {size} of that size ({greek} of {group}).",
            {"many": len(near), "size": worst["error_of_size"], "greek": worst["greek"], "group": worst["group"]},
            {"many": "count", "size": "percent", "group": "name"},
        )  # fmt: skip
        checks.append(Check("doubtful" if worst["error_of_size"] > _LARGE else "note", said))
    if missing:
        said = Said(
            "Totals of Greeks that no trade of the group has: {missing}.", {"missing": missing}, {"missing": "count"}
        )
        checks.append(Check("note", said))
    lead = (
        "What greeks run gives for the whole book: contributions are added over the trades of a group path by path "
        "before the error is taken, so positions that hedge each other have the small error bar they deserve."
    )
    return Section(
        "book",
        "Book totals",
        lead,
        checks,
        tables=[Table("net", "Netted positions", columns, rows, 24, _NOTE, units=True)],
    )


def _name(line: Mapping[str, Any]) -> str:
    """What the page calls a total."""
    if line["level"] == "underlying":
        return str(line["underlying"])
    return f"book, {line['currency']}" if line["currency"] else "book"


def _scale(context: Context, line: Mapping[str, Any]) -> float:
    """Natural scale of a total: that of its positions without any netting."""
    book, greek = context.book, line["greek"]
    models = book.models
    trades = [
        trade
        for trade in book.trades
        if line["underlying"] in ("", trade.underlying)
        and line["currency"] == book.currencies.get(trade.underlying, "")
        and line["unit"] == unit(greek, "raw", volatility_of(greek, models[trade.underlying]))[1]
    ]
    return sum(
        abs(trade.position) * natural_scale(trade.payoff, models[trade.underlying], greek)
        for trade in trades
        if trade.payoff.dates() and greek in greeks_of(models[trade.underlying], (greek,))
    )
