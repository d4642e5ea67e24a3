"""Forward contracts."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from greeks.payoffs.dated import OR_EXPIRY
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.linear import Delivered
from greeks.spec import Lag, Maturity, Price, altered, spec


@spec
class Forward(Delivered, Lagged):
    """Pays S_T - K at maturity: the spot against a price agreed on, worth S exp(-q T) - K exp(-r T).

    Parameters
    ----------
    strike : float
        K, the price agreed on, > 0, in currency.
    maturity : float
        Years (ACT/365F), >= 0; at 0 the value is that of the spot less the strike, and so are its Greeks.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.

    Notes
    -----
    Source: Hull, Options, Futures, and Other Derivatives, chapter on forward and futures prices. Verified against
    simulation in the statistical tests, and against plain differences.
    """

    kind: ClassVar[str] = "forward"
    examples: ClassVar[tuple[dict[str, str], ...]] = ({"strike": "101", "maturity": "0.5", "quantity": "-200"},)
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    payment_lag: Lag = 0.0

    @property
    def agreed(self) -> float:
        """The strike."""
        return self.strike

    def scaled(self, factor: float) -> Forward:
        """The same contract in a unit of currency ``factor`` times smaller."""
        return altered(self, strike=factor * self.strike)
