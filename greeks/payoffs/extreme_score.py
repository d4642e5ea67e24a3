"""Gamma of an extreme over all times: the score of the end and the extreme of one interval together.

Given the spot x before an interval of variance s^2 and mean nu, its end y and maximum M have the joint density

    2 w / (s^3 sqrt(2 pi)) exp(-w^2 / (2 s^2) + nu (y - x) / s^2 - nu^2 / (2 s^2)),   w = 2 M - x - y,

on M >= max(x, y). As x moves, so does the support, where the density is not 0: the score in

    d/dx E[f] = E[f (w / s^2 - 1 / w - nu / s^2)]

is right only for an f that is 0 at M = x. That is so for M 1{M > level}, the derivative of (M - level)+ along a shift
of the logarithms of all spots, where the level is beyond x and there is one interval from now on: a second would need
a term of the boundary, on a path whose first maximum is x. A minimum has the signs of the terms in w reversed.

Source: the joint law in Glasserman (2004), section 6.4. Verified against the closed form in the statistical tests.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, log
from greeks.core.workspace import Array

_TINY = 1e-300


@kernel
def gamma_of_extreme(
    end: Array,
    begin: float,
    mean: float,
    variance: float,
    uniforms: Array,
    sign: float,
    level: float,
    n: int,
    out: Array,
) -> None:
    """What has the second derivative to the spot of ``max(sign (extreme - exp(level)), 0)`` for its mean.

    ``end`` are log-spots at the end of the interval, ``begin`` the one before it, short of ``level``.
    """
    over, per_spot = 1.0 / variance, sign * exp(-2.0 * begin)
    for i in range(n):
        move = end[i] - begin
        w = max(sqrt(fma(-2.0 * variance, log(uniforms[i]), move * move)), _TINY)
        extreme = 0.5 * fma(sign, w, begin + end[i])
        slope = select(sign * extreme > sign * level, exp(extreme), 0.0)
        score = fma(sign, fma(w, over, -1.0 / w), -mean * over)
        out[i] = per_spot * slope * (score - 1.0)
