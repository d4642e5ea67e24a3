"""What every Greek by preintegration needs of the dates, summed from the last one back; see ``preintegration.py``.

With z the root and g_j = a_j exp(b_j + c_j z - z^2 / 2), sums over dates from k on of g_j (T), g_j c_j (C) and the mean
payments (D) are all that a Greek of first order needs; g_j = sqrt(2 pi) a_j S_j(z) phi(z) neither overflows nor
vanishes where it counts.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, normal_tail_ratio
from greeks.core.workspace import Array
from greeks.estimators.exponential_root import ROOT, SEARCH

# Rows of scratch besides those of the search: what every Greek shares, then what second order needs.
HALF, D, T, C, C2, M, R, U, SLOPE, SQUARE, MIXED = range(SEARCH, SEARCH + 11)
SHARED = SEARCH + 11
TINY = 1e-300


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
