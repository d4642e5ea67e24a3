"""Identities that must hold whatever the parameters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.report.context import Context, greeks_of
from greeks.report.formats import status_of_z
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Said, Section, Table
from greeks.results.tables import FAR
from greeks.study.identities import change_of_unit, martingale, parity

_ROUNDING = 1e-8
_PATHS = 2**16


def build(context: Context) -> Section:
    """Martingale and parity at the longest maturity of each underlying, and a change of unit for every trade."""
    settings = replace(context.settings, paths=min(context.settings.paths, _PATHS))
    rows: list[dict[str, Any]] = []
    for underlying, maturity in context.longest.items():
        greeks = greeks_of(context.book.model_at(underlying, maturity), context.settings.greeks)
        rows.extend(martingale(context.book, underlying, maturity, settings))
        rows.extend(parity(context.book, underlying, maturity, replace(settings, greeks=greeks)))
    for row in rows:
        row["biased"] = bool(row["estimator"]) and bool(ESTIMATORS[row["estimator"]].biased)
        row["status"] = "biased" if row["biased"] else status_of_z(row["z_score"])
    rows.sort(key=lambda row: (row["biased"], -abs(row["z_score"])))
    few = replace(context.settings, paths=4096)
    scaled: list[dict[str, Any]] = []
    for trade in context.trades:
        greeks = greeks_of(context.book.model_of(trade), context.settings.greeks)
        scaled.extend(change_of_unit(context.book, trade, replace(few, greeks=greeks)))
    scaled.sort(key=lambda row: -row["difference"])
    lead = (
        "The discounted spot, with dividends reinvested, is a martingale; a call less a put is a forward contract, "
        "for the price and for every Greek; doubling spot, strike and cash doubles the price (homogeneity). These "
        "need no exact value."
    )
    columns = (
        Column("identity", "Identity", "text"),
        Column("underlying", "Underlying", "name"),
        GREEK,
        ESTIMATOR,
        Column("value", "Value"),
        Column("standard_error", "Standard error"),
        Column("reference", "Must be"),
        Column("z_score", "z", "z"),
        Column("status", "Status", "status"),
    )
    unit_columns = (
        TRADE,
        GREEK,
        ESTIMATOR,
        Column("power", "Scales by 2 to the", "count"),
        Column("difference", "Relative difference"),
    )
    return Section(
        "identities", "Identities", lead, _checks(rows, scaled),
        tables=[Table("identities", "Martingale and put-call parity, the furthest first", columns, rows, 10,
                      "A biased estimator's bias shows here as a large z; it is not counted."),
                Table("change_of_unit", "Change of the currency's unit, the largest difference first", unit_columns,
                      scaled, 5)],
    )  # fmt: skip


def _checks(rows: list[dict[str, Any]], scaled: list[dict[str, Any]]) -> list[Check]:
    checks = []
    judged = [row for row in rows if not row["biased"]]
    if judged:
        worst = judged[0]
        said = Said(
            "Martingale and put-call parity: {all} identities, the furthest at z = {z} ({identity}, {greek} of "
            "{underlying} by {estimator}).",
            {"all": len(judged), "z": worst["z_score"], "identity": worst["identity"], "greek": worst["greek"],
             "underlying": worst["underlying"], "estimator": worst["estimator"] or "simulation"},
            {"all": "count", "z": "z", "underlying": "name"},
        )  # fmt: skip
        checks.append(Check("sound" if abs(worst["z_score"]) < FAR else "unsound", said))
    if scaled:
        worst = scaled[0]
        said = Said(
            "Change of unit: {all} estimates scale as they must, to a relative difference of at most {difference}.",
            {"all": len(scaled), "difference": worst["difference"]},
            {"all": "count", "difference": "ratio"},
        )
        if worst["difference"] < _ROUNDING:
            checks.append(Check("sound", said))
        else:
            said = Said(
                "Change of unit: the {greek} of {trade} by {estimator} differs by {difference}.",
                {"greek": worst["greek"], "trade": worst["trade_id"], "estimator": worst["estimator"],
                 "difference": worst["difference"]},
                {"trade": "name"},
            )  # fmt: skip
            checks.append(Check("unsound", said))
    return checks
