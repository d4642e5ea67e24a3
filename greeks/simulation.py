"""The heart: a frozen job, and ``run_block(job, block)``, a pure function from a block index to moments.

Everything else (threads, resuming, error bars, reproducibility) follows from its purity: moments of the blocks are
merged in a fixed tree, so the result has the same bits whoever computed which block. What the interpreter decided for a
thread's first full block of a job is recorded and repeated for the others, see ``greeks/_tape.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from greeks._jit import Tape
from greeks.core.generator import Counter, first_of, stream_key
from greeks.core.moments import MOMENT_COLUMNS, add_rows, block_moments
from greeks.estimators.kernels import Accumulator, Terms
from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import Draw
from greeks.models.registry import MODELS
from greeks.payoffs.custom import Custom
from greeks.payoffs.registry import PAYOFFS
from greeks.sample import Sample, Valuation
from greeks.workspace import Array, Workspace, padded

# Spots of one block. More would leave the second-level cache; fewer would let the interpreter's share of a block, which
# threads cannot share, grow. Measured on 1 and 2 threads, see docs/performance.md.
_BLOCK_DOUBLES = 2**18
_NARROWEST, _WIDEST = 512, 2**16
# Whose code is known to call kernels only, so that its calls can be repeated: a class from elsewhere, though it be
# derived from one of these, is asked anew for every block.
_REPEATABLE = frozenset((*MODELS.values(), *PAYOFFS.values(), Custom))


@dataclass(frozen=True)
class Request:
    """Greeks of one trade by one estimator, and the netted row (or -1) each one counts towards.

    ``net_fresh`` says which netted rows no earlier request of the job has written.
    """

    estimator: str
    greeks: tuple[str, ...]
    net_rows: tuple[int, ...]
    net_fresh: tuple[bool, ...]


@dataclass(frozen=True)
class Line:
    """A trade within a job."""

    payoff: Any
    position: float
    requests: tuple[Request, ...]


@dataclass(frozen=True)
class Job:
    """One simulation group: a model, a grid of dates, and the trades that share its paths.

    Attributes
    ----------
    underlying : str
        Keys the random stream, with ``dates`` and ``seed``; parameter values do not.
    model
        Market model.
    dates : tuple of float
        Simulation dates in years.
    seed : int
    lines : tuple of Line
    net_rows : int
        Number of netted rows (leaves of the netting times Greeks).
    net_groups : tuple of tuple of int
        Sums of netted rows that get moments of their own.
    bump : float
        Multiplier of every finite-difference step.
    steps_per_year : int, optional
        For models with a time step; None is the model's default.
    antithetic : bool
        Whether likelihood ratios average over the pair Z, -Z.
    repeatable : bool
        Whether the calls of one block can be repeated for the others.
    """

    underlying: str
    model: Any
    dates: tuple[float, ...]
    seed: int
    lines: tuple[Line, ...]
    net_rows: int
    net_groups: tuple[tuple[int, ...], ...] = ()
    bump: float = 1.0
    steps_per_year: int | None = None
    antithetic: bool = False
    key: tuple[int, int] = field(init=False)
    width: int = field(init=False)
    steps: int = field(init=False)
    weights: tuple[str, ...] = field(init=False)
    repeatable: bool = field(init=False)

    def __post_init__(self) -> None:
        """Derive the stream's key, the weights any line needs, and the block's width: never from the machine."""
        object.__setattr__(self, "key", stream_key(self.seed, self.underlying, *self.dates))
        steps = self.model.steps(self.dates, self.steps_per_year)
        object.__setattr__(self, "steps", steps)
        fit = 2 ** int(np.log2(_BLOCK_DOUBLES / steps))
        weights = dict.fromkeys(
            greek
            for line in self.lines
            for request in line.requests
            for greek in ESTIMATORS[request.estimator].weight_greeks(request.greeks)
        )
        object.__setattr__(self, "weights", tuple(weights))
        object.__setattr__(self, "width", min(max(fit, _NARROWEST), _WIDEST))
        kinds = {type(self.model), *(type(line.payoff) for line in self.lines)}
        object.__setattr__(self, "repeatable", kinds <= _REPEATABLE)

    @property
    def rows(self) -> int:
        """Rows of moments a block returns."""
        own = sum(len(request.greeks) for line in self.lines for request in line.requests)
        return own + len(self.net_groups)

    def blocks(self, paths: int) -> int:
        """Number of blocks that hold ``paths`` paths."""
        return -(-paths // self.width)

    def spans(self, paths: int) -> Iterator[tuple[int, int, int]]:
        """Index, first path and number of paths of each block; the last may be partial."""
        for block in range(self.blocks(paths)):
            first = block * self.width
            yield block, first, min(self.width, paths - first)


@dataclass(frozen=True)
class _Recording:
    """The calls that a full block of a job takes, the index of its first path, and where its moments appear."""

    first: Counter
    tape: Tape
    moments: Array


def block_terms(
    job: Job, first: Counter, count: int, workspace: Workspace
) -> Iterator[tuple[Line, Request, slice, Terms]]:
    """Contributions of ``count`` paths from path ``first`` on, in the order of the job's rows of moments.

    Each comes with its line and request, and with the places of its Greeks in the request.
    """
    draw = Draw(job.key, first, job.width, count, job.steps_per_year)
    simulated = job.model.simulate(job.dates, draw, workspace)
    sample = Sample(job.model, simulated, job.weights, workspace, antithetic=job.antithetic)
    for line in job.lines:
        valuation = Valuation(line.payoff, sample, draw.stride)
        for request in line.requests:
            done = 0
            for terms in ESTIMATORS[request.estimator].contributions(valuation, request.greeks, job.bump):
                own = slice(done, done + len(terms.index))
                yield line, request, own, terms
                done = own.stop


def run_block(job: Job, block: int, paths: int, workspace: Workspace) -> Array:
    """Moments of every contribution over one block.

    Parameters
    ----------
    job : Job
    block : int
        Index of the block: paths ``block * width`` and up.
    paths : int
        Total number of paths; the last block may be partial.
    workspace : Workspace
        Scratch of the calling thread.

    Returns
    -------
    ndarray, shape (rows, columns of moments)
        One row for each line, request and Greek in order, then one for each netted group.
    """
    first, count = block * job.width, min(job.width, paths - block * job.width)
    if workspace.owner is not job:
        workspace.restart(job)
    if count < job.width or not job.repeatable:
        return _moments(job, first_of(first), count, workspace)
    recording = workspace.recording
    if not isinstance(recording, _Recording):
        recording = _record(job, first, workspace)
        workspace.recording = recording
    elif recording.tape.complete:
        recording.first[0] = first
        recording.tape.play()
    else:
        return _moments(job, first_of(first), count, workspace)
    return recording.moments.copy()


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
    for line, request, own, terms in block_terms(job, first, count, workspace):
        sums.add(terms, line.position, request.net_rows[own], request.net_fresh[own])
    sums.finish()
    row = sums.row
    for members in job.net_groups:
        total = net[members[0] : members[0] + 1]
        if len(members) > 1:
            total = workspace.array("net_total", 1, net.shape[1])
            add_rows(net, np.array(members), count, total[0])
        block_moments(total, count, moments[row : row + 1])
        row += 1
    return moments
