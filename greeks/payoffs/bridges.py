"""Whether a path stays between two levels all the time: the survival of the Brownian bridge from date to date.

Given the log-spots x and y at the ends of an interval and its variance c, with u and v their distances from the lower
of two levels and w that between the levels, a bridge meets neither with probability

    p = sum over k of exp(-2 k w (k w + v - u) / c) - exp(-2 (u + k w) (v + k w) / c),

of one level 1 - exp(-2 u v / c), and with probability 0 if an end is not between them. The product over the intervals
is differentiated in :mod:`greeks.payoffs.bridge_slopes`.

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
LEAST = 1e-40  # a variance below is none
WIDEST = 8.0  # variance in squares of the distance between the levels: beyond it p is below exp(-39)
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
                c[i] = max(c[i], LEAST)
                p[i] = 1.0
            for k in range(-terms, terms + 1):
                for i in range(count):
                    u, v, scale = sign * (x[i] - level), sign * (y[i] - level), -2.0 / c[i]
                    p[i] -= exp(max(scale * (fma(float(k), gap, u) * fma(float(k), gap, v)), -800.0))
                if k != 0:
                    for i in range(count):
                        move, scale = sign * (y[i] - x[i]), -2.0 / c[i]
                        p[i] += exp(max(scale * (k * gap * fma(float(k), gap, move)), -800.0))
            most = gap * gap * WIDEST
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
    wide = min(widest / (gap * gap), WIDEST)
    return 1 + int(sqrt(_ENOUGH * wide)), 1.0, low, gap
