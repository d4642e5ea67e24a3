"""Moments of contributions: of a block, and merged over blocks in a fixed tree.

A block's sums run in eight lanes, each in order of the paths, and the lanes are added in a fixed order: the compiler
may put the lanes into vectors of any width without changing a bit (see ``greeks/compiler/sums.py``). Powers are taken
about a pilot value near the mean, so nothing is lost to cancellation. Source of the merging: Pebay, Formulas for
robust, one-pass parallel computation of covariances and arbitrary-order statistical moments (2008). Verified against
40-digit sums.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import device, fma, kernel, power_sums
from greeks.core.workspace import Array

MOMENT_COLUMNS = 5  # count, mean, and central power sums of order 2, 3 and 4
SUMS = (4, 8)  # powers and lanes
PILOT = 32  # elements whose mean is the pilot
Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def block_moments(x: Array, n: int, out: Array) -> None:
    """Moments of each row.

    Parameters
    ----------
    x : ndarray, shape (k, width)
    n : int
        Paths to use, at most width.
    out : ndarray, shape (k, MOMENT_COLUMNS)
    """
    rows_moments(x, n, np.empty(SUMS), out)


@kernel
def rows_moments(x: Array, n: int, sums: Array, out: Array) -> None:
    """:func:`block_moments` with scratch of shape ``SUMS``."""
    for k in range(x.shape[0]):
        row, pilot, head, whole = x[k], 0.0, min(n, PILOT), n - n % 8
        for i in range(head):
            pilot += row[i]
        pilot /= head
        clear(sums)
        power_sums(row, whole, pilot, sums)
        for i in range(whole, n):
            add_power(row[i] - pilot, i - whole, sums)
        central(n, pilot, sums, 1.0, out[k])


@kernel
def add_rows(rows: Array, members: Index, n: int, out: Array) -> None:
    """``out = sum of rows[members]``, in order."""
    first = rows[members[0]]
    for i in range(n):
        out[i] = first[i]
    for k in range(1, members.shape[0]):
        row = rows[members[k]]
        for i in range(n):
            out[i] += row[i]


@device
def clear(sums: Array) -> None:
    """Set every lane of every power to 0."""
    for power in range(sums.shape[0]):
        for lane in range(sums.shape[1]):
            sums[power, lane] = 0.0


@device
def add_power(d: float, lane: int, sums: Array) -> None:
    """Add the powers of one element less the pilot."""
    q = d * d
    sums[0, lane] += d
    sums[1, lane] += q
    sums[2, lane] = fma(q, d, sums[2, lane])
    sums[3, lane] = fma(q, q, sums[3, lane])


@device
def lanes_of(x: Array) -> float:
    """Sum of eight lanes, pairwise."""
    total: float = ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))
    return total


@device
def central(n: int, pilot: float, sums: Array, factor: float, out: Array) -> None:
    """Count, mean and central power sums of ``factor`` times the elements, from sums of powers about the pilot."""
    s1, s2, s3, s4 = lanes_of(sums[0]), lanes_of(sums[1]), lanes_of(sums[2]), lanes_of(sums[3])
    shift = s1 / n
    square, scale = shift * shift, factor * factor
    out[0] = n
    out[1] = factor * (pilot + shift)
    out[2] = scale * max(s2 - n * square, 0.0)
    out[3] = scale * factor * (s3 - 3.0 * shift * s2 + 2.0 * n * square * shift)
    out[4] = scale * scale * max(s4 - 4.0 * shift * s3 + 6.0 * square * s2 - 3.0 * n * square * square, 0.0)


@kernel
def merge_moments(a: Array, b: Array, out: Array) -> None:
    """Moments of the union of two sets of paths, row by row; ``out`` may be ``a``."""
    for k in range(a.shape[0]):
        na, nb = a[k, 0], b[k, 0]
        n = na + nb
        d = b[k, 1] - a[k, 1]
        r = d / n
        a2, b2, a3, b3 = a[k, 2], b[k, 2], a[k, 3], b[k, 3]
        fourth = a[k, 4] + b[k, 4] + d * r * r * r * na * nb * (na * na - na * nb + nb * nb)
        fourth += 6.0 * r * r * (na * na * b2 + nb * nb * a2) + 4.0 * r * (na * b3 - nb * a3)
        out[k, 4] = fourth
        out[k, 3] = a3 + b3 + d * r * r * na * nb * (na - nb) + 3.0 * r * (na * b2 - nb * a2)
        out[k, 2] = a2 + b2 + d * r * na * nb
        out[k, 1] = a[k, 1] + r * nb
        out[k, 0] = n


class MomentTree:
    """Moments of any set of blocks, merged along the binary tree of their indices.

    Blocks 2i and 2i + 1 of a level are merged as soon as both are there, whoever delivers them and in whatever order,
    so the total depends on the set of blocks alone: N paths and then N more give the bits of 2N at once.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], Array] = {}

    def add(self, block: int, moments: Array) -> None:
        """Add one block.

        Raises
        ------
        ValueError
            If the block is there already.
        """
        self._insert(0, block, moments)

    def merge(self, other: MomentTree) -> None:
        """Add every block of another tree."""
        for (level, index), moments in other._nodes.items():
            self._insert(level, index, moments)

    def _insert(self, level: int, index: int, moments: Array) -> None:
        while (level, index ^ 1) in self._nodes:
            if (level, index) in self._nodes:
                break
            sibling = self._nodes.pop((level, index ^ 1))
            left, right = (sibling, moments) if index & 1 else (moments, sibling)
            moments = np.empty_like(left)
            merge_moments(left, right, moments)
            level, index = level + 1, index >> 1
        if (level, index) in self._nodes:
            raise ValueError(f"block range {index} of level {level} was added twice")
        self._nodes[level, index] = moments

    def total(self) -> Array:
        """Moments of all blocks so far, shape (rows, MOMENT_COLUMNS).

        Raises
        ------
        ValueError
            If there is no block.
        """
        parts: Iterator[Array] = (
            moments for _, moments in sorted(self._nodes.items(), key=lambda item: item[0][1] << item[0][0])
        )
        try:
            total = next(parts).copy()
        except StopIteration:
            raise ValueError("no block has been added") from None
        for moments in parts:
            merge_moments(total, moments, total)
        return total
