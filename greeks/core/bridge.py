"""The Brownian bridge: normals of the increments of a path from normals in the order of their importance.

The last point comes first, then always the point of the largest variance given those that are there, so that the first
dimensions of a Sobol sequence, its best, carry most of the path. Source: Caflisch and Moskowitz, Modified Monte Carlo
methods using quasi-random sequences (1995); Glasserman (2004), section 3.1. Verified in the tests: the increments are
an orthogonal image of the normals, and the points those of the definition.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from math import sqrt

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array

_TILE = 256  # paths bridged together, so that their rows stay in the cache
Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Bridge:
    """A bridge over given times, its points in the order in which they are set.

    Attributes
    ----------
    points : ndarray of int, shape (times, 3)
        Each point, and its neighbours before and after that are there already; -1 for none.
    weights : ndarray, shape (times, 3)
        Of the neighbours, and of the normal: the deviation given both.
    roots : ndarray, shape (times,)
        1 over the root of each interval.
    """

    points: Index
    weights: Array
    roots: Array


@lru_cache(maxsize=64)
def bridge_of(times: tuple[float, ...]) -> Bridge:
    """The bridge over ``times`` (years, ascending, positive)."""
    t, last = (0.0, *times), len(times)
    points, weights = [(last - 1, -1, -1)], [(0.0, 0.0, sqrt(times[-1]))]
    heap: list[tuple[float, int, int, int]] = []

    def offer(left: int, right: int) -> None:
        """The point between two that has the largest variance given them."""
        if right - left > 1:
            middle = bisect_left(t, 0.5 * (t[left] + t[right]))
            near = [each for each in (middle - 1, middle) if left < each < right] or [left + 1]
            best = max(near, key=lambda each: (_variance(t[left], t[each], t[right]), -each))
            heappush(heap, (-_variance(t[left], t[best], t[right]), left, best, right))

    offer(0, last)
    while heap:
        variance, left, middle, right = heappop(heap)
        share = (t[middle] - t[left]) / (t[right] - t[left])
        points.append((middle - 1, left - 1, right - 1))
        weights.append((1.0 - share if left else 0.0, share, sqrt(-variance)))
        offer(left, middle)
        offer(middle, right)
    return Bridge(np.array(points), np.array(weights), 1.0 / np.sqrt(np.diff(t)))


def _variance(before: float, now: float, after: float) -> float:
    return (now - before) * (after - now) / (after - before)


@kernel
def bridge_increments(points: Index, weights: Array, roots: Array, width: int, rows: Array) -> None:
    """Replace normals by those of the increments: row j holds that of the point j, and then that of interval j."""
    for low in range(0, width, _TILE):
        high = min(low + _TILE, width)
        for k in range(points.shape[0]):
            point, left, right = points[k, 0], max(points[k, 1], 0), max(points[k, 2], 0)
            a, b, deviation = weights[k, 0], weights[k, 1], weights[k, 2]
            row, before, after = rows[point, low:high], rows[left, low:high], rows[right, low:high]
            for i in range(high - low):
                row[i] = fma(a, before[i], fma(b, after[i], deviation * row[i]))
        for j in range(rows.shape[0] - 1, 0, -1):
            row, before, scale = rows[j, low:high], rows[j - 1, low:high], roots[j]
            for i in range(high - low):
                row[i] = scale * (row[i] - before[i])
        row, scale = rows[0, low:high], roots[0]
        for i in range(high - low):
            row[i] *= scale
