"""Seconds per path of one Greek by one estimator, measured on one thread, simulation included."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, inf
from time import perf_counter

from greeks.book import Book, Trade
from greeks.core.workspace import Workspace
from greeks.planning import Settings, plan
from greeks.results.estimate import Estimate
from greeks.simulation.block import run_block

_REPEATS = 5
_LEAST = 0.002  # seconds that a repeat should take, so that the clock and the interpreter do not count


def seconds_per_path(book: Book, trade: Trade, greek: str, estimator: str, settings: Settings) -> tuple[float, int]:
    """Least of five repeats of the blocks of a job that computes this number alone, and the steps of its paths."""
    alone = Book((trade,), {trade.underlying: book.model_of(trade)})
    job = plan(alone, replace(settings, greeks=(greek,), estimators=(estimator,), group_by=())).jobs[0]
    workspace, blocks = Workspace(), 1
    run_block(job, 0, job.width, workspace)
    best = inf
    for _ in range(_REPEATS):
        start = perf_counter()
        for block in range(blocks):
            run_block(job, block, blocks * job.width, workspace)
        took = perf_counter() - start
        best = min(best, took / (blocks * job.width))
        if took < _LEAST:
            blocks = min(8, 2 * blocks)
    return best, job.steps


def paths_to(relative: float, found: Estimate) -> float:
    """Paths at which the standard error of a number falls to ``relative`` of its value; infinity for a value of 0."""
    if not (found.standard_error > 0.0 and found.value != 0.0):
        return inf if found.value == 0.0 else 1.0
    return float(ceil(found.paths * (found.standard_error / (relative * abs(found.value))) ** 2))
