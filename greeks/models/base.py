"""What a model gives to the estimators: paths, likelihood-ratio weights, tangents and shifted paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from greeks.core.generator import Counter
from greeks.core.workspace import Array, Workspace, padded


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
    ``steps_per_year`` matters to models with a time-step bias only; None is the model's default.
    """

    key: tuple[int, int]
    first_path: Counter
    width: int
    count: int
    steps_per_year: int | None = None

    @property
    def stride(self) -> int:
        """Length of the rows of arrays for this block."""
        return padded(self.width)


class Paths(Protocol):
    """One block of simulated paths.

    Arrays have shape (dates, stride), path index innermost; only the first ``count`` columns are to be used.
    """

    count: int

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
        """Tangent of the log-spot for a first-order Greek, with the Greek's sign and scale."""
        ...

    def shifted(self, greek: str, step: float, slot: str) -> Paths:
        """Paths from the same random numbers with the Greek's parameter shifted; ``slot`` names their memory."""
        ...

    def reflected(self, factor: float, slot: str) -> Paths:
        """Paths whose spot normals are multiplied by -1 (the antithetic partner) or by 0 (the centre of the pair)."""
        ...


class Model(Protocol):
    """A market model: parameters, and a simulation on any grid of dates."""

    kind: ClassVar[str]
    spot: float
    rate: float
    dividend_yield: float

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks this model has."""
        ...

    def steps(self, dates: tuple[float, ...], steps_per_year: int | None) -> int:
        """Time steps of a path on ``dates``."""
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
