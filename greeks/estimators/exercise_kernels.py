"""Kernels of early exercise: where a path stops, what is paid there, and what its parameters do to that.

A policy is a level for each date: a put is exercised at or below it, a call at or above. With ``control`` what is paid
is taken less the European value of that date, whose discounted mean is known: the value now.

Verified path by path against the naive implementation in the tests.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from greeks.compiler.jit import device, fma, kernel, select
from greeks.core.elementary import exp, log, normal_cdf, normal_density
from greeks.core.generator import Counter
from greeks.core.moments import Index
from greeks.core.workspace import Array

_SHIFT = np.uint64(32)  # of a path's number: which share of the paths it is of, see greeks.core.sobol.place
OF_VALUE, OF_SPOT, OF_VOLATILITY, OF_RATE, OF_DIVIDENDS = range(5)  # rows of what is paid, and of its derivatives
DISCOUNT, LEFT, ASSET, CASH, RATE, YIELD, VOLATILITY, LEAN, STRIKE, KEPT, DUE = range(11)  # known of each date, by row


@kernel
def stop(spot: Array, levels: Array, first: Counter, sign: float, n: int, date: Array, level: Array) -> None:
    """Place of the date at which each path is exercised, or of the last one, and its spot there."""
    policy = levels[np.int64(first[0] >> _SHIFT)]
    last = spot.shape[0] - 1
    row, when, at = spot[last], date[:n], level[:n]
    for i in range(n):
        when[i] = last
        at[i] = row[i]
    for j in range(last - 1, -1, -1):
        row, bound, place = spot[j, :n], sign * policy[j], float(j)
        for i in range(n):
            hit = sign * row[i] >= bound
            when[i] = select(hit, place, when[i])
            at[i] = select(hit, row[i], at[i])


@kernel
def paid(
    date: Array,
    level: Array,
    known: Array,
    sign: float,
    strike: float,
    futures: float,
    control: bool,
    n: int,
    out: Array,
) -> None:
    """What is paid, discounted to now, and its derivatives: times the spot, and to each parameter at that spot.

    ``strike`` is that of the last date; ``futures`` is 1 for a futures price, else 0.
    """
    for i in range(n):
        j, s = np.int64(date[i]), level[i]
        inside = known[KEPT, j] * (sign * (s - known[STRIKE, j]))
        slope = select(inside > 0.0, known[KEPT, j] * (sign * s), 0.0)
        due = select(inside > 0.0, sign * known[DUE, j], 0.0)
        value, vega, rho, yields = max(inside, 0.0), 0.0, due, -due
        if control:
            found = european_on(s, sign, strike, futures, known[:, j])
            alive = known[LEFT, j] > 0.0
            value = select(alive, value - found[0], 0.0)
            slope = select(alive, slope - found[1], 0.0)
            vega = select(alive, -found[2], 0.0)
            rho = select(alive, due - found[3], 0.0)
            yields = select(alive, -due - found[4], 0.0)
        d = known[DISCOUNT, j]
        out[OF_VALUE, i], out[OF_SPOT, i] = d * value, d * slope
        out[OF_VOLATILITY, i], out[OF_RATE, i], out[OF_DIVIDENDS, i] = d * vega, d * rho, d * yields


@device
def european_on(
    s: float, sign: float, strike: float, futures: float, known: Array
) -> tuple[float, float, float, float, float, float]:
    """Value of a European option; delta times the spot, vega, rho, dividend rho, and gamma times the spot squared.

    ``known`` is that of one date, with the mean rates and volatility of what is left of the life. ``LEAN`` is what a
    parallel move of the implied volatilities does to this mean, 1 where they are flat.
    """
    left = known[LEFT]
    root = sqrt(max(left, 1e-300))
    deviation = known[VOLATILITY] * root
    up = (log(s / strike) + (known[RATE] - known[YIELD]) * left) / deviation + 0.5 * deviation
    share, chance = normal_cdf(sign * up), normal_cdf(sign * (up - deviation))
    held = s * known[ASSET]
    spots, cashes, dense = held * share, strike * known[CASH] * chance, held * normal_density(up)
    value = sign * (spots - cashes)
    rho = select(futures > 0.0, -left * value, sign * left * cashes)
    return value, sign * spots, known[LEAN] * (dense * root), rho, -sign * left * spots, dense / deviation


@kernel
def european_now(s: float, sign: float, strike: float, futures: float, known: Array, out: Array) -> None:
    """:func:`european_on` of one spot; ``known`` is that of now."""
    found = european_on(s, sign, strike, futures, known)
    out[0], out[1], out[2], out[3], out[4], out[5] = found


@kernel
def gain(
    spot: Array, known: Array, sign: float, strike: float, futures: float, control: bool, n: int, out: Array
) -> None:
    """What an exercise would pay, less the European value where there is a control; ``known`` is that of the date.

    ``strike`` is that of the last date.
    """
    left, own, kept = known[LEFT], known[STRIKE], known[KEPT]
    for i in range(n):
        value = max(kept * (sign * (spot[i] - own)), 0.0)
        if control:
            found = european_on(spot[i], sign, strike, futures, known)
            value = select(left > 0.0, value - found[0], 0.0)
        out[i] = value


@kernel
def disperse(centre: float, deviation: float, spot: Array, z: Array, n: int, start: Array) -> None:
    """Spots now at different levels, and those of all dates with them."""
    for i in range(n):
        start[i] = exp(deviation * z[i])
    for j in range(spot.shape[0]):
        row = spot[j]
        for i in range(n):
            row[i] *= start[i]
    for i in range(n):
        start[i] *= centre


@kernel
def gather(
    spot: Array,
    gains: Array,
    later: Array,
    low: float,
    high: float,
    sign: float,
    strike: float,
    n: int,
    rows: Array,
    count: Index,
) -> None:
    """Powers of the moneyness, and what is paid later, of the paths that might be exercised; how many these are."""
    kept, degree = 0, rows.shape[0] - 1
    for i in range(n):
        if gains[i] > 0.0 and sign * (spot[i] - strike) > 0.0 and low <= spot[i] <= high:
            x = spot[i] / strike - 1.0
            power = x
            for k in range(degree):
                rows[k, kept] = power
                power *= x
            rows[degree, kept] = later[i]
            kept += 1
    count[0] = kept


@kernel
def means(rows: Array, n: int, out: Array) -> None:
    """Mean of each row, and behind them the least and the largest of the first."""
    for k in range(rows.shape[0]):
        total = 0.0
        for i in range(n):
            total += rows[k, i]
        out[k] = total / n
    low, high = rows[0, 0], rows[0, 0]
    for i in range(n):
        low, high = min(low, rows[0, i]), max(high, rows[0, i])
    out[rows.shape[0]], out[rows.shape[0] + 1] = low, high


@kernel
def exercise(spot: Array, gains: Array, level: float, sign: float, n: int, later: Array) -> None:
    """Replace what is paid later where the option is exercised."""
    bound = sign * level
    for i in range(n):
        later[i] = select(sign * spot[i] >= bound, gains[i], later[i])


@kernel
def tangent_at(by_date: Array, date: Array, n: int, out: Array) -> None:
    """What depends on the date alone, at the date of each path."""
    for i in range(n):
        out[i] = by_date[np.int64(date[i])]


@kernel
def add_increments(increments: Array, scale: Array, date: Array, n: int, running: Array, out: Array) -> None:
    """Add the sum of scaled increments up to the date of each path."""
    total = running[:n]
    for i in range(n):
        total[i] = 0.0
    for j in range(increments.shape[0]):
        row, step, place = increments[j, :n], scale[j], float(j)
        for i in range(n):
            total[i] = fma(step, row[i], total[i])
            out[i] += select(date[i] == place, total[i], 0.0)


@kernel
def add_row(
    paid_rows: Array, tangent: Array, explicit: int, carry: Array, date: Array, weight: float, n: int, out: Array
) -> None:
    """Add ``weight`` times the slope along a tangent, the derivative at fixed spots, and what the discount factor does.

    ``explicit`` is the row of the derivative at fixed spots, or -1; ``carry`` is by date.
    """
    value, slope = paid_rows[OF_VALUE], paid_rows[OF_SPOT]
    for i in range(n):
        found = fma(slope[i], tangent[i], value[i] * carry[np.int64(date[i])])
        if explicit >= 0:
            found += paid_rows[max(explicit, 0), i]
        out[i] = fma(weight, found, out[i])


@kernel
def unless_now(levels: Array, first: Counter, spot: float, sign: float, value: float, n: int, out: Array) -> None:
    """Replace a row where the policy of its paths exercises at once: beyond a level of the spot now."""
    if sign * spot >= sign * levels[np.int64(first[0] >> _SHIFT)]:
        for i in range(n):
            out[i] = value


@kernel
def add_constant(value: float, n: int, out: Array) -> None:
    """Add a constant."""
    for i in range(n):
        out[i] += value
