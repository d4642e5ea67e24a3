"""Kernels of the contributions: their moments, and the netted rows they count towards, in one pass over the paths.

Payments, contributions, powers and nets of a tile are computed one after the other while it is in the first-level
cache; nothing is stored but the nets.
"""

from __future__ import annotations

from greeks.compiler.jit import device, fma, kernel, payment_sums, product_sums, slope_sums
from greeks.core.moments import PILOT, Flags, Index, add_power, central, clear
from greeks.core.workspace import Array

TILE = 512  # six tiles, of 4 KiB each, are in use at a time: they fit into the first-level cache


@device
def payment(value: float, a: float, b: float, floor: float) -> float:
    """``max(a value + b, floor)``."""
    line = fma(a, value, b)
    return floor if line < floor else line


@device
def contribution(pay: float, row: float, shift: float, scale: float, product: bool) -> float:
    """One path's contribution; see ``Terms``."""
    return pay * (row + shift) if product else fma(shift, pay, scale * row)


@kernel
def evaluate_row(
    values: Array,
    a: float,
    b: float,
    floor: float,
    matrix: Array,
    index: int,
    shift: float,
    scale: float,
    product: bool,
    n: int,
    out: Array,
) -> None:
    """One contribution, with the bits whose moments :func:`accumulate_terms` takes; see ``Terms``."""
    for i in range(n):
        pay = payment(values[i], a, b, floor)
        out[i] = pay * shift if index < 0 else contribution(pay, matrix[index, i], shift, scale, product)


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
def term_tile(
    count: int, pay: Array, row: Array, shift: float, scale: float, product: bool, pilot: float, sums: Array
) -> None:
    """Powers of one contribution."""
    whole = count - count % 8
    if product:
        product_sums(pay, row, whole, shift, pilot, sums)
    else:
        slope_sums(pay, row, whole, shift, scale, pilot, sums)
    for i in range(whole, count):
        add_power(contribution(pay[i], row[i], shift, scale, product) - pilot, i - whole, sums)


@device
def payment_pilot(n: int, value: Array, a: float, b: float, floor: float) -> float:
    """Mean of the first payments."""
    pilot, head = 0.0, min(n, PILOT)
    for i in range(head):
        pilot += payment(value[i], a, b, floor)
    return pilot / head


@device
def term_pilot(n: int, pay: Array, row: Array, shift: float, scale: float, product: bool) -> float:
    """Mean of the first contributions."""
    pilot, head = 0.0, min(n, PILOT)
    for i in range(head):
        pilot += contribution(pay[i], row[i], shift, scale, product)
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
    """Moments and netting, tile by tile, trade by trade, Greek by Greek; see ``Accumulator``.

    Place 0 of ``pilots[m]`` and ``sums[m]`` is the payment's, 1 + k the k-th Greek's. The payments of all
    trades are netted first, and multiplied by the weights once.
    """
    trades, greeks = ramps.shape[0], index.shape[0]
    for low in range(0, n, TILE):
        high = min(low + TILE, n)
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
                        pilots[m, 1 + k] = term_pilot(n, pay, row, shift[k], scale, product)
                        clear(sums[m, 1 + k])
                    term_tile(count, pay, row, shift[k], scale, product, pilots[m, 1 + k], sums[m, 1 + k])
        for k in range(greeks):
            if rows[k] < 0:
                continue
            constant = shift[k]
            if index[k] < 0:
                for i in range(count):
                    pay[i] = constant * total[i]
            else:
                row, alone = matrix[index[k], low:high], scale * positions[0]
                if product:
                    for i in range(count):
                        pay[i] = total[i] * (row[i] + constant)
                else:
                    for i in range(count):
                        pay[i] = fma(constant, total[i], alone * row[i])
            add_tile(count, pay, fresh[k], net[rows[k], low:high])
    for m in range(trades):
        for k in range(greeks):
            place, factor = (1 + k, 1.0) if index[k] >= 0 else (0, shift[k])
            central(n, pilots[m, place], sums[m, place], factor, out[m, k])
