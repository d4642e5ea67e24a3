"""Kernels shared by payoffs that are a function of weighted sums over the dates.

Verified path by path against the naive implementation in the tests.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import device, fma, kernel
from greeks.core.rows import fill
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Tangent

_TILE = 512
Index = npt.NDArray[np.int64]
ONLY: Index = np.zeros(1, dtype=np.int64)  # the target of a single sum


@kernel
def weighted_sums(rows: Array, weights: Array, targets: Index, n: int, out: Array) -> None:
    """``out[targets[k], i] = sum_j weights[k, j] rows[j, i]``; each row is loaded once for all k."""
    for low in range(0, n, _TILE):
        sum_tile(rows, weights, targets, low, min(low + _TILE, n), out)


@kernel
def weighted_cumulative_sum(
    rows: Array, increments: Array, scale: Array, known: Array, weights: Array, n: int, running: Array, out: Array
) -> None:
    """``out[i] += sum_j weights[j] rows[j, i] (known[j] + sum over k <= j of scale[k] increments[k, i])``."""
    for low in range(0, n, _TILE):
        cumulative_tile(rows, increments, scale, known, weights, low, min(low + _TILE, n), running, out)


@kernel
def both_sums(
    rows: Array,
    combined: Array,
    targets: Index,
    increments: Array,
    scale: Array,
    known: Array,
    weights: Array,
    n: int,
    running: Array,
    out: Array,
    target: int,
) -> None:
    """:func:`weighted_sums`, then :func:`weighted_cumulative_sum` into row ``target``, tile by tile.

    The rows of a tile are still in the second-level cache when they are needed again; those of a block are not.
    """
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        sum_tile(rows, combined, targets, low, high, out)
        cumulative_tile(rows, increments, scale, known, weights, low, high, running, out[target])


@device
def sum_tile(rows: Array, weights: Array, targets: Index, low: int, high: int, out: Array) -> None:
    """Sums of one tile.

    Four rows at a time, in the same order: otherwise most of the work would be loading and storing the sums.
    """
    first = rows[0, low:high]
    for k in range(weights.shape[0]):
        weight, total = weights[k, 0], out[targets[k], low:high]
        for i in range(high - low):
            total[i] = weight * first[i]
    fours = 1 + (rows.shape[0] - 1) // 4 * 4
    for j in range(1, fours, 4):
        a, b, c, d = rows[j, low:high], rows[j + 1, low:high], rows[j + 2, low:high], rows[j + 3, low:high]
        for k in range(weights.shape[0]):
            wa, wb, wc, wd = weights[k, j], weights[k, j + 1], weights[k, j + 2], weights[k, j + 3]
            total = out[targets[k], low:high]
            for i in range(high - low):
                total[i] = fma(wd, d[i], fma(wc, c[i], fma(wb, b[i], fma(wa, a[i], total[i]))))
    for j in range(fours, rows.shape[0]):
        row = rows[j, low:high]
        for k in range(weights.shape[0]):
            weight, total = weights[k, j], out[targets[k], low:high]
            for i in range(high - low):
                total[i] = fma(weight, row[i], total[i])


@device
def cumulative_tile(
    rows: Array,
    increments: Array,
    scale: Array,
    known: Array,
    weights: Array,
    low: int,
    high: int,
    running: Array,
    out: Array,
) -> None:
    """Cumulative sums of one tile."""
    dates, total = rows.shape[0], out[low:high]
    for i in range(high - low):
        running[i] = 0.0
    for j in range(0, dates - 1, 2):
        weight, step, row, change = weights[j], scale[j], rows[j, low:high], increments[j, low:high]
        weight1, step1, known0, known1 = weights[j + 1], scale[j + 1], known[j], known[j + 1]
        row1, change1 = rows[j + 1, low:high], increments[j + 1, low:high]
        for i in range(high - low):
            first = fma(step, change[i], running[i])
            second = fma(step1, change1[i], first)
            running[i] = second
            total[i] = fma(weight1 * row1[i], second + known1, fma(weight * row[i], first + known0, total[i]))
    if dates % 2:
        j = dates - 1
        weight, step, row, change = weights[j], scale[j], rows[j, low:high], increments[j, low:high]
        known0 = known[j]
        for i in range(high - low):
            total[i] = fma(weight * row[i], fma(step, change[i], running[i]) + known0, total[i])


@kernel
def ramp(sums: Array, sign: float, constant: float, n: int, out: Array) -> None:
    """``max(sign (sums + constant), 0)``: a call (sign 1) or put (sign -1) on a sum."""
    for i in range(n):
        out[i] = max(sign * (sums[i] + constant), 0.0)


@kernel
def gate(values: Array, slopes: Array, sign: float, n: int) -> None:
    """Multiply ``slopes`` in place by the sign, and by 0 where the option ends out of the money."""
    for i in range(n):
        slopes[i] = sign * slopes[i] if values[i] > 0.0 else 0.0


@kernel
def digital_values(spot: Array, sign: float, strike: float, cash: float, asset: float, n: int, out: Array) -> None:
    """``cash + asset S`` where sign (S - K) > 0, else 0."""
    for i in range(n):
        out[i] = fma(asset, spot[i], cash) if sign * (spot[i] - strike) > 0.0 else 0.0


@kernel
def multiply(factor: Array, n: int, out: Array) -> None:
    """Multiply ``out`` in place by ``factor``."""
    for i in range(n):
        out[i] *= factor[i]


def linear_directional(
    rows: Array, weights: Array, tangents: Sequence[Tangent], n: int, workspace: Workspace, out: Array
) -> None:
    """``sum_j weights[j] rows[j] tangent[j]`` for each tangent: the derivative of a weighted sum of spots.

    What depends on the date alone is taken in one pass over the rows for all tangents, and the first cumulative sum
    with it.
    """
    summed = [k for k, tangent in enumerate(tangents) if tangent.increments is None or tangent.by_path is not None]
    combined = np.array([weights * tangents[k].by_date for k in summed])
    targets, running = np.array(summed, dtype=np.int64), workspace.array("running", _TILE)
    pending = bool(summed)
    for k, tangent in enumerate(tangents):
        if k in summed or tangent.increments is None or tangent.scale is None:
            continue
        fill(0.0, n, out[k])
        cumulative = tangent.increments, tangent.scale, tangent.by_date, weights, n, running
        if pending:
            both_sums(rows, combined, targets, *cumulative, out, k)
        else:
            weighted_cumulative_sum(rows, *cumulative, out[k])
        pending = False
    if pending:
        weighted_sums(rows, combined, targets, n, out)
    for k in summed:
        tangent = tangents[k]
        if tangent.by_path is not None:
            multiply(tangent.by_path, n, out[k])
            if tangent.increments is not None and tangent.scale is not None:
                nothing = np.zeros(len(weights))
                weighted_cumulative_sum(rows, tangent.increments, tangent.scale, nothing, weights, n, running, out[k])


def last_directional(spot: Array, tangents: Sequence[Tangent], n: int, workspace: Workspace, out: Array) -> None:
    """Derivative of the last spot along each tangent."""
    weights = np.zeros(spot.shape[0])
    weights[-1] = 1.0
    linear_directional(spot, weights, tangents, n, workspace, out)
