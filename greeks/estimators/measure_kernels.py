"""Paths with one return moved to another law, and the differences of the payments; see ``measure_valued.py``."""

from __future__ import annotations

from math import sqrt

from greeks.compiler.jit import fma, kernel, select
from greeks.core.elementary import exp, log
from greeks.core.workspace import Array

_SHARE = 0.5  # of the mean deviation of a payment: more than this at once is no smooth change, however far it is moved
_STEEP = 4.0  # change in mean deviations of the payment, per standard deviation of the spot, of a smooth payment


@kernel
def displace(
    now: Array,
    before: Array,
    later: bool,
    mean: Array,
    variance: Array,
    drift: float,
    start: float,
    uniform: Array,
    kind: int,
    n: int,
    out: Array,
) -> None:
    """By how much a log-return changes: to s R (kind 0), -s R (1) or s D (2) about its mean."""
    step, begin = min(mean.shape[0] - 1, 1), 1.0 if later else 0.0
    for i in range(n):
        old = now[i] - fma(begin, before[i], start) - mean[i * step] - drift
        square = -2.0 * variance[i * step] * log(uniform[i])
        if kind == 2:
            size = sqrt(fma(old, old, square))
            out[i] = select(old < 0.0, -size, size) - old
        else:
            out[i] = select(kind == 0, 1.0, -1.0) * sqrt(square) - old


@kernel
def apart(shift: Array, factor: float, kind: int, n: int, out: Array) -> None:
    """``factor shift`` of kind 0; how far that of kind 1 is from it; the size of that of kind 2."""
    for i in range(n):
        if kind == 0:
            out[i] = factor * shift[i]
        else:
            out[i] = abs(factor * shift[i] - select(kind == 1, out[i], 0.0))


@kernel
def crossed(near: Array, far: Array, values: Array, moved: Array, n: int, out: Array) -> None:
    """1 where the payments of a pair differ by more than those of a smooth payment would, else 0.

    Measured by the mean deviation of the payments: where there are paths on either side of a jump it is a part of that.
    """
    mean, deviation = 0.0, 0.0
    for i in range(n):
        mean += values[i]
    mean /= n
    for i in range(n):
        deviation += abs(values[i] - mean)
    deviation /= n
    for i in range(n):
        out[i] = 1.0 if abs(far[i] - near[i]) > min(_STEEP * moved[i], _SHARE) * deviation else 0.0


@kernel
def either(one: Array, n: int, out: Array) -> None:
    """``out = max(out, one)``."""
    for i in range(n):
        out[i] = max(out[i], one[i])


@kernel
def move(spot: Array, log_spot: Array, shift: Array, date: int, n: int, out: Array, log_out: Array) -> None:
    """Spots and log-spots with all from a date on moved."""
    for j in range(spot.shape[0]):
        s, x, moved, log_moved = spot[j], log_spot[j], out[j], log_out[j]
        if j < date:
            for i in range(n):
                moved[i] = s[i]
                log_moved[i] = x[i]
        else:
            for i in range(n):
                log_moved[i] = x[i] + shift[i]
                moved[i] = s[i] * exp(shift[i])


@kernel
def differences(side: Array, values: Array, variance: Array, scale: float, n: int, odd: Array, even: Array) -> None:
    """``scale (side[0] - side[1]) / s`` and ``side[2] - values``."""
    step, up, down, wide = min(variance.shape[0] - 1, 1), side[0], side[1], side[2]
    for i in range(n):
        odd[i] = scale * (up[i] - down[i]) / sqrt(max(variance[i * step], 1e-300))
        even[i] = wide[i] - values[i]


@kernel
def add_over(even: Array, variance: Array, factor: float, n: int, out: Array) -> None:
    """``out += factor even / variance``."""
    step = min(variance.shape[0] - 1, 1)
    for i in range(n):
        out[i] = fma(factor, even[i] / max(variance[i * step], 1e-300), out[i])


@kernel
def add_slopes(
    odd: Array,
    even: Array,
    mean_slope: Array,
    variance_slope: Array,
    variance: Array,
    factor: float,
    direct: float,
    n: int,
    out: Array,
) -> None:
    """``out += odd (factor dm + direct) + factor even dv / (2 v)``; ds / s is dv / (2 v)."""
    step = min(variance.shape[0] - 1, 1)
    for i in range(n):
        k = i * step
        wide = 0.5 * factor * even[i] * variance_slope[k] / max(variance[k], 1e-300)
        out[i] += fma(odd[i], fma(factor, mean_slope[k], direct), wide)
