"""Root of a sum of exponentials, path by path: where the boundary of a payment on a weighted sum of spots lies.

sum of w_j exp(b_j + c_j z) with one weight of its own sign, divided by that term, is a sum with positive weights whose
logarithm is convex and monotone in z: Halley's steps from the root of the geometric mean, which lies on the side from
which Newton's method cannot fail. A path that is there stays as it is, so that its bits do not depend on its
neighbours. Verified in the tests against roots with many digits: to 1e-12 times the larger of 1 and the root.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp, log
from greeks.core.workspace import Array

TILE = 64  # paths together: the rows of a tile, two a date, stay in the second-level cache
ROOT, LEVEL_B, LEVEL_C, SUM, SUM_1, SUM_2, OPEN = range(7)  # rows of scratch
SEARCH = 7
FAR = 40.0  # deviations beyond which nothing counts
_STEP = 1e-5  # the root is there after a step this small: what is left is of its third power
_MOST = 100
_FLAT = 1e-200
_CLIP = 600.0  # of exponents, so that their sums stay finite


@kernel
def find_root(
    b: Array, c: Array, shares: Array, constant: float, constant_share: float, pivot: int, n: int, t: Array
) -> None:
    """Fill row ROOT of ``t`` with where ``sum shares_j exp(b_j + c_j z - level) + constant_share exp(-level)`` is 1.

    The level is b + c z of date ``pivot``, or log |constant| where that is -1. Shares are >= 0, that of the pivot is 0.
    """
    z, level_b, level_c, open_ = t[ROOT], t[LEVEL_B], t[LEVEL_C], t[OPEN]
    total, weighted, curved = t[SUM], t[SUM_1], t[SUM_2]
    least = _FLAT if pivot < 0 else -_FLAT  # of a path without variance
    level, whole = (log(abs(constant)) if pivot < 0 else 0.0), constant_share
    for i in range(n):
        level_b[i] = level if pivot < 0 else b[max(pivot, 0), i]
        level_c[i] = 0.0 if pivot < 0 else c[max(pivot, 0), i]
        total[i] = -constant_share * level_b[i]
        weighted[i] = -constant_share * level_c[i]
        open_[i] = 1.0
    for j in range(b.shape[0]):
        share = shares[j]
        whole += share
        fixed, steep = b[j], c[j]
        for i in range(n):
            total[i] = fma(share, fixed[i] - level_b[i], total[i])
            weighted[i] = fma(share, steep[i] - level_c[i], weighted[i])
    start = log(whole) * whole
    for i in range(n):
        slope = weighted[i] if abs(weighted[i]) > _FLAT else least
        z[i] = min(max(-(total[i] + start) / slope, -FAR), FAR)
    for _ in range(_MOST):
        for i in range(n):
            e = min(max(-fma(level_c[i], z[i], level_b[i]), -_CLIP), _CLIP)
            total[i] = constant_share * exp(e)
            weighted[i] = -level_c[i] * total[i]
            curved[i] = -level_c[i] * weighted[i]
        for j in range(b.shape[0]):
            share, fixed, steep = shares[j], b[j], c[j]
            for i in range(n):
                d = steep[i] - level_c[i]
                e = share * exp(min(max(fma(d, z[i], fixed[i] - level_b[i]), -_CLIP), _CLIP))
                total[i] += e
                weighted[i] = fma(d, e, weighted[i])
                curved[i] = fma(d * d, e, curved[i])
        left = 0.0
        for i in range(n):
            rise = weighted[i] / total[i] if abs(weighted[i]) > _FLAT * total[i] else least
            newton = log(total[i]) / rise
            bend = fma(-rise, rise, curved[i] / total[i]) / rise
            step = newton / min(max(1.0 - 0.5 * newton * bend, 0.5), 2.0)
            after = min(max(z[i] - step, -FAR), FAR)
            moved = abs(after - z[i])
            z[i] = after if open_[i] > 0.0 else z[i]
            open_[i] = open_[i] if moved > _STEP else 0.0
            left += open_[i]
        if left == 0.0:
            return
