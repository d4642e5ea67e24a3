"""The book's totals and the trades that make their errors, as ``greeks run`` gives them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

from greeks.names import unit, volatility_of
from greeks.planning.currencies import currency_of, rates_of
from greeks.report.context import Context, greeks_of
from greeks.results.scale import natural_scale, relative_error, uncertainty

Row = dict[str, Any]


def totals(context: Context) -> list[Row]:
    """Netted rows that have a value, with what their error is worth; the book's before those of underlyings.

    Added are ``group`` (what the page calls it), ``size`` (what the positions would be worth without any netting),
    ``relative_error`` (None for a total that is nearly 0), ``error_of_size`` and ``order``, by which the rows of the
    book and those of its parts are sorted.
    """
    rows: list[Row] = []
    for line in context.net:
        if line["value"] is None:
            continue
        scale = _scale(context, line)
        numbers = line["standard_error"], line["value"], scale
        rows.append(
            {
                **line,
                "group": name_of(line),
                "size": scale,
                "relative_error": relative_error(*numbers),
                "error_of_size": line["standard_error"] / scale if scale > 0.0 else 0.0,
                "order": uncertainty(*numbers) if scale > 0.0 else 0.0,
            }
        )
    rows.sort(key=lambda row: (row["level"] != "book", -row["order"]))
    return rows


def errors(context: Context) -> list[Row]:
    """The numbers of trades that are not exact, by what their error is of the size of their underlying's positions.

    Added are ``group``, ``error_of_size`` and ``share`` (of the summed squares of the errors of the same Greek of the
    same underlying: hedges on the same paths make the error of a total smaller than that sum).
    """
    sizes = {(row["underlying"], row["greek"], row["unit"]): row["size"] for row in context.totals if row["underlying"]}
    rows, squares = [], dict.fromkeys(sizes, 0.0)
    for line in context.lines:
        key = line["underlying"], line["greek"], line["unit"]
        error = line["position_standard_error"]
        if line["value"] is None or not error or not isfinite(error) or not sizes.get(key, 0.0) > 0.0:
            continue
        squares[key] += error**2
        rows.append({**line, "group": line["underlying"], "error_of_size": error / sizes[key], "share": key})
    for row in rows:
        row["share"] = row["position_standard_error"] ** 2 / squares[row["share"]]
    return sorted(rows, key=lambda row: -row["error_of_size"])


def name_of(line: Mapping[str, Any]) -> str:
    """What the page calls a total."""
    if line["level"] == "underlying":
        return str(line["underlying"])
    return f"book, {line['currency']}" if line["currency"] else "book"


def _scale(context: Context, line: Mapping[str, Any]) -> float:
    """Natural scale of a total: that of its positions without any netting, in its currency."""
    book, greek, settings, level = context.book, line["greek"], context.settings, line["level"]
    rates = rates_of(book, settings, level, list(book.models))
    trades = [
        trade
        for trade in book.trades
        if line["underlying"] in ("", trade.underlying)
        and line["currency"] == currency_of(book, settings, level, trade.underlying)
        and line["unit"] == unit(greek, "raw", volatility_of(greek, book.model_of(trade)))[1]
    ]
    return sum(
        abs(trade.position)
        * rates.get(trade.underlying, 1.0)
        * natural_scale(trade.payoff, book.model_of(trade), greek)
        for trade in trades
        if trade.payoff.dates() and greek in greeks_of(book.model_of(trade), (greek,))
    )
