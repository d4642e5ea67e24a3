"""Contributions as sums and products of arrays, and their moments without ever storing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greeks._jit import device, fma, kernel, payment_sums, product_sums, slope_sums
from greeks.core.moments import MOMENT_COLUMNS, PILOT, SUMS, Flags, Index, add_power, central, clear
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
            and np.may_share_memory(self.values, other.values)  # views of one row: rows do not overlap
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
            self._workspace.array("pilots", trades, 1 + len(terms.index)),
            self._workspace.array("sums", trades, 1 + len(terms.index), *SUMS),
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
    count: int,
    value: Array,
    a: float,
    b: float,
    floor: float,
    pilot: float,
    position: float,
    pay: Array,
    total: Array,
    sums: Array,
) -> None:
    """Payments of one trade into ``pay``, times its position added to the total, and their powers."""
    whole = count - count % 8
    payment_sums(value, whole, a, b, floor, pilot, position, pay, total, sums)
    for i in range(whole, count):
        pay[i] = payment(value[i], a, b, floor)
        total[i] = fma(position, pay[i], total[i])
        add_power(pay[i] - pilot, i - whole, sums)


@device
def term_tile(count: int, pay: Array, row: Array, shift: float, product: bool, pilot: float, sums: Array) -> None:
    """Powers of one contribution without its scale."""
    whole = count - count % 8
    if product:
        product_sums(pay, row, whole, shift, pilot, sums)
    else:
        slope_sums(pay, row, whole, shift, pilot, sums)
    for i in range(whole, count):
        add_power(contribution(pay[i], row[i], shift, product) - pilot, i - whole, sums)


@device
def payment_pilot(n: int, value: Array, a: float, b: float, floor: float) -> float:
    """Mean of the first payments."""
    pilot, head = 0.0, min(n, PILOT)
    for i in range(head):
        pilot += payment(value[i], a, b, floor)
    return pilot / head


@device
def term_pilot(n: int, pay: Array, row: Array, shift: float, product: bool) -> float:
    """Mean of the first contributions."""
    pilot, head = 0.0, min(n, PILOT)
    for i in range(head):
        pilot += contribution(pay[i], row[i], shift, product)
    return pilot / head


@device
def net_tile(count: int, total: Array, row: Array, a: float, b: float, c: float, fresh: bool, net: Array) -> None:
    """Add ``total (a row + b) + c row`` to a netted row, or write it there."""
    if fresh:
        for i in range(count):
            net[i] = fma(total[i], fma(a, row[i], b), c * row[i])
    else:
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
    pilots: Array,
    sums: Array,
    out: Array,
) -> None:
    """Moments and netting, tile by tile, trade by trade, Greek by Greek; see :class:`Accumulator`.

    Place 0 of ``pilots[m]`` and ``sums[m]`` is the payment's, 1 + k the k-th Greek's. What is linear is left to the
    end: scaling the moments, and multiplying the sum of all payments by the weights.
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
            if low == 0:
                pilots[m, 0] = payment_pilot(n, value, a, b, floor)
                clear(sums[m, 0])
            payment_tile(count, value, a, b, floor, pilots[m, 0], position, pay, total, sums[m, 0])
            for k in range(greeks):
                if index[k] >= 0:
                    row = matrix[index[k], low:high]
                    if low == 0:
                        pilots[m, 1 + k] = term_pilot(n, pay, row, shift[k], product)
                        clear(sums[m, 1 + k])
                    term_tile(count, pay, row, shift[k], product, pilots[m, 1 + k], sums[m, 1 + k])
        for k in range(greeks):
            if rows[k] >= 0:
                weighted = index[k] >= 0
                row = matrix[max(index[k], 0), low:high]
                by_payment = scale if weighted and product else 0.0
                alone = scale * positions[0] if weighted and not product else 0.0
                net_tile(count, total, row, by_payment, scale * shift[k], alone, fresh[k], net[rows[k], low:high])
    for m in range(trades):
        for k in range(greeks):
            place, factor = (1 + k, scale) if index[k] >= 0 else (0, scale * shift[k])
            central(n, pilots[m, place], sums[m, place], factor, out[m, k])


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
