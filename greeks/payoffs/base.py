"""What a payoff gives to the estimators: its dates, its value on paths, and its directional derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent

Smoothness = Literal["lipschitz", "discontinuous", "unknown"]


@dataclass(frozen=True)
class Parity:
    """The payment is ``factor`` times that of ``other``, plus ``weights`` . spots + ``constant``.

    It is made where ``inside``, weights and a constant likewise, is positive, and that of ``other`` elsewhere.
    """

    other: Any
    factor: float
    weights: tuple[float, ...]
    constant: float
    inside: tuple[tuple[float, ...], float]


class Payoff(Protocol):
    """A contract: what it pays at ``maturity`` as a function of the spots at its dates."""

    kind: ClassVar[str]
    smoothness: ClassVar[Smoothness]
    maturity: float

    @property
    def ramp(self) -> tuple[float, float, float]:
        """(a, b, floor) of a payment max(a S + b, floor) on the last spot S; only where it has that form."""
        ...

    @property
    def parity(self) -> Parity | None:
        """The same payment by that of the opposite option; optional, None where there is none."""
        ...

    def scaled(self, factor: float) -> Payoff:
        """The same contract in a unit of currency ``factor`` times smaller; optional."""
        ...

    @property
    def positive(self) -> bool:
        """Whether a payment is never negative. Optional, as are the next three: what is not said is not so."""
        ...

    @property
    def rising(self) -> int:
        """1 where the payment rises with every spot, -1 where it falls, 0 where it may do either."""
        ...

    @property
    def convex(self) -> bool:
        """Whether the payment is convex in the one spot that it depends on, as its price then is."""
        ...

    @property
    def limited(self) -> bool:
        """Whether a payment cannot exceed by much what it is at the money."""
        ...

    def dates(self) -> tuple[float, ...]:
        """Dates at which the spot is read, in years, ascending and positive; empty when nothing is left to fix."""
        ...

    def settled(self, spot: float) -> float | None:
        """The payment when it no longer depends on any future spot, else None."""
        ...

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        ...

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the undiscounted payment along each tangent, one row a tangent."""
        ...
