"""Why a number is not finite: on how many paths the payment is no number, or that every payment is one.

Looked into after the fact, for numbers that are not available for this reason only: their paths are drawn again, by the
same stream. Verified in the tests by functions that are nan on known paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from greeks.book import Book
from greeks.core.workspace import Workspace
from greeks.planning import Plan
from greeks.planning.validity import alternatives
from greeks.results.estimate import Estimate
from greeks.simulation.job import Job


def explained(book: Book, layout: Plan, estimates: Sequence[Estimate]) -> list[Estimate]:
    """The same estimates; those whose contributions are not finite say on how many paths the payment is not.

    Parameters
    ----------
    book : Book
    layout : Plan
    estimates : sequence of Estimate
        Of each cell.
    """
    found: dict[tuple[int, int], str] = {}
    out = list(estimates)
    for index, (cell, estimate) in enumerate(zip(layout.cells, estimates, strict=True)):
        if cell.job < 0 or estimate.status != "na" or isfinite(estimate.value):
            continue
        trade, job = book.trades[cell.trade], layout.jobs[cell.job]
        key, model = (cell.job, cell.trade), book.model_of(trade)
        if key not in found:
            found[key] = _payments(job, trade.payoff, model, estimate.paths)
        instead = alternatives(cell.estimator, trade.payoff, model, cell.greek, job.bump)
        out[index] = replace(estimate, reason=found[key] or f"{estimate.reason}: {instead}")
    return out


def _payments(job: Job, payoff: Any, model: Any, paths: int) -> str:
    """What is wrong with the payments; blank where every one is finite."""
    workspace, bad, first, value = Workspace(), 0, -1, 0.0
    for _, start, count in job.spans(paths):
        draw = job.draw(start, count)
        out = np.empty(draw.stride)
        payoff.values(model.simulate(job.dates, draw, workspace), workspace, out)
        wrong = np.flatnonzero(~np.isfinite(out[:count]))
        if wrong.size and first < 0:
            first, value = start + int(wrong[0]), float(out[wrong[0]])
        bad += wrong.size
    if not bad:
        return ""
    return (
        f"the payment is nan or infinite on {bad} of {paths} paths (the first: {value} on path {first}): "
        "let the payoff return a finite number on every path"
    )
