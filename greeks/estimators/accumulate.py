"""Moments of contributions and the netted rows, from one pass over the paths.

Payments, contributions, powers and nets of a tile are computed one after the other while it is in the first-level
cache; nothing is stored but the nets.
"""

from __future__ import annotations

import numpy as np

from greeks._jit import device, fma, kernel, payment_sums, product_sums, slope_sums
from greeks.core.moments import MOMENT_COLUMNS, PILOT, SUMS, Flags, Index, add_power, central, clear
from greeks.estimators.kernels import Terms, contribution, payment
from greeks.workspace import Array, Workspace

_TILE = 1024


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
def add_tile(count: int, tile: Array, fresh: bool, net: Array) -> None:
    """Add a tile to a netted row, or write it there."""
    if fresh:
        for i in range(count):
            net[i] = tile[i]
    else:
        for i in range(count):
            net[i] += tile[i]


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
            if rows[k] < 0:
                continue
            plain = scale * shift[k]
            if index[k] < 0:
                for i in range(count):
                    pay[i] = plain * total[i]
            else:
                row, alone = matrix[index[k], low:high], scale * positions[0]
                if product:
                    for i in range(count):
                        pay[i] = total[i] * fma(scale, row[i], plain)
                else:
                    for i in range(count):
                        pay[i] = fma(plain, total[i], alone * row[i])
            add_tile(count, pay, fresh[k], net[rows[k], low:high])
    for m in range(trades):
        for k in range(greeks):
            place, factor = (1 + k, scale) if index[k] >= 0 else (0, scale * shift[k])
            central(n, pilots[m, place], sums[m, place], factor, out[m, k])
