"""What controls of known mean save under Heston: ``python -m benchmarks.controls [MODEL, CONTRACT ...]`` writes
docs/controls.md. With names only those are run, and the other rows of the table stay.

Work is variance times processor time on one thread of a run for the number alone, in which the pilot of the slopes
counts. Coverage is over the blocks of one run, each a small run of its own, of the value of far more paths on the same
time grid.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import inf
from time import thread_time
from typing import Any

import numpy as np

import greeks as gk
from benchmarks.documents import MILD, STRONG, rows_of, write_table
from greeks.book import Book, Trade
from greeks.core.moments import standard_error
from greeks.core.workspace import Array, Workspace
from greeks.estimators.control_slopes import fitted
from greeks.estimators.registry import ESTIMATORS
from greeks.execution.threads import run_jobs
from greeks.planning import plan
from greeks.planning.choices import make_settings
from greeks.simulation.block import run_block

MODELS = {"mild": MILD, "Feller ratio 0.04": STRONG}
TRADES: dict[str, Any] = {
    "European call": gk.European("call", strike=100.0, maturity=1.0),
    "digital call": gk.Digital("call", strike=100.0, maturity=1.0),
    "Asian call, 52 fixings": gk.Asian("call", strike=100.0, maturity=1.0, fixings=52),
    "average strike, 12 fixings": gk.Asian("call", maturity=1.0, fixings=12, average_of="strike"),
}
GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "vol_of_vol", "correlation")
OTHERS = ("pathwise", "mixed", "likelihood_ratio", "finite_difference")
PATHS, RUNS, MANY = 2**16, 1000, 2**22
_HEAD = f"""# What controls of known mean save

Written by `python -m benchmarks.controls`: variance and work of `conditional` without controls over those with them
([heston.md](heston.md#controls)), under mild Heston parameters and where the Feller condition fails. Work is the variance
times the processor time of a run of {PATHS:,} paths for the number alone, on one thread, with the pilot of the slopes; times
were taken on a machine that was busy with other work, the two in turn, and are uncertain by some tenths. The third factor is
the work of the best of pathwise, mixed, likelihood ratio and finite difference over that of `conditional` with controls.

Kurtosis is that of the contributions with controls, coverage that of 95 % intervals over {RUNS:,} small runs of 4,096 or
8,192 paths (chance: 0.7 %).
"""
COLUMNS = ("model", "contract", "Greek", "variance", "work", "work, other estimators", "kurtosis", "coverage")


def job_of(trade: Any, model: Any, greeks: tuple[str, ...], estimator: str, reduction: str) -> Any:
    """The job of a run."""
    settings = make_settings(
        greeks=greeks, estimators=estimator, paths=PATHS, seed=5, threads=1, bump=1.0, steps_per_year=None,
        variance_reduction=reduction, analytic=False, pilot=False,
    )  # fmt: skip
    return plan(Book((Trade("t", "u", trade),), {"u": model}), settings).jobs[0]


def work_of(trade: Any, model: Any, greek: str, ways: tuple[tuple[str, str], ...]) -> list[tuple[float, float, Array]]:
    """Variance, seconds and moments of each estimator and reduction: the least of three runs in turn, after one."""
    jobs = [job_of(trade, model, (greek,), *way) for way in ways]
    best, rows = [inf] * len(jobs), [np.empty(0)] * len(jobs)
    for _ in range(4):
        for number, job in enumerate(jobs):
            fitted.cache_clear()
            start = thread_time()
            rows[number] = run_jobs([(job, 0, PATHS)], 1)[0].total()[0]
            best[number] = min(best[number], thread_time() - start)
    return [(standard_error(row) ** 2, seconds, row) for row, seconds in zip(rows, best, strict=True)]


def coverage(trade: Any, model: Any, greeks: tuple[str, ...]) -> dict[str, float]:
    """Share of small runs whose interval covers the value of far more paths."""
    job = job_of(trade, model, greeks, "conditional", "controls")
    asked = [greek for request in job.lines[0].requests for greek in request.greeks]
    truth = run_jobs([(job, RUNS, RUNS * job.width + MANY)])[0].total()[: len(asked), 1]
    workspace, inside = Workspace(), np.zeros(len(asked))
    for block in range(RUNS):
        moments = run_block(job, block, RUNS * job.width, workspace)
        errors = np.array([standard_error(row) for row in moments[: len(asked)]])
        inside += abs(moments[: len(asked), 1] - truth) <= 1.959964 * errors
    return dict(zip(asked, inside / RUNS, strict=True))


def rows(chosen: Sequence[str]) -> Iterator[list[str]]:
    """One for each Greek of the models and contracts chosen."""
    for name, model in MODELS.items():
        for text, trade in TRADES.items():
            if f"{name}, {text}" not in chosen:
                continue
            given = tuple(each for each in GREEKS if ESTIMATORS["conditional"].refuse(trade, model, each) is None)
            given = tuple(
                each for each in given if trade.kind != "asian" or each != "gamma" or trade.average_of == "price"
            )
            covered = coverage(trade, model, given)
            for greek in given:
                others = [each for each in OTHERS if ESTIMATORS[each].refuse(trade, model, greek) is None]
                ways = (("conditional", "none"), ("conditional", "controls"), *((each, "none") for each in others))
                (plain, before, _), (variance, after, row), *rest = work_of(trade, model, greek, ways)
                other = min((own * seconds for own, seconds, _ in rest), default=inf)
                count, _, m2, _, m4 = (float(each) for each in row[:5])
                yield [
                    name, text, greek, f"{plain / variance:.3g}", f"{plain * before / (variance * after):.3g}",
                    f"{other / (variance * after):.2g}", f"{count * m4 / m2**2:.2g}", f"{covered[greek]:.3f}",
                ]  # fmt: skip


def main() -> None:
    """Write the table."""
    known = [f"{name}, {text}" for name in MODELS for text in TRADES]
    chosen = sys.argv[1:] or known
    if unknown := [each for each in chosen if each not in known]:
        sys.exit(f"there is no {unknown[0]!r}: choose from {'; '.join(known)}")
    kept = [row for row in rows_of("controls") if f"{row[0]}, {row[1]}" not in chosen]
    write_table("controls", _HEAD, COLUMNS, rows(chosen), kept)


if __name__ == "__main__":
    main()
