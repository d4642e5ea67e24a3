"""The running maximum or minimum of a path, and where it was attained.

At dates it is the largest of the spots. Between two dates the log-spot is a Brownian bridge, whose maximum given its
ends x and y and the variance s^2 of the interval is sampled exactly, with U a uniform of its own:

    M = (x + y + R) / 2,   R = sqrt((y - x)^2 - 2 s^2 log U),   dM/dx = (1 - (y - x) / R) / 2,   dM/dy = 1 - dM/dx,
    dM/d(s^2) = -log U / (2 R).

The minimum has -R for R. As M is smooth in x, y and s^2 once U is drawn, the extreme may be differentiated along the
path while the ends are differentiated by their density; a score of the joint density of (y, M) to x needs a term from
the boundary M = x of its support, and is wrong without.

Source: Beaglehole, Dybvig and Zhou, Going to extremes (1997); Glasserman (2004), section 6.4. Verified against closed
forms and backward quadrature in the statistical tests, and path by path against NumPy.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, log
from greeks.core.workspace import Array

_TILE = 256
_TINY = 1e-300


@kernel
def extreme_of_dates(
    spot: Array, start: int, stop: int, sign: float, level: float, n: int, out: Array, place: Array, lean: Array
) -> None:
    """Extreme of ``level`` and the rows from ``start`` to ``stop``; its row, -1 for the level, goes to ``place``."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        best, where, share = out[low:high], place[low:high], lean[low:high]
        for i in range(high - low):
            best[i] = level
            where[i] = -1.0
            share[i] = 1.0
        for j in range(start, stop):
            row, mark = spot[j, low:high], float(j)
            for i in range(high - low):
                beyond = sign * row[i] > sign * best[i]
                best[i] = select(beyond, row[i], best[i])
                where[i] = select(beyond, mark, where[i])


@kernel
def extreme_of_bridges(
    log_spot: Array,
    begin: float,
    start: int,
    stop: int,
    variance: Array,
    uniforms: Array,
    sign: float,
    level: float,
    n: int,
    out: Array,
    place: Array,
    lean: Array,
    lift: Array,
) -> None:
    """Extreme of ``level`` and the intervals that end at the rows from ``start`` to ``stop``.

    Parameters
    ----------
    log_spot : ndarray, shape (dates, stride)
    begin : float
        Log-spot before the first row.
    variance : ndarray, shape (dates, stride) or (dates, 1)
        Of each interval.
    uniforms : ndarray, shape (dates, stride)
    sign : float
        1 for the maximum, -1 for the minimum.
    level : float
        A logarithm.
    out, place, lean, lift : ndarray, shape (stride,)
        The extreme itself; the interval's row, -1 for the level; and the derivatives of the log-extreme to the
        interval's end and to its variance.
    """
    varies = variance.shape[1] > 1
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        best, where, share, rise = out[low:high], place[low:high], lean[low:high], lift[low:high]
        for i in range(high - low):
            best[i] = level
            where[i] = -1.0
            share[i] = 1.0
            rise[i] = 0.0
        for j in range(start, stop):
            last, u, mark, doubled = log_spot[j, low:high], uniforms[j, low:high], float(j), 2.0 * variance[j, 0]
            first, known = log_spot[max(j - 1, 0), low:high], j == 0
            own = variance[j, low:high] if varies else last
            for i in range(high - low):
                x = begin if known else first[i]
                move, depth = last[i] - x, -log(u[i])
                width = sqrt(fma(2.0 * own[i] if varies else doubled, depth, move * move))
                found = 0.5 * fma(sign, width, x + last[i])
                beyond = sign * found > sign * best[i]
                safe = max(width, _TINY)
                best[i] = select(beyond, found, best[i])
                where[i] = select(beyond, mark, where[i])
                share[i] = select(beyond, 0.5 + 0.5 * sign * (move / safe), share[i])
                rise[i] = select(beyond, 0.5 * sign * (depth / safe), rise[i])
        for i in range(high - low):
            best[i] = exp(best[i])


@kernel
def tangent_of_extreme(
    extreme: Array,
    place: Array,
    lean: Array,
    by_date: Array,
    by_path: Array,
    varies: bool,
    increments: Array,
    scale: Array,
    grows: bool,
    n: int,
    running: Array,
    out: Array,
) -> None:
    """Derivative of the extreme along a tangent of the log-spots: that of its date, or of its interval's ends."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        where, share, total, slope = place[low:high], lean[low:high], out[low:high], by_path[low:high]
        summed, before = running[0, : high - low], running[1, : high - low]
        for i in range(high - low):
            total[i] = 0.0
            summed[i] = 0.0
            before[i] = 0.0
        for j in range(by_date.shape[0]):
            known, step, mark, change = by_date[j], scale[j], float(j), increments[j, low:high]
            for i in range(high - low):
                summed[i] = fma(step, change[i], summed[i]) if grows else 0.0
                now = summed[i] + (known * slope[i] if varies else known)
                total[i] = select(where[i] == mark, fma(share[i], now - before[i], before[i]), total[i])
                before[i] = now
        top = extreme[low:high]
        for i in range(high - low):
            total[i] *= top[i]


@kernel
def explicit_tangent(
    extreme: Array, place: Array, lean: Array, lift: Array, by_start: float, by_variance: Array, n: int, out: Array
) -> None:
    """Derivative of the extreme to the start of the first interval, and by each interval's variance.

    ``by_variance`` has shape (dates, stride) or (dates, 1).
    """
    varies = by_variance.shape[1] > 1
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        where, share, rise, top, total = (
            place[low:high], lean[low:high], lift[low:high], extreme[low:high], out[low:high],
        )  # fmt: skip
        for i in range(high - low):
            total[i] = select(where[i] == 0.0, by_start * (1.0 - share[i]), 0.0)
        for j in range(by_variance.shape[0]):
            slope, mark = by_variance[j, 0], float(j)
            own = by_variance[j, low:high] if varies else rise
            for i in range(high - low):
                total[i] += select(where[i] == mark, (own[i] if varies else slope) * rise[i], 0.0)
        for i in range(high - low):
            total[i] *= top[i]


@kernel
def beyond_level(extreme: Array, other: Array, strike: float, fixed: bool, sign: float, n: int, out: Array) -> None:
    """``max(sign (extreme - strike), 0)``, or with ``other`` for the strike where it is not fixed."""
    for i in range(n):
        out[i] = max(sign * (extreme[i] - (strike if fixed else other[i])), 0.0)
