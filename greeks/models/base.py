"""What a model gives to the estimators: paths, likelihood-ratio weights, tangents and shifted paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from greeks.core.generator import Counter
from greeks.core.sampler import PseudoRandom, Sampler
from greeks.core.workspace import Array, Workspace, padded
from greeks.models.hits import Hits
from greeks.models.laws import Bridges, Returns

SPOT_ROW = 0  # number of the first normal of the spot, one a date


@dataclass(frozen=True)
class Tangent:
    """The derivative of the log-spot at every date with respect to one parameter.

    At date j on path i it is ``by_date[j] by_path[i] + sum over k <= j of scale[k] increments[k, i]``; a missing
    ``by_path`` counts as 1, missing ``increments`` as 0.
    """

    by_date: Array
    by_path: Array | None = None
    increments: Array | None = None
    scale: Array | None = None


@dataclass(frozen=True, eq=False)
class Draw:
    """Where a block's random numbers come from, and how fine the time grid is between dates.

    ``first_path`` is an array of one element, which kernels called again read anew; see ``greeks/compiler/tape.py``.
    ``steps_per_year`` matters to models with a time-step bias only; None is the model's default. ``sampler`` is by
    default pseudo-random with the key. ``shares`` is the number of parts of the paths that are known by the upper half
    of a path's number, see :func:`greeks.core.sobol.place`; 0 where there is one.
    """

    key: tuple[int, int]
    first_path: Counter
    width: int
    count: int
    steps_per_year: int | None = None
    sampler: Sampler | None = None
    shares: int = 0

    @property
    def stride(self) -> int:
        """Length of the rows of arrays for this block."""
        return padded(self.width)

    def normals(self, row0: int, out: Array) -> None:
        """Fill rows with standard normals, the first of them numbered ``row0``."""
        (self.sampler or PseudoRandom(self.key)).normals(self.first_path, self.width, row0, out)

    def uniforms(self, row0: int, out: Array) -> None:
        """Fill rows with uniforms in (0, 1)."""
        (self.sampler or PseudoRandom(self.key)).uniforms(self.first_path, self.width, row0, out)


class Paths(Protocol):
    """One block of simulated paths.

    Arrays have shape (dates, stride), path index innermost; only the first ``count`` columns are to be used.
    """

    count: int
    model: Any  # with the parameters that these paths were moved to

    @property
    def spot(self) -> Array:
        """Spot at each date."""
        ...

    @property
    def log_spot(self) -> Array:
        """Logarithm of the spot at each date."""
        ...

    def weights(self, greeks: Sequence[str]) -> Array:
        """Likelihood-ratio weights, one row a Greek, without the derivative of the discount factor."""
        ...

    def tangent(self, greek: str) -> Tangent:
        """Tangent of the log-spot for a first-order Greek, with the Greek's sign and scale.

        "volga" is the derivative of vega's tangent with the spots at the dates held fixed, of models that give it.
        """
        ...

    def returns(self, greeks: Sequence[str]) -> Returns:
        """Mean and variance of each log-return, and their derivatives along first-order Greeks."""
        ...

    def bridges(self, greeks: Sequence[str]) -> Bridges:
        """The law between the dates, of models that give "survival", and its derivatives along first-order Greeks."""
        ...

    def hits(self, greeks: Sequence[str]) -> Hits:
        """What a payment at a hit is worth at the end of its interval, of models that give "hitting_time"."""
        ...

    def uniforms(self, first_row: int) -> Array:
        """Uniforms in (0, 1) of a stream of their own, one row a date."""
        ...

    def shifted(self, greek: str, step: float, slot: str) -> Paths:
        """Paths from the same random numbers with the Greek's parameter shifted; ``slot`` names their memory."""
        ...

    def reflected(self, factor: float, slot: str) -> Paths:
        """Paths whose spot normals are multiplied by -1 (the antithetic partner) or by 0 (the centre of the pair)."""
        ...

    def mirrored(self, slot: str) -> Paths | None:
        """Paths with the same spot normals, and the reflected random numbers of the variance; None if it has none."""
        ...


