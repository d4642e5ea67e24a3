"""The normal distribution of jets and floats, accurate in both tails.

Verified against 50-digit values from -1e4 to 40 in ``tests/reference/test_jets.py``.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic.jets import Jet, chain, exp

_ROOT_2PI = math.sqrt(2.0 * math.pi)
_TAIL = -3.0  # below it 60 terms of the continued fraction of Mills' ratio give 16 digits


def normal_density(x: Any) -> Any:
    """exp(-x^2/2) / sqrt(2 pi)."""
    z = float(x)
    value = math.exp(-0.5 * z * z) / _ROOT_2PI
    return chain(x, value, -z * value, (z * z - 1.0) * value) if isinstance(x, Jet) else value


def normal_cdf(x: Any) -> Any:
    """Probability of a standard normal below ``x``; small relative error in the left tail, down to 1e-308."""
    z = float(x)
    value = 0.5 * math.erfc(-z / math.sqrt(2.0))
    if not isinstance(x, Jet):
        return value
    density = normal_density(z)
    return chain(x, value, density, -z * density)


def log_normal_cdf(x: Any) -> Any:
    """Logarithm of :func:`normal_cdf`, to any depth of the left tail."""
    z = float(x)
    if z > _TAIL:
        upper = 0.5 * math.erfc(z / math.sqrt(2.0))
        value = math.log1p(-upper) if z > 0.0 else math.log(normal_cdf(z))
        slope = normal_density(z) / normal_cdf(z)
        return chain(x, value, slope, -slope * (z + slope)) if isinstance(x, Jet) else value
    excess = 0.0  # of the slope over -z: 1 / (-z + 2 / (-z + 3 / (-z + ...)))
    for n in range(60, 0, -1):
        excess = n / (excess - z)
    slope = excess - z
    value = -0.5 * z * z - math.log(slope * _ROOT_2PI)
    return chain(x, value, slope, -slope * excess) if isinstance(x, Jet) else value


def scaled_cdf(exponent: Any, x: Any) -> Any:
    """exp(exponent) normal_cdf(x), where the first factor may overflow and the second be 0."""
    return exp(exponent + log_normal_cdf(x))
