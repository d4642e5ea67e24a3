"""The heart: ``run_block(job, block)``, a pure function from a block index to moments.

Everything else (threads, resuming, error bars, reproducibility) follows from its purity: moments of the blocks are
merged in a fixed tree, so the result has the same bits whoever computed which block. What the interpreter decided for a
thread's first full block of a job is recorded and repeated for the others, see ``greeks/compiler/tape.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.controls import FEWEST, remove
from greeks.core.generator import Counter, first_of
from greeks.core.moments import MOMENT_COLUMNS, add_rows, block_moments
from greeks.core.rows import add_scaled, fill
from greeks.core.workspace import Array, Workspace, padded
from greeks.estimators.kernels import Accumulator, Terms, evaluate
from greeks.estimators.measures import WORKERS
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Draw, Paths
from greeks.simulation.job import Job, Line, Request


@dataclass(frozen=True)
class _Recording:
    """The calls that a full block of a job takes, the index of its first path, and where its moments appear."""

    first: Counter
    tape: Tape
    moments: Array

    def play(self, first: int) -> None:
        """The same calls for another block."""
        self.first[0] = first
        self.tape.play()


def block_terms(
    job: Job, first: Counter, count: int, workspace: Workspace
) -> Iterator[tuple[Line, Request, slice, Terms]]:
    """Contributions of ``count`` paths from path ``first`` on, in the order of the job's rows of moments.

    Each comes with its line and request, and with the places of its Greeks in the request.
    """
    for part in _parts(job, first, count, workspace):
        yield from part


Part = Iterator[tuple[Line, Request, slice, Terms]]


def _parts(job: Job, first: Counter, count: int, workspace: Workspace) -> Iterator[Part]:
    """:func:`block_terms` by model, each of which has the memory of the one before."""
    draw = job.draw(first, count)
    paths: Any = None
    for model, lines in job.runs:
        if job.refined:
            yield _differences(job, lines, model, draw, workspace)
            continue
        again = paths is None or not hasattr(paths, "under")  # one draw: the same random numbers either way
        paths = model.simulate(job.dates, draw, workspace) if again else paths.under(model)
        yield _terms(job, lines, model, paths, draw, workspace)


def _differences(job: Job, lines: tuple[Line, ...], model: Any, draw: Draw, workspace: Workspace) -> Part:
    """Contributions on the model's own grid, less those on one twice as fine, and what is known to be chance of that.

    One grid is done before the other: both use the same scratch.
    """
    rows = sum(len(request.greeks) for line in lines for request in line.requests)
    fine, own = workspace.array("refined", 2, rows, draw.stride)
    grids = model.both_grids(job.dates, draw, workspace)
    for paths, out in zip(grids, (fine, own), strict=True):
        row = 0
        for *_, terms in _terms(job, lines, model, paths, draw, workspace):
            evaluate([terms], draw.count, out[row : row + len(terms.index)])
            row += len(terms.index)
    for high, low in zip(own, fine, strict=True):
        add_scaled(low, -1.0, draw.count, high)
    if draw.count >= FEWEST:
        known = model.grid_controls(*grids, workspace)
        for place, control in enumerate(known):
            for later in (*known[place + 1 :], *own):
                remove(control, draw.count, later)
    row = 0
    for line in lines:
        for request in line.requests:
            part = slice(row, row + len(request.greeks))
            yield line, request, slice(0, len(request.greeks)), Terms.of_rows(own[part])
            row = part.stop


def _terms(job: Job, lines: tuple[Line, ...], model: Any, paths: Paths, draw: Draw, workspace: Workspace) -> Part:
    """Contributions of lines under one model, of a block of its paths."""
    controls = "" if not job.controlled else "grids" if job.refined else "paths"
    sample = Sample(model, paths, job.weights, workspace, antithetic=job.antithetic, controls=controls)
    if controls and "known_means" in model.gives:
        kept: Any = paths
        kept.keep_levels()
    if job.antithetic:
        yield from _paired(lines, sample, draw, job.bump)
        return
    for line in lines:
        valuation = Valuation(line.payoff, sample, draw.stride)
        for request in line.requests:
            done = 0
            for terms in WORKERS[request.estimator].contributions(valuation, request.greeks, job.bump):
                own = slice(done, done + len(terms.index))
                yield line, request, own, terms
                done = own.stop


def _paired(lines: tuple[Line, ...], sample: Sample, draw: Draw, bump: float) -> Part:
    """Means of contributions over antithetic paths: a pair, or four where the variance is random too."""
    mirrored = sample.mirrored()
    firsts = [sample] if mirrored is None else [sample, mirrored]
    for line in lines:
        count = sum(len(request.greeks) for request in line.requests)
        rows, parts = sample.workspace.array("antithetic", 2, count, draw.stride)
        for row in rows:
            fill(0.0, draw.count, row)
        for first in firsts:
            for side in (first, first.reflected(-1.0)):
                valuation, place = Valuation(line.payoff, side, draw.stride), 0
                for request in line.requests:
                    own = slice(place, place + len(request.greeks))
                    place, worker = own.stop, WORKERS[request.estimator]
                    if (worker.pairs == "itself" and side is not first) or (
                        worker.pairs == "first" and side is not sample
                    ):
                        continue
                    share = {"both": 0.5 / len(firsts), "itself": 1.0 / len(firsts), "first": 1.0}[worker.pairs]
                    terms = worker.contributions(valuation, request.greeks, bump)
                    evaluate(terms, draw.count, parts[own])
                    for part, row in zip(parts[own], rows[own], strict=True):
                        add_scaled(part, share, draw.count, row)
        place = 0
        for request in line.requests:
            own = slice(place, place + len(request.greeks))
            place = own.stop
            yield line, request, slice(0, len(request.greeks)), Terms.of_rows(rows[own])


def run_block(job: Job, block: int, paths: int, workspace: Workspace) -> Array:
    """Moments of every contribution over one block.

    Parameters
    ----------
    job : Job
    block : int
        Index of the block; which paths it has, the job says.
    paths : int
        Total number of paths; the last block may be partial.
    workspace : Workspace
        Scratch of the calling thread.

    Returns
    -------
    ndarray, shape (rows, columns of moments)
        One row for each line, request and Greek in order, then one for each netted group.
    """
    first, count = job.span(block, paths)
    if workspace.owner is not job:
        workspace.restart(job)
    if count == job.width and job.repeatable:
        if not isinstance(workspace.recording, _Recording):
            workspace.recording = _record(job, first, workspace)
            return workspace.recording.moments.copy()
        if workspace.recording.tape.complete:
            workspace.recording.play(first)
            return workspace.recording.moments.copy()
    return _moments(job, first_of(first), count, workspace)


def _record(job: Job, first: int, workspace: Workspace) -> _Recording:
    """Compute one full block, and keep what it took."""
    counter, tape = first_of(first), Tape()
    with tape.recording():
        moments = _moments(job, counter, job.width, workspace)
    return _Recording(counter, tape, moments)


def _moments(job: Job, first: Counter, count: int, workspace: Workspace) -> Array:
    """Moments of ``count`` paths from path ``first`` on.

    Which kernels are called on which arrays depends on the job and the count alone, so that the calls can be repeated.
    """
    net = workspace.array("net", max(job.net_rows, 1), padded(job.width))
    moments = np.empty((job.rows, MOMENT_COLUMNS))
    sums = Accumulator(count, net, workspace, moments)
    for part in _parts(job, first, count, workspace):
        for line, request, own, terms in part:
            sums.add(terms, line.position, request.net_rows[own], request.net_fresh[own])
        sums.finish()  # before the next model's paths take the place of these
    row = sums.row
    for members in job.net_groups:
        total = net[members[0] : members[0] + 1]
        if len(members) > 1:
            total = workspace.array("net_total", 1, net.shape[1])
            add_rows(net, np.array(members), count, total[0])
        block_moments(total, count, moments[row : row + 1])
        row += 1
    return moments
