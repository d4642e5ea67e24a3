"""Slopes of a least-squares fit on a few hundred to thousands of draws, with the same bits on every machine.

Sums are a kernel's, in a fixed order, and the equations are solved one variable after the other, so that no library of
linear algebra is asked. A regressor that the others explain but for rounding has the slope 0. Verified against NumPy.
"""

from __future__ import annotations

from math import isfinite, sqrt

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array

_LEAST = 1e-10  # of a regressor's variance: what the others leave of it, below which it is rounding
_CONSTANT = 1e-24  # of a regressor's square: a variance below it is rounding


def slopes(rows: Array, n: int) -> Array:
    """Slopes of the last row on the others, with an intercept.

    Parameters
    ----------
    rows : ndarray, shape (k + 1, n or more)
    n : int
        Draws to use.

    Returns
    -------
    ndarray, shape (k,)
        Zeros where a sum overflows.
    """
    means, products = np.empty(len(rows)), np.empty((len(rows), len(rows)))
    cross_products(rows, n, means, products)
    size = len(rows) - 1
    if not np.isfinite(products).all():
        return np.zeros(size)
    used = [i for i in range(size) if products[i, i] > _CONSTANT * n * means[i] ** 2 and products[i, i] > 0.0]
    scale = {i: sqrt(products[i, i]) for i in used}
    left = {i: {j: float(products[max(i, j), min(i, j)]) / (scale[i] * scale[j]) for j in used} for i in used}
    right = {i: float(products[size, i]) / scale[i] for i in used}
    order: list[int] = []
    while len(order) < len(used):
        pivot = max((i for i in used if i not in order), key=lambda i: left[i][i])
        if left[pivot][pivot] <= _LEAST:
            break
        order.append(pivot)
        for i in used:
            if i in order:
                continue
            share = left[i][pivot] / left[pivot][pivot]
            right[i] -= share * right[pivot]
            for j in used:
                left[i][j] -= share * left[pivot][j]
    found = np.zeros(size)
    for place in range(len(order) - 1, -1, -1):
        i = order[place]
        known = sum(left[i][j] * found[j] for j in order[place + 1 :])
        found[i] = (right[i] - known) / left[i][i]
    for i in used:
        found[i] = found[i] / scale[i] if isfinite(found[i] / scale[i]) else 0.0
    return found


@kernel
def cross_products(rows: Array, n: int, means: Array, out: Array) -> None:
    """Means of each row, and below and on the diagonal sums of products of deviations from them."""
    for a in range(rows.shape[0]):
        total, row = 0.0, rows[a]
        for i in range(n):
            total += row[i]
        means[a] = total / n
    for a in range(rows.shape[0]):
        one, first = rows[a], means[a]
        for b in range(a + 1):
            other, second, total = rows[b], means[b], 0.0
            for i in range(n):
                total = fma(one[i] - first, other[i] - second, total)
            out[a, b] = total
            out[b, a] = total
