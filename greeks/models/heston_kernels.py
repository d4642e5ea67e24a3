"""Kernels of a block of Heston paths, from the conditional mean m and variance s^2 of each log-return.

Given the variance path, X_k = m_k + drift_k + s_k Z_k with independent normals Z_k: these kernels turn the two rows and
their derivatives into spots, weights and tangents. Verified in the tests against differences of the same paths and,
through every estimator, against the semi-analytic values.
"""

from __future__ import annotations

from math import inf, sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp
from greeks.core.workspace import Array

_NO_DENSITY = 1e30  # weights beyond come from an interval whose variance is 0


@kernel
def heston_spots(
    normals: Array, mean: Array, variance: Array, drift: Array, start: float, n: int, spot: Array, log_spot: Array
) -> None:
    """Spots and log-spots from the conditional moments of the log-returns."""
    for k in range(normals.shape[0]):
        z, m, s2, x, s, step = normals[k], mean[k], variance[k], log_spot[k], spot[k], drift[k]
        before = log_spot[max(k - 1, 0)]
        for i in range(n):
            previous = start if k == 0 else before[i]
            x[i] = fma(sqrt(s2[i]), z[i], previous + (m[i] + step))
        for i in range(n):
            s[i] = exp(x[i])


@kernel
def heston_gamma_weight(normals: Array, variance: Array, spot: float, n: int, out: Array) -> None:
    """(Z^2 - 1) / (S_0 s)^2 - Z / (S_0^2 s) of the first interval."""
    scale = 1.0 / (spot * spot)
    for i in range(n):
        s2 = max(variance[i], 1e-300)
        out[i] = scale * ((normals[i] * normals[i] - 1.0) / s2 - normals[i] / sqrt(s2))


@kernel
def heston_vanna_weight(
    normals: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    spot: float,
    n: int,
    out: Array,
) -> None:
    """From the weight of vega in ``out``: s_delta W + d s_delta, with s_delta = Z / (S_0 s) of the first interval.

    At a fixed path Z moves by -(dm + Z ds) / s, and 1 / s by -ds / s^2.
    """
    for i in range(n):
        s2 = max(variance[i], 1e-300)
        moved = factor * fma(normals[i] / sqrt(s2), variance_slope[i], mean_slope[i])
        out[i] = (fma(normals[i], out[i] / sqrt(s2), -moved / s2)) / spot


@kernel
def heston_weight(
    normals: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    by_interval: Array,
    n: int,
    out: Array,
) -> None:
    """sum_k (Z_k / s_k) dm_k + (Z_k^2 - 1) ds_k / s_k, with dm_k = factor mean_slope + by_interval.

    A return of variance 0 that the parameter moves has no density: the weight is infinite, and the number is refused.
    """
    for i in range(n):
        out[i] = 0.0
    for k in range(normals.shape[0]):
        z, s2, direct = normals[k], variance[k], by_interval[k]
        if factor == 0.0:
            if direct != 0.0:
                for i in range(n):
                    out[i] = fma(direct, z[i] / sqrt(max(s2[i], 1e-300)), out[i])
        else:
            dm, ds2 = mean_slope[k], variance_slope[k]
            for i in range(n):
                inverse = 1.0 / sqrt(max(s2[i], 1e-300))
                odd = z[i] * fma(factor, dm[i], direct)
                even = 0.5 * factor * fma(z[i], z[i], -1.0) * ds2[i] * inverse
                out[i] = fma(odd + even, inverse, out[i])
    for i in range(n):
        out[i] = select(abs(out[i]) < _NO_DENSITY, out[i], inf)


@kernel
def heston_increments(
    normals: Array, variance: Array, mean_slope: Array, variance_slope: Array, n: int, out: Array
) -> None:
    """Derivative of each log-return along the path: dm + Z ds."""
    for k in range(normals.shape[0]):
        z, s2, dm, ds2, row = normals[k], variance[k], mean_slope[k], variance_slope[k], out[k]
        for i in range(n):
            row[i] = fma(0.5 * z[i] / sqrt(max(s2[i], 1e-300)), ds2[i], dm[i])
