"""One path after another, the integral over one direction of its normals; see :mod:`greeks.estimators.preintegration`.

Verified path by path against an implementation with many digits.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp, normal_cdf
from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.exponential_root import FAR, ROOT, TILE, find_root
from greeks.estimators.preintegration_direction import move, split
from greeks.estimators.preintegration_sums import (
    C2,
    HALF,
    MIXED,
    SHARED,
    SLOPE,
    SQUARE,
    TINY,
    C,
    D,
    M,
    R,
    U,
    add_date,
    add_moved,
    add_square,
    add_tangent,
)

_ROOT_TWO_PI_INVERSE = 0.3989422804014327


@kernel
def preintegrate(
    log_spot: Array,
    mean: Array,
    variance: Array,
    drift: Array,
    start: float,
    weights: Array,
    tails: Array,
    shares: Array,
    constant: float,
    constant_share: float,
    pivot: int,
    sign: float,
    mean_slopes: Array,
    variance_slopes: Array,
    rows: Index,
    factors: Array,
    by_interval: Array,
    cross: int,
    square: int,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """Undiscounted mean payment over one direction, and its derivatives.

    Row 0 of ``out`` is the mean, 1 and 2 are its first derivative V_x to the log-spot now and V_xx - V_x, then comes
    one row for each tangent, then the derivative of that of tangent ``cross`` to the log-spot now, then that of
    ``square`` along itself (-1 for none), where the variance is certain and the forward does not move with it.
    ``pivot`` is -2 where all is paid or nothing, -1 where the constant alone is below 0, else the one date whose weight
    is above 0.
    """
    dates, greeks, certain = log_spot.shape[0], rows.shape[0], variance.shape[1] == 1
    t, b, c = scratch[:SHARED], scratch[SHARED : SHARED + dates], scratch[SHARED + dates : SHARED + 2 * dates]
    first = scratch[SHARED + 2 * dates : SHARED + 2 * dates + 2 * greeks]
    moved = scratch[SHARED + 2 * dates + 2 * greeks :]
    for low in range(0, n, TILE):
        count, begin = min(TILE, n - low), 0 if certain else low
        split(log_spot, mean, variance, drift, start, tails, low, count, t, b, c)
        if pivot == -2:
            for i in range(count):
                t[ROOT, i] = -FAR
        else:
            find_root(b, c, shares, constant, constant_share, pivot, count, t)
        for row in range(HALF, SHARED):
            for i in range(count):
                t[row, i] = 0.0
        for row in range(2 * greeks):
            for i in range(count):
                first[row, i] = 0.0
        z, half = t[ROOT], t[HALF]
        for i in range(count):
            half[i] = -0.5 * z[i] * z[i]
        if square >= 0:
            place = max(rows[square], 0)
            move(mean, variance, drift, start, tails, mean_slopes[place], variance_slopes[place], factors[square],
                 by_interval[square], b, count, moved)  # fmt: skip
        for j in range(dates - 1, -1, -1):
            add_date(b[j], c[j], weights[j], sign, count, t)
            if square >= 0:
                add_moved(b[j], c[j], moved[j], moved[dates + j], weights[j], count, t)
            for k in range(greeks):
                place = max(rows[k], 0)
                slope = factors[k] if rows[k] >= 0 else 0.0
                add_tangent(mean_slopes[place, j, begin:], variance_slopes[place, j, begin:], slope, by_interval[k, j],
                            certain, k == cross, count, t, first[2 * k], first[2 * k + 1])  # fmt: skip
            if square >= 0:
                wide = 0.5 * factors[square] * variance_slopes[max(rows[square], 0), j, 0]
                add_square(wide, wide * wide / max(variance[j, 0], TINY), cross >= 0, count, t)
        finish(t, first, constant, sign, cross, square, count, out[:, low:])


@kernel
def finish(t: Array, first: Array, constant: float, sign: float, cross: int, square: int, n: int, out: Array) -> None:
    """Rows of :func:`preintegrate` from the sums over all dates.

    At the root the weighted sum is -K, and the root moves by -(derivative of the sum) / A'.
    """
    z, half, paid, steep, curved = t[ROOT], t[HALF], t[D], t[C], t[C2]
    by_spot, by_root, by_total, by_slope, squares, mixed = t[M], t[R], t[U], t[SLOPE], t[SQUARE], t[MIXED]
    value, slope, curvature, greeks = out[0], out[1], out[2], first.shape[0] // 2
    for i in range(n):
        value[i] = fma(sign * constant, normal_cdf(-sign * z[i]), paid[i])
        slope[i] = paid[i]
        level = -constant * exp(half[i])
        curvature[i] = _ROOT_TWO_PI_INVERSE * level * (level / max(steep[i], TINY))
    for k in range(greeks):
        row, linear, quadratic = out[3 + k], first[2 * k], first[2 * k + 1]
        for i in range(n):
            row[i] = fma(_ROOT_TWO_PI_INVERSE, quadratic[i] / max(steep[i], TINY), linear[i])
    if cross >= 0:
        row, linear, quadratic = out[3 + greeks], first[2 * cross], first[2 * cross + 1]
        for i in range(n):
            inverse = 1.0 / max(steep[i], TINY)
            root = constant * exp(half[i]) * inverse  # how the root moves with the log-spot now
            edge = fma(quadratic[i], 1.0 - root * fma(curved[i], inverse, z[i]), 2.0 * by_root[i] * root)
            row[i] = fma(_ROOT_TWO_PI_INVERSE, fma(edge, inverse, -by_spot[i] * root), linear[i])
    if square >= 0:
        row, quadratic = out[3 + greeks + (1 if cross >= 0 else 0)], first[2 * square + 1]
        for i in range(n):
            inverse = 1.0 / max(steep[i], TINY)
            root = -by_total[i] * inverse
            slower = fma(root, curved[i], by_slope[i]) * inverse
            edge = fma(-quadratic[i], fma(z[i], root, slower), squares[i])
            row[i] = _ROOT_TWO_PI_INVERSE * inverse * fma(2.0, fma(root, by_root[i], mixed[i]), edge)


@kernel
def remove_linear(log_spot: Array, centre: Array, gradient: Array, n: int, out: Array) -> None:
    """Take ``sum over dates of gradient (log_spot - centre)`` off each row."""
    for low in range(0, n, TILE):
        count = min(TILE, n - low)
        for k in range(gradient.shape[0]):
            row = out[k, low:]
            for j in range(gradient.shape[1]):
                x, slope, level = log_spot[j, low:], gradient[k, j], centre[j]
                for i in range(count):
                    row[i] = fma(-slope, x[i] - level, row[i])
