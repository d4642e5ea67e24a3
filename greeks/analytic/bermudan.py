"""Bermudan options under geometric Brownian motion, to some ten digits: cosine series from date to date.

On a range of the log-spot that it hardly leaves, the value at each date is a cosine series. One step back in time
multiplies its coefficients by the transform of the return; where the payment exceeds the result the option is
exercised, up to the point where the two are equal, and the series of what is left are sums of a Toeplitz and a Hankel
matrix, taken by one Fourier transform.

Source: Fang and Oosterlee, Pricing early-exercise and discrete barrier options by Fourier-cosine series expansions
(2009). Verified against lattices, and in the limit of many dates against the integral equation of
:mod:`greeks.analytic.american`, in ``tests/reference/test_analytic_early_exercise.py``.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.analytic.early_exercise import Curve, Put, certain, finite, greeks, of_put, two_boundaries

_REACH = 8.0  # deviations of the last log-spot beyond strike and spot
_DIGITS = 32.0  # exponent at which the transform of a return is nothing
_MOST = 8192  # terms: a first interval of minutes in a life of years would take more
Real = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a Bermudan call or put; none where both rates are negative."""
    if not payoff.dates():
        return {}
    if model.volatility == 0.0:
        return certain(payoff.option_type, payoff.strike, payoff.dates(), model)
    rates = of_put(payoff.option_type, payoff.strike, model.rate, model.dividend_yield)
    if two_boundaries(*rates):
        return {}
    return greeks(payoff.option_type, payoff.strike, model, partial(solve, tuple(payoff.dates())))


def solve(times: tuple[float, ...], put: Put) -> Curve:
    """Value of a put of strike 1 that may be exercised at ``times`` (years, ascending), and two derivatives.

    Raises
    ------
    ArithmeticError
        Where the series would have too many terms.
    """
    steps = np.diff(times, prepend=0.0)
    drift, sigma, start = put.rate - put.dividend_yield - 0.5 * put.volatility**2, put.volatility, math.log(put.spot)
    reach = _REACH * sigma * math.sqrt(times[-1])
    ends = 0.0, start, start + drift * times[-1], -drift * times[-1]
    low, high = min(ends) - reach, max(ends) + reach
    width = high - low
    needed = width / math.pi * math.sqrt(2.0 * _DIGITS / float(steps.min())) / sigma
    terms = max(64, 2 ** math.ceil(math.log2(needed)))
    if terms > _MOST:
        raise ArithmeticError("too many terms")
    waves = np.arange(terms) * (math.pi / width)
    value = _payment(waves, low, low, 0.0)
    guess = 0.0
    for step in steps[:0:-1]:
        kept = _kept(waves, drift, sigma, step, put.rate) * value
        kept[0] *= 0.5
        guess = _boundary(kept, waves, low, guess)
        value = _continued(kept, waves, low, guess, high)
        if guess > low:
            value += _payment(waves, low, low, guess)
    kept = _kept(waves, drift, sigma, float(steps[0]), put.rate) * value
    kept[0] *= 0.5
    seen = kept * np.exp(1j * waves * (start - low))
    level, first, second = (float((seen * (1j * waves) ** k).real.sum()) for k in range(3))
    spot = put.spot
    return finite((level, first / spot, (second - first) / spot**2))


def _kept(waves: Real, drift: float, sigma: float, step: float, rate: float) -> Complex:
    """Transform of a log-return, discounted."""
    found: Complex = np.exp((1j * drift * waves - 0.5 * (sigma * waves) ** 2 - rate) * step)
    return found


def _payment(waves: Real, origin: float, low: float, high: float) -> Real:
    """Cosine coefficients of 1 - e^x between two points."""
    width = math.pi / float(waves[1])
    a, b = waves * (low - origin), waves * (high - origin)
    cash = np.empty(len(waves))
    cash[0] = high - low
    cash[1:] = (np.sin(b[1:]) - np.sin(a[1:])) / waves[1:]
    top, bottom = math.exp(high), math.exp(low)
    asset = (np.cos(b) * top - np.cos(a) * bottom + waves * (np.sin(b) * top - np.sin(a) * bottom)) / (1.0 + waves**2)
    found: Real = 2.0 / width * (cash - asset)
    return found


def _boundary(kept: Complex, waves: Real, low: float, guess: float) -> float:
    """Where the payment is what the option is worth if kept; ``low`` where it never is. By Newton, else bisection."""

    def excess(x: float) -> tuple[float, float]:
        seen = kept * np.exp(1j * waves * (x - low))
        return float(seen.real.sum()) - (1.0 - math.exp(x)), float((seen * 1j * waves).real.sum()) + math.exp(x)

    x = guess
    for _ in range(12):
        gap, slope = excess(x)
        move = gap / slope if slope > 0.0 else math.inf
        if not abs(move) < 1.0 or not low < x - move <= 0.0:
            break
        x -= move
        if abs(move) < 1e-12:
            return x
    below, above = low, 0.0
    if excess(below + 0.05 * (above - below))[0] >= 0.0:
        return low
    below += 0.05 * (above - below)
    for _ in range(60):
        middle = 0.5 * (below + above)
        below, above = (middle, above) if excess(middle)[0] < 0.0 else (below, middle)
    return 0.5 * (below + above)


def _continued(kept: Complex, waves: Real, origin: float, low: float, high: float) -> Real:
    """Cosine coefficients, between two points, of the series whose coefficients are ``kept``."""
    count, unit = len(waves), float(waves[1])
    n = np.arange(-(count - 1), 2 * count - 1)
    safe = np.where(n == 0, 1, n)
    ends: Complex = (np.exp(1j * n * unit * (high - origin)) - np.exp(1j * n * unit * (low - origin))) / safe
    ends[count - 1] = 1j * unit * (high - low)
    size = 4 * count
    both = np.fft.ifft(np.fft.fft(ends, size) * np.fft.fft(kept[::-1], size))
    # Element count - 1 + k + (count - 1) is the sum over j of ends(j + k) kept(j).
    middle = 2 * (count - 1)
    hankel, toeplitz = both[middle : middle + count], both[middle - count + 1 : middle + 1][::-1]
    found: Real = (hankel + toeplitz).imag / math.pi
    return found
