"""One trade by every estimator on the same paths: moments, batches, and a sample of the contributions themselves.

A batch is a short run of its own: its mean and its error bar tell whether intervals cover, how the error falls with the
number of paths, and how far two estimators differ on the same paths. Verified in the tests: the moments have the bits
of ``greeks.run`` with the same estimators, paths and seed, and the batches merge to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from greeks.book import Book, Trade
from greeks.core.generator import first_of
from greeks.core.moments import MOMENT_COLUMNS, block_moments
from greeks.core.workspace import Array, Workspace
from greeks.estimators.exercise_policies import POLICIES
from greeks.estimators.kernels import Terms, accumulate, evaluate
from greeks.estimators.registry import ANALYTIC, PREFERENCE
from greeks.execution.threads import run_jobs
from greeks.planning import Settings, plan
from greeks.planning.cells import Cell
from greeks.results.estimate import Estimate
from greeks.results.scale import natural_scale, relative_error, uncertainty, z_score
from greeks.results.trades import from_moments, judge
from greeks.simulation.block import block_terms
from greeks.simulation.job import Job

BATCH = 512  # paths of the shortest run looked at: the narrowest block is as wide
_ROUNDING = 1e-9  # of the natural scale: a deviation below this is none
_KEPT = 2**15  # paths whose contributions are kept for histograms and tail shares


@dataclass(frozen=True)
class Study:
    """Everything measured of one trade.

    Attributes
    ----------
    trade : Trade
    model
        Of the trade's underlying.
    cells : tuple of Cell
        One for each Greek and valid estimator, in order; refused ones are in ``refused``.
    refused : tuple of Cell
    estimates : tuple of Estimate
        Of each cell, in raw units, as ``greeks.run`` would give them.
    sampled : tuple of Estimate
        The same before they were held against exact values.
    means, errors : ndarray, shape (cells, batches)
        Mean and standard error of each batch of BATCH paths.
    kept : ndarray, shape (cells, paths kept)
        Contributions of the first paths.
    exact : mapping of str to float
        Closed-form or semi-analytic values by Greek.
    bump : float
        Multiplier of the steps of differences.
    """

    trade: Trade
    model: Any
    cells: tuple[Cell, ...]
    refused: tuple[Cell, ...]
    estimates: tuple[Estimate, ...]
    sampled: tuple[Estimate, ...]
    means: Array
    errors: Array
    kept: Array
    exact: dict[str, float]
    bump: float = 1.0

    @property
    def greeks(self) -> tuple[str, ...]:
        """Greeks that have an estimate, in order."""
        return tuple(dict.fromkeys(cell.greek for cell in self.cells))

    def rows(self, greek: str) -> list[int]:
        """Positions of a Greek's cells."""
        return [k for k, cell in enumerate(self.cells) if cell.greek == greek]

    def row(self, greek: str, estimator: str) -> int | None:
        """Position of one cell, or None where it is not valid."""
        found = [k for k in self.rows(greek) if self.cells[k].estimator == estimator]
        return found[0] if found else None

    def scale(self, greek: str) -> float:
        """Natural scale of a number; see :func:`greeks.results.scale.natural_scale`."""
        return natural_scale(self.trade.payoff, self.model, greek)

    def uncertainty(self, row: int) -> float:
        """What tables are sorted by; see :func:`greeks.results.scale.uncertainty`."""
        found = self.estimates[row]
        return uncertainty(found.standard_error, found.value, self.scale(self.cells[row].greek))

    def relative_error(self, row: int) -> float | None:
        """Standard error of a cell over its value; None where that is nearly 0."""
        found = self.estimates[row]
        return relative_error(found.standard_error, found.value, self.scale(self.cells[row].greek))

    def certain(self, row: int) -> bool:
        """Whether a cell does not vary but for rounding: such a number has no convergence, coverage or cost."""
        found = self.sampled[row]
        return found.standard_error**2 * found.paths <= (_ROUNDING * self.scale(self.cells[row].greek)) ** 2

    def z_score(self, row: int) -> float:
        """Distance of a cell to its exact value in standard errors; nan where none is known."""
        greek, found = self.cells[row].greek, self.estimates[row]
        exact = self.exact.get(greek, nan)
        return z_score(found.value, found.standard_error, exact, self.scale(greek), self.trade.payoff.early)

    @property
    def paths(self) -> int:
        """Paths simulated."""
        return self.estimates[0].paths if self.estimates else 0


