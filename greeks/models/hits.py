"""What a payment at the hit of a level within an interval is worth at the interval's end, given the spot there.

Under geometric Brownian motion exp(-r t) S^p is a martingale for both roots p of sigma^2 p (p - 1) / 2 + (r - q) p = r,
and at the hit of a level H it is a constant. So a payment of 1 at the hit is one at the end of any mean of the two
(S / H)^p with weights that add up to 1; the one that is flat in S at H varies least,

    f(y) = exp(-a y) (cosh(w y) + a sinh(w y) / w),  a = (r - q) / sigma^2 - 1/2,  w^2 = a^2 + b,  b = 2 r / sigma^2,

y being log(S / H), which is smooth in every parameter, and 1 without a rate. Where w^2 is negative, at negative rates,
the functions are the trigonometric ones. A spot that drifts fast seldom comes back over the level, but where it does
the larger root is huge: where a^2 exceeds b the smaller root p stands alone, f = exp(p y). Verified in the tests
against closed forms of every Greek.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, exp

import numpy as np

from greeks.core.workspace import Array

Pair = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Hits:
    """A payment at a hit as one at the end of its interval, of ``factor`` f(y).

    Attributes
    ----------
    tilt, growth : float
        a and b above; 0 for f = 1.
    slopes : tuple of (float, float)
        Their derivatives along first-order Greeks.
    second : (float, float)
        Their second derivatives along vega.
    drift : float
        The sign of a where the smaller root p stands alone, f = exp(p y); else 0.
    factor : ndarray, shape (dates,)
        Of each interval.
    factor_slopes : tuple of ndarray
        Its derivatives along the same Greeks.
    """

    tilt: float
    growth: float
    slopes: tuple[Pair, ...]
    second: Pair
    drift: float
    factor: Array
    factor_slopes: tuple[Array, ...]


def exact_hits(
    rate: float, dividend_yield: float, volatility: float, dates: int, greeks: Sequence[str], slope: float = 1.0
) -> Hits:
    """Of geometric Brownian motion, whose drift the rate moves by ``slope``."""
    carry, variance = rate - dividend_yield, volatility**2
    known: dict[str, Pair] = {
        "vega": (-2.0 * carry / volatility**3, -4.0 * rate / volatility**3),
        "rho": (slope / variance, 2.0 / variance),
        "dividend_rho": (-1.0 / variance, 0.0),
    }
    second = 6.0 * carry / variance**2, 12.0 * rate / variance**2
    slopes = tuple(known.get(greek, (0.0, 0.0)) for greek in greeks)
    tilt, growth, none = carry / variance - 0.5, 2.0 * rate / variance, np.zeros(dates)
    drift = copysign(1.0, tilt) if tilt * tilt > abs(growth) else 0.0
    return Hits(tilt, growth, slopes, second, drift, none + 1.0, (none,) * len(slopes))


def halfway_hits(rate: float, dates: Sequence[float], greeks: Sequence[str]) -> Hits:
    """As if every hit were in the middle of its interval: of intervals so short that it hardly matters."""
    times = np.array(dates)
    half = 0.5 * np.diff(times, prepend=0.0)
    factor = np.array([exp(rate * each) for each in half.tolist()])
    first = np.arange(len(times)) == 0
    known = {"rho": half * factor, "theta": np.where(first, -0.5 * rate * factor, 0.0)}  # theta shortens the first
    none = np.zeros(len(times))
    slopes = tuple(known.get(greek, none) for greek in greeks)
    return Hits(0.0, 0.0, ((0.0, 0.0),) * len(slopes), (0.0, 0.0), 0.0, factor, slopes)
