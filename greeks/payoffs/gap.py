"""Gap options: the spot against a strike, paid beyond a trigger."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY
from greeks.payoffs.forms import HalfLine, Parity
from greeks.payoffs.kernels import digital_values
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.option_type import StruckAtExpiry, complement
from greeks.spec import Lag, Maturity, Price, altered, spec


@spec
class Gap(StruckAtExpiry, Lagged):
    """Pays S_T - K where S_T is above the trigger (call), or K - S_T where it is below (put).

    Parameters
    ----------
    option_type : {"call", "put"}
        A call is triggered strictly above the trigger, a put strictly below.
    strike : float
        > 0, in currency.
    trigger : float
        > 0, in currency. A call with its trigger below the strike, or a put above it, may pay a negative amount.
    maturity : float
        Years (ACT/365F), >= 0.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.

    Notes
    -----
    Source: Reiner and Rubinstein, Unscrambling the binary code (1991); Haug (2007), section 4.19.1. The payment jumps
    at the trigger by its distance to the strike, so no pathwise derivative exists. Verified against its closed form in
    the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "gap"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    one_sided: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "100", "trigger": "105", "maturity": "0.5"},
        {"option_type": "put", "strike": "100", "trigger": "95", "maturity": "1"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    trigger: Price
    maturity: Maturity = OR_EXPIRY
    payment_lag: Lag = 0.0

    @property
    def positive(self) -> bool:
        """Where the trigger is beyond the strike."""
        return self.sign * (self.trigger - self.strike) >= 0.0

    @property
    def rising(self) -> int:
        """A call rises with the spot and a put falls, unless the payment is negative at the trigger."""
        return int(self.sign) if self.positive else 0

    @property
    def half_line(self) -> HalfLine:
        """The asset less the strike in cash, beyond the trigger."""
        return HalfLine(self.trigger, self.sign, 1.0, -self.strike, self.sign)

    @property
    def parity(self) -> Parity:
        """The call less the put of the same trigger is the forward."""
        line = (self.sign,), -self.sign * self.strike
        return Parity(complement(self), 1.0, *line, ((self.sign,), -self.sign * self.trigger))

    def settled(self, spot: float) -> float | None:
        """Payment at expiry."""
        if self.maturity > 0:
            return None
        return self.sign * (spot - self.strike) if self.sign * (spot - self.trigger) > 0.0 else 0.0

    def scaled(self, factor: float) -> Gap:
        """The same contract in a unit of currency ``factor`` times smaller."""
        return altered(self, strike=factor * self.strike, trigger=factor * self.trigger)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        cash = -self.sign * self.strike
        digital_values(paths.spot[-1], self.sign, self.trigger, cash, self.sign, paths.count, out)
