"""Andersen's quadratic-exponential scheme with the martingale correction (QE-M).

Given the variance path the log-return over an interval between dates is normal: the kernels return its mean (without
the drift (r - q) h) and its variance. Both branches are driven by one uniform, so a path is as smooth in the parameters
as the scheme allows.

Source: Andersen, Simple and efficient simulation of the Heston stochastic volatility model (2008), sections 3.2.3-3.2.4
and 4.3, with gamma_1 = gamma_2 = 1/2. Verified against a slow NumPy version in the tests.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import device, fma, kernel, select
from greeks.core.elementary import inverse_normal, log
from greeks.core.workspace import Array
from greeks.models.heston_constants import TILE

CRITICAL = 1.5  # psi at which the branches change, Andersen's psi_c
SMALLEST = 1e-24  # psi of a vol of vol far below any allowed: only 0 is lifted to it
MARGIN = 1e-3  # how near to its pole the martingale correction is still used


@device
def branches(v: float, u: float, e: float, m0: float, c1: float, c2: float) -> tuple[float, float, float, float, float]:
    """m, psi, the quadratic branch's b^2, b + Z, and log((1 - p) / (1 - u)) of the exponential one."""
    m = max(fma(e, v, m0), 1e-150)
    psi = max(fma(c1, v, c2) / (m * m), SMALLEST)
    w = 2.0 / min(psi, CRITICAL)
    b2 = w - 1.0 + sqrt(w * (w - 1.0))
    shifted = sqrt(b2) + inverse_normal(u)
    tail = log(2.0 / ((psi + 1.0) * (1.0 - u)))
    return m, psi, b2, shifted, tail


@kernel
def qe_paths(
    uniforms: Array,
    initial: float,
    constants: Array,
    substeps: Array,
    n: int,
    scratch: Array,
    mean: Array,
    variance: Array,
    levels: Array,
) -> None:
    """Mean and variance of the log-return of every interval, shape (intervals, stride).

    And where ``levels`` has rows, the variance at the end of each interval.
    """
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
        v = scratch[0]
        for i in range(high - low):
            v[i] = initial
        row = 0
        for k in range(constants.shape[0]):
            e, m0, c1, c2, a_k = constants[k, 0], constants[k, 1], constants[k, 2], constants[k, 3], constants[k, 4]
            k2, k3, k0, k13 = constants[k, 5], constants[k, 6], constants[k, 7], constants[k, 8]
            total, spread = mean[k, low:high], variance[k, low:high]
            for i in range(high - low):
                total[i] = 0.0
                spread[i] = 0.0
            for _ in range(int(substeps[k])):
                u = uniforms[row, low:high]
                row += 1
                for i in range(high - low):
                    m, psi, b2, shifted, tail = branches(v[i], u[i], e, m0, c1, c2)
                    quadratic = psi <= CRITICAL
                    a = m * (1.0 / (1.0 + b2))
                    d = 1.0 - 2.0 * a_k * a
                    rest = 2.0 * (1.0 / (psi + 1.0))
                    beta = rest / m
                    g = 1.0 - rest + beta * rest * (1.0 / (beta - a_k))
                    new = select(quadratic, a * shifted * shifted, max(tail, 0.0) / beta)
                    good = select(quadratic, d, (beta - a_k) / beta) > MARGIN
                    logarithm = log(select(good, select(quadratic, d, g), 1.0))
                    core = select(quadratic, fma(-a_k * a * (1.0 / d), b2, 0.5 * logarithm), -logarithm)
                    core = select(good, core, fma(k13, v[i], k0))
                    total[i] += core + fma(k2, new, -0.5 * k3 * v[i])
                    spread[i] = fma(k3, v[i] + new, spread[i])
                    v[i] = new
            if levels.shape[0] > 0:
                level = levels[k, low:high]
                for i in range(high - low):
                    level[i] = v[i]


@kernel
def qe_touches(uniforms: Array, initial: float, constants: Array, n: int, scratch: Array, touched: Array) -> None:
    """1 for each path whose variance is 0 at some step, else 0."""
    e, m0, c1, c2 = constants[0], constants[1], constants[2], constants[3]
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
        v, hit = scratch[0], touched[low:high]
        for i in range(high - low):
            v[i] = initial
            hit[i] = 0.0
        for row in range(uniforms.shape[0]):
            u = uniforms[row, low:high]
            for i in range(high - low):
                m, psi, b2, shifted, tail = branches(v[i], u[i], e, m0, c1, c2)
                new = max(tail, 0.0) * m * 0.5 * (psi + 1.0)
                v[i] = select(psi <= CRITICAL, m * (1.0 / (1.0 + b2)) * shifted * shifted, new)
                hit[i] = select(v[i] == 0.0, 1.0, hit[i])
