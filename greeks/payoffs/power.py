"""Power options: a vanilla on a power of the spot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from greeks.compiler.jit import kernel
from greeks.core.elementary import exp
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY
from greeks.payoffs.kernels import gate, linear_directional, ramp
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.option_type import StruckAtExpiry
from greeks.spec import Lag, Maturity, Positive, Price, altered, spec


@spec
class Power(StruckAtExpiry, Lagged):
    """Pays max(S_T^n - K, 0) (call) or max(K - S_T^n, 0) (put) at maturity.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in units of currency to the power n.
    exponent : float
        n, > 0 and at most 20: beyond, one spot in a million decides the price.
    maturity : float
        Years (ACT/365F), >= 0.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.

    Notes
    -----
    Source: Haug (2007), section 4.4.1. The variance of a call grows like exp(n^2 sigma^2 T). Verified against its
    closed form in the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "power"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    positive: ClassVar[bool] = True
    one_sided: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "10000", "exponent": "2", "maturity": "0.5"},
        {"option_type": "put", "strike": "10", "exponent": "0.5", "maturity": "1"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    exponent: Annotated[Positive, Field(le=20.0)]
    maturity: Maturity = OR_EXPIRY
    payment_lag: Lag = 0.0

    @property
    def power(self) -> float:
        """The exponent."""
        return self.exponent

    @property
    def amount(self) -> float:
        """How much a payment at the money moves where the spot moves by its own size."""
        return self.exponent * self.strike

    def settled(self, spot: float) -> float | None:
        """Intrinsic value at expiry."""
        return max(self.sign * (float(spot**self.exponent) - self.strike), 0.0) if self.maturity == 0 else None

    def scaled(self, factor: float) -> Power | None:
        """The same contract in a unit of currency ``factor`` times smaller: the strike alone cannot make it linear."""
        return altered(self, strike=factor * self.strike) if self.exponent == 1.0 else None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        ramp(self._powers(paths, workspace, out)[0], self.sign, -self.strike, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent: n S^n dX in the money."""
        powers = self._powers(paths, workspace, out)
        linear_directional(powers, np.array([self.exponent]), tangents, paths.count, workspace, out)
        for row in out:
            gate(values, row, self.sign, paths.count)

    def _powers(self, paths: Paths, workspace: Workspace, out: Array) -> Array:
        powers = workspace.array("power/powers", 1, out.shape[-1])
        exp_of_multiple(paths.log_spot[-1], self.exponent, paths.count, powers[0])
        return powers


@kernel
def exp_of_multiple(x: Array, factor: float, n: int, out: Array) -> None:
    """``exp(factor x)``."""
    for i in range(n):
        out[i] = exp(factor * x[i])
