"""A contract's mean over its first return, given the later ones: the loop over dates.

The first return is normal and moves every spot alike, so that the levels of all dates are levels of its own, pushed
back over the returns after it: ``greeks/estimators/survival_draws.py`` with nothing drawn. Verified with the estimator.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel
from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.survival_draws import (
    D_FREE,
    D_LOG,
    D_LOWER,
    D_S,
    D_UPPER,
    D_Y,
    DD_LOG,
    DD_Y,
    FAR,
    FREE,
    LOWER,
    TILE,
    UPPER,
    WEIGHT,
    S,
    Y,
    bound_above,
    bound_below,
)
from greeks.estimators.survival_payments import pay_piece


@kernel
def average_first(
    log_spot: Array,
    mean: Array,
    variance: Array,
    mean_slopes: Array,
    growth: Array,
    moving: int,
    pairs: Index,
    start_second: Array,
    lower: Array,
    upper: Array,
    pieces: Array,
    dates: Index,
    rates: Array,
    n: int,
    t: Array,
    slopes: Array,
    second: Array,
    payment: Array,
    paid: Array,
    out: Array,
) -> None:
    """Add each path's discounted mean to row 0 of ``out``, then its derivatives along each parameter and pair.

    Return j has ``mean`` and ``variance``, which a parameter moves by ``mean_slopes`` and by twice the variance times
    ``growth``; only the first ``moving`` parameters move a return after the first. The mean of the first return
    includes the logarithm of the spot now, and its second derivatives are ``start_second``.
    """
    greeks, twice, deviation = mean_slopes.shape[0], pairs.shape[0], sqrt(variance[0])
    for begin in range(0, n, TILE):
        count = min(TILE, n - begin)
        end = begin + count
        for i in range(count):
            t[Y + i], t[S + i], t[WEIGHT + i], t[FREE + i] = mean[0], deviation, 1.0, 0.0
            t[UPPER + i], t[LOWER + i] = FAR, -FAR
        for k in range(greeks):
            d = slopes[k]
            for i in range(count):
                d[D_Y + i], d[D_S + i], d[D_LOG + i] = mean_slopes[k, 0], growth[k, 0] * deviation, 0.0
                d[D_UPPER + i], d[D_LOWER + i], d[D_FREE + i] = 0.0, 0.0, 0.0
        for k in range(twice):
            for i in range(count):
                second[k, DD_Y + i], second[k, DD_LOG + i] = start_second[k], 0.0
        piece = 0
        for j in range(lower.shape[0]):
            if j > 0:
                before, now = log_spot[j - 1, begin:end], log_spot[j, begin:end]
                for k in range(moving):
                    d, grows = slopes[k], growth[k, j]
                    shift = mean_slopes[k, j] - grows * mean[j]
                    for i in range(count):
                        d[D_FREE + i] += fma(grows, now[i] - before[i], shift)
                for i in range(count):
                    t[FREE + i] += now[i] - before[i]
            while piece < dates.shape[0] and dates[piece] == j:
                pay_piece(t, slopes, second, payment, paid, pairs, pieces, rates, piece, begin, count, out)
                piece += 1
            if upper[j] < FAR:
                bound_above(t, slopes, moving, upper[j], count)
            if lower[j] > -FAR:
                bound_below(t, slopes, moving, lower[j], count)
