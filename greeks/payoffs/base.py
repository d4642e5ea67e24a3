"""What a payoff gives to the estimators: its dates, its value on paths, and its directional derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal, Protocol

from greeks.models.base import Paths, Tangent
from greeks.workspace import Array, Workspace

Smoothness = Literal["lipschitz", "discontinuous", "unknown"]


class Payoff(Protocol):
    """A contract: what it pays at ``maturity`` as a function of the spots at its dates."""

    kind: ClassVar[str]
    smoothness: ClassVar[Smoothness]
    maturity: float

    @property
    def ramp(self) -> tuple[float, float, float]:
        """(a, b, floor) of a payment max(a S + b, floor) on the last spot S; only where it has that form."""
        ...

    def scaled(self, factor: float) -> Payoff:
        """The same contract in a unit of currency ``factor`` times smaller; optional."""
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
