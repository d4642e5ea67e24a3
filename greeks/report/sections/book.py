"""Book totals, each with its error bar, and the trades that make the errors."""

from __future__ import annotations

from greeks.plots.positions import plot_errors, plot_totals
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.report.totals import Row, errors
from greeks.text.visible import visible

_NOTE = (
    "Size: what the same positions would be worth without any netting. A total below 1 % of it is nearly 0, and has "
    "no relative error."
)
_LARGE = 0.05  # relative error above which a total is doubtful
_PARTS, _GREEKS, _BARS = 12, 5, 12  # most underlyings, Greeks and trades of a figure


def build(context: Context) -> Section:
    """The netted table, largest relative error first; positions with error bars; errors by trade."""
    rows = context.totals
    columns = (
        Column("group", "Group", "name"),
        *((Column("currency", "Currency", "text"),) if context.book.currencies else ()),
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
    blamed = errors(context)
    blamed_columns = (
        TRADE,
        GREEK,
        ESTIMATOR,
        Column("position_value", "Position"),
        Column("position_standard_error", "Standard error"),
        Column("error_of_size", "Error / size", "percent"),
        Column("share", "Share of squared errors", "percent"),
        Column("status", "Status", "status"),
    )
    lead = (
        "What greeks run gives for the whole book: contributions are added over the trades of a group path by path "
        "before the error is taken, so positions that hedge each other have the small error bar they deserve."
    )
    return Section(
        "book",
        "Book totals",
        lead,
        _checks(context, rows),
        tables=[
            Table("net", "Netted positions", columns, rows, 24, _NOTE, units=True),
            Table("errors", "Trades that make the errors", blamed_columns, blamed, 10,
                  "Size: that of the same Greek of the underlying's positions, without netting.", folded=30),
        ],
        figures=[figure for figure in (_positions(context, rows), _errors(blamed)) if figure],
    )  # fmt: skip


def _checks(context: Context, rows: list[Row]) -> list[Check]:
    checks = []
    plain = [row for row in rows if row["relative_error"] is not None]
    near = [row for row in rows if row["relative_error"] is None]
    missing = sum(line["value"] is None for line in context.net)
    if plain:
        worst = max(plain, key=lambda row: row["relative_error"])
        many = [row for row in plain if row["relative_error"] > _LARGE]
        said = Said(
            "Book totals: {many} of {all} have an error above {bound} of their value; the largest is that of the "
            "{greek} of {group}, {relative}.",
            {"many": len(many), "all": len(plain), "bound": _LARGE, "greek": worst["greek"], "group": worst["group"],
             "relative": worst["relative_error"]},
            {"relative": "percent", "bound": "percent", "many": "count", "all": "count", "group": "name"},
        )  # fmt: skip
        checks.append(Check("doubtful" if many else "sound", said))
    if near:
        worst = max(near, key=lambda row: row["error_of_size"])
        said = Said(
            "Totals that are nearly 0 for positions of their size: {many}; their errors are at most {size} of that "
            "size ({greek} of {group}).",
            {"many": len(near), "size": worst["error_of_size"], "greek": worst["greek"], "group": worst["group"]},
            {"many": "count", "size": "percent", "group": "name"},
        )  # fmt: skip
        checks.append(Check("doubtful" if worst["error_of_size"] > _LARGE else "note", said))
    if missing:
        said = Said("Totals without a value: {missing}.", {"missing": missing}, {"missing": "count"})
        checks.append(Check("note", said))
    return checks


def _positions(context: Context, rows: list[Row]) -> Figure | None:
    """Totals with error bars, by underlying."""
    parts = list(dict.fromkeys(row["underlying"] for row in rows if row["level"] == "underlying"))[:_PARTS]
    there = {row["greek"] for row in rows if row["level"] == "underlying" and row["size"] > 0.0}
    greeks = [greek for greek in context.settings.greeks if greek in there][:_GREEKS]
    drawn = [
        {**row, "label": visible(row["underlying"], 14)}
        for row in rows
        if row["underlying"] in parts and row["level"] == "underlying" and row["greek"] in greeks and row["size"] > 0.0
    ]
    if not drawn:
        return None
    svg = draw("positions", lambda figure: plot_totals(drawn, greeks, figure), 8.4, 1.15 + 0.42 * len(parts))
    caption = (
        "The book's Greeks by underlying with 95 % error bars, as a part of their size, so that all fit one axis; the "
        "value is written above. Orange: with a warning."
    )
    return Figure("positions", caption, svg)


def _errors(blamed: list[Row]) -> Figure | None:
    """The trades whose errors are largest for the size of their underlying."""
    drawn = [
        {
            **row,
            "label": f"{visible(row['trade_id'], 16)}: {row['greek']}",
            "underlying_label": visible(row["underlying"], 14),
        }
        for row in blamed[:_BARS]
    ]
    if not drawn:
        return None
    svg = draw("errors", lambda fig: plot_errors(drawn, fig.subplots()), 8.0, 1.0 + 0.22 * len(drawn))
    caption = (
        "The trades that make the error: standard error of a position over the size of its underlying's positions in "
        "the same Greek. Values that are known exactly have none."
    )
    return Figure("errors", caption, svg)
