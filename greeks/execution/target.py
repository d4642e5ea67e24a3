"""A relative error to reach, or a time to spend: paths are doubled where that lowers the error, up to a limit.

The relative error of a number is its standard error over the larger of its size and 1 % of its natural scale (the
order of magnitude of such a number; see :mod:`greeks.results.scale`): a number near 0 could not reach any other. A
number that is warned of for another reason has not met the target, whatever its error bar says; an exact one has.

Of the netted book the rows of its level are to meet it, their scale being that of all positions held. Which job is
doubled says the allocation of least cost, paths in proportion to the root of variance over cost (Glasserman 2004,
section 4.3), so that a job that hardly moves the sum is left as it is. A time is spent on the job whose number is
furthest from its target, or has the largest relative error; a step that the last one predicts to end too late is not
begun. How many paths that were depends on the machine, but a number of so many paths has the bits of any run with them.

Verified in the tests: the moments have the bits of a run with that many paths at once, and a net reaches its target
with less work than its trades.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from time import perf_counter

from greeks.book import Book
from greeks.core.moments import standard_error
from greeks.core.workspace import Array
from greeks.execution.checkpoint import Checkpoint
from greeks.execution.forecast import Forecast
from greeks.execution.threads import run_jobs
from greeks.planning import Plan
from greeks.planning.choices import MOST
from greeks.planning.measured import grid_paths
from greeks.results.judgement import relative
from greeks.results.net import netted
from greeks.results.status import NO_HIT, TAIL
from greeks.results.trades import estimate_cell, known_cell
from greeks.simulation.job import Job
from greeks.system.progress import Progress

_ENDLESS = 10**15
_FIRST, _WARM = 8192, 512  # paths that every group gets within a time, and of its first call
_CURABLE = frozenset({TAIL, NO_HIT})  # warnings that more paths may cure


@dataclass(frozen=True)
class Goal:
    """What ends a simulation.

    Attributes
    ----------
    target : float, optional
        Relative standard error; with a time alone there is none.
    of : {"trades", "net"}
        Which numbers are to reach it.
    most : int, optional
        Paths of a job; default 64 times the number to start with, or no limit where there is a time.
    seconds : float, optional
        Of the clock, for the simulation.
    """

    target: float | None = None
    of: str = "trades"
    most: int | None = None
    seconds: float | None = None

    @property
    def open(self) -> bool:
        """Whether the number of paths is to be found."""
        return self.target is not None or self.seconds is not None

    def limit(self, paths: int) -> int:
        """The most paths of a job."""
        return self.most or (MOST * paths if self.seconds is None else _ENDLESS)


class _Sampler:
    """One job at a number of paths that may grow: whole blocks are kept, the last partial one is computed anew."""

    def __init__(self, job: Job) -> None:
        self.job, self.paths = job, 0
        self._whole, self._last = job.tree(), job.tree()

    def extend(
        self, paths: int, threads: int | None, progress: Progress | None, checkpoint: Checkpoint | None = None
    ) -> None:
        """Go on to ``paths`` paths."""
        before, after = self.job.whole(self.paths), self.job.whole(paths)
        if after > before:
            run_jobs([(self.job, before, after * self.job.width)], threads, progress, [self._whole], checkpoint)
        self._last = self.job.tree()
        if self.job.blocks(paths) > after:
            shown = None if after > before else progress
            run_jobs([(self.job, after, paths)], threads, shown, [self._last], checkpoint)
        self.paths = paths

    def total(self) -> Array:
        """Moments of all paths."""
        tree = self.job.tree()
        tree.merge(self._whole)
        tree.merge(self._last)
        return tree.total()


def simulate(
    book: Book,
    layout: Plan,
    paths: int,
    goal: Goal,
    threads: int | None,
    progress: Progress | None,
    checkpoint: Checkpoint | None = None,
) -> list[Array]:
    """Moments of every job: of ``paths`` paths, or with a goal of as many as its numbers need; see :func:`sample`."""
    if not goal.open:
        return [tree.total() for tree in run_jobs(layout.runs(paths), threads, progress, None, checkpoint)]
    return sample(book, layout, paths, goal, threads, progress, checkpoint)


def sample(
    book: Book,
    layout: Plan,
    paths: int,
    goal: Goal,
    threads: int | None,
    progress: Progress | None,
    checkpoint: Checkpoint | None = None,
) -> list[Array]:
    """Moments of every job, with as many paths as its numbers need.

    Parameters
    ----------
    book, layout
    paths : int
        To start with; doubled for the jobs with a number that missed the target. The limit is reached exactly, by a
        last shorter step.
    goal : Goal
    threads, progress
        As for :func:`greeks.run`.
    checkpoint : Checkpoint, optional
        As for :func:`greeks.execution.threads.run_jobs`: the rounds of a resumed run are the same.
    """
    limit, begun, timed = goal.limit(paths), perf_counter(), goal.seconds is not None
    first = min(paths, _FIRST) if timed else paths
    samplers, pace = [_Sampler(job) for job in layout.jobs], [0.0] * len(layout.jobs)
    again = list(range(len(samplers)))
    forecast = Forecast(progress, [job.steps * len(job.lines) for job in layout.jobs], first, timed)
    while again:
        for number in again:
            sampler = samplers[number]
            if timed and not sampler.paths:  # what is compiled first says nothing of the pace
                sampler.extend(min(_WARM, first), threads, None)
            start, before = perf_counter(), sampler.paths
            after = min(2 * before, limit) if before >= first else first
            spent = (start - begun) / goal.seconds if goal.seconds else 0.0
            sampler.extend(after, threads, forecast.step(number, after - before, spent), checkpoint)
            if sampler.paths > before:
                pace[number] = (perf_counter() - start) / (sampler.paths - before)
        totals = [sampler.total() for sampler in samplers]
        wanted = _urgent(book, layout, totals, goal)
        if goal.target is not None:
            forecast.expect([sampler.paths for sampler in samplers], wanted, limit)
        again = [number for number in sorted(wanted, key=lambda job: -wanted[job]) if samplers[number].paths < limit]
        if goal.seconds is not None:  # one at a time, the most urgent first
            left = goal.seconds - (perf_counter() - begun) - _of_grids(layout, samplers, pace)
            again = [number for number in again if pace[number] * samplers[number].paths <= left][:1]
    grids = [(job, 0, grid_paths(samplers[number].paths, job.replicates)) for number, job in layout.grids.items()]
    return [sampler.total() for sampler in samplers] + [
        tree.total() for tree in run_jobs(grids, threads, progress, None, checkpoint)
    ]


def _of_grids(layout: Plan, samplers: Sequence[_Sampler], pace: Sequence[float]) -> float:
    """Seconds that measuring the time-step biases will take: a path on two grids, one of them twice as fine."""
    return sum(3.0 * pace[number] * grid_paths(samplers[number].paths, job.replicates) for number, job in
               layout.grids.items())  # fmt: skip


def _urgent(book: Book, layout: Plan, totals: Sequence[Array], goal: Goal) -> dict[int, float]:
    """By job that more paths may bring to the goal, how many times its paths that takes; infinite where unknown.

    With a time and no target there is no end: the numbers say no more than which job is furthest.
    """
    if goal.of == "trades":
        return _of_trades(book, layout, totals, goal)
    assert goal.target is not None  # a net goal is one, or it was refused
    return _of_net(book, layout, totals, goal.target)


def _of_trades(book: Book, layout: Plan, totals: Sequence[Array], goal: Goal) -> dict[int, float]:
    """By job the square of the largest relative error of numbers that missed the target, over that of the target."""
    need: dict[int, float] = {}
    for index, cell in enumerate(layout.cells):
        if cell.job < 0:
            continue
        found = estimate_cell(cell, totals, known_cell(book, layout, totals, index))
        if found.status == "na":  # no number of paths makes it one
            continue
        error = relative(book, layout, totals, index, found)
        if not error <= (goal.target or 0.0) or found.causes & _CURABLE:
            times = squared(error / (goal.target or 1.0))
            need[cell.job] = max(need.get(cell.job, 0.0), times if times == times else inf)
    return need


def _of_net(book: Book, layout: Plan, totals: Sequence[Array], target: float) -> dict[int, float]:
    """By job how many times its paths the allocation of least cost gives it, where that is more than it has."""
    need: dict[int, float] = {}
    for cell, found, error in netted(book, layout, totals):
        if (error <= target and not found.causes & _CURABLE) or found.status == "na":
            continue
        spread: dict[int, float] = {}  # variance of one path of each job
        for job, row, factor in cell.rows:
            own = totals[job][row]
            spread[job] = spread.get(job, 0.0) + squared(factor * standard_error(own)) * float(own[0])
        cost = {job: sqrt(layout.jobs[job].steps * len(layout.jobs[job].lines)) for job in spread}
        root = sum(sqrt(spread[job]) * cost[job] for job in spread)
        allowed = squared(found.standard_error * target / error) if 0.0 < error < inf else 0.0
        times = dict.fromkeys(spread, 2.0)  # where no allocation says whose: what is doubtful is none of variance
        for job in spread if root else ():
            ideal = sqrt(spread[job]) / cost[job] * root / (allowed or squared(found.standard_error) / 2.0 or 1.0)
            times[job] = ideal / float(totals[job][0][0])
        if max(times.values(), default=0.0) <= 1.0:
            times = dict.fromkeys(spread, 2.0)
        for job, each in times.items():
            if each > 1.0:
                need[job] = max(need.get(job, 0.0), each)
    return need


def squared(value: float) -> float:
    """The square, infinite where it overflows: a power of a float raises there."""
    return value * value
