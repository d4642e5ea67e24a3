"""What is to be simulated: a frozen job, its trades, and the estimates asked of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from greeks.core.generator import Counter, first_of, stream_key
from greeks.core.replicates import ReplicateTree
from greeks.core.sampler import PseudoRandom, Sampler, Sobol
from greeks.core.sobol import place
from greeks.core.trees import MomentTree, Tree
from greeks.estimators.measures import WORKERS
from greeks.models.base import SPOT_ROW, Draw
from greeks.models.escrowed import Escrowed
from greeks.models.escrowed_steps import EscrowedSteps
from greeks.models.registry import MODELS
from greeks.models.stepwise import Stepwise
from greeks.payoffs.custom import Custom
from greeks.payoffs.registry import PAYOFFS

# Spots of one block. More would leave the second-level cache; fewer would let the interpreter's share of a block, which
# threads cannot share, grow. Measured on 1 and 2 threads, see docs/performance.md.
_BLOCK_DOUBLES = 2**18
_NARROWEST, _WIDEST = 512, 2**16
_WIDEST_OF_REPLICATE = 4096  # so that a block of a replicate is whole at usual numbers of points
# Whose code is known to call kernels only, so that its calls can be repeated: a class from elsewhere, though it be
# derived from one of these, is asked anew for every block.
_REPEATABLE = frozenset((*MODELS.values(), Escrowed, EscrowedSteps, Stepwise, *PAYOFFS.values(), Custom))


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
    model: Any = None  # where it is not the job's: one of the same kind, under which the same normals are other paths


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
    policies : int
        Exercise policies, one for each share of the paths; 0 where nothing is exercised early.
    controls : bool
        Whether what functions of known mean explain is taken off contributions.
    refined : bool
        Whether contributions are differences: those on the model's grid, less those on one twice as fine.
    replicates : int
        Of Sobol points; 0 for pseudo-random numbers.
    sampler : Sampler
        Where the random numbers come from.
    repeatable : bool
        Whether the calls of one block can be repeated for the others.

    Notes
    -----
    With shares, of Sobol points or of exercise policies, block b is of share ``b % shares``, so that further paths go
    on where the last ones end. Only the means of the shares are independent.
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
    refined: bool = False
    replicates: int = 0
    controls: bool = False
    policies: int = 0
    sampler: Sampler = field(init=False, compare=False)
    key: tuple[int, int] = field(init=False)
    width: int = field(init=False)
    steps: int = field(init=False)
    weights: tuple[str, ...] = field(init=False)
    repeatable: bool = field(init=False)

    def __post_init__(self) -> None:
        """Derive the stream's key, the weights any line needs, and the block's width: never from the machine."""
        object.__setattr__(self, "key", stream_key(self.seed, self._stream, *self.dates))
        steps = (3 if self.refined else 1) * self.model.steps(self.dates, self.steps_per_year)
        object.__setattr__(self, "steps", steps)
        fit = 2 ** int(np.log2(_BLOCK_DOUBLES / steps))
        weights = dict.fromkeys(
            greek
            for line in self.lines
            for request in line.requests
            for greek in WORKERS[request.estimator].weight_greeks(request.greeks, line.payoff.explicit)
        )
        object.__setattr__(self, "weights", tuple(weights))
        widest = _WIDEST_OF_REPLICATE if self.shares else _WIDEST
        object.__setattr__(self, "width", min(max(fit, _NARROWEST), widest))
        models = (line.model for line in self.lines if line.model is not None)
        kinds = {type(self.model), *map(type, models), *(type(line.payoff) for line in self.lines)}
        object.__setattr__(self, "repeatable", kinds <= _REPEATABLE and not self.refined)
        object.__setattr__(self, "sampler", self._sampler())

    def _sampler(self) -> Sampler:
        if not self.replicates:
            return PseudoRandom(self.key)
        drivers = self.model.drivers(self.dates, self.steps_per_year)
        if self.refined:  # the variance is drawn on the finer grid
            drivers = {row0: times if row0 == SPOT_ROW else _halved(times) for row0, times in drivers.items()}
        return Sobol(self.seed, self._stream, self.dates, drivers, self.replicates)

    @property
    def runs(self) -> Iterator[tuple[Any, tuple[Line, ...]]]:
        """Models, each with the lines that follow each other under it."""
        for model, lines in groupby(self.lines, key=lambda line: line.model or self.model):
            yield model, tuple(lines)

    @property
    def shares(self) -> int:
        """Parts of the paths whose means are independent; 0 where every path is."""
        return self.replicates or self.policies

    @property
    def controlled(self) -> bool:
        """Whether any estimate takes off what functions of known mean explain."""
        names = {request.estimator for line in self.lines for request in line.requests} if self.controls else set()
        return any(WORKERS[name].controlled(self.model) for name in names)

    @property
    def _stream(self) -> str:
        """Name of the random stream: what measures a bias is independent of what has it."""
        if self.policies:  # shares no path with what is not exercised early, which is another job on the same dates
            return f"{self.underlying}\0exercise"
        return f"{self.underlying}\0refined" if self.refined else self.underlying

    @property
    def rows(self) -> int:
        """Rows of moments a block returns."""
        own = sum(len(request.greeks) for line in self.lines for request in line.requests)
        return own + len(self.net_groups)

    def blocks(self, paths: int) -> int:
        """Number of blocks that hold ``paths`` paths."""
        shares = max(self.shares, 1)
        return shares * -(-self._each(paths) // self.width)

    def whole(self, paths: int) -> int:
        """Number of blocks among those of ``paths`` paths that more paths leave as they are."""
        return max(self.shares, 1) * (self._each(paths) // self.width)

    def span(self, block: int, paths: int) -> tuple[int, int]:
        """Index of the first path of a block, and its number of paths."""
        number, share = divmod(block, self.shares) if self.shares else (block, 0)
        first = number * self.width
        return place(share, first), min(self.width, self._each(paths) - first)

    def _each(self, paths: int) -> int:
        """Paths of one share, rounded up."""
        return -(-paths // max(self.shares, 1))

    def spans(self, paths: int) -> Iterator[tuple[int, int, int]]:
        """Block, index of its first path and number of paths of each block; the last of all paths may be partial."""
        for block in range(self.blocks(paths)):
            yield block, *self.span(block, paths)

    def draw(self, first: int | Counter, count: int) -> Draw:
        """The random numbers of ``count`` paths from path ``first`` on."""
        counter = first_of(first) if isinstance(first, int) else first
        return Draw(self.key, counter, self.width, count, self.steps_per_year, self.sampler, self.shares)

    def tree(self) -> Tree:
        """An empty tree for the moments of blocks."""
        line = self.steps == 1 and self.replicates > 0
        return ReplicateTree(self.shares, line) if self.shares else MomentTree()


def _halved(times: tuple[float, ...]) -> tuple[float, ...]:
    """A grid twice as fine."""
    return tuple(time for a, b in pairwise((0.0, *times)) for time in (0.5 * (a + b), b))
