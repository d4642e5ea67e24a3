"""One unit of cash paid when a geometric Brownian motion first touches a level, if it does so before maturity.

exp(tilt) G(c) with G(c) = E[exp(-r t - mu^2 t / (2 sigma^2))] over the time t of a driftless motion to the distance c:
exp(-c l / sigma^2) Phi((l T - c) / s) + exp(c l / sigma^2) Phi((-l T - c) / s) with l^2 = mu^2 + 2 r sigma^2 and
s = sigma sqrt(T). Where l is near 0, or l^2 below it (negative rates), the Taylor series in l^2: G is even in l.

Source: Reiner and Rubinstein (1991); Haug (2007), section 4.17. Verified against published values and quadrature in
``tests/reference/test_barrier.py``.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic.jets import Market, Number, exp, log, sqrt
from greeks.analytic.normal import normal_cdf, normal_density, scaled_cdf

_SMALL = 1e-3  # of l^2 T / (2 sigma^2): both ways lose less than 1e-11 of a second derivative here
_LARGEST = 0.5  # of its negative, to which the series keeps 12 digits
_TERMS = 22


def paid_at_touch(m: Market, years: Number, level: float) -> Number:
    """Value of 1 paid when the spot first touches ``level``, on whichever side of it the spot is.

    Raises
    ------
    ArithmeticError
        Where mu^2 + 2 r sigma^2 is so far below 0 that the series has no accuracy.
    """
    b = log(level / m.spot)
    return passage(m, years, b if b > 0.0 else -b, tilt(m, b))


def tilt(m: Market, b: Number) -> Number:
    """Exponent by which the drift favours the end ``b`` (log-spot)."""
    return (m.rate - m.dividend_yield) * b / (m.volatility * m.volatility) - 0.5 * b


def rate_squared(m: Market) -> Number:
    """l^2 = mu^2 + 2 r sigma^2."""
    variance = m.volatility * m.volatility
    drift = m.rate - m.dividend_yield - 0.5 * variance
    return drift * drift + 2.0 * m.rate * variance


def passage(m: Market, years: Number, distance: Number, weight: Number) -> Number:
    """exp(weight) G(distance) for a distance > 0 in log-spot."""
    variance, deviation = m.volatility * m.volatility, m.volatility * sqrt(years)
    squared = rate_squared(m)
    decay: Number = 0.5 * squared * years / variance
    z: Number = distance / deviation
    if decay < _SMALL:
        if decay < -_LARGEST:
            raise ArithmeticError("the discounted time to the barrier has no accurate series here")
        series: Number = exp(weight) * _even_series(z, decay)
        return series
    root: Any = sqrt(squared)
    decline, spread = distance * root / variance, root * years / deviation
    out: Number = scaled_cdf(weight - decline, spread - z) + scaled_cdf(weight + decline, -spread - z)
    return out


def _even_series(z: Number, decay: Number) -> Number:
    """2 E[exp(-decay (z / x)^2); x > z] for a standard normal x, in powers of ``decay``."""
    moment, square, edge = normal_cdf(-z), z * z, z * normal_density(z)
    total: Number = moment
    factor: Number = 1.0
    for k in range(1, _TERMS):
        moment = (edge - square * moment) / (2.0 * k - 1.0)  # E[(z / x)^(2 k); x > z]
        factor = factor * decay * (-1.0 / k)
        total = total + factor * moment
    return 2.0 * total
