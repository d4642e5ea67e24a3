"""European call and put."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY
from greeks.payoffs.forms import HalfLine, Parity
from greeks.payoffs.kernels import gate, last_directional, ramp
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.option_type import StruckAtExpiry, complement
from greeks.spec import Lag, Maturity, Price, altered, spec


@spec
class European(StruckAtExpiry, Lagged):
    """Pays max(S_T - K, 0) (call) or max(K - S_T, 0) (put) at maturity.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in currency.
    maturity : float
        Years (ACT/365F), >= 0; at 0 the value is intrinsic.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.

    Notes
    -----
    Source: Glasserman (2004), section 1.1. Verified against Black-Scholes in the statistical tests.
    """

    kind: ClassVar[str] = "european"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    positive: ClassVar[bool] = True
    convex: ClassVar[bool] = True
    one_sided: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "105", "maturity": "1", "quantity": "10", "multiplier": "100"},
        {"option_type": "put", "strike": "95", "maturity": "0.5", "quantity": "-25"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    payment_lag: Lag = 0.0

    @property
    def half_line(self) -> HalfLine:
        """The asset less the strike in cash, beyond the strike."""
        return HalfLine(self.strike, self.sign, 1.0, -self.strike, self.sign)

    @property
    def ramp(self) -> tuple[float, float, float]:
        """(a, b, floor) of the payment max(a S + b, floor) on the last spot S."""
        return self.sign, -self.sign * self.strike, 0.0

    @property
    def parity(self) -> Parity:
        """(S - K)+ = (K - S)+ + S - K, and the reverse."""
        forward = (self.sign,), -self.sign * self.strike
        return Parity(complement(self), 1.0, *forward, forward)

    @property
    def struck(self) -> float:
        """The strike."""
        return self.strike

    def settled(self, spot: float) -> float | None:
        """Intrinsic value at expiry."""
        return max(self.sign * (spot - self.strike), 0.0) if self.maturity == 0 else None

    def scaled(self, factor: float) -> European:
        """The same contract in a unit of currency ``factor`` times smaller."""
        return altered(self, strike=factor * self.strike)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        ramp(paths.spot[-1], self.sign, -self.strike, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent."""
        last_directional(paths.spot, tangents, paths.count, workspace, out)
        for row in out:
            gate(values, row, self.sign, paths.count)
