"""What an early first fixing costs a likelihood ratio."""

from __future__ import annotations

from math import exp, log
from typing import Any

from greeks.plots.first_fixing import plot_first_fixing
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, KIND, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.first_fixing import deviation, sweep

_NEAR = 31.0 / 365.0


def build(context: Context) -> Section:
    """A swept option, and every trade of the book at its own first fixing."""
    lead = (
        "Only the first transition of a path carries the spot, so the weight of a likelihood-ratio delta has standard "
        "deviation 1 / (S sigma sqrt(h)), with h the time to the first fixing. Pathwise does not care."
    )
    title = "Likelihood ratio and the first fixing"
    swept, line = _swept(context)
    if not line:
        return Section("first_fixing", title, lead, [Check("note", Said("No likelihood ratio exists here."))])
    unit = line[0]["weight"] * line[0]["first_fixing"] ** 0.5
    trades: list[dict[str, Any]] = []
    for done in context.studies:
        found = deviation(done, "likelihood_ratio")
        if found is not None:
            own = found["weight"] * found["first_fixing"] ** 0.5
            scaled = found["relative"] * unit / own
            over = found["deviation"] / found["predicted"]
            row = done.row("delta", "likelihood_ratio") or 0
            trades.append({**context.identity(done, row), **found, "scaled": scaled, "over": over})
    trades.sort(key=lambda row: row["first_fixing"])
    fitted = _slope(line)
    said = Said(
        "On the swept option ({underlying}) the deviation falls with the first fixing, within a month, to the power "
        "{slope} (predicted: {ideal}); with a first fixing of a day it is {loss} times that of pathwise.",
        {"underlying": line[0]["underlying"], "slope": fitted, "ideal": -0.5, "loss": _loss(swept)},
        {"underlying": "name", "slope": "ratio", "loss": "ratio"},
    )
    columns = (
        TRADE,
        KIND,
        Column("first_fixing", "First fixing, years"),
        Column("deviation", "Deviation of a contribution"),
        Column("predicted", "Of the weight alone"),
        Column("over", "Ratio", "ratio"),
    )
    sweep_columns = (
        ESTIMATOR,
        Column("first_fixing", "First fixing, years"),
        Column("relative", "Deviation / size of payment"),
        Column("weight", "1 / (S sigma sqrt(h))"),
    )
    caption = (
        "Deviation of the delta's contributions over the root mean square payment. The line is the prediction, exact "
        "for a payment that is independent of the first step; trades of the book are scaled to the swept option's "
        "spot and volatility."
    )
    svg = draw("first-fixing", lambda fig: plot_first_fixing(swept, trades, fig.subplots()), 7.0, 3.8)
    return Section(
        "first_fixing", title, lead, [Check("sound" if abs(fitted + 0.5) < 0.1 else "doubtful", said)],
        tables=[Table("first_fixing", "Deltas of the book, the earliest first fixing first", columns, trades, 8),
                Table("first_fixing_sweep", "The swept option", sweep_columns, swept, 0)],
        figures=[Figure("first-fixing", caption, svg)],
    )  # fmt: skip


def _swept(context: Context) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The sweep on the first underlying with a likelihood ratio, and its rows by that estimator."""
    for underlying in context.longest:
        swept = sweep(context.book, underlying, context.settings)
        line = [row for row in swept if row["estimator"] == "likelihood_ratio" and row["relative"] > 0.0]
        if len(line) > 2:
            return swept, line
    return [], []


def _slope(line: list[dict[str, Any]]) -> float:
    """Fitted power of the first fixing, of those within a month: later, the payment depends on the first step."""
    near = [row for row in line if row["first_fixing"] <= _NEAR]
    x = [log(row["first_fixing"]) for row in near]
    y = [log(row["relative"]) for row in near]
    mean = sum(x) / len(x)
    return sum((a - mean) * b for a, b in zip(x, y, strict=True)) / sum((a - mean) ** 2 for a in x)


def _loss(swept: list[dict[str, Any]]) -> float | None:
    """Deviation by likelihood ratio over that of pathwise, for the earliest first fixing."""
    first = min(row["first_fixing"] for row in swept)
    found = {row["estimator"]: row["relative"] for row in swept if row["first_fixing"] == first}
    if found.get("pathwise", 0.0) <= 0.0:
        return None
    return exp(log(found["likelihood_ratio"]) - log(found["pathwise"]))
