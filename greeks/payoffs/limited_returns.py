"""Kernels of returns from one fixing to the next that are limited below and above, and of their sum.

Verified path by path against the naive implementation in the tests.
"""

from __future__ import annotations

from greeks.compiler.jit import kernel
from greeks.core.workspace import Array


@kernel
def limited_sum(spot: Array, start: float, low: float, high: float, past: float, n: int, out: Array) -> None:
    """``past`` plus the sum of the limited returns of each path."""
    first = spot[0]
    for i in range(n):
        out[i] = past + min(max(first[i] / start - 1.0, low), high)
    for j in range(1, spot.shape[0]):
        before, now = spot[j - 1], spot[j]
        for i in range(n):
            out[i] += min(max(now[i] / before[i] - 1.0, low), high)


@kernel
def limited_returns(spot: Array, start: float, low: float, high: float, factor: float, n: int, out: Array) -> None:
    """``factor`` times each limited return."""
    first, row = spot[0], out[0]
    for i in range(n):
        row[i] = factor * min(max(first[i] / start - 1.0, low), high)
    for j in range(1, spot.shape[0]):
        before, now, row = spot[j - 1], spot[j], out[j]
        for i in range(n):
            row[i] = factor * min(max(now[i] / before[i] - 1.0, low), high)


@kernel
def ratios_inside(spot: Array, start: float, low: float, high: float, n: int, out: Array) -> None:
    """Ratio of each spot to the one before, where their return is strictly between its limits, else 0."""
    first, row = spot[0], out[0]
    for i in range(n):
        ratio = first[i] / start
        row[i] = ratio if low < ratio - 1.0 < high else 0.0
    for j in range(1, spot.shape[0]):
        before, now, row = spot[j - 1], spot[j], out[j]
        for i in range(n):
            ratio = now[i] / before[i]
            row[i] = ratio if low < ratio - 1.0 < high else 0.0


@kernel
def limit(low: float, high: float, factor: float, n: int, out: Array) -> None:
    """``factor min(max(out, low), high)`` in place."""
    for i in range(n):
        out[i] = factor * min(max(out[i], low), high)


@kernel
def inside(low: float, high: float, factor: float, n: int, out: Array) -> None:
    """``factor`` where ``out`` is strictly between two levels, else 0, in place."""
    for i in range(n):
        out[i] = factor if low < out[i] < high else 0.0
