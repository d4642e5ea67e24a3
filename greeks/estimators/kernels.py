"""Contributions as sums and products of arrays, and their moments without ever storing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greeks._jit import device, fma, kernel
from greeks.core.moments import Flags, Index, central, pilot_of, sums_of
from greeks.workspace import Array, Workspace

_TILE = 1024


@dataclass(frozen=True)
class Terms:
    """Contributions of several Greeks, written as arrays that are already there.

    Row k is ``scale values (matrix[index[k]] + shift[k])`` where ``product`` is set, and
    ``scale (matrix[index[k]] + shift[k] values)`` otherwise; an index of -1 stands for a matrix row of zeros.
    """

    values: Array
    matrix: Array
    index: Index
    shift: Array
    scale: float = 1.0
    product: bool = False

    @staticmethod
    def of_rows(rows: Array) -> Terms:
        """Contributions that are the rows of an array."""
        return Terms(rows[0], rows, np.arange(len(rows)), np.zeros(len(rows)))


def accumulate(
    terms: Terms, n: int, position: float, rows: Index, fresh: Flags, net: Array, workspace: Workspace, out: Array
) -> None:
    """Moments of each contribution, added to the netted rows in the same pass.

    Parameters
    ----------
    terms : Terms
    n : int
        Paths to use.
    position : float
        Factor of what is added to the netted rows.
    rows : ndarray of int64
        Netted row of each contribution, or -1.
    fresh : ndarray of bool
        Whether the netted row is written for the first time, so that nobody has to clear it.
    net : ndarray, shape (rows, width)
    workspace : Workspace
    out : ndarray, shape (contributions, MOMENT_COLUMNS)
    """
    tile = workspace.array("tile", _TILE)
    contribution = terms.values, terms.matrix, terms.index, terms.shift, terms.scale, terms.product
    accumulate_terms(*contribution, n, position, rows, fresh, net, tile, out)


def evaluate(terms: Sequence[Terms], n: int, out: Array) -> None:
    """The contributions themselves, one row each."""
    row = 0
    for part in terms:
        for k in range(len(part.index)):
            evaluate_row(
                part.values, part.matrix, part.index[k], part.shift[k], part.scale, part.product, 0, n, out[row]
            )
            row += 1


@device
def contribution_tile(
    values: Array, matrix: Array, index: int, shift: float, scale: float, product: bool, low: int, high: int, out: Array
) -> None:
    """Contributions of paths ``low`` to ``high`` (see :class:`Terms`) into the head of ``out``."""
    constant, v = scale * shift, values[low:high]
    if index < 0:
        for i in range(high - low):
            out[i] = constant * v[i]
    elif product:
        row = matrix[index, low:high]
        for i in range(high - low):
            out[i] = v[i] * fma(scale, row[i], constant)
    else:
        row = matrix[index, low:high]
        for i in range(high - low):
            out[i] = fma(constant, v[i], scale * row[i])


@kernel
def evaluate_row(
    values: Array, matrix: Array, index: int, shift: float, scale: float, product: bool, low: int, high: int, out: Array
) -> None:
    """One contribution; see :func:`contribution_tile`."""
    contribution_tile(values, matrix, index, shift, scale, product, low, high, out)


@kernel
def accumulate_terms(
    values: Array,
    matrix: Array,
    index: Index,
    shift: Array,
    scale: float,
    product: bool,
    n: int,
    position: float,
    rows: Index,
    fresh: Flags,
    net: Array,
    tile: Array,
    out: Array,
) -> None:
    """Moments and netting, tile by tile; see :func:`accumulate`."""
    for k in range(index.shape[0]):
        pilot = s1 = s2 = s3 = s4 = 0.0
        for low in range(0, n, _TILE):
            high = min(low + _TILE, n)
            count = high - low
            contribution_tile(values, matrix, index[k], shift[k], scale, product, low, high, tile)
            if low == 0:
                pilot = pilot_of(tile, count)
            t1, t2, t3, t4 = sums_of(tile, count, pilot)
            s1 += t1
            s2 += t2
            s3 += t3
            s4 += t4
            if rows[k] >= 0:
                target = net[rows[k], low:high]
                if fresh[k]:
                    for i in range(count):
                        target[i] = position * tile[i]
                else:
                    for i in range(count):
                        target[i] = fma(position, tile[i], target[i])
        central(n, pilot, s1, s2, s3, s4, out[k])


@kernel
def add_scaled(values: Array, factor: float, n: int, out: Array) -> None:
    """``out += factor values``."""
    for i in range(n):
        out[i] = fma(factor, values[i], out[i])


@kernel
def scaled(values: Array, factor: float, n: int, out: Array) -> None:
    """``out = factor values``."""
    for i in range(n):
        out[i] = factor * values[i]
