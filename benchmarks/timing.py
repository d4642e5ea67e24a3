"""Interleaved repeats and their minimum: other work on the machine then hits every candidate alike."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

ASIAN = {"spot": 100.0, "strike": 100.0, "maturity": 1.0, "rate": 0.05, "dividend_yield": 0.02, "volatility": 0.2}
HESTON = {
    "initial_variance": 0.04,
    "mean_reversion": 1.5,
    "long_run_variance": 0.04,
    "vol_of_vol": 0.3,
    "correlation": -0.7,
}


class Missing(Exception):
    """A peer that is not installed."""


def one_core() -> None:
    """Keep this process on one processor."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def fastest(candidates: dict[str, Callable[[], object]], repeats: int = 7) -> dict[str, float]:
    """Seconds of each candidate, the best of interleaved repeats after one to warm up."""
    for run in candidates.values():
        run()
    best = dict.fromkeys(candidates, float("inf"))
    for _ in range(repeats):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best
