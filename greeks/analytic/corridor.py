"""A geometric Brownian motion between two levels: whether it stays, where it ends, and when it first leaves.

Two series of the same function. Images of the source at 2 n L and 2 b + 2 n L, L the distance of the levels, converge
like exp(-2 n^2 L^2 / (sigma^2 T)); eigenfunctions sin(k pi y / L), like exp(-k^2 pi^2 sigma^2 T / (2 L^2)). The one
that converges faster is taken, up to terms below 1e-20 of the first, so that a small value is accurate too.

Source: Ikeda and Kunitomo, Pricing options with curved boundaries (1992); Pelsser, Pricing double barrier options using
Laplace transforms (2000). Verified against published values, each series against the other, and quadrature, in
``tests/reference/test_barrier.py``.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic.first_passage import passage, rate_squared, tilt
from greeks.analytic.images import NOTHING, Claim, Edge, highest, image, lowest
from greeks.analytic.jets import Market, Number, exp, log, sin, sqrt

_SWITCH = 0.5  # deviation over distance: both series need about 6 terms
_NEGLIGIBLE = 9.6  # exp(-x^2/2) is 1e-20


def untouched(m: Market, years: Number, low: float, high: float, lower: Edge, upper: Edge) -> Claim:
    """The claim on staying strictly between ``low`` and ``high``, and ending between two levels."""
    lower, upper = highest(lower, low), lowest(upper, high)
    if lower >= upper:
        return NOTHING
    if _images_converge(m, years, low, high):
        return image(m, years, lower, upper).plus(_mirrored(m, years, low, high, lower, upper))
    return _eigenfunctions(m, years, low, high, lower, upper)


def touched(m: Market, years: Number, low: float, high: float, lower: Edge, upper: Edge) -> Claim:
    """The claim on leaving the corridor before maturity, and ending between two levels."""
    inside = highest(lower, low), lowest(upper, high)
    if inside[0] < inside[1] and not _images_converge(m, years, low, high):
        return image(m, years, lower, upper).plus(untouched(m, years, low, high, lower, upper), -1.0)
    outside = image(m, years, lower, lowest(upper, low)).plus(image(m, years, highest(lower, high), upper))
    if inside[0] >= inside[1]:
        return outside
    return outside.plus(_mirrored(m, years, low, high, *inside), -1.0)


def paid_at_touch(m: Market, years: Number, low: float, high: float) -> tuple[Number, Number]:
    """Value of 1 paid on leaving at the lower level, and of 1 paid on leaving at the upper one, before maturity.

    Raises
    ------
    ArithmeticError
        Where mu^2 + 2 r sigma^2 is so far below 0 that the series has no accuracy.
    """
    down, up, width = log(low / m.spot), log(high / m.spot), math.log(high / low)
    return _leaving(m, years, -down, width, tilt(m, down)), _leaving(m, years, up, width, tilt(m, up))


def _images_converge(m: Market, years: Number, low: float, high: float) -> bool:
    return _deviation(m, years) < _SWITCH * math.log(high / low)


def _deviation(m: Market, years: Number) -> float:
    return float(m.volatility * sqrt(years))


def _images(deviation: float, width: float) -> int:
    """How many there are on each side: the next is farther than the deviations that are negligible."""
    return 1 + math.ceil(0.5 * (1.0 + _NEGLIGIBLE * deviation / width))


def _waves(deviation: float, width: float) -> int:
    """How many eigenfunctions are not negligible."""
    return 1 + math.ceil(_NEGLIGIBLE * width / (math.pi * deviation))


def _mirrored(m: Market, years: Number, low: float, high: float, lower: Edge, upper: Edge) -> Claim:
    """The sum of all images but the source itself."""
    width, base = math.log(high / low), 2.0 * log(low / m.spot)
    count = _images(_deviation(m, years), width)
    total = NOTHING
    for n in range(-count, count + 1):
        shift = 2.0 * n * width
        if n:
            total = total.plus(image(m, years, lower, upper, shift))
        total = total.plus(image(m, years, lower, upper, base + shift), -1.0)
    return total


def _eigenfunctions(m: Market, years: Number, low: float, high: float, lower: float, upper: float) -> Claim:
    variance = m.volatility * m.volatility
    slope = (m.rate - m.dividend_yield) / variance - 0.5
    place, width = log(m.spot / low), math.log(high / low)
    ends = math.log(lower / low), math.log(upper / low)  # from the lower level
    cash: Number = 0.0
    asset: Number = 0.0
    for k in range(1, _waves(_deviation(m, years), width) + 1):
        wave = k * math.pi / width
        weight = (2.0 / width) * sin(wave * place) * exp(-0.5 * variance * years * (wave * wave + slope * slope))
        cash = cash + weight * _wave_integral(slope, wave, ends, place)
        asset = asset + weight * _wave_integral(slope + 1.0, wave, ends, place)
    discount = exp(-m.rate * years)
    return Claim(discount * cash, discount * m.spot * asset)


def _wave_integral(slope: Any, wave: float, ends: tuple[float, float], place: Any) -> Any:
    """The integral of exp(slope (y - place)) sin(wave y) between two ends."""
    low, high = (
        exp(slope * (y - place)) * (slope * math.sin(wave * y) - wave * math.cos(wave * y)) for y in ends
    )  # fmt: skip
    return (high - low) / (slope * slope + wave * wave)


def _leaving(m: Market, years: Number, distance: Any, width: float, weight: Any) -> Number:
    """1 paid on leaving at the end that is at ``distance`` (log-spot), the other end being at ``width`` from it."""
    total: Number = 0.0
    if _deviation(m, years) < _SWITCH * width:
        for n in range(_images(_deviation(m, years), width)):
            total = total + passage(m, years, distance + 2.0 * n * width, weight)
            total = total - passage(m, years, 2.0 * (n + 1) * width - distance, weight)
        return total
    # on leaving at any time, less what is paid after maturity
    variance, squared, far = m.volatility * m.volatility, rate_squared(m), width - distance
    for k in range(1, _waves(_deviation(m, years), width) + 1):
        wave = k * math.pi / width
        decay = 0.5 * (squared / variance + variance * (wave * wave))
        total = total + variance * (wave / width) * sin(wave * distance) * exp(-decay * years) / decay
    scaled = squared / (variance * variance)
    ever = far / width * _sinhc(scaled * far * far) / _sinhc(scaled * (width * width))
    out: Number = exp(weight) * (ever - total)
    return out


def _sinhc(square: Any) -> Any:
    """sinh(x) / x of x^2, which may be negative."""
    if abs(float(square)) > 1.0:
        if float(square) > 0.0:
            x = sqrt(square)
            return (exp(x) - exp(-x)) / (2.0 * x)
        x = sqrt(-square)
        return sin(x) / x
    total: Any = 1.0
    for k in range(12, 0, -1):
        total = 1.0 + total * square / (2.0 * k * (2.0 * k + 1.0))
    return total
