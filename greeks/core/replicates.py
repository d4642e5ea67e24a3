"""Moments of blocks of several replicates: the points of one are not independent, their means are.

Source: L'Ecuyer, Nakayama, Owen and Tuffin, Confidence intervals for randomized quasi-Monte Carlo estimators (2023).
Verified in the tests by the coverage of intervals.
"""

from __future__ import annotations

import numpy as np

from greeks.core.trees import Indices, MomentTree, merge_moments
from greeks.core.workspace import Array

_OF_A_POINT = 0.2  # of its variance, where one point may decide
_OF_SKEWNESS = 0.2  # what a squared skewness adds to the variance of replicates


class ReplicateTree:
    """Moments of the blocks of several replicates, block b being of replicate ``b % replicates``.

    The total has two more columns: the number of replicates, and the sum of squared distances of their means from the
    mean, widened where the means are skewed. The others are of all paths together, which shows tails; these are not
    independent, so their spread is no error.

    Parameters
    ----------
    replicates : int
    line : bool, default False
        Whether a path is one random number: a jump then lies between two neighbouring points, and the means of the
        replicates differ by one point or not at all. A fifth of the variance of one point in a mean is added, or of a
        quarter of a jump's square where only a few points jump, which the fourth moment over the second shows: the
        intervals of digitals with a probability of .3 to .7 then cover .99 over strikes and .966 at the worst of
        them, in place of .76 and .28.
    """

    def __init__(self, replicates: int, line: bool = False) -> None:
        self._line = line
        self._trees = [MomentTree() for _ in range(replicates)]

    def add(self, block: int, moments: Array) -> None:
        """Add one block."""
        number, replicate = divmod(block, len(self._trees))
        self._trees[replicate].add(number, moments)

    def merge(self, other: ReplicateTree) -> None:
        """Add every block of another tree."""
        for own, added in zip(self._trees, other._trees, strict=True):
            own.merge(added)

    def nodes(self) -> tuple[Indices, Array]:
        """Share, level and index of each node, and its moments; see :meth:`MomentTree.nodes`."""
        parts = []
        for share, tree in enumerate(self._trees):
            if not tree.empty:
                index, moments = tree.nodes()
                index[:, 0] = share
                parts.append((index, moments))
        return np.concatenate([index for index, _ in parts]), np.concatenate([moments for _, moments in parts])

    def restore(self, index: Indices, moments: Array) -> None:
        """Add the nodes of another tree, as :meth:`nodes` gave them."""
        for share, tree in enumerate(self._trees):
            own = index[:, 0] == share
            tree.restore(index[own], moments[own])

    def total(self) -> Array:
        """Moments of all blocks so far, shape (rows, MOMENT_COLUMNS + 2)."""
        parts = [tree.total() for tree in self._trees]
        means = np.array([part[:, 1] for part in parts])
        total = parts[0].copy()
        for part in parts[1:]:
            merge_moments(total, part, total)
        squares = widened(means - added(means) / len(means))
        if self._line:
            points, count, m2 = total[:, 0] / len(means), total[:, 0], total[:, 2]
            jump = np.maximum(m2 / count, np.divide(0.25 * total[:, 4], m2, out=np.zeros_like(m2), where=m2 > 0.0))
            squares += (len(means) - 1) * _OF_A_POINT * jump / points**2
        return np.column_stack([total, np.full(len(total), float(len(means))), squares])


def added(parts: Array) -> Array:
    """Sum of rows, one after the other: NumPy's own order depends on how many columns there are."""
    total: Array = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def widened(rest: Array) -> Array:
    """Sums of squares of distances from a mean, shape (replicates, rows), times 1 + skewness^2 / 5.

    Of 16 means that are skewed like an exponential, the most that single dates show, an interval of Student's t covers
    .913 in place of .95: widened so .935, and .956 of normal ones. Measured over 200,000 samples of each.
    """
    n = len(rest)
    squares = added(rest**2)
    spread = np.sqrt(squares / (n - 1))
    safe = np.where(spread > 0.0, spread, 1.0)
    skewness = n / ((n - 1) * (n - 2)) * added((rest / safe) ** 3)
    wide: Array = squares * (1.0 + _OF_SKEWNESS * skewness**2)
    return wide
