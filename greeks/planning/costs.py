"""What a path costs, by model, payoff, estimator and Greek: from a table that is shipped, not from a clock.

``costs.csv`` is written by ``python -m benchmarks.costs``: nanoseconds of a path and of each of its steps, of a
run for one number on one thread of the machine that wrote it. Only their ratios decide anything. A payoff or a model
that is not in the table has the mean of those that are.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

Cost = tuple[float, float]  # of a path, and of a time step


def cost_of(model: Any, payoff: Any, estimator: str, greek: str, steps: int) -> float:
    """Nanoseconds of a path with ``steps`` time steps, for the number alone."""
    table, kind = costs(), model.cost_kind
    keys = (
        (kind, row_of(payoff), estimator, greek),
        (kind, "", estimator, greek),
        (kind, "", estimator, ""),
        ("", "", estimator, ""),
    )
    path, step = next((table[key] for key in keys if key in table), (0.0, 1.0))
    return path + steps * step


def row_of(payoff: Any) -> str:
    """Name of a payoff in the table: its kind, and whether it is watched between the dates."""
    return payoff.kind if payoff.reads == {"dates"} else f"{payoff.kind} always"


@cache
def costs() -> dict[tuple[str, str, str, str], Cost]:
    """The table, and its means: over the payoffs, over the Greeks, and over the models."""
    table: dict[tuple[str, str, str, str], list[Cost]] = {}
    with files("greeks.planning").joinpath("costs.csv").open() as file:
        for line in csv.DictReader(file):
            cost = float(line["path"]), float(line["step"])
            model, payoff, estimator, greek = (line[name] for name in ("model", "payoff", "estimator", "greek"))
            for key in ((model, payoff, estimator, greek), (model, "", estimator, greek)):
                table.setdefault(key, []).append(cost)
            for key in ((model, "", estimator, ""), ("", "", estimator, "")):
                table.setdefault(key, []).append(cost)
    return {key: _mean(each) for key, each in table.items()}


def _mean(each: list[Cost]) -> Cost:
    return sum(path for path, _ in each) / len(each), sum(step for _, step in each) / len(each)
