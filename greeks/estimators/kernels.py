"""Contributions as sums and products of arrays that are already there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greeks._jit import device, fma, kernel
from greeks.core.moments import Index
from greeks.workspace import Array

_AS_IT_IS = (1.0, 0.0, float("-inf"))


@dataclass(frozen=True)
class Terms:
    """Contributions of several Greeks, written as arrays that are already there.

    With the payment ``p = max(a values + b, floor)``, where ``ramp`` is (a, b, floor), row k is
    ``scale p (matrix[index[k]] + shift[k])`` where ``product`` is set, and ``scale (matrix[index[k]] + shift[k] p)``
    otherwise; an index of -1 stands for a matrix row of zeros. A ramp other than the default says that ``values`` is
    an array of the sample, which no later trade overwrites.
    """

    values: Array
    matrix: Array
    index: Index
    shift: Array
    scale: float = 1.0
    product: bool = False
    ramp: tuple[float, float, float] = _AS_IT_IS

    @staticmethod
    def of_rows(rows: Array) -> Terms:
        """Contributions that are the rows of an array."""
        return Terms(rows[0], rows, np.arange(len(rows)), np.zeros(len(rows)))

    @property
    def lasting(self) -> bool:
        """Whether the arrays stay as they are until the end of the block."""
        return self.product and self.ramp != _AS_IT_IS

    def alike(self, other: Terms) -> bool:
        """Whether only the ramps differ, so that one pass over the arrays serves both."""
        return (
            self.matrix is other.matrix
            and self.scale == other.scale
            and np.may_share_memory(self.values, other.values)  # views of one row: rows do not overlap
            and self.index.tobytes() == other.index.tobytes()
            and self.shift.tobytes() == other.shift.tobytes()
        )


def evaluate(terms: Sequence[Terms], n: int, out: Array) -> None:
    """The contributions themselves, one row each."""
    row = 0
    for part in terms:
        for k in range(len(part.index)):
            evaluate_row(part.values, *part.ramp, part.matrix, part.index[k], part.shift[k], part.product, n, out[row])
            out[row, :n] *= part.scale
            row += 1


@device
def payment(value: float, a: float, b: float, floor: float) -> float:
    """``max(a value + b, floor)``."""
    line = fma(a, value, b)
    return floor if line < floor else line


@device
def contribution(pay: float, row: float, shift: float, product: bool) -> float:
    """One path's contribution without its scale; see :class:`Terms`."""
    return pay * (row + shift) if product else fma(shift, pay, row)


@kernel
def evaluate_row(
    values: Array,
    a: float,
    b: float,
    floor: float,
    matrix: Array,
    index: int,
    shift: float,
    product: bool,
    n: int,
    out: Array,
) -> None:
    """One contribution without its scale; see :class:`Terms`."""
    for i in range(n):
        pay = payment(values[i], a, b, floor)
        out[i] = pay * shift if index < 0 else contribution(pay, matrix[index, i], shift, product)


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
