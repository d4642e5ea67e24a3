"""Variance swaps on the squared log-returns between dates, under Black-Scholes.

A return over h years is normal with mean (r - q - sigma^2/2) h and variance sigma^2 h: the expected sum of squares is
that of the means' squares and the variances. The first return counts from the last fixing made: from today's spot,
unless an earlier one is given, and then it alone depends on the spot.

Verified against 80-digit differentiation and simulation in ``tests/reference/test_analytic_variance.py``.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic.jets import exp, greeks_of, log, market
from greeks.analytic.realised import Realised, intervals, uncapped


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of an uncapped variance swap under geometric Brownian motion."""
    terms = uncapped(payoff)
    return variance_swap(*terms, model.spot, model.rate, model.dividend_yield, model.volatility) if terms else {}


def variance_swap(
    what: Realised,
    strike_volatility: float,
    notional: float,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of notional times realised variance less the squared strike.

    Parameters
    ----------
    what : Realised
    strike_volatility : float
        Per square root of a year: 0.2, not 20.
    notional : float
        Currency per unit of variance.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units; of a swap without a past delta
        and gamma are 0.
    """
    m = market(spot, rate, dividend_yield, volatility)
    variance = m.volatility * m.volatility
    drift = m.rate - m.dividend_yield - 0.5 * variance
    total: Any = what.past
    for k, gap in enumerate(intervals(what.times)):
        years = gap - m.elapsed if k == 0 else gap
        mean = drift * years
        if k == 0 and what.last is not None:
            mean = mean + log(m.spot / what.last)
        total = total + mean * mean + variance * years
    payment = notional * (what.scale * total - strike_volatility**2)
    return greeks_of(exp(-m.rate * m.years(what.maturity)) * payment)
