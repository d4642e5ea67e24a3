"""Functions of Heston's variance path whose means are known on the time grid itself: controls of whatever is simulated.

QE meets the mean and the variance of each step's variance, which are linear in the variance before it, so that the
mean of any linear function of the variances at the steps, and of the product of two, is a recursion over the steps. The
mean growth given the variance path is 1 by the martingale correction. None of it has a time-step bias. Of a weighted
sum of spots, with A_k the sum of the weights from date k on and s_k^2 the variance of return k given the variance path,
the functions are

- the sum of the spots' means given the variance path; again with each weighted by its time, which moves with the rates;
- sum A_k^2 s_k^2, about the variance of the sum; the weighted sum of the variances at the dates; and, of several dates,
  sum A_k s_k^2: each, and every product of two of them.

Their derivatives along a parameter have the derivatives of these means, which hold within each of QE's branches: the
switch between them leaves no bias here. Source: means and variances of the square-root process, Andersen (2008); the
bookkeeping is :func:`means_of`'s own. Verified by simulation for several sets of parameters, in the tests.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp
from greeks.core.workspace import Array
from greeks.models.heston_constants import TILE, grid_of
from greeks.models.laws import Known

SUMS = 2  # rows before the linear functions: the sum's conditional mean, and that weighted by time
_TINY = 1e-30  # of a complex step


def rows_of(dates: int, row: int = -1) -> int:
    """How many functions there are, or derivatives along a row of PARAMETERS: of what weighs time there is none."""
    linear = 2 if dates == 1 else 3
    return SUMS - (row >= 0) + linear + linear * (linear + 1) // 2


def known_of(paths: Any, weights: tuple[float, ...], row: int, scratch: Array, out: Array) -> Known:
    """The functions for weights of a sum of spots, or their derivatives along a row of PARAMETERS; QE only."""
    each, ahead, growth, later = weights_of(paths.model, paths.dates, paths.substeps, weights)
    mean, variance, levels, *slopes = paths.with_levels(row >= 0)
    if row < 0:
        known_rows(mean, variance, levels, each, ahead, growth, later, paths.count, scratch, out)
    else:
        dm, ds, dl = (slope[row] for slope in slopes)
        base = paths.known(weights).rows
        known_slopes(mean, variance, dm, ds, dl, each, ahead, growth, base, paths.count, scratch, out)
    return Known(out, means_of(paths.model, paths.dates, paths.substeps, weights, row))


@lru_cache(maxsize=1024)
def weights_of(
    model: Any, dates: tuple[float, ...], substeps: tuple[int, ...], weights: tuple[float, ...]
) -> tuple[Array, Array, Array, Array]:
    """Weights at the dates, of the returns (A_k), and of the spots' means without their drift, plain and times time.

    The last two are 0 where the martingale correction may fail, or may leave no moment of fourth order: for a spot that
    rises with its variance.
    """
    each, times = np.array(weights), np.array(dates)
    growth = each * np.exp((model.rate - model.dividend_yield) * times)
    if not is_martingale(model, dates, substeps):
        growth = np.zeros(len(each))
    return each, np.cumsum(each[::-1])[::-1].copy(), growth, growth * times


def is_martingale(model: Any, dates: tuple[float, ...], substeps: tuple[int, ...]) -> bool:
    """Whether every step's correction exists, with ``A <= 0`` so that the growth has all moments."""
    return bool(np.all(grid_of(model, dates, substeps).constants[:, 4] <= 0.0))


@lru_cache(maxsize=1024)
def means_of(
    model: Any, dates: tuple[float, ...], substeps: tuple[int, ...], weights: tuple[float, ...], row: int = -1
) -> Array:
    """Means of the functions, or their derivatives along a row of PARAMETERS by a complex step.

    A linear function of the variances is its mean plus a multiple C of each step's surprise, which has the mean 0 and a
    variance linear in the variance before it: means and covariances are sums over the steps.
    """
    grid, moved = grid_of(model, dates, substeps), row >= 0
    constants = grid.constants + 1j * _TINY * grid.slopes[:, row] if moved else grid.constants + 0j
    each, ahead, growth, later = weights_of(model, dates, substeps, weights)
    interval = np.repeat(np.arange(len(dates)), substeps)
    steps = len(interval)
    linear = np.zeros((2 if len(dates) == 1 else 3, steps + 1), dtype=complex)
    for place, power in ((0, 2), (2, 1))[: len(linear) - 1]:
        share = ahead[interval] ** power * constants[interval, 6]
        linear[place, :-1] += share
        linear[place, 1:] += share
    linear[1, np.cumsum(grid.substeps)] += each
    v = np.zeros(steps + 1, dtype=complex)
    v[0] = model.initial_variance + (1j * _TINY if row == 0 else 0.0)
    surprise, effects = np.zeros(steps, dtype=complex), np.zeros((len(linear), steps), dtype=complex)
    for step, k in enumerate(interval):
        decay, gain, by_variance, fixed = constants[k, :4]
        v[step + 1] = decay * v[step] + gain
        surprise[step] = by_variance * v[step] + fixed
    effect = linear[:, steps].copy()
    for step in range(steps - 1, -1, -1):
        effects[:, step] = effect
        effect = linear[:, step] + constants[interval[step], 0] * effect
    first = linear @ v
    second = (effects * surprise) @ effects.T + np.outer(first, first)
    found = np.concatenate([first, *(second[place, place:] for place in range(len(linear)))])
    if moved:
        return np.concatenate([[0.0], found.imag / _TINY])
    return np.concatenate([[growth.sum(), later.sum()], found.real])


