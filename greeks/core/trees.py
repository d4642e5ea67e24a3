"""Moments of blocks, merged in a fixed tree: the same bits in whatever order blocks arrive.

Source: Pebay, Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments
(2008). Verified against 40-digit sums.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from greeks.compiler.jit import kernel
from greeks.core.workspace import Array

Indices: TypeAlias = npt.NDArray[np.int64]


@kernel
def merge_moments(a: Array, b: Array, out: Array) -> None:
    """Moments of the union of two sets of paths, row by row; ``out`` may be ``a``."""
    for k in range(a.shape[0]):
        na, nb = a[k, 0], b[k, 0]
        n = na + nb
        d = b[k, 1] - a[k, 1]
        r = d / n
        a2, b2, a3, b3 = a[k, 2], b[k, 2], a[k, 3], b[k, 3]
        fourth = a[k, 4] + b[k, 4] + d * r * r * r * na * nb * (na * na - na * nb + nb * nb)
        fourth += 6.0 * r * r * (na * na * b2 + nb * nb * a2) + 4.0 * r * (na * b3 - nb * a3)
        out[k, 4] = fourth
        out[k, 3] = a3 + b3 + d * r * r * na * nb * (na - nb) + 3.0 * r * (na * b2 - nb * a2)
        out[k, 2] = a2 + b2 + d * r * na * nb
        out[k, 1] = a[k, 1] + r * nb
        out[k, 0] = n


class Tree(Protocol):
    """Moments of blocks, merged whoever delivers them."""

    def add(self, block: int, moments: Array) -> None:
        """Add one block."""
        ...

    def merge(self, other: Any) -> None:
        """Add every block of another tree of the same kind."""
        ...

    def total(self) -> Array:
        """Moments of all blocks so far, one row a contribution."""
        ...

    def nodes(self) -> tuple[Indices, Array]:
        """What :meth:`restore` takes: (share, level, index) of each node, and its moments."""
        ...

    def restore(self, index: Indices, moments: Array) -> None:
        """Add the nodes of another tree of the same kind."""
        ...


class MomentTree:
    """Moments of any set of blocks, merged along the binary tree of their indices.

    Blocks 2i and 2i + 1 of a level are merged as soon as both are there, whoever delivers them and in whatever order,
    so the total depends on the set of blocks alone: N paths and then N more give the bits of 2N at once.
    """

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], Array] = {}

    def add(self, block: int, moments: Array) -> None:
        """Add one block.

        Raises
        ------
        ValueError
            If the block is there already.
        """
        self._insert(0, block, moments)

    def merge(self, other: MomentTree) -> None:
        """Add every block of another tree."""
        for (level, index), moments in other._nodes.items():
            self._insert(level, index, moments)

    @property
    def empty(self) -> bool:
        """Whether there is no block."""
        return not self._nodes

    def nodes(self) -> tuple[Indices, Array]:
        """Share (always 0), level and index of each node, shape (nodes, 3), and moments, shape (nodes, rows, columns).

        Raises
        ------
        ValueError
            If there is no block.
        """
        index = np.array([(0, level, index) for level, index in self._nodes], dtype=np.int64)
        return index, np.stack(list(self._nodes.values()))

    def restore(self, index: Indices, moments: Array) -> None:
        """Add the nodes of another tree, as :meth:`nodes` gave them."""
        for (_, level, place), part in zip(index, moments, strict=True):
            self._insert(int(level), int(place), np.ascontiguousarray(part))

    def _insert(self, level: int, index: int, moments: Array) -> None:
        while (level, index ^ 1) in self._nodes:
            if (level, index) in self._nodes:
                break
            sibling = self._nodes.pop((level, index ^ 1))
            left, right = (sibling, moments) if index & 1 else (moments, sibling)
            moments = np.empty_like(left)
            merge_moments(left, right, moments)
            level, index = level + 1, index >> 1
        if (level, index) in self._nodes:
            raise ValueError(f"block range {index} of level {level} was added twice")
        self._nodes[level, index] = moments

    def total(self) -> Array:
        """Moments of all blocks so far, shape (rows, MOMENT_COLUMNS).

        Raises
        ------
        ValueError
            If there is no block.
        """
        parts: Iterator[Array] = (
            moments for _, moments in sorted(self._nodes.items(), key=lambda item: item[0][1] << item[0][0])
        )
        try:
            total = next(parts).copy()
        except StopIteration:
            raise ValueError("no block has been added") from None
        for moments in parts:
            merge_moments(total, moments, total)
        return total
