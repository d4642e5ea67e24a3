"""A futures price: lognormal without drift, so that the rate counts in the discounting of payments alone.

Source: Black, The pricing of commodity contracts (1976). Verified against the values of another library, against
differences of the closed forms in the rate, and every estimator against the closed forms.
"""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from greeks.models.gbm import GBM
from greeks.models.lognormal import Lognormal
from greeks.spec import Price, Rate, Volatility, altered, spec

_SPOT = GBM(spot=1.0, volatility=0.0)


@spec
class Black76(Lognormal):
    """Options on futures: the spot is the futures price, which has no drift whatever the rate.

    A spot whose dividend yield is its rate has the same prices, but another rho: here that of a payment at maturity is
    -T times its value. There is no dividend yield, and no Greek to one.

    Parameters
    ----------
    spot : float
        Futures price, > 0, in currency; delta and gamma are to it.
    rate : float, default 0
        At which payments are discounted: continuously compounded, per year, as a decimal.
    volatility : float
        Of the futures price, per square root of a year, as a decimal: 0.20 for 20 %.

    Raises
    ------
    UsageError
        For a value out of range; a volatility above 4 is taken for a percentage and refused.
    """

    kind: ClassVar[str] = "black76"
    futures: ClassVar[bool] = True
    _: KW_ONLY
    spot: Price
    rate: Rate = 0.0
    volatility: Volatility

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks of this model."""
        return ("delta", "vega", "rho", "theta")

    @property
    def dividend_yield(self) -> float:
        """The rate: the two leave no drift."""
        return self.rate

    @property
    def as_spot(self) -> GBM:
        """The spot that moves as the futures price does."""
        return altered(_SPOT, spot=self.spot, rate=self.rate, dividend_yield=self.rate, volatility=self.volatility)
