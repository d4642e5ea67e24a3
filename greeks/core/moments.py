"""Moments of contributions of a block, and the error that they say a mean has; blocks are merged in ``trees.py``.

A block's sums run in eight lanes, each in order of the paths, and the lanes are added in a fixed order: the compiler
may put the lanes into vectors of any width without changing a bit (see ``greeks/compiler/sums.py``). Powers are taken
about a pilot value near the mean, so nothing is lost to cancellation. Verified against 40-digit sums.
"""

from __future__ import annotations

from math import inf, nan, sqrt

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


def standard_error(row: Array) -> float:
    """Standard error of a mean from its row of moments: from the replicates where there are some; nan of one alone."""
    if len(row) > MOMENT_COLUMNS:
        count, square = int(row[MOMENT_COLUMNS]), float(row[MOMENT_COLUMNS + 1])
    else:
        count, square = int(row[0]), float(row[2])
    variance = square / (count - 1) if count > 1 else nan
    return sqrt(variance / count) if variance >= 0.0 else nan


def degrees_of(row: Array) -> float:
    """Degrees of freedom of :func:`standard_error`; infinite for that of many paths."""
    return float(row[MOMENT_COLUMNS]) - 1.0 if len(row) > MOMENT_COLUMNS else inf
