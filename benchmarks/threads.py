"""Two threads against one, through the public function."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import numpy as np

import greeks as gk
from benchmarks import ours
from benchmarks.timing import Table, fastest
from greeks.core.generator import fill_normals, first_of

_QUIET = 1.9  # a machine that gives two independent threads less says nothing about this library


def run(table: Table) -> None:
    """What this machine gives two threads that share nothing, then an Asian and a European."""
    if not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2:
        table.missing("two threads", "this process may use one processor only")
        return
    ceiling = _ceiling()
    table.line("ceiling: one kernel, two threads, nothing shared", ceiling, "x")
    for name, trade, greeks, paths in (
        ("Asian, 52 fixings", ours.asian_call(), ours.FIRST_ORDER, 2**20),
        ("European", ours.call(), ours.EUROPEAN, 2**26),
    ):

        def estimate(
            threads: int, trade: object = trade, greeks: tuple[str, ...] = greeks, paths: int = paths
        ) -> object:
            options = {"estimators": "likelihood_ratio", "paths": paths, "threads": threads}
            return gk.estimate(trade, ours.gbm(), greeks=greeks, **options)

        candidates = {str(n): lambda n=n, estimate=estimate: estimate(n) for n in (1, 2)}
        seconds = fastest(candidates, repeats=9)
        label, ratio = f"{name}: 2 threads / 1", seconds["1"] / seconds["2"]
        if ceiling < _QUIET:
            table.line(label, ratio, "x", "not judged: the second processor is busy")
        else:
            table.target(label, ratio, 1.85, at_most=False)


def _ceiling(rounds: int = 300, repeats: int = 7) -> float:
    """Speed of the generator on two threads against one: other work on the machine lowers it, and no program can."""
    rows = [np.empty((52, 4096)) for _ in range(2)]

    def work(index: int) -> None:
        for _ in range(rounds):
            fill_normals(1, 2, first_of(0), 0, rows[index])

    work(0)
    one = two = float("inf")
    with ThreadPoolExecutor(2) as pool:
        for _ in range(repeats):
            start = perf_counter()
            work(0)
            one = min(one, perf_counter() - start)
            start = perf_counter()
            list(pool.map(work, (0, 1)))
            two = min(two, perf_counter() - start)
    return 2.0 * one / two