class Model(Protocol):
    """A market model: parameters, and a simulation on any grid of dates.

    Attributes
    ----------
    gives : frozenset of str
        What the model can give beyond spots, densities and tangents: "variance_path": log-returns are normal given a
        variance path, whose moments the paths have; "known_means": functions of it whose means are known, which the
        paths give (``known``, after ``keep_levels``); "two_grids": the same random numbers on a grid twice as fine
        (``both_grids``), and controls of their difference (``grid_controls``); "second_tangent": the derivative of
        vega's tangent; "drifted": paths whose normals are moved, and the ratio of the densities (``drifted`` of paths);
        "maximum", "minimum": the extremes between dates; "survival": whether a level is met there;
        "hitting_time": when; "exercise": European values in closed form, less which what is paid early is regressed;
        "bridged": these are approximate, and better the more dates (``grid``: those of its time steps).
    cost_kind : str
        The model whose measured costs are those of its paths.
    futures : bool
        Whether the spot is a futures price, which has no drift whatever the rate: a rate is then no cost of carry.
    volatility_name : str
        What a vega is the derivative with respect to.
    forms : str
        The model whose closed forms hold; blank where none do.
    chain : mapping of str to float
        By first-order Greek, what its parameter does to ``spot`` beside what a model without dividends has.
    flat : bool
        Whether rates, yields and variances are the same over every interval.
    of_contracts : frozenset of str
        Parameters that a contract may have of its own; the paths under another of these are then made of the same
        normals (``under`` of paths).
    """

    kind: ClassVar[str]
    futures: ClassVar[bool]
    cost_kind: ClassVar[str]
    volatility_name: ClassVar[str]
    forms: ClassVar[str]
    flat: ClassVar[bool]

    @property
    def chain(self) -> Any:
        """See above."""
        ...

    of_contracts: ClassVar[frozenset[str]]

    @property
    def gives(self) -> frozenset[str]:
        """See above."""
        ...

    @property
    def spot(self) -> float:
        """Spot price."""
        ...

    @property
    def rate(self) -> float:
        """Continuously compounded, per year."""
        ...

    def in_unit(self, factor: float) -> Any:
        """The model in a unit of currency ``factor`` times smaller."""
        ...

    @property
    def quoted_spot(self) -> float:
        """Spot price as a market quotes it: with the dividends that ``spot`` may be without."""
        ...

    @property
    def first_rate(self) -> float:
        """The rate over the first interval, by which a day that passes moves the discount factor."""
        ...

    @property
    def dividend_yield(self) -> float:
        """Continuously compounded, per year."""
        ...

    @property
    def feller_ratio(self) -> float | None:
        """2 kappa theta / xi^2 of a random variance, which reaches 0 below 1; None where the variance is certain."""
        ...

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks this model has."""
        ...

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """Time steps of a path on ``dates``."""
        ...

    def drivers(self, dates: tuple[float, ...], steps_per_year: int | None) -> Mapping[int, tuple[float, ...]]:
        """Brownian motions that drive a path: by the number of their first row, the times at which each is seen."""
        ...

    def simulate(self, dates: tuple[float, ...], draw: Draw, workspace: Workspace) -> Paths:
        """Simulate one block on ``dates`` (years, ascending, positive)."""
        ...

    @property
    def still(self) -> bool:
        """Whether nothing is random: every path is the forward."""
        ...

    def no_density(self, greek: str, dates: tuple[float, ...], steps_per_year: int | None = None) -> str | None:
        """Why no likelihood-ratio weight exists for this Greek of a payoff on these dates, or None."""
        ...

    def no_average(self) -> str | None:
        """Why nothing is left to average over given the variance path, or None; asked where there is one."""
        ...

    def no_pair_density(self) -> str | None:
        """Why the pair of spot and variance has no density, or None; asked where there is a variance path."""
        ...

    def no_tangent(self, greek: str) -> str | None:
        """Why the path has no usable derivative for this Greek, or None."""
        ...

    def doubt(self, greek: str) -> str | None:
        """Why the error bar of a derivative along the path is not to be trusted, or None."""
        ...

    def step_scale(self, greek: str, dates: tuple[float, ...]) -> float:
        """The shift of the Greek's parameter that moves the log-spot by about one standard deviation; 0 if none."""
        ...


def on_grid(model: Model) -> bool:
    """Whether a model is simulated on a time grid, whose bias is in no error bar."""
    return model.steps((1.0,), 4) != model.steps((1.0,), 8)
