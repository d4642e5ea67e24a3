"""The scoreboard: which estimator to trust for each kind of payoff, and for each number of the book."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from statistics import median
from typing import Any

from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.report.context import Context, most_common
from greeks.report.tables import ESTIMATOR, GREEK, TRADE, Check, Column, Said, Section, Table
from greeks.results.estimate import Estimate
from greeks.study.contributions import Study
from greeks.study.ranking import Ranked
from greeks.text.visible import visible

_WORTH = 1.1  # ratio of efficiencies from which another choice than auto's is told of


def build(context: Context) -> Section:
    """Three tables: one line a payoff and Greek, one a payoff, Greek and estimator, one a number of the book."""
    numbers = _by_number(context)
    cells = _by_cell(context)
    summary = _summary(cells, numbers)
    used = [name for name in ESTIMATORS if any(row["estimator"] == name for row in cells)]
    timed = not context.deterministic
    measure = "at equal time" if timed else "at equal paths, as no time was measured"
    heat = Table(
        "scoreboard", "By payoff and Greek: variance of each estimator, relative to the best",
        (
            GREEK,
            Column("recommended", "Recommended", "text"),
            Column("relative_error", "Its relative error", "percent"),
            *(Column(name, name.replace("_", " "), "heat") for name in used),
            Column("why", "Why, for one of the trades", "text"),
        ),
        summary, 200,
        "Median over the trades of a kind. 1 is the least variance; 10 needs ten times the paths for the same error. "
        "A dash: not valid there. Framed: recommended, by variance, bias and time.",
        group="kind",
    )  # fmt: skip
    detail = Table(
        "estimators", f"By payoff, Greek and estimator (efficiency: least mean square error / its own, {measure})",
        (
            GREEK, ESTIMATOR,
            Column("relative_error", "Relative error", "percent"),
            Column("variance_ratio", "Variance / best", "ratio"),
            Column("efficiency", "Efficiency", "ratio"),
            *((Column("seconds_per_path_step", "Per path-step", "seconds"),) if timed else ()),
            Column("recommended_for", "Recommended for", "percent"),
        ),
        cells, 12, group="kind",
    )  # fmt: skip
    every = Table(
        "numbers", "Every number of the book: those with a warning, then the least certain first",
        (
            TRADE, GREEK,
            Column("estimator", "Recommended", "text"),
            Column("value", "Value"),
            Column("standard_error", "Standard error"),
            Column("bias", "Bias"),
            Column("relative_error", "Relative error", "percent"),
            Column("status", "Status", "status"),
            Column("remark", "Why", "text"),
        ),
        numbers, 15, folded=10_000, units=True,
    )  # fmt: skip
    return Section(
        "scoreboard", "Which estimator to trust",
        "Every estimator that is valid is run on the same paths. Recommended is the one of least mean square error at "
        "equal time among those whose error bar is sound, bias included; a biased one where none is as good.",
        _checks(numbers), tables=[heat, every, detail],
    )  # fmt: skip


def _by_number(context: Context) -> list[dict[str, Any]]:
    rows = []
    automatic = {(line["trade_id"], line["greek"]): line["estimator"] for line in context.lines}
    for done, best in context.recommended():
        cell, found = done.cells[best.row], done.estimates[best.row]
        auto = automatic.get((done.trade.trade_id, cell.greek), "")
        rows.append(
            {
                **context.identity(done, best.row),
                "value": found.value,
                "standard_error": found.standard_error,
                "ci_low": found.ci()[0],
                "ci_high": found.ci()[1],
                "bias": best.bias,
                "relative_error": done.relative_error(best.row),
                "order": done.uncertainty(best.row),
                "status": found.status,
                "reason": found.reason,
                "why": best.why,
                "auto": auto,
                "gain_on_auto": _gain(context, done, best, auto),
                "remark": _remark(best.why, found, "" if auto == cell.estimator else auto),
            }
        )
    return sorted(rows, key=lambda row: (row["status"] == "ok", -row["order"]))


def _gain(context: Context, done: Study, best: Ranked, auto: str) -> float | None:
    """Efficiency of the recommended estimator over that of ``auto``; None where auto's was not studied."""
    ranked = context.ranking(done, done.cells[best.row].greek)
    other = next((one.efficiency for one in ranked if done.cells[one.row].estimator == auto), 0.0)
    return best.efficiency / other if other > 0.0 else None


