"""One path's contributions given that it survives: the loop over dates; see :mod:`greeks.estimators.survival_draws`.

The pending return is drawn only when the next one is due, so the last is never sampled. Where the variance is random a
return of little variance is drawn freely, and its levels are pushed back onto the return before (the carrier): a
conditional draw from it would be a hidden jump. Verified in the tests with the draws.
"""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import inverse_normal
from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.survival_draws import (
    D_NEW_M,
    D_NEW_S,
    D_S,
    D_Y,
    DD_LOG,
    DD_Y,
    DRAWN,
    FAR,
    FREE,
    LEVEL,
    LOWER,
    NEW_M,
    NEW_S,
    OWN,
    TILE,
    UNIFORM,
    UPPER,
    WEIGHT,
    S,
    Y,
    advance,
    advance_slopes,
    bound_above,
    bound_below,
    draw_above,
    draw_below,
    draw_between,
    draw_freely,
    second_of_draw,
    slopes_of_draw,
)
from greeks.estimators.survival_payments import pay_piece

_LEAST = 1e-16  # variance of a return that has none


@kernel
def survive(
    uniforms: Array,
    start: float,
    mean: Array,
    variance: Array,
    drift: Array,
    mean_slopes: Array,
    variance_slopes: Array,
    rows: Index,
    factors: Array,
    by_interval: Array,
    pairs: Index,
    start_second: Array,
    mean_second: Array,
    lower: Array,
    upper: Array,
    pieces: Array,
    dates: Index,
    rates: Array,
    carrier: float,
    n: int,
    t: Array,
    slopes: Array,
    second: Array,
    payment: Array,
    paid: Array,
    out: Array,
) -> None:
    """Add each path's discounted value to row 0 of ``out``, then its derivatives along each parameter and pair."""
    greeks, twice, certain = rows.shape[0], pairs.shape[0], mean.shape[1] == 1
    for begin in range(0, n, TILE):
        count = min(TILE, n - begin)
        end = begin + count
        if not certain:
            for i in range(count):
                t[LEVEL + i] = 0.0
            for j in range(mean.shape[0]):
                row = variance[j, begin:end]
                for i in range(count):
                    t[LEVEL + i] += row[i] * (carrier / mean.shape[0])
        piece = 0
        for j in range(uniforms.shape[0]):
            column = 0 if certain else begin
            load(mean[j, column:], variance[j, column:], drift[j], certain, count, t)
            for k in range(greeks):
                place = max(rows[k], 0)
                slope = factors[k] if rows[k] >= 0 else 0.0
                moves = mean_slopes[place, j, column:], variance_slopes[place, j, column:]
                load_slopes(t, moves[0], moves[1], slope, by_interval[k, j], certain, count, slopes[k])
            if j == 0:
                begin_tile(t, slopes, second, start, start_second, mean_second,
                           uniforms[0, begin:end], count)  # fmt: skip
            else:
                below, above = upper[j - 1] < FAR, lower[j - 1] > -FAR
                for i in range(count):
                    t[DRAWN + i] = 1.0
                if not certain:
                    below, above = upper.min() < FAR, lower.max() > -FAR
                    row, fresh = variance[j, begin:end], uniforms[j, begin:end]
                    for i in range(count):
                        t[DRAWN + i] = select(row[i] >= t[LEVEL + i], 1.0, 0.0)
                        t[OWN + i] = inverse_normal(fresh[i])
                if below and above:
                    draw_between(t, count)
                elif below:
                    draw_below(t, count)
                elif above:
                    draw_above(t, count)
                else:
                    draw_freely(t, count)
                for k in range(greeks):
                    slopes_of_draw(t, slopes[k], below, above, count)
                for k in range(twice):
                    a, b = slopes[pairs[k, 0]], slopes[pairs[k, 1]]
                    second_of_draw(t, a, b, second[k], below, above, mean_second[k, j], count)
                for k in range(greeks):
                    advance_slopes(t, slopes[k], count)
                advance(t, uniforms[j, begin:end], count)
            while piece < dates.shape[0] and dates[piece] == j:
                pay_piece(t, slopes, second, payment, paid, pairs, pieces, rates, piece, begin, count, out)
                piece += 1
            if upper[j] < FAR:
                bound_above(t, slopes, greeks, upper[j], count)
            if lower[j] > -FAR:
                bound_below(t, slopes, greeks, lower[j], count)


@kernel
def load(mean: Array, variance: Array, drift: float, certain: bool, n: int, t: Array) -> None:
    """Mean and deviation of a date's return."""
    if certain:
        level, root = mean[0] + drift, sqrt(max(variance[0], _LEAST))
        for i in range(n):
            t[NEW_M + i] = level
            t[NEW_S + i] = root
    else:
        for i in range(n):
            t[NEW_M + i] = mean[i] + drift
            t[NEW_S + i] = sqrt(max(variance[i], _LEAST))


@kernel
def load_slopes(
    t: Array, mean: Array, variance: Array, factor: float, direct: float, certain: bool, n: int, d: Array
) -> None:
    """Their derivatives along one parameter."""
    if certain or factor == 0.0:
        for i in range(n):
            d[D_NEW_M + i] = fma(factor, mean[0], direct)
            d[D_NEW_S + i] = 0.5 * factor * variance[0] / t[NEW_S + i]
    else:
        for i in range(n):
            d[D_NEW_M + i] = fma(factor, mean[i], direct)
            d[D_NEW_S + i] = 0.5 * factor * variance[i] / t[NEW_S + i]


@kernel
def begin_tile(
    t: Array,
    slopes: Array,
    second: Array,
    start: float,
    start_second: Array,
    mean_second: Array,
    uniforms: Array,
    n: int,
) -> None:
    """The first return is pending, whatever its variance."""
    for i in range(n):
        t[Y + i], t[S + i], t[WEIGHT + i], t[UNIFORM + i] = start + t[NEW_M + i], t[NEW_S + i], 1.0, uniforms[i]
        t[UPPER + i], t[LOWER + i], t[FREE + i] = FAR, -FAR, 0.0
    for k in range(slopes.shape[0]):
        d = slopes[k]
        for i in range(D_NEW_M):
            d[i] = 0.0
        for i in range(n):
            d[D_Y + i], d[D_S + i] = d[D_NEW_M + i], d[D_NEW_S + i]
    for k in range(second.shape[0]):
        for i in range(n):
            second[k, DD_Y + i] = start_second[k] + mean_second[k, 0]
            second[k, DD_LOG + i] = 0.0
