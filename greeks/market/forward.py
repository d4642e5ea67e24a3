"""The forward price of a spot by time: what its rates, its yields and its dividends make of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from greeks.market.curve import Curve

Paid = tuple[float, float, float]  # years, amount in currency, fraction of the spot


@dataclass(frozen=True)
class Forward:
    """Forward prices.

    Attributes
    ----------
    spot : float
    rate, dividend_yield : Curve or float
        Continuously compounded, per year.
    dividends : tuple of (years, amount, fraction)
        Paid to holders on dates, ascending.
    futures : bool
        Whether the spot is a futures price, which has no drift.
    """

    spot: float
    rate: Curve | float
    dividend_yield: Curve | float
    dividends: tuple[Paid, ...] = ()
    futures: bool = False

    def carry(self, years: float) -> float:
        """Rate less yield to a date, per year."""
        if self.futures:
            return 0.0
        return _at(self.rate, years) - _at(self.dividend_yield, years)

    def net(self, years: float) -> tuple[float, float]:
        """The spot less the present value of the amounts paid up to a date, and what fractions leave of it."""
        present, left = 0.0, 1.0
        for time, amount, fraction in self.dividends:
            if time <= years:
                left *= 1.0 - fraction
                present += amount * exp(-self.carry(time) * time) / left
        return self.spot - present, left

    def __call__(self, years: float) -> float:
        """The forward price of a date."""
        net, left = self.net(years)
        return net * left * exp(self.carry(years) * years)


def _at(rate: Curve | float, years: float) -> float:
    return rate.zero(years) if isinstance(rate, Curve) else rate
