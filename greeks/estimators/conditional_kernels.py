"""The conditional value of a payment on one lognormal spot, path by path, and its derivatives along the variance path.

With mu and v the mean and variance of the log-spot, V_mu and V_v are the derivatives of the value. Verified with the
estimator, :mod:`greeks.estimators.conditional`.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp, normal_cdf, normal_density
from greeks.core.workspace import Array


@kernel
def conditional_rows(
    mean: Array,
    variance: Array,
    forward: float,
    strike: float,
    log_strike: float,
    sign: float,
    asset: float,
    cash: float,
    factor: float,
    n: int,
    out: Array,
) -> None:
    """Rows of :meth:`Conditional._rows` for a payment of factor (asset S + cash) where sign (S - K) > 0."""
    value, by_mean, by_variance, curvature = out[0], out[1], out[2], out[3]
    for i in range(n):
        v = max(variance[i], 1e-300)
        s = sqrt(v)
        mu = mean[i] + forward
        d2 = (mu - log_strike) / s
        d1 = d2 + s
        f = exp(fma(0.5, v, mu))
        density = normal_density(d2)
        inside_asset, inside_cash = normal_cdf(sign * d1), normal_cdf(sign * d2)
        value[i] = factor * fma(asset * f, inside_asset, cash * inside_cash)
        # The jump at the strike: what is paid there, (asset K + cash), times the density of log S at the strike.
        jump = factor * sign * (asset * strike + cash) * density / s
        smooth = factor * asset * f * inside_asset
        kink = factor * sign * asset * strike * density / s
        by_mean[i] = smooth + jump
        by_variance[i] = 0.5 * (smooth + kink - jump * d2 / s)
        curvature[i] = kink - jump * (d2 / s + 1.0)


@kernel
def vanna_row(
    rows: Array,
    mean: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    forward: float,
    strike: float,
    log_strike: float,
    sign: float,
    asset: float,
    cash: float,
    factor: float,
    scale: float,
    n: int,
    out: Array,
) -> None:
    """``scale (V_mu_mu dmu + V_mu_v dv)``; the mean of a function of a normal obeys V_v = V_mu_mu / 2."""
    by_mean, curved = rows[1], rows[3]
    for i in range(n):
        v = max(variance[i], 1e-300)
        s = sqrt(v)
        d2 = (mean[i] + forward - log_strike) / s
        density = factor * sign * normal_density(d2) / s
        jump, kink = (asset * strike + cash) * density, asset * strike * density
        smooth = by_mean[i] - jump
        third = smooth + kink - (kink * d2 / s + jump * (1.0 - d2 * d2) / v)
        out[i] = scale * fma(curved[i] + by_mean[i], mean_slope[i], 0.5 * third * variance_slope[i])


@kernel
def combine_row(
    rows: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: float,
    carry: float,
    curvature: float,
    n: int,
    out: Array,
) -> None:
    """``V_mu (factor dm + direct) + V_v factor dv + carry V + curvature (V_mu_mu - V_mu)``."""
    value, by_mean, by_variance, second = rows[0], rows[1], rows[2], rows[3]
    for i in range(n):
        out[i] = fma(carry, value[i], direct * by_mean[i]) + curvature * second[i]
    if factor != 0.0:
        for i in range(n):
            out[i] += factor * fma(by_mean[i], mean_slope[i], by_variance[i] * variance_slope[i])


@kernel
def difference_row(up: Array, down: Array, up_weight: float, down_weight: float, n: int, out: Array) -> None:
    """``up_weight up - down_weight down``."""
    for i in range(n):
        out[i] = fma(up_weight, up[i], -down_weight * down[i])
