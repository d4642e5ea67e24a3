"""Power options (S^n - K)+ under Black-Scholes: the power of a lognormal spot is lognormal.

Source: Haug (2007), section 4.4.1 (asymmetric power options). Verified against 80-digit differentiation and, at n = 1,
against the vanilla.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic import lognormal


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a power option under geometric Brownian motion."""
    market = model.rate, model.dividend_yield, model.volatility
    return power(payoff.option_type, payoff.exponent, model.spot, payoff.strike, payoff.maturity, *market)


def power(
    option_type: str,
    exponent: float,
    spot: float,
    strike: float,
    maturity: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a call (S^n - strike)+ or a put (strike - S^n)+.

    Parameters
    ----------
    option_type : {"call", "put"}
    exponent : float
        n > 0.
    spot : float
        Positive.
    strike : float
        Positive, in units of currency to the power n.
    maturity, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units. Without randomness the limits,
        and the price alone where the forward is the strike.

    Raises
    ------
    ValueError
        For an unknown option type or an input outside its range.
    OverflowError
        Where the mean of the power is beyond 1e308.
    """
    if not (min(spot, strike, exponent) > 0.0 and maturity >= 0.0 and volatility >= 0.0):
        raise ValueError("spot, strike and exponent must be positive, maturity and volatility not negative")
    n, convexity = exponent, exponent * (exponent - 1.0)
    growth = n * (rate - dividend_yield) + 0.5 * convexity * volatility**2
    forward = lognormal.Leg(
        math.exp(n * math.log(spot) + growth * maturity),
        spot=n,
        rate=n * maturity,
        dividend=-n * maturity,
        time=-growth,
        volatility=convexity * volatility * maturity,
        volatility2=convexity * maturity,
    )
    variance_time = n * n * maturity
    partials = lognormal.exchange(
        lognormal.phi(option_type), forward.value, strike, volatility * math.sqrt(variance_time)
    )
    return lognormal.assemble(
        partials,
        (forward, lognormal.Leg(strike)),
        notional=1.0,
        spot=spot,
        rate=rate,
        maturity=maturity,
        volatility=volatility,
        variance_time=variance_time,
        variance_time_slope=-n * n,
    )
