"""One path after another, the integral over one direction of its normals; see :mod:`greeks.estimators.preintegration`.

Log-spots are b_j + c_j z. With z the root and g_j = a_j exp(b_j + c_j z - z^2 / 2), sums over dates from k on of g_j
(T), g_j c_j (C) and the mean payments (D) are all that a Greek of first order needs; g_j = sqrt(2 pi) a_j S_j(z) phi(z)
neither overflows nor vanishes where it counts. Verified path by path against an implementation with many digits.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, normal_cdf, normal_tail_ratio
from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.exponential_root import FAR, ROOT, SEARCH, TILE, find_root

# Rows of scratch besides those of the search: what every Greek shares, then what second order needs.
HALF, D, T, C, C2, M, R, U, SLOPE, SQUARE, MIXED = range(SEARCH, SEARCH + 11)
SHARED = SEARCH + 11
_ROOT_TWO_PI_INVERSE = 0.3989422804014327
_TINY = 1e-300


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
                add_square(wide, wide * wide / max(variance[j, 0], _TINY), cross >= 0, count, t)
        finish(t, first, constant, sign, cross, square, count, out[:, low:])


@kernel
def split(
    log_spot: Array,
    mean: Array,
    variance: Array,
    drift: Array,
    start: float,
    tails: Array,
    low: int,
    n: int,
    t: Array,
    b: Array,
    c: Array,
) -> None:
    """Log-spots as b_j + c_j z, z the normal along the direction that carries most of the weighted sum.

    With A_k the sum of weights from date k on, v_k the variance of return k and N^2 = sum v_k A_k^2, the draw of z is
    sum A_k (return k less its mean) / N, and c_j = sum over k <= j of v_k A_k / N.
    """
    certain, norm, draw = variance.shape[1] == 1, t[D], t[T]
    for i in range(n):
        norm[i] = 0.0
        draw[i] = 0.0
        c[0, i] = 0.0  # read before it is written, times 0: scratch may hold nan
    for j in range(log_spot.shape[0]):
        now, before = log_spot[j, low:], log_spot[max(j - 1, 0), low:]
        kept, shift, a = 1.0 if j > 0 else 0.0, drift[j] + (0.0 if j > 0 else start), tails[j]
        c_now, c_before = c[j], c[max(j - 1, 0)]
        if certain:
            v, m = variance[j, 0] * a, mean[j, 0] + shift
            for i in range(n):
                norm[i] = fma(v, a, norm[i])
                draw[i] = fma(a, now[i] - kept * before[i] - m, draw[i])
                c_now[i] = fma(kept, c_before[i], v)
        else:
            row, level = variance[j, low:], mean[j, low:]
            for i in range(n):
                norm[i] = fma(row[i] * a, a, norm[i])
                draw[i] = fma(a, now[i] - kept * before[i] - (level[i] + shift), draw[i])
                c_now[i] = fma(row[i], a, kept * c_before[i])
    for i in range(n):
        norm[i] = 1.0 / sqrt(max(norm[i], _TINY))
        draw[i] *= norm[i]
    for j in range(log_spot.shape[0]):
        now, fixed, slope = log_spot[j, low:], b[j], c[j]
        for i in range(n):
            slope[i] *= norm[i]
            fixed[i] = fma(-slope[i], draw[i], now[i])


@kernel
def add_date(b: Array, c: Array, weight: float, sign: float, n: int, t: Array) -> None:
    """Take a date into the sums of those from it on."""
    z, half, paid, total, steep, curved = t[ROOT], t[HALF], t[D], t[T], t[C], t[C2]
    for i in range(n):
        x = c[i] - z[i]
        g = exp(fma(c[i], z[i], b[i] + half[i]))
        tail = g * normal_tail_ratio(abs(x))
        whole = exp(fma(0.5 * c[i], c[i], b[i]))
        inside = select(sign * x > 0.0, whole - tail, tail)
        paid[i] = fma(sign * weight, inside, paid[i])
        g *= weight
        total[i] += g
        steep[i] = fma(g, c[i], steep[i])
        curved[i] = fma(g * c[i], c[i], curved[i])


@kernel
def add_tangent(
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: float,
    certain: bool,
    crossed: bool,
    n: int,
    t: Array,
    linear: Array,
    quadratic: Array,
) -> None:
    """One return's part of a tangent: dm D_k + dv / 2 (D_k + phi T_k^2 / A'), as V_v = V_mm / 2 for a normal."""
    paid, total, steep, by_spot, by_root = t[D], t[T], t[C], t[M], t[R]
    if certain or factor == 0.0:
        wide = 0.5 * factor * variance_slope[0]
        move = fma(factor, mean_slope[0], direct) + wide
        if move != 0.0:
            for i in range(n):
                linear[i] = fma(move, paid[i], linear[i])
        if wide != 0.0:
            for i in range(n):
                quadratic[i] = fma(wide * total[i], total[i], quadratic[i])
        if crossed:
            for i in range(n):
                by_spot[i] = fma(move, total[i], by_spot[i])
                by_root[i] = fma(wide * total[i], steep[i], by_root[i])
        return
    for i in range(n):
        wide = 0.5 * factor * variance_slope[i]
        linear[i] = fma(fma(factor, mean_slope[i], direct) + wide, paid[i], linear[i])
        quadratic[i] = fma(wide * total[i], total[i], quadratic[i])
    if crossed:
        for i in range(n):
            wide = 0.5 * factor * variance_slope[i]
            by_spot[i] = fma(fma(factor, mean_slope[i], direct) + wide, total[i], by_spot[i])
            by_root[i] = fma(wide * total[i], steep[i], by_root[i])


@kernel
def move(
    mean: Array,
    variance: Array,
    drift: Array,
    start: float,
    tails: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: Array,
    b: Array,
    n: int,
    moved: Array,
) -> None:
    """Derivatives of b (first rows) and c (last rows) along a tangent, the direction held; of a certain variance."""
    dates, norm = b.shape[0], 0.0
    for j in range(dates):
        norm += variance[j, 0] * tails[j] * tails[j]
    norm, slope = 1.0 / sqrt(max(norm, _TINY)), 0.0
    for i in range(n):
        moved[0, i] = 0.0  # as in split
    for j in range(dates):
        dv, kept = factor * variance_slope[j, 0], 1.0 if j > 0 else 0.0
        slope += 0.5 * dv * tails[j] * norm
        ratio, dm = 0.5 * dv / max(variance[j, 0], _TINY), fma(factor, mean_slope[j, 0], direct[j])
        level = mean[j, 0] + drift[j] + (0.0 if j > 0 else start)
        now, before, by_b, by_b_before, by_c = b[j], b[max(j - 1, 0)], moved[j], moved[max(j - 1, 0)], moved[dates + j]
        for i in range(n):
            residual = now[i] - kept * before[i] - level
            by_b[i] = fma(ratio, residual, fma(kept, by_b_before[i], dm))
            by_c[i] = slope


@kernel
def add_moved(b: Array, c: Array, by_b: Array, by_c: Array, weight: float, n: int, t: Array) -> None:
    """Take a date's derivatives into the sums of those from it on: of g S' / S, and of A' with the root held."""
    z, half, by_total, by_slope = t[ROOT], t[HALF], t[U], t[SLOPE]
    for i in range(n):
        g = weight * exp(fma(c[i], z[i], b[i] + half[i]))
        rise = fma(by_c[i], z[i], by_b[i])
        by_total[i] = fma(g, rise, by_total[i])
        by_slope[i] = fma(g, fma(c[i], rise, by_c[i]), by_slope[i])