def study(book: Book, trade: Trade, settings: Settings) -> Study:
    """Simulate one trade and keep what a report needs of it.

    Parameters
    ----------
    book : Book
        For the model of the trade's underlying.
    trade : Trade
    settings : Settings
        ``paths`` is rounded up to whole batches; ``estimators`` may hold every name.

    Returns
    -------
    Study
        Without cells where nothing is left to simulate.
    """
    from greeks.analytic.registry import reference

    model = book.model_of(trade)
    whole = BATCH * (POLICIES if trade.payoff.early else 1)  # every share of the paths has whole batches
    paths = -(-settings.paths // whole) * whole
    order = tuple(sorted((name for name in settings.estimators if name != ANALYTIC), key=_rank))
    alone = Book((trade,), {trade.underlying: model})
    layout = plan(alone, replace(settings, estimators=order, paths=paths, group_by=(), analytic=False))
    refused = tuple(cell for cell in layout.cells if cell.job < 0 and cell.exact is None)
    live = [cell for cell in layout.cells if cell.job >= 0]
    if not live:
        empty = np.empty((0, 0))
        return Study(trade, model, (), refused, (), (), empty, empty, empty, {})
    totals, batches, kept = _simulate(layout.jobs[0], paths)
    grid = next((tree.total() for tree in run_jobs(layout.runs(paths)[1:], 1)), None)
    exact = dict(reference(trade.payoff, model))
    wanted, sampled = [], []
    for cell in live:
        found = from_moments(totals, trade.payoff, model, cell, settings.bump, grid)
        if found.status == "na":  # the contributions overflow: there is nothing to study
            refused = (*refused, replace(cell, status="na", reason=found.reason))
        elif not _repeated_price(cell, live, totals):
            wanted.append(cell)
            sampled.append(found)
    index = [cell.row for cell in wanted]
    estimates = tuple(
        judge(found, exact.get(cell.greek), trade.payoff, model, cell)
        for cell, found in zip(wanted, sampled, strict=True)
    )
    errors = np.sqrt(batches[index, :, 2] / ((BATCH - 1) * BATCH))
    return Study(
        trade,
        model,
        tuple(wanted),
        refused,
        estimates,
        tuple(sampled),
        batches[index, :, 1],
        errors,
        kept[index],
        exact,
        settings.bump,
    )


def _rank(name: str) -> int:
    """Estimators in the order ``auto`` prefers them, then the others."""
    return PREFERENCE.index(name) if name in PREFERENCE else len(PREFERENCE)


def _repeated_price(cell: Cell, cells: list[Cell], totals: Array) -> bool:
    """Whether a price is that of an earlier estimator but for rounding: most estimators average the plain payment."""
    if cell.greek != "price":
        return False
    earlier = [other for other in cells if other.greek == "price" and other.row < cell.row]
    return any(np.allclose(totals[cell.row, :3], totals[other.row, :3], rtol=1e-9, atol=0.0) for other in earlier)


def _simulate(job: Job, paths: int) -> tuple[Array, Array, Array]:
    """Moments of every row of the job, moments of its batches, and the first contributions."""
    rows, workspace, tree = job.rows - len(job.net_groups), Workspace(), job.tree()
    batches = np.empty((rows, paths // BATCH, MOMENT_COLUMNS))
    kept = np.empty((rows, min(paths, _KEPT)))
    unnetted, fresh = np.full(rows, -1), np.zeros(rows, dtype=bool)
    out, moments = np.empty((rows, job.width)), np.empty((rows, job.width // BATCH, MOMENT_COLUMNS))
    done = 0  # the paths of shares are numbered apart
    for block, first, count in job.spans(paths):
        contributions(job, first, count, workspace, out)
        total = np.empty((rows, MOMENT_COLUMNS))
        accumulate(Terms.of_rows(out), count, 1.0, unnetted, fresh, out, workspace, total)  # as run_block does
        tree.add(block, total)
        block_moments(out.reshape(-1, BATCH), BATCH, moments.reshape(-1, MOMENT_COLUMNS))
        inside = count // BATCH
        batches[:, done // BATCH : done // BATCH + inside] = moments[:, :inside]
        if done < kept.shape[1]:
            take = min(count, kept.shape[1] - done)
            kept[:, done : done + take] = out[:, :take]
        done += count
    return tree.total(), batches, kept


def contributions(job: Job, first: int, count: int, workspace: Workspace, out: Array) -> None:
    """Contributions of paths ``first`` and up of a job, one row of ``out`` a number, in the job's order."""
    row = 0
    for *_, terms in block_terms(job, first_of(first), count, workspace):
        rows = len(terms.index)
        evaluate([terms], count, out[row : row + rows])
        row += rows
