"""Contributions as sums and products of arrays, and their moments without ever storing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greeks._jit import device, fma, kernel, payment_sums, product_sums, slope_sums
from greeks.core.moments import MOMENT_COLUMNS, PILOT, Flags, Index, add_power, add_sums, central, scale_moments, start_sums
from greeks.workspace import Array, Workspace

_TILE = 1024
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
            and self.values.ctypes.data == other.values.ctypes.data
            and self.index.tobytes() == other.index.tobytes()
            and self.shift.tobytes() == other.shift.tobytes()
        )


class Accumulator:
    """Moments of contributions, and the netted rows they count towards, from one pass over the arrays.

    Trades that follow each other, read the same arrays and count towards the same netted rows are taken together: a
    tile of the arrays is then loaded once for all of them, and what they net to is multiplied by the weights once.

    Parameters
    ----------
    n : int
        Paths to use.
    net : ndarray, shape (rows, width)
    workspace : Workspace
    moments : ndarray, shape (contributions, MOMENT_COLUMNS)
        Filled in the order in which terms are added.
    """

    def __init__(self, n: int, net: Array, workspace: Workspace, moments: Array) -> None:
        self._n, self._net, self._workspace, self._moments = n, net, workspace, moments
        self.row = 0
        self._waiting: list[tuple[Terms, float]] = []
        self._rows: tuple[int, ...] = ()
        self._fresh: tuple[bool, ...] = ()

    def add(self, terms: Terms, position: float, rows: tuple[int, ...], fresh: tuple[bool, ...]) -> None:
        """Add the contributions of one trade.

        Parameters
        ----------
        terms : Terms
        position : float
            Factor of what is added to the netted rows.
        rows : tuple of int
            Netted row of each contribution, or -1.
        fresh : tuple of bool
            Whether the netted row is written for the first time, so that nobody has to clear it.
        """
        if self._waiting and not (terms.lasting and rows == self._rows and terms.alike(self._waiting[0][0])):
            self.finish()
        if not self._waiting:
            self._rows, self._fresh = rows, fresh
        self._waiting.append((terms, position))
        if not terms.lasting:
            self.finish()

    def finish(self) -> None:
        """Take what is waiting."""
        if not self._waiting:
            return
        terms, trades = self._waiting[0][0], len(self._waiting)
        stop = self.row + trades * len(terms.index)
        accumulate_terms(
            terms.values,
            np.array([each.ramp for each, _ in self._waiting]),
            terms.matrix,
            terms.index,
            terms.shift,
            terms.scale,
            terms.product,
            self._n,
            np.array([position for _, position in self._waiting]),
            np.array(self._rows, dtype=np.int64),
            np.array(self._fresh),
            self._net,
            self._workspace.array("tiles", 2, _TILE),
            self._workspace.array("payments", trades, MOMENT_COLUMNS),
            self._moments[self.row : stop].reshape(trades, len(terms.index), MOMENT_COLUMNS),
        )
        self.row = stop
        self._waiting = []


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


@device
def payment_tile(
    low: int,
    count: int,
    value: Array,
    a: float,
    b: float,
    floor: float,
    position: float,
    pay: Array,
    total: Array,
    sums: Array,
) -> None:
    """Payments of one trade into ``pay``, added to the total; their powers are added to ``sums``."""
    if low == 0:
        pilot, head = 0.0, min(count, PILOT)
        for i in range(head):
            pilot += payment(value[i], a, b, floor)
        start_sums(pilot / head, sums)
    pilot, whole = sums[0], count - count % 8
    s1, s2, s3, s4 = payment_sums(value, whole, a, b, floor, pilot, position, pay, total)
    add_sums(s1, s2, s3, s4, sums)
    for i in range(whole, count):
        pay[i] = payment(value[i], a, b, floor)
        total[i] = fma(position, pay[i], total[i])
        add_power(pay[i] - pilot, sums)


@device
def term_tile(low: int, count: int, pay: Array, row: Array, shift: float, product: bool, sums: Array) -> None:
    """Powers of one contribution, without its scale, added to ``sums``."""
    if low == 0:
        pilot, head = 0.0, min(count, PILOT)
        for i in range(head):
            pilot += contribution(pay[i], row[i], shift, product)
        start_sums(pilot / head, sums)
    pilot, whole = sums[0], count - count % 8
    if product:
        s1, s2, s3, s4 = product_sums(pay, row, whole, shift, pilot)
    else:
        s1, s2, s3, s4 = slope_sums(pay, row, whole, shift, pilot)
    add_sums(s1, s2, s3, s4, sums)
    for i in range(whole, count):
        add_power(contribution(pay[i], row[i], shift, product) - pilot, sums)


@device
def net_tile(count: int, total: Array, row: Array, a: float, b: float, c: float, fresh: bool, net: Array) -> None:
    """Add ``total (a row + b) + c row`` to a netted row, or write it there."""
    if fresh:
        for i in range(count):
            net[i] = 0.0
    for i in range(count):
        net[i] += fma(total[i], fma(a, row[i], b), c * row[i])


@kernel
def accumulate_terms(
    values: Array,
    ramps: Array,
    matrix: Array,
    index: Index,
    shift: Array,
    scale: float,
    product: bool,
    n: int,
    positions: Array,
    rows: Index,
    fresh: Flags,
    net: Array,
    tiles: Array,
    payments: Array,
    out: Array,
) -> None:
    """Moments and netting, tile by tile, trade by trade, Greek by Greek; see :class:`Accumulator`.

    ``payments[m]`` and ``out[m, k]`` hold a pilot and four sums of powers until the last tile is done. What is linear
    is left to the end: discounting the moments, and multiplying the sum of all payments by the weights.
    """
    trades, greeks = ramps.shape[0], index.shape[0]
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        count = high - low
        value, pay, total = values[low:high], tiles[0, :count], tiles[1, :count]
        for i in range(count):
            total[i] = 0.0
        for m in range(trades):
            a, b, floor, position = ramps[m, 0], ramps[m, 1], ramps[m, 2], positions[m]
            payment_tile(low, count, value, a, b, floor, position, pay, total, payments[m])
            for k in range(greeks):
                if index[k] >= 0:
                    term_tile(low, count, pay, matrix[index[k], low:high], shift[k], product, out[m, k])
        for k in range(greeks):
            if rows[k] >= 0:
                weighted = index[k] >= 0
                row = matrix[max(index[k], 0), low:high]
                by_payment = scale if weighted and product else 0.0
                alone = scale * positions[0] if weighted and not product else 0.0
                net_tile(count, total, row, by_payment, scale * shift[k], alone, fresh[k], net[rows[k], low:high])
    for m in range(trades):
        central(n, payments[m])
        for k in range(greeks):
            if index[k] >= 0:
                central(n, out[m, k])
                scale_moments(scale, out[m, k])
            else:
                for j in range(out.shape[2]):
                    out[m, k, j] = payments[m, j]
                scale_moments(scale * shift[k], out[m, k])


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