@kernel
def known_rows(
    mean: Array,
    variance: Array,
    levels: Array,
    weights: Array,
    ahead: Array,
    growth: Array,
    later: Array,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """Rows of the functions, in the order of :func:`means_of`."""
    dates, linear = mean.shape[0], 2 if mean.shape[0] == 1 else 3
    for low in range(0, n, TILE):
        count, x = min(TILE, n - low), scratch[0]
        for row in range(2 + linear):
            whole = out[row, low:]
            for i in range(count):
                whole[i] = 0.0
        for i in range(count):
            x[i] = 0.0
        for k in range(dates):
            m, s2, level = mean[k, low:], variance[k, low:], levels[k, low:]
            total, timed, spread, lifted = out[0, low:], out[1, low:], out[2, low:], out[3, low:]
            by_level, once, plain, weighted = weights[k], ahead[k], growth[k], later[k]
            twice = once * once
            for i in range(count):
                x[i] += fma(0.5, s2[i], m[i])
                grown = exp(x[i])
                total[i] = fma(plain, grown, total[i])
                timed[i] = fma(weighted, grown, timed[i])
                spread[i] = fma(twice, s2[i], spread[i])
                lifted[i] = fma(by_level, level[i], lifted[i])
            if linear == 3:
                wide = out[4, low:]
                for i in range(count):
                    wide[i] = fma(once, s2[i], wide[i])
        row = 2 + linear
        for a in range(2, 2 + linear):
            for b in range(a, 2 + linear):
                product, one, other = out[row, low:], out[a, low:], out[b, low:]
                row += 1
                for i in range(count):
                    product[i] = one[i] * other[i]


@kernel
def known_slopes(
    mean: Array,
    variance: Array,
    mean_slope: Array,
    variance_slope: Array,
    level_slope: Array,
    weights: Array,
    ahead: Array,
    growth: Array,
    base: Array,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """Derivatives of the functions, whose rows are ``base``, but for what is weighted by time."""
    dates, linear = mean.shape[0], 2 if mean.shape[0] == 1 else 3
    for low in range(0, n, TILE):
        count, x, dx = min(TILE, n - low), scratch[0], scratch[1]
        for row in range(1 + linear):
            whole = out[row, low:]
            for i in range(count):
                whole[i] = 0.0
        for i in range(count):
            x[i] = 0.0
            dx[i] = 0.0
        for k in range(dates):
            m, s2 = mean[k, low:], variance[k, low:]
            dm, ds, dl = mean_slope[k, low:], variance_slope[k, low:], level_slope[k, low:]
            total, spread, lifted = out[0, low:], out[1, low:], out[2, low:]
            by_level, once, plain = weights[k], ahead[k], growth[k]
            twice = once * once
            for i in range(count):
                x[i] += fma(0.5, s2[i], m[i])
                dx[i] += fma(0.5, ds[i], dm[i])
                total[i] = fma(plain * dx[i], exp(x[i]), total[i])
                spread[i] = fma(twice, ds[i], spread[i])
                lifted[i] = fma(by_level, dl[i], lifted[i])
            if linear == 3:
                wide = out[3, low:]
                for i in range(count):
                    wide[i] = fma(once, ds[i], wide[i])
        row = 1 + linear
        for a in range(linear):
            for b in range(a, linear):
                product, one, other = out[row, low:], base[2 + a, low:], base[2 + b, low:]
                by_one, by_other = out[1 + a, low:], out[1 + b, low:]
                row += 1
                for i in range(count):
                    product[i] = fma(one[i], by_other[i], by_one[i] * other[i])
