"""Whether a path stays between two levels all the time: the survival of the Brownian bridge from date to date.

Given the log-spots x and y at the ends of an interval and its variance c, with u and v their distances from the lower
of two levels and w that between the levels, a bridge meets neither with probability

    p = sum over k of exp(-2 k w (k w + v - u) / c) - exp(-2 (u + k w) (v + k w) / c),

of one level 1 - exp(-2 u v / c), and with probability 0 if an end is not between them. The product over the intervals
is differentiated along two directions a and b at once, each of which moves the spots, the start and the variances: a
term exp(-q) with q = N / c has q_a = (N_a - q c_a) / c, and so on. No division by p: it may be as small as it likes.

Source: Glasserman (2004), section 6.4; the series is Doob's reflection between two levels. Verified path by path
against NumPy and differences of it, and in the statistical tests against closed forms.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import device, fma, kernel, select
from greeks.core.elementary import exp
from greeks.core.moments import Flags
from greeks.core.workspace import Array

TILE = 256
ROWS = 11  # of scratch
_LEAST = 1e-40  # a variance below is none
_WIDEST = 8.0  # variance in squares of the distance between the levels: beyond it p is below exp(-39)
_ENOUGH = 20.0  # the terms left out are below exp(-40)
_INFINITY = float("inf")


@kernel
def survive(
    log_spot: Array,
    start: float,
    watched: Flags,
    low: float,
    high: float,
    variance: Array,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """Probability of each path, given its spots at the dates, to stay between two levels in the watched intervals.

    Parameters
    ----------
    log_spot : ndarray, shape (dates, stride)
    start : float
        Log-spot now.
    watched : ndarray of bool, shape (dates,)
        Whether the interval that ends at a date is watched.
    low, high : float
        Logarithms of the levels; infinite for none.
    variance : ndarray, shape (dates, stride) or (dates, 1)
        Of each interval.
    """
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        count = last - first
        total = out[first:last]
        x, c, p = scratch[0, :count], scratch[1, :count], scratch[2, :count]
        for i in range(count):
            total[i] = 1.0
        for j in range(log_spot.shape[0]):
            if not watched[j]:
                continue
            y = log_spot[j, first:last]
            ends(log_spot, start, j, first, count, x)
            widest = take(variance, j, first, count, c)
            terms, sign, level, gap = series(low, high, widest)
            for i in range(count):
                c[i] = max(c[i], _LEAST)
                p[i] = 1.0
            for k in range(-terms, terms + 1):
                for i in range(count):
                    u, v, scale = sign * (x[i] - level), sign * (y[i] - level), -2.0 / c[i]
                    p[i] -= exp(max(scale * (fma(float(k), gap, u) * fma(float(k), gap, v)), -800.0))
                if k != 0:
                    for i in range(count):
                        move, scale = sign * (y[i] - x[i]), -2.0 / c[i]
                        p[i] += exp(max(scale * (k * gap * fma(float(k), gap, move)), -800.0))
            most = gap * gap * _WIDEST
            for i in range(count):
                alive = (x[i] > low) & (x[i] < high) & (y[i] > low) & (y[i] < high) & (c[i] < most)
                total[i] *= select(alive, min(max(p[i], 0.0), 1.0), 0.0)


@device
def ends(rows: Array, start: float, j: int, first: int, count: int, out: Array) -> None:
    """What a row held one date before, ``start`` before the first."""
    if j == 0:
        for i in range(count):
            out[i] = start
    else:
        before = rows[j - 1, first : first + count]
        for i in range(count):
            out[i] = before[i]


@device
def take(rows: Array, j: int, first: int, count: int, out: Array) -> float:
    """A row, which may be one number for all paths; its largest element."""
    if rows.shape[1] == 1:
        for i in range(count):
            out[i] = rows[j, 0]
        return float(rows[j, 0])
    row, most = rows[j, first : first + count], 0.0
    for i in range(count):
        out[i] = row[i]
        most = max(most, row[i])
    return most


@device
def series(low: float, high: float, widest: float) -> tuple[int, float, float, float]:
    """Terms on either side of the first, the direction and the level that distances are from, and between the levels.

    One level needs one term, and is as far as can be from another.
    """
    if low == -_INFINITY:
        return 0, -1.0, high, 1e100
    if high == _INFINITY:
        return 0, 1.0, low, 1e100
    gap = high - low
    wide = min(widest / (gap * gap), _WIDEST)
    return 1 + int(sqrt(_ENOUGH * wide)), 1.0, low, gap


@kernel
def survive_along(
    log_spot: Array,
    start: float,
    watched: Flags,
    low: float,
    high: float,
    variance: Array,
    slope: Array,
    begin: Array,
    change: Array,
    other_change: Array,
    both_change: Array,
    held: Array,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """The probability of :func:`survive`, and its derivatives along a, along b, and along both: the rows of ``out``.

    Parameters
    ----------
    slope : ndarray, shape (dates, stride)
        Of the log-spots along a; b moves none of them.
    begin : ndarray, shape (3,)
        Derivatives of the start along a, along b, and along both.
    change, other_change, both_change : ndarray, shape (dates, stride) or (dates, 1)
        Of the variances likewise.
    held : ndarray, shape (dates, stride)
        Second derivative of the log-spots along a and b.
    """
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        count = last - first
        x, xa, xab, c, ca, cb, cab, p, pa, pb, pab = (
            scratch[0, :count], scratch[1, :count], scratch[2, :count], scratch[3, :count], scratch[4, :count],
            scratch[5, :count], scratch[6, :count], scratch[7, :count], scratch[8, :count], scratch[9, :count],
            scratch[10, :count],
        )  # fmt: skip
        whole, along, other, both = out[0, first:last], out[1, first:last], out[2, first:last], out[3, first:last]
        for i in range(count):
            whole[i] = 1.0
            along[i] = 0.0
            other[i] = 0.0
            both[i] = 0.0
        for j in range(log_spot.shape[0]):
            if not watched[j]:
                continue
            y, ya, yab = log_spot[j, first:last], slope[j, first:last], held[j, first:last]
            ends(log_spot, start, j, first, count, x)
            ends(slope, begin[0], j, first, count, xa)
            ends(held, begin[2], j, first, count, xab)
            xb = begin[1] if j == 0 else 0.0
            widest = take(variance, j, first, count, c)
            take(change, j, first, count, ca)
            take(other_change, j, first, count, cb)
            take(both_change, j, first, count, cab)
            terms, sign, level, gap = series(low, high, widest)
            for i in range(count):
                c[i] = max(c[i], _LEAST)
                p[i] = 1.0
                pa[i] = 0.0
                pb[i] = 0.0
                pab[i] = 0.0
            for k in range(-terms, terms + 1):
                away = float(k) * gap
                for i in range(count):
                    u, v = sign * (x[i] - level) + away, sign * (y[i] - level) + away
                    ua, va, ub = sign * xa[i], sign * ya[i], sign * xb
                    big, na, nb = u * v, fma(ua, v, u * va), ub * v
                    nab = fma(sign * xab[i], v, fma(va, ub, u * sign * yab[i]))
                    e, ea, eb, eab = decay(big, na, nb, nab, c[i], ca[i], cb[i], cab[i])
                    p[i] -= e
                    pa[i] -= ea
                    pb[i] -= eb
                    pab[i] -= eab
                if k != 0:
                    for i in range(count):
                        big = away * fma(sign, y[i] - x[i], away)
                        na, nb, nab = away * sign * (ya[i] - xa[i]), -away * sign * xb, away * sign * (yab[i] - xab[i])
                        e, ea, eb, eab = decay(big, na, nb, nab, c[i], ca[i], cb[i], cab[i])
                        p[i] += e
                        pa[i] += ea
                        pb[i] += eb
                        pab[i] += eab
            most = gap * gap * _WIDEST
            for i in range(count):
                alive = (x[i] > low) & (x[i] < high) & (y[i] > low) & (y[i] < high) & (c[i] < most)
                stays = select(alive, min(max(p[i], 0.0), 1.0), 0.0)
                da, db, dab = select(alive, pa[i], 0.0), select(alive, pb[i], 0.0), select(alive, pab[i], 0.0)
                both[i] = fma(both[i], stays, fma(along[i], db, fma(other[i], da, whole[i] * dab)))
                along[i] = fma(along[i], stays, whole[i] * da)
                other[i] = fma(other[i], stays, whole[i] * db)
                whole[i] *= stays


@device
def decay(
    big: float, na: float, nb: float, nab: float, c: float, ca: float, cb: float, cab: float
) -> tuple[float, float, float, float]:
    """exp(-q) with q = 2 big / c, and its derivatives along a, b and both."""
    scale = 1.0 / c
    q = 2.0 * big * scale
    qa, qb = (2.0 * na - q * ca) * scale, (2.0 * nb - q * cb) * scale
    qab = (2.0 * nab - qb * ca - qa * cb - q * cab) * scale
    e = exp(max(-q, -800.0))
    return e, -qa * e, -qb * e, e * fma(qa, qb, -qab)


@kernel
def pay_along(
    spot: Array, pieces: Array, survival: Array, order: int, slope: Array, held: Array, n: int, out: Array
) -> None:
    """Payments of pieces of the last spot, and their derivatives along a (order 1), or along a and b (order 2).

    Parameters
    ----------
    pieces : ndarray, shape (pieces, 5)
        Rows of low, high, asset, cash, and 1 for what is paid to a path that survived, 0 for what always is.
    survival : ndarray, shape (4, stride)
        Of :func:`survive_along`.
    slope, held : ndarray, shape (stride,)
        Derivative of the last log-spot along a, and its second one along a and b.
    """
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        total, s, xa, xab = out[first:last], spot[first:last], slope[first:last], held[first:last]
        whole, along, other, both = (
            survival[0, first:last], survival[1, first:last], survival[2, first:last], survival[3, first:last],
        )  # fmt: skip
        for i in range(last - first):
            total[i] = 0.0
        for k in range(pieces.shape[0]):
            low, high, asset, cash, only = pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3], pieces[k, 4]
            for i in range(last - first):
                grows, part = asset * s[i], fma(asset, s[i], cash)
                alive = fma(only, whole[i] - 1.0, 1.0)
                if order == 0:
                    paid = alive * part
                elif order == 1:
                    paid = fma(only * along[i], part, alive * grows * xa[i])
                else:
                    moved = fma(only * other[i], xa[i], alive * xab[i])
                    paid = fma(only * both[i], part, grows * moved)
                total[i] += select((s[i] > low) & (s[i] < high), paid, 0.0)


@kernel
def tangent_rows(
    by_date: Array, by_path: Array, varies: bool, increments: Array, scale: Array, grows: bool, n: int, out: Array
) -> None:
    """Derivative of the log-spot at each date, shape (dates, stride), of a tangent."""
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        slope = by_path[first:last]
        for j in range(by_date.shape[0]):
            row, change, step = out[j, first:last], increments[j, first:last], scale[j]
            before = out[max(j - 1, 0), first:last]
            if grows and j > 0:
                for i in range(last - first):
                    row[i] = before[i] + step * change[i]
            else:
                for i in range(last - first):
                    row[i] = step * change[i] if grows else 0.0
        for j in range(by_date.shape[0]):
            row, known = out[j, first:last], by_date[j]
            for i in range(last - first):
                row[i] += known * slope[i] if varies else known
