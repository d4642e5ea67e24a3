"""Weights of normal log-returns, date by date, each times the amount of its date; see the additive estimator.

With e a return less its mean, V its variance, and subscripts for derivatives, the score is s_a = e M_a / V +
(e^2 / V - 1) V_a / (2 V); its derivative along b at a fixed path follows from e_b = -M_b.
"""

from __future__ import annotations

from greeks.compiler.jit import device, fma, kernel
from greeks.core.workspace import Array

TILE = 256  # paths advanced together, so that the running sums stay near
ACCUMULATORS = 9  # rows of scratch
READS = ("spot", "return", "path")  # what an amount depends on
_LEAST = 1e-300  # variance of a return that has none: its score is beyond all bounds, unless nothing moves it


@device
def score(e: float, variance: float, mean_slope: float, variance_slope: float) -> float:
    """Derivative of the logarithm of a normal density."""
    inverse = 1.0 / variance
    return inverse * fma(e, mean_slope, 0.5 * variance_slope * fma(e * e, inverse, -1.0))


@device
def curvature(
    e: float, variance: float, mean_a: float, var_a: float, mean_b: float, var_b: float, mean_ab: float, wide: float
) -> float:
    """Derivative of a score, s_a, along b; ``wide`` is 1 where the deviation is linear in one parameter, else 0."""
    inverse = 1.0 / variance
    z2, both = e * e * inverse, var_a * var_b * inverse
    mean_part = fma(e, mean_ab, -mean_a * mean_b) - e * inverse * fma(mean_a, var_b, mean_b * var_a)
    return inverse * (mean_part + both * fma(0.25 * wide, z2 - 1.0, 0.5 - z2))


@device
def add_return(
    size: int, low: int, kept: float, before: Array, now: Array, later: float, begin: float, mean: Array,
    variance: Array, step: int, drift: float, moved: Array, spread: Array,
) -> None:  # fmt: skip
    """Deviation and variance of what an amount depends on, with one more return; ``step`` 0 is one for all paths."""
    for i in range(size):
        k = low + i
        moved[i] = fma(kept, moved[i], now[k] - fma(later, before[k], begin) - mean[k * step] - drift)
        spread[i] = fma(kept, spread[i], variance[k * step])


@device
def add_slopes(
    size: int, low: int, kept: float, mean: Array, variance: Array, step: int, factor: float, direct: float,
    towards: Array, wider: Array,
) -> None:  # fmt: skip
    """Their derivatives along one parameter, with those of one more return."""
    for i in range(size):
        k = low + i
        towards[i] = fma(kept, towards[i], fma(factor, mean[k * step], direct))
        wider[i] = fma(kept, wider[i], factor * variance[k * step])


@kernel
def add_first_order(
    amounts: Array,
    log_spot: Array,
    start: float,
    mean: Array,
    variance: Array,
    drift: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: Array,
    reads: int,
    discount: float,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """``out += discount`` times the sum over dates of amount times the score of what it depends on."""
    step, slope_step = min(mean.shape[1] - 1, 1), min(mean_slope.shape[1] - 1, 1)
    kept, past = (1.0 if reads == 0 else 0.0), (1.0 if reads == 2 else 0.0)  # sums of returns, or of their scores
    for low in range(0, n, TILE):
        size = min(low + TILE, n) - low
        moved, spread, towards, wider, total = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4]
        for i in range(size):
            moved[i], spread[i], towards[i], wider[i], total[i] = 0.0, 0.0, 0.0, 0.0, 0.0
        for j in range(amounts.shape[0]):
            later, begin = (1.0, 0.0) if j > 0 else (0.0, start)
            before, now, amount, row = log_spot[max(j - 1, 0)], log_spot[j], amounts[j], out[low : low + size]
            add_return(size, low, kept, before, now, later, begin, mean[j], variance[j], step, drift[j], moved, spread)
            add_slopes(size, low, kept, mean_slope[j], variance_slope[j], slope_step, factor, direct[j], towards, wider)
            for i in range(size):
                own = score(moved[i], max(spread[i], _LEAST), towards[i], wider[i])
                total[i] = fma(past, total[i], own)
                row[i] = fma(discount * amount[low + i], total[i], row[i])


@kernel
def add_second_order(
    amounts: Array,
    log_spot: Array,
    start: float,
    mean: Array,
    variance: Array,
    drift: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: Array,
    other_mean_slope: Array,
    other_variance_slope: Array,
    other_factor: float,
    other_direct: Array,
    curved: Array,
    wide: float,
    reads: int,
    discount: float,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    """``out += discount`` times the sum over dates of amount times s_a s_b + d_b s_a of what it depends on.

    ``curved`` is the second derivative of each return's mean.
    """
    step = min(mean.shape[1] - 1, 1)
    kept, past = (1.0 if reads == 0 else 0.0), (1.0 if reads == 2 else 0.0)  # sums of returns, or of their scores
    step_a, step_b = min(mean_slope.shape[1] - 1, 1), min(other_mean_slope.shape[1] - 1, 1)
    for low in range(0, n, TILE):
        size = min(low + TILE, n) - low
        moved, spread, mean_a, var_a = scratch[0], scratch[1], scratch[2], scratch[3]
        mean_b, var_b, one, two, bend = scratch[4], scratch[5], scratch[6], scratch[7], scratch[8]
        for i in range(size):
            moved[i], spread[i], mean_a[i], var_a[i] = 0.0, 0.0, 0.0, 0.0
            mean_b[i], var_b[i], one[i], two[i], bend[i] = 0.0, 0.0, 0.0, 0.0, 0.0
        bent = 0.0
        for j in range(amounts.shape[0]):
            later, begin = (1.0, 0.0) if j > 0 else (0.0, start)
            bent = fma(kept, bent, curved[j])
            before, now, amount, row = log_spot[max(j - 1, 0)], log_spot[j], amounts[j], out[low : low + size]
            add_return(size, low, kept, before, now, later, begin, mean[j], variance[j], step, drift[j], moved, spread)
            add_slopes(size, low, kept, mean_slope[j], variance_slope[j], step_a, factor, direct[j], mean_a, var_a)
            add_slopes(
                size, low, kept, other_mean_slope[j], other_variance_slope[j], step_b, other_factor, other_direct[j],
                mean_b, var_b,
            )  # fmt: skip
            for i in range(size):
                whole = max(spread[i], _LEAST)
                s = score(moved[i], whole, mean_a[i], var_a[i])
                t = score(moved[i], whole, mean_b[i], var_b[i])
                u = curvature(moved[i], whole, mean_a[i], var_a[i], mean_b[i], var_b[i], bent, wide)
                one[i], two[i], bend[i] = fma(past, one[i], s), fma(past, two[i], t), fma(past, bend[i], u)
                row[i] = fma(discount * amount[low + i], fma(one[i], two[i], bend[i]), row[i])
