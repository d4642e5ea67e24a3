"""A relative error to reach: paths are doubled until every number has it, or a limit is reached exactly.

The relative error of a number is its standard error over the larger of its size and 1 % of its natural scale (the
order of magnitude of such a number; see :mod:`greeks.results.scale`): a number near 0 could not reach any other. A
number that is warned of for another reason has not met the target, whatever its error bar says; an exact one has.
Verified in the tests: the moments have the bits of a run with that many paths at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from greeks.book import Book
from greeks.core.workspace import Array
from greeks.execution.threads import run_jobs
from greeks.planning import Plan
from greeks.planning.choices import MOST
from greeks.planning.measured import grid_paths
from greeks.results.judgement import relative
from greeks.results.status import NO_HIT, TAIL
from greeks.results.trades import estimate_cell, known_cell
from greeks.simulation.job import Job
from greeks.system.progress import Progress

_CURABLE = frozenset({TAIL, NO_HIT})  # warnings that more paths may cure


class _Sampler:
    """One job at a number of paths that may grow: whole blocks are kept, the last partial one is computed anew."""

    def __init__(self, job: Job) -> None:
        self.job, self.paths = job, 0
        self._whole, self._last = job.tree(), job.tree()

    def extend(self, paths: int, threads: int | None, progress: Progress | None) -> None:
        """Go on to ``paths`` paths."""
        before, after = self.job.whole(self.paths), self.job.whole(paths)
        if after > before:
            run_jobs([(self.job, before, after * self.job.width)], threads, progress, [self._whole])
        self._last = self.job.tree()
        if self.job.blocks(paths) > after:
            run_jobs([(self.job, after, paths)], threads, progress, [self._last])
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
    target: float | None,
    max_paths: int | None,
    threads: int | None,
    progress: Progress | None,
) -> list[Array]:
    """Moments of every job: of ``paths`` paths, or with a target of as many as its numbers need; see :func:`sample`."""
    if target is None:
        return [tree.total() for tree in run_jobs(layout.runs(paths), threads, progress)]
    return sample(book, layout, paths, target, max_paths, threads, progress)


def sample(
    book: Book,
    layout: Plan,
    paths: int,
    target: float,
    max_paths: int | None,
    threads: int | None,
    progress: Progress | None,
) -> list[Array]:
    """Moments of every job, with as many paths as its numbers need.

    Parameters
    ----------
    book, layout
    paths : int
        To start with; doubled for the jobs with a number that missed the target.
    target : float
    max_paths : int, optional
        Reached exactly, by a last shorter step; default 64 times ``paths``.
    threads, progress
        As for :func:`greeks.run`.
    """
    limit = max_paths or MOST * paths
    samplers = [_Sampler(job) for job in layout.jobs]
    again, goal = list(range(len(samplers))), paths
    while again:
        for number in again:
            samplers[number].extend(goal, threads, progress)
        totals = [sampler.total() for sampler in samplers]
        missed = _missed(book, layout, totals, target, set(again))
        again = sorted(missed) if goal < limit else []
        goal = min(2 * goal, limit)
    grids = [(job, 0, grid_paths(samplers[number].paths, job.replicates)) for number, job in layout.grids.items()]
    return [sampler.total() for sampler in samplers] + [tree.total() for tree in run_jobs(grids, threads, progress)]


def _missed(book: Book, layout: Plan, totals: Sequence[Array], target: float, among: set[int]) -> set[int]:
    """Jobs with a number that more paths may bring to the target."""
    missed: set[int] = set()
    for index, cell in enumerate(layout.cells):
        if cell.job in among - missed:
            found = estimate_cell(cell, totals, known_cell(book, layout, totals, index))
            error = relative(book, layout, totals, index, found)
            if not error <= target or found.causes & _CURABLE:
                missed.add(cell.job)
    return missed