def _remark(why: str, found: Estimate, other: str) -> str:
    """Why an estimator is recommended, what its status warns of, and what ``auto`` takes instead."""
    parts = [why]
    if found.status != "ok" and not why.startswith("no estimator"):
        parts.append(f"warning: {found.reason}")
    if other == ANALYTIC:
        parts.append("auto takes the exact value")
    elif other and not why.startswith("the mean payment"):
        parts.append(f"auto takes {other}")
    return "; ".join(parts)


def _by_cell(context: Context) -> list[dict[str, Any]]:
    """Medians over the trades of a kind, in the order of kinds and Greeks."""
    rows = []
    for kind, members in context.kinds.items():
        studies = [context.studies[k] for k in members]
        costs = context.costs.get(kind, {})
        for greek in dict.fromkeys(cell.greek for done in studies for cell in done.cells):
            for name in ESTIMATORS:
                ranked = [
                    (done, one)
                    for done in studies
                    for one in context.ranking(done, greek)
                    if done.cells[one.row].estimator == name and isfinite(one.variance_ratio)
                ]
                if not ranked:
                    continue
                rows.append(
                    {
                        "kind": kind,
                        "greek": greek,
                        "estimator": name,
                        "relative_error": _median(done.relative_error(one.row) for done, one in ranked),
                        "variance_ratio": median(one.variance_ratio for _, one in ranked),
                        "efficiency": median(one.efficiency for _, one in ranked),
                        "seconds_per_path_step": costs.get((greek, name)),
                        "recommended_for": sum(one.chosen for _, one in ranked) / len(ranked),
                    }
                )
    return rows


def _summary(cells: Iterable[dict[str, Any]], numbers: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One line a kind and Greek, the least certain kind first."""
    by_number: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in numbers:
        by_number.setdefault((row["kind"], row["greek"]), []).append(row)
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for cell in cells:
        key = cell["kind"], cell["greek"]
        line = lines.setdefault(key, {"kind": key[0], "greek": key[1]})
        line[cell["estimator"]] = cell["variance_ratio"]
    for key, line in lines.items():
        every = by_number.get(key, [])
        mine = [row for row in every if row["status"] == "ok"] or every
        best = most_common(row["estimator"] for row in mine)
        example = next((row for row in mine if row["estimator"] == best), {"why": ""})
        why = f"{visible(example['trade_id'], 24)}: {example['why']}" if mine else ""
        order = median(row["order"] for row in mine)
        line.update(
            recommended=best, why=why, relative_error=_median(row["relative_error"] for row in mine), order=order
        )
    worst = {kind: 0.0 for kind, _ in lines}
    for line in lines.values():
        worst[line["kind"]] = max(worst[line["kind"]], line["order"])
    return sorted(lines.values(), key=lambda line: -worst[line["kind"]])


def _median(errors: Iterable[float | None]) -> float | None:
    """Median of those that are there."""
    known = [error for error in errors if error is not None]
    return median(known) if known else None


def _checks(numbers: list[dict[str, Any]]) -> list[Check]:
    sound = sum(row["status"] == "ok" for row in numbers)
    other = sum(row["status"] == "ok" and (row["gain_on_auto"] or 0.0) > _WORTH for row in numbers)
    checks = [
        Check(
            "note" if not numbers else "sound" if sound == len(numbers) else "doubtful",
            Said(
                "{sound} of {all} numbers (a Greek of a trade) have an estimator with a sound error bar.",
                {"sound": sound, "all": len(numbers)},
                {"sound": "count", "all": "count"},
            ),
        )
    ]
    plain = [row for row in numbers if row["relative_error"] is not None]
    if plain:
        worst = max(plain, key=lambda row: row["relative_error"])
        said = Said(
            "The least certain number is the {greek} of {trade}, to {relative} of its value; {near} are nearly 0.",
            {"greek": worst["greek"], "trade": worst["trade_id"], "relative": worst["relative_error"],
             "near": len(numbers) - len(plain)},
            {"relative": "percent", "trade": "name", "near": "count"},
        )  # fmt: skip
        checks.append(Check("note", said))
    if other:
        said = Said(
            "For {other} of {all} numbers the squared error of the estimator that auto takes is more than "
            "{worth} times that of the recommended one.",
            {"other": other, "all": len(numbers), "worth": _WORTH},
            {"other": "count", "all": "count", "worth": "ratio"},
        )
        checks.append(Check("note", said))
    return checks
