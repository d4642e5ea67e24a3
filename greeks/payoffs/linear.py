"""What a desk hedges with: contracts linear in the spot, whose Greeks are known exactly under any model.

Under every model here the discounted spot, dividends reinvested, is a martingale, so that the forward is that of the
rates alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from greeks.compiler.jit import kernel
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Payoff, Smoothness
from greeks.payoffs.kernels import last_directional


class Linear(Payoff):
    """Base class of contracts linear in the spot."""

    smoothness: ClassVar[Smoothness] = "lipschitz"
    linear: ClassVar[bool] = True
    convex: ClassVar[bool] = True


class Held(Linear):
    """Base class of what has no maturity: nothing of it is simulated, whichever estimator is asked for."""

    maturity: float = 0.0  # no field of a specification, as this is none

    def dates(self) -> tuple[float, ...]:
        """None."""
        return ()


class Delivered(Linear):
    """Base class of contracts on the last spot less a price agreed before."""

    rising: ClassVar[int] = 1
    maturity: float

    @property
    def agreed(self) -> float:
        """The price agreed on, in currency."""
        raise NotImplementedError

    @property
    def level(self) -> float:
        """The price agreed on."""
        return self.agreed

    def dates(self) -> tuple[float, ...]:
        """The maturity alone."""
        return (self.maturity,) if self.maturity > 0 else ()

    def settled(self, spot: float) -> float | None:
        """The spot less the price, at maturity."""
        return spot - self.agreed if self.maturity == 0 else None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        less(paths.spot[-1], self.agreed, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the last spot along each tangent."""
        last_directional(paths.spot, tangents, paths.count, workspace, out)


@kernel
def less(values: Array, amount: float, n: int, out: Array) -> None:
    """``out = values - amount``."""
    for i in range(n):
        out[i] = values[i] - amount
