"""Where a geometric Brownian motion ends and what it has touched on its way, by the method of images.

With x = log(S_T / S_0), drift mu = r - q - sigma^2 / 2 and a level at b = log(B / S_0), the paths that touch the level
and end at x on the side of the spot have the density of a source at 2 b, weighted by exp(mu 2 b / sigma^2). Every
probability is exp(a) Phi(z) with the exponents added before the exponential, so nothing overflows for a low volatility
or a remote level.

Source: Reiner and Rubinstein, Breaking down the barriers (1991); Haug (2007), section 4.17. Verified against published
values and against quadrature in ``tests/reference/test_barrier.py``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from greeks.analytic.jets import Market, Number, exp, log, sqrt
from greeks.analytic.normal import normal_cdf, scaled_cdf

Edge = Any  # a level of the spot, a float; None: no end on this side


class Claim(NamedTuple):
    """What is paid at maturity on an event: the value now of 1 of cash, and of one unit of the asset."""

    cash: Number
    asset: Number

    def plus(self, other: Claim, weight: float = 1.0) -> Claim:
        """The sum of two claims, the second times ``weight``."""
        return Claim(self.cash + weight * other.cash, self.asset + weight * other.asset)


NOTHING = Claim(0.0, 0.0)


def image(m: Market, years: Number, lower: Edge, upper: Edge, shift: Number | None = None) -> Claim:
    """The claim on ending between two levels from a source at ``shift`` (log-spot); without one, the true source."""
    if lower is not None and upper is not None and lower >= upper:
        return NOTHING
    variance, deviation = m.volatility * m.volatility, m.volatility * sqrt(years)
    drift = m.rate - m.dividend_yield - 0.5 * variance
    start, weight, asset_weight = drift * years, None, None
    if shift is not None:
        start, weight = start + shift, drift * shift / variance
        asset_weight = weight + shift
    below, above = ((None if x is None else (log(x / m.spot) - start) / deviation) for x in (lower, upper))
    cash = exp(-m.rate * years) * _mass(below, above, weight)
    below, above = ((None if z is None else z - deviation) for z in (below, above))
    return Claim(cash, m.spot * exp(-m.dividend_yield * years) * _mass(below, above, asset_weight))


def touched(m: Market, years: Number, barrier: float, up: bool, lower: Edge, upper: Edge) -> Claim:
    """The claim on touching the barrier before maturity and ending between two levels."""
    (near_low, near_high), (far_low, far_high) = _sides(barrier, up, lower, upper)
    mirrored = image(m, years, near_low, near_high, 2.0 * log(barrier / m.spot))
    return image(m, years, far_low, far_high).plus(mirrored)


def untouched(m: Market, years: Number, barrier: float, up: bool, lower: Edge, upper: Edge) -> Claim:
    """The claim on not touching the barrier before maturity and ending between two levels."""
    (low, high), _ = _sides(barrier, up, lower, upper)
    return image(m, years, low, high).plus(image(m, years, low, high, 2.0 * log(barrier / m.spot)), -1.0)


def highest(a: Edge, b: Edge) -> Edge:
    """The higher of two lower ends."""
    return a if b is None else b if a is None else max(a, b)


def lowest(a: Edge, b: Edge) -> Edge:
    """The lower of two upper ends."""
    return a if b is None else b if a is None else min(a, b)


def _sides(barrier: float, up: bool, lower: Edge, upper: Edge) -> tuple[tuple[Edge, Edge], tuple[Edge, Edge]]:
    """The interval on the spot's side of the barrier, and beyond it."""
    below, above = (lower, lowest(upper, barrier)), (highest(lower, barrier), upper)
    return (below, above) if up else (above, below)


def _mass(below: Any, above: Any, weight: Any) -> Any:
    """exp(weight) times the probability of a standard normal between two ends, small differences in the near tail."""

    def cdf(z: Any) -> Any:
        return normal_cdf(z) if weight is None else scaled_cdf(weight, z)

    if below is None and above is None:
        return 1.0 if weight is None else exp(weight)
    if below is None:
        return cdf(above)
    if above is None:
        return cdf(-below)
    return cdf(-below) - cdf(-above) if float(below) + float(above) > 0.0 else cdf(above) - cdf(below)
