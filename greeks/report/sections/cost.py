"""What accuracy costs."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from greeks.plots.cost import plot_cost
from greeks.report.context import Context
from greeks.report.svg import draw
from greeks.report.tables import ESTIMATOR, GREEK, KIND, TRADE, Check, Column, Figure, Said, Section, Table
from greeks.study.cost import paths_to
from greeks.text.visible import visible

_GOAL = 0.01
_MOST_TRADES = 40


def build(context: Context) -> Section:
    """Paths, and seconds on one thread, to a relative error of 1 % for each trade's numbers."""
    timed = not context.deterministic
    rows: list[dict[str, Any]] = []
    for done, best in context.recommended():
        if done.certain(best.row) or done.relative_error(best.row) is None:
            continue  # a number that is certain, or nearly 0, has no such cost
        cell, seconds = done.cells[best.row], context.seconds(done)
        paths = paths_to(_GOAL, done.estimates[best.row])
        each = seconds[cell.greek, cell.estimator] if seconds else None
        rows.append(
            {
                **context.identity(done, best.row),
                "label": visible(done.trade.trade_id, 20),
                "paths_to_goal": paths,
                "seconds_per_path": each,
                "seconds_to_goal": paths * each if each is not None and isfinite(paths) else None,
                "steps": context.path_steps(done),
            }
        )
    rows.sort(key=lambda row: -(row["seconds_to_goal"] or (row["paths_to_goal"] if not timed else -1.0)))
    lead = (
        "The work it takes to know each number to 1 % of its value with the recommended estimator, each number alone, "
        "simulation included, on one thread. Numbers that are nearly 0 or do not vary are left out."
    )
    title = "Cost"
    known = [row for row in rows if row["paths_to_goal"] < inf]
    if not known:
        return Section("cost", title, lead, [Check("note", Said("Nothing was simulated."))])
    columns = (
        TRADE,
        KIND,
        GREEK,
        ESTIMATOR,
        Column("steps", "Steps of a path", "count"),
        Column("paths_to_goal", "Paths to 1 %", "count"),
        *((Column("seconds_to_goal", "Time to 1 %", "seconds"),) if timed else ()),
    )
    value = "seconds_to_goal" if timed else "paths_to_goal"
    label = "seconds to 1 %, one thread" if timed else "paths to 1 %"
    picked = list(dict.fromkeys(row["trade_id"] for row in known))[:_MOST_TRADES]
    height = max(2.8, 1.0 + 0.17 * len(picked))
    drawn = [row for row in known if row["trade_id"] in picked]
    tables = [Table("cost", "The dearest numbers first", columns, rows, 12)]
    if timed:
        tables.append(Table("path_steps", "Nanoseconds per path-step", _STEP_COLUMNS, _per_step(context), 8))
    figure = Figure(
        "cost", f"{'Seconds' if timed else 'Paths'} to a relative error of 1 %, for each trade and Greek.",
        draw("cost", lambda fig: plot_cost(drawn, value, label, fig.subplots()), 8.0, height),
    )  # fmt: skip
    return Section("cost", title, lead, [_check(known, timed)], tables=tables, figures=[figure])


_STEP_COLUMNS = (
    KIND,
    GREEK,
    ESTIMATOR,
    Column("seconds_per_path_step", "Per path-step", "seconds"),
)


def _per_step(context: Context) -> list[dict[str, Any]]:
    rows = [
        {"kind": kind, "greek": greek, "estimator": estimator, "seconds_per_path_step": each}
        for kind, costs in context.costs.items()
        for (greek, estimator), each in costs.items()
    ]
    return sorted(rows, key=lambda row: -row["seconds_per_path_step"])


def _check(known: list[dict[str, Any]], timed: bool) -> Check:
    worst = max(known, key=lambda row: row["paths_to_goal"])
    if not timed:
        said = Said(
            "The dearest number, the {greek} of {trade}, needs {paths} paths for a relative error of {goal}; no time "
            "was measured.",
            {"greek": worst["greek"], "trade": worst["trade_id"], "paths": worst["paths_to_goal"], "goal": _GOAL},
            {"trade": "name", "paths": "count", "goal": "percent"},
        )
        return Check("note", said)
    worst = max(known, key=lambda row: row["seconds_to_goal"] or 0.0)
    said = Said(
        "The dearest number, the {greek} of {trade}, takes {seconds} on one thread for a relative error of {goal}; "
        "half of all take less than {median}.",
        {"greek": worst["greek"], "trade": worst["trade_id"], "seconds": worst["seconds_to_goal"], "goal": _GOAL,
         "median": sorted(row["seconds_to_goal"] or 0.0 for row in known)[len(known) // 2]},
        {"trade": "name", "seconds": "seconds", "goal": "percent", "median": "seconds"},
    )  # fmt: skip
    return Check("note", said)
