"""Kernels shared by payoffs that are a function of weighted sums over the dates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from greeks._jit import fma, kernel
from greeks.models.base import Tangent
from greeks.workspace import Array

_TILE = 512
Index = npt.NDArray[np.int64]
ONLY: Index = np.zeros(1, dtype=np.int64)  # the target of a single sum


@kernel
def weighted_sums(rows: Array, weights: Array, targets: Index, n: int, out: Array) -> None:
    """``out[targets[k], i] = sum_j weights[k, j] rows[j, i]``; each row is loaded once for all k."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        first = rows[0, low:high]
        for k in range(weights.shape[0]):
            weight, total = weights[k, 0], out[targets[k], low:high]
            for i in range(high - low):
                total[i] = weight * first[i]
        for j in range(1, rows.shape[0]):
            row = rows[j, low:high]
            for k in range(weights.shape[0]):
                weight, total = weights[k, j], out[targets[k], low:high]
                for i in range(high - low):
                    total[i] = fma(weight, row[i], total[i])


@kernel
def weighted_product_sum(rows: Array, factors: Array, weights: Array, n: int, out: Array) -> None:
    """``out[i] = sum_j weights[j] rows[j, i] factors[j, i]``."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        total = out[low:high]
        for i in range(high - low):
            total[i] = 0.0
        for j in range(rows.shape[0]):
            weight, row, factor = weights[j], rows[j, low:high], factors[j, low:high]
            for i in range(high - low):
                total[i] = fma(weight * row[i], factor[i], total[i])


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
def multiply(factor: Array, n: int, out: Array) -> None:
    """Multiply ``out`` in place by ``factor``."""
    for i in range(n):
        out[i] *= factor[i]


def linear_directional(rows: Array, weights: Array, tangents: Sequence[Tangent], n: int, out: Array) -> None:
    """``sum_j weights[j] rows[j] tangent[j]`` for each tangent: the derivative of a weighted sum of spots.

    Tangents that are constant on each date are taken in one pass over the rows.
    """
    dated = [k for k, tangent in enumerate(tangents) if tangent.by_date is not None]
    if dated:
        combined = np.array([weights * tangent.by_date for tangent in tangents if tangent.by_date is not None])
        weighted_sums(rows, combined, np.array(dated), n, out)
    for k, tangent in enumerate(tangents):
        if tangent.field is not None:
            weighted_product_sum(rows, tangent.field, weights, n, out[k])
        if tangent.by_path is not None:
            multiply(tangent.by_path, n, out[k])
