"""Log-spots along one direction of their normals, b_j + c_j z, and how b and c move; see ``preintegration.py``."""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array
from greeks.estimators.preintegration_sums import TINY, D, T


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
        norm[i] = 1.0 / sqrt(max(norm[i], TINY))
        draw[i] *= norm[i]
    for j in range(log_spot.shape[0]):
        now, fixed, slope = log_spot[j, low:], b[j], c[j]
        for i in range(n):
            slope[i] *= norm[i]
            fixed[i] = fma(-slope[i], draw[i], now[i])


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
    norm, slope = 1.0 / sqrt(max(norm, TINY)), 0.0
    for i in range(n):
        moved[0, i] = 0.0  # as in split
    for j in range(dates):
        dv, kept = factor * variance_slope[j, 0], 1.0 if j > 0 else 0.0
        slope += 0.5 * dv * tails[j] * norm
        ratio, dm = 0.5 * dv / max(variance[j, 0], TINY), fma(factor, mean_slope[j, 0], direct[j])
        level = mean[j, 0] + drift[j] + (0.0 if j > 0 else start)
        now, before, by_b, by_b_before, by_c = b[j], b[max(j - 1, 0)], moved[j], moved[max(j - 1, 0)], moved[dates + j]
        for i in range(n):
            residual = now[i] - kept * before[i] - level
            by_b[i] = fma(ratio, residual, fma(kept, by_b_before[i], dm))
            by_c[i] = slope
