"""What is paid between two levels at a date: its mean given the path before, and the derivatives of that mean.

With the log-spot normal of mean y and deviation s, and C what free returns add to it, a payment asset S + cash on
a < log S - C < b has the mean asset exp(C + y + s^2 / 2) [Phi(z_b - s) - Phi(z_a - s)] + cash [Phi(z_b) - Phi(z_a)],
z = (end - y) / s, smooth in all of them.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 6.4. Verified with the draws.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, normal_cdf, normal_density
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
    FREE,
    LOWER,
    TILE,
    UPPER,
    WEIGHT,
    S,
    Y,
)

_LAST = 38.0  # deviations: the density beyond is 0
Z_A, Z_B, P_A, P_B, Q_A, Q_B, SMOOTH, MEAN, LIVE = range(0, 9 * TILE, TILE)
PAYMENT = 9 * TILE
DZ_A, DZ_B, D_E, D_MEAN = range(0, 4 * TILE, TILE)  # of each parameter
PAYMENT_SLOPES = 4 * TILE


@kernel
def pay_piece(
    t: Array,
    slopes: Array,
    second: Array,
    payment: Array,
    paid: Array,
    pairs: Index,
    pieces: Array,
    rates: Array,
    piece: int,
    begin: int,
    n: int,
    out: Array,
) -> None:
    """Add one payment to the rows of a tile: its mean, and its derivatives along each parameter and each pair."""
    low, high, asset, cash = pieces[piece, 0], pieces[piece, 1], pieces[piece, 2], pieces[piece, 3]
    greeks, end = slopes.shape[0], begin + n
    mean_payment(t, payment, low, high, asset, cash, n)
    add_mean(t, payment, n, out[0, begin:end])
    for k in range(greeks):
        slopes_of_payment(t, slopes[k], payment, paid[k], low, high, asset, rates[k, piece], n,
                          out[1 + k, begin:end])  # fmt: skip
    for k in range(second.shape[0]):
        a, b = pairs[k, 0], pairs[k, 1]
        second_of_payment(t, slopes[a], slopes[b], second[k], payment, paid[a], paid[b], asset, n,
                          out[1 + greeks + k, begin:end])  # fmt: skip


@kernel
def mean_payment(t: Array, r: Array, low: float, high: float, asset: float, cash: float, n: int) -> None:
    """The mean, the ends in deviations, and what their derivatives are multiplied by."""
    for i in range(n):
        a = (max(t[LOWER + i], low - t[FREE + i]) - t[Y + i]) / t[S + i]
        b = (min(t[UPPER + i], high - t[FREE + i]) - t[Y + i]) / t[S + i]
        open_ = select(b > a, 1.0, 0.0)
        a, b = min(max(a, -_LAST), _LAST), min(max(b, -_LAST), _LAST)
        r[Z_A + i], r[Z_B + i], r[LIVE + i] = a, b, open_
        turn = a > 0.0
        amount = cash * open_
        r[MEAN + i] = amount * (normal_cdf(select(turn, -a, b)) - normal_cdf(select(turn, -b, a)))
        r[P_A + i] = amount * normal_density(a)
        r[P_B + i] = amount * normal_density(b)
    if asset != 0.0:
        for i in range(n):
            a, b = r[Z_A + i] - t[S + i], r[Z_B + i] - t[S + i]
            turn = a > 0.0
            forward = asset * r[LIVE + i] * exp(t[FREE + i] + t[Y + i] + 0.5 * t[S + i] * t[S + i])
            part = forward * (normal_cdf(select(turn, -a, b)) - normal_cdf(select(turn, -b, a)))
            r[SMOOTH + i] = part
            r[MEAN + i] += part
            r[Q_A + i] = forward * normal_density(a)
            r[Q_B + i] = forward * normal_density(b)


@kernel
def slopes_of_payment(
    t: Array, d: Array, r: Array, e: Array, low: float, high: float, asset: float, rate: float, n: int, out: Array
) -> None:
    """The derivative along one parameter, added to ``out`` with the weight's and the discount factor's."""
    for i in range(n):
        end_a = select(low - t[FREE + i] > t[LOWER + i], -d[D_FREE + i], d[D_LOWER + i])
        end_b = select(high - t[FREE + i] < t[UPPER + i], -d[D_FREE + i], d[D_UPPER + i])
        a = (end_a - d[D_Y + i] - r[Z_A + i] * d[D_S + i]) / t[S + i]
        b = (end_b - d[D_Y + i] - r[Z_B + i] * d[D_S + i]) / t[S + i]
        e[DZ_A + i], e[DZ_B + i], e[D_MEAN + i] = a, b, r[P_B + i] * b - r[P_A + i] * a
    if asset != 0.0:
        for i in range(n):
            ds = d[D_S + i]
            forward = d[D_FREE + i] + d[D_Y + i] + t[S + i] * ds
            e[D_E + i] = forward
            e[D_MEAN + i] += r[SMOOTH + i] * forward + r[Q_B + i] * (e[DZ_B + i] - ds) - r[Q_A + i] * (e[DZ_A + i] - ds)
    for i in range(n):
        out[i] += t[WEIGHT + i] * fma(r[MEAN + i], d[D_LOG + i] + rate, e[D_MEAN + i])


@kernel
def second_of_payment(
    t: Array, da: Array, db: Array, q: Array, r: Array, ea: Array, eb: Array, asset: float, n: int, out: Array
) -> None:
    """The second derivative along a pair of parameters, neither of which moves the discount factor."""
    for i in range(n):
        s, yy, a_s, b_s, a_l, b_l = t[S + i], q[DD_Y + i], da[D_S + i], db[D_S + i], da[D_LOG + i], db[D_LOG + i]
        z_a, z_b, p_a, p_b = r[Z_A + i], r[Z_B + i], r[P_A + i], r[P_B + i]
        za_a, zb_a, za_b, zb_b = ea[DZ_A + i], ea[DZ_B + i], eb[DZ_A + i], eb[DZ_B + i]
        low = -(yy + za_a * b_s + za_b * a_s) / s
        high = -(yy + zb_a * b_s + zb_b * a_s) / s
        twice = p_b * (high - z_b * zb_a * zb_b) - p_a * (low - z_a * za_a * za_b)
        if asset != 0.0:
            q_a, q_b, e_a, e_b = r[Q_A + i], r[Q_B + i], ea[D_E + i], eb[D_E + i]
            ee = yy + a_s * b_s
            ua, ub, la, lb = zb_a - a_s, zb_b - b_s, za_a - a_s, za_b - b_s
            twice += r[SMOOTH + i] * (ee + e_a * e_b)
            twice += e_a * (q_b * ub - q_a * lb) + e_b * (q_b * ua - q_a * la)
            twice += q_b * (high - (z_b - s) * ua * ub)
            twice -= q_a * (low - (z_a - s) * la * lb)
        log = r[MEAN + i] * (q[DD_LOG + i] + a_l * b_l) + ea[D_MEAN + i] * b_l + eb[D_MEAN + i] * a_l
        out[i] += t[WEIGHT + i] * (twice + log)


@kernel
def add_mean(t: Array, r: Array, n: int, out: Array) -> None:
    """Add the mean times the weight of the path."""
    for i in range(n):
        out[i] += t[WEIGHT + i] * r[MEAN + i]
