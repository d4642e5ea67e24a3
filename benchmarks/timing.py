"""Interleaved repeats and their minimum, peers that may be missing, and the table all workloads print."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import isnan, nan

Value = float | str


class Missing(Exception):
    """A peer that is not installed, or a part of this library that is not there yet."""


@dataclass(frozen=True)
class Work:
    """One call of ``run`` does ``units`` units of work (paths or path-steps) and returns a price, or nan."""

    run: Callable[[], float]
    units: int


def one_core() -> None:
    """Keep this process, and the threads it will start, on one processor."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def fastest(candidates: dict[str, Callable[[], object]], repeats: int = 15) -> dict[str, float]:
    """Seconds of each candidate: the least of interleaved repeats, after one to warm up.

    Interleaved, because other work on the machine then hits every candidate alike; the least, because such work can
    only add.
    """
    for run in candidates.values():
        run()
    best = dict.fromkeys(candidates, float("inf"))
    for _ in range(repeats):
        for name, run in candidates.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


@dataclass
class Table:
    """What one workload measured: printed line by line, and kept for the JSON file."""

    title: str
    values: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        load = f"load {os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else ""
        print(f"\n{self.title:68s} {load}\n{'-' * 80}", flush=True)

    def line(self, name: str, value: float, unit: str, note: str = "") -> None:
        """One number."""
        self.values[name] = value
        print(f"  {name:52s} {value:9.2f} {unit:16s} {note}".rstrip(), flush=True)

    def missing(self, name: str, reason: object) -> None:
        """A number that could not be measured; never a guess."""
        self.values[name] = f"missing: {reason}"
        print(f"  {name:52s} missing: {reason}", flush=True)

    def times(self, unit: str, work: dict[str, Callable[[], Work]], repeats: int = 15) -> None:
        """Time every candidate together: nanoseconds per unit, the ratio to the first one, and its price."""
        ready: dict[str, Work] = {}
        absent: dict[str, str] = {}
        for name, make in work.items():
            try:
                ready[name] = make()
            except Missing as reason:
                absent[name] = str(reason)
        seconds = fastest({name: item.run for name, item in ready.items()}, repeats)
        each = {name: seconds[name] / item.units * 1e9 for name, item in ready.items()}
        first = next(iter(work))
        for name in work:
            if name in absent:
                self.missing(name, absent[name])
                continue
            price = ready[name].run()
            note = f"{each[name] / each[first]:7.2f} x" if first in each else ""
            note += "" if isnan(price) else f"   price {price:.2f}"
            self.line(name, each[name], f"ns per {unit}", note)

    def goal(self, name: str, above: str, below: str, bound: float, at_most: bool = True) -> None:
        """Ratio of two measured numbers beside its target; silent where one of them is missing."""
        a, b = self.values.get(above, nan), self.values.get(below, nan)
        if isinstance(a, float) and isinstance(b, float):
            self.target(name, a / b, bound, at_most)

    def target(self, name: str, value: float, bound: float, at_most: bool = True, unit: str = "x") -> None:
        """A number beside its target."""
        self.values[name] = value
        met = value <= bound if at_most else value >= bound
        words = f"target {'at most' if at_most else 'at least'} {bound:g}: {'met' if met else 'MISSED'}"
        print(f"  => {name:49s} {value:9.2f} {unit:16s} {words}", flush=True)