@kernel
def add_square(wide: float, curved: float, crossed: bool, n: int, t: Array) -> None:
    """One return's part of the second derivative along a tangent; ``wide`` is dv / 2, ``curved`` half of v''."""
    total, steep, by_total, by_root, square, mixed = t[T], t[C], t[U], t[R], t[SQUARE], t[MIXED]
    for i in range(n):
        square[i] = fma(curved * total[i], total[i], square[i])
        mixed[i] = fma(wide * total[i], by_total[i], mixed[i])
    if not crossed:
        for i in range(n):
            by_root[i] = fma(wide * total[i], steep[i], by_root[i])


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
        curvature[i] = _ROOT_TWO_PI_INVERSE * level * (level / max(steep[i], _TINY))
    for k in range(greeks):
        row, linear, quadratic = out[3 + k], first[2 * k], first[2 * k + 1]
        for i in range(n):
            row[i] = fma(_ROOT_TWO_PI_INVERSE, quadratic[i] / max(steep[i], _TINY), linear[i])
    if cross >= 0:
        row, linear, quadratic = out[3 + greeks], first[2 * cross], first[2 * cross + 1]
        for i in range(n):
            inverse = 1.0 / max(steep[i], _TINY)
            root = constant * exp(half[i]) * inverse  # how the root moves with the log-spot now
            edge = fma(quadratic[i], 1.0 - root * fma(curved[i], inverse, z[i]), 2.0 * by_root[i] * root)
            row[i] = fma(_ROOT_TWO_PI_INVERSE, fma(edge, inverse, -by_spot[i] * root), linear[i])
    if square >= 0:
        row, quadratic = out[3 + greeks + (1 if cross >= 0 else 0)], first[2 * square + 1]
        for i in range(n):
            inverse = 1.0 / max(steep[i], _TINY)
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
