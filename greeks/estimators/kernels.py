"""Contributions as sums and products of arrays, and their moments without ever storing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from greeks.core.moments import MOMENT_COLUMNS, SUMS, Flags, Index
from greeks.core.workspace import Array, Workspace
from greeks.estimators.tiles import TILE, accumulate_terms, evaluate_row

_AS_IT_IS = (1.0, 0.0, float("-inf"))


@dataclass(frozen=True)
class Terms:
    """Contributions of several Greeks, written as arrays that are already there.

    With the payment ``p = scale max(a values + b, floor)``, where ``ramp`` is (a, b, floor), row k is
    ``p (matrix[index[k]] + shift[k])`` where ``product`` is set, and ``scale matrix[index[k]] + shift[k] p``
    otherwise; an index of -1 stands for a matrix row of zeros, and has a shift. A ramp other than the default needs a
    positive scale, and says that ``values`` is an array of the sample, which no later trade overwrites.
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
    def scaled_ramp(self) -> tuple[float, float, float]:
        """The ramp that includes the scale: multiplying its coefficients costs nothing."""
        a, b, floor = self.ramp
        return self.scale * a, self.scale * b, floor if self.ramp == _AS_IT_IS else self.scale * floor

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
    net : ndarray, shape (rows, stride)
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
            np.array([each.scaled_ramp for each, _ in self._waiting]),
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
            self._workspace.array("tiles", 2, TILE),
            self._workspace.array("pilots", trades, 1 + len(terms.index)),
            self._workspace.array("sums", trades, 1 + len(terms.index), *SUMS),
            self._moments[self.row : stop].reshape(trades, len(terms.index), MOMENT_COLUMNS),
        )
        self.row = stop
        self._waiting = []


def accumulate(
    terms: Terms, n: int, position: float, rows: Index, fresh: Flags, net: Array, workspace: Workspace, out: Array
) -> None:
    """Moments and nets of one trade alone, with the same bits; see :class:`Accumulator`."""
    sums = Accumulator(n, net, workspace, out)
    sums.add(terms, position, tuple(rows), tuple(fresh))
    sums.finish()


def evaluate(terms: Sequence[Terms], n: int, out: Array) -> None:
    """The contributions themselves, one row each."""
    row = 0
    for part in terms:
        for k in range(len(part.index)):
            place, shift = int(part.index[k]), float(part.shift[k])
            evaluate_row(
                part.values, *part.scaled_ramp, part.matrix, place, shift, part.scale, part.product, n, out[row]
            )
            row += 1
