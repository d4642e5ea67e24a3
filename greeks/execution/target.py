"""A relative error to reach: paths are doubled until every number has it, or a limit is reached exactly.

The relative error of a number is its standard error over the larger of its size and 1 % of its natural scale (the
order of magnitude of such a number; see :mod:`greeks.results.scale`): a number near 0 could not reach any other. A
number that is warned of for another reason has not met the target, whatever its error bar says; an exact one has.
Verified in the tests: the moments have the bits of a run with that many paths at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from greeks.book import Book
from greeks.core.moments import MomentTree
from greeks.core.workspace import Array
from greeks.execution.threads import run_jobs
from greeks.planning import Plan
from greeks.planning.measured import grid_paths
from greeks.results.estimate import Estimate
from greeks.results.scale import uncertainty
from greeks.results.status import NO_HIT, TAIL, TARGET
from greeks.results.trades import estimate_cell, known_cell, scale_of
from greeks.simulation.job import Job
from greeks.system.progress import Progress

_MOST = 64  # times ``paths``: the default limit
_CURABLE = frozenset({TAIL, NO_HIT})  # warnings that more paths may cure


class _Sampler:
    """One job at a number of paths that may grow: whole blocks are kept, the last partial one is computed anew."""

    def __init__(self, job: Job) -> None:
        self.job, self.paths = job, 0
        self._whole, self._last = MomentTree(), MomentTree()

    def extend(self, paths: int, threads: int | None, progress: Progress | None) -> None:
        """Go on to ``paths`` paths."""
        before, after = self.paths // self.job.width, paths // self.job.width
        if after > before:
            run_jobs([(self.job, before, after * self.job.width)], threads, progress, [self._whole])
        self._last = MomentTree()
        if paths % self.job.width:
            run_jobs([(self.job, after, paths)], threads, progress, [self._last])
        self.paths = paths

    def total(self) -> Array:
        """Moments of all paths."""
        tree = MomentTree()
        tree.merge(self._whole)
        tree.merge(self._last)
        return tree.total()


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
    limit = max_paths or _MOST * paths
    samplers = [_Sampler(job) for job in layout.jobs]
    again, goal = list(range(len(samplers))), paths
    while again:
        for number in again:
            samplers[number].extend(goal, threads, progress)
        totals = [sampler.total() for sampler in samplers]
        missed = _missed(book, layout, totals, target, set(again))
        again = sorted(missed) if goal < limit else []
        goal = min(2 * goal, limit)
    grids = [(job, 0, grid_paths(samplers[number].paths)) for number, job in layout.grids.items()]
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


def relative(book: Book, layout: Plan, totals: Sequence[Array], index: int, found: Estimate) -> float:
    """Relative error of one cell; 0 for an exact value, nan where there is no number."""
    if layout.cells[index].job < 0:
        return found.standard_error
    return uncertainty(found.standard_error, found.value, scale_of(book, layout, totals, index))


def aimed(
    layout: Plan, estimates: Sequence[Estimate], errors: Sequence[float], target: float | None
) -> tuple[list[Estimate], list[bool | None]]:
    """The estimates, those that missed the target with a warning; and whether each has met it.

    None where no target was set, and for what is refused rather than missed.
    """
    if target is None:
        return list(estimates), [None] * len(estimates)
    found: list[Estimate] = []
    met: list[bool | None] = []
    for cell, estimate, error in zip(layout.cells, estimates, errors, strict=True):
        if cell.job < 0 and cell.exact is None:
            found.append(estimate)
            met.append(None)
            continue
        reached = error <= target
        met.append(reached and estimate.status == "ok")
        text = f"the target {target:g} is missed, relative error {error:.3g}: raise max_paths or the target"
        found.append(estimate if reached or estimate.status == "na" else estimate.warned(text, TARGET))
    return found, met
