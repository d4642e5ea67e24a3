"""What pieces of the last spot pay to paths that survive with a probability, and its derivatives along directions.

Verified with :mod:`greeks.payoffs.continuous`.
"""

from __future__ import annotations

from greeks.compiler.jit import fma, kernel, select
from greeks.core.workspace import Array
from greeks.payoffs.bridges import TILE


@kernel
def pay_along(
    spot: Array, pieces: Array, survival: Array, order: int, slope: Array, held: Array, n: int, out: Array
) -> None:
    """Payments of pieces of the last spot, and their derivatives along a (order 1), or along a and b (order 2).

    Parameters
    ----------
    pieces : ndarray, shape (pieces, 5)
        Rows of low, high, asset, cash, and 1 for what is paid to a path that survived, 0 for what always is.
    survival : ndarray, shape (4, stride)
        Of :func:`~greeks.payoffs.bridge_slopes.survive_along`.
    slope, held : ndarray, shape (stride,)
        Derivative of the last log-spot along a, and its second one along a and b.
    """
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        total, s, xa, xab = out[first:last], spot[first:last], slope[first:last], held[first:last]
        whole, along, other, both = (
            survival[0, first:last], survival[1, first:last], survival[2, first:last], survival[3, first:last],
        )  # fmt: skip
        for i in range(last - first):
            total[i] = 0.0
        for k in range(pieces.shape[0]):
            low, high, asset, cash, only = pieces[k, 0], pieces[k, 1], pieces[k, 2], pieces[k, 3], pieces[k, 4]
            for i in range(last - first):
                grows, part = asset * s[i], fma(asset, s[i], cash)
                alive = fma(only, whole[i] - 1.0, 1.0)
                if order == 0:
                    paid = alive * part
                elif order == 1:
                    paid = fma(only * along[i], part, alive * grows * xa[i])
                else:
                    moved = fma(only * other[i], xa[i], alive * xab[i])
                    paid = fma(only * both[i], part, grows * moved)
                total[i] += select((s[i] > low) & (s[i] < high), paid, 0.0)


@kernel
def tangent_rows(
    by_date: Array, by_path: Array, varies: bool, increments: Array, scale: Array, grows: bool, n: int, out: Array
) -> None:
    """Derivative of the log-spot at each date, shape (dates, stride), of a tangent."""
    for first in range(0, n, TILE):
        last = min(first + TILE, n)
        slope = by_path[first:last]
        for j in range(by_date.shape[0]):
            row, change, step = out[j, first:last], increments[j, first:last], scale[j]
            before = out[max(j - 1, 0), first:last]
            if grows and j > 0:
                for i in range(last - first):
                    row[i] = before[i] + step * change[i]
            else:
                for i in range(last - first):
                    row[i] = step * change[i] if grows else 0.0
        for j in range(by_date.shape[0]):
            row, known = out[j, first:last], by_date[j]
            for i in range(last - first):
                row[i] += known * slope[i] if varies else known
