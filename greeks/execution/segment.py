"""The blocks that one call asks of a job: which are done, their moments, and both as the bytes of a file.

A task that ends is kept by one append, its blocks and its moments in one: an interrupt falls before it or after, never
between the two. Tasks are merged when they are written, into a tree of its own, which takes the place of the old ones
by one assignment.

Verified in the tests: an interrupt at every line that keeps or writes a task leaves a file that is true.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from greeks.core.trees import Indices, Tree
from greeks.core.workspace import Array
from greeks.simulation.job import Job

_MANY = 64  # tasks kept apart: of a large book each holds megabytes
_DEEPEST = 62  # level of a tree whose nodes cover fewer than 2^63 blocks
Ranges: TypeAlias = list[tuple[int, int]]


class Segment:
    """Blocks of a job, done in any order.

    Parameters
    ----------
    job : Job
    first, blocks : int
        The blocks that are asked: from ``first`` to before ``blocks``.
    path : str
        Name of the file.
    """

    def __init__(self, job: Job, first: int, blocks: int, path: str) -> None:
        self.path, self.saved = path, 0
        self._job, self._first, self._blocks = job, first, blocks
        self._parts: list[tuple[Ranges, Tree]] = []

    @property
    def count(self) -> int:
        """Blocks done."""
        return sum(stop - start for ranges, _ in self._parts for start, stop in ranges)

    def add(self, start: int, stop: int, tree: Tree) -> None:
        """Blocks from ``start`` to before ``stop`` are done; ``tree`` is not to change any more."""
        self._parts.append(([(start, stop)], tree))
        if len(self._parts) >= _MANY:
            self._parts = [self.united()]

    def united(self) -> tuple[Ranges, Tree]:
        """The blocks done, in as few ranges as there can be, and a tree of their moments."""
        tree = self._job.tree()
        for _, part in self._parts:
            tree.merge(part)
        return joined(each for ranges, _ in self._parts for each in ranges), tree

    def packed(self) -> bytes:
        """The content of a file: a line with the SHA-256 of the rest, and the rest in NumPy's npz."""
        ranges, tree = self.united()
        index, moments = tree.nodes()
        file = io.BytesIO()
        np.savez(file, ranges=np.array(ranges, dtype=np.int64), index=index, moments=moments)
        content = file.getvalue()
        return hashlib.sha256(content).hexdigest().encode() + b"\n" + content

    def restore(self, content: bytes) -> None:
        """Take what :meth:`packed` gave, unless it is not whole and consistent.

        Raises
        ------
        ValueError, KeyError, IndexError, OSError, EOFError, BadZipFile
            If it is not; nothing is taken then.
        """
        digest, _, rest = content.partition(b"\n")
        if hashlib.sha256(rest).hexdigest().encode() != digest:
            raise ValueError("its SHA-256 differs")
        with np.load(io.BytesIO(rest), allow_pickle=False) as parts:
            ranges = [(int(start), int(stop)) for start, stop in parts["ranges"]]
            index, moments = parts["index"], parts["moments"]
        edges = [edge for each in ranges for edge in each]
        if edges != sorted(set(edges)) or edges[0] < self._first or edges[-1] > self._blocks:
            raise ValueError("its ranges of blocks are not those of the run")
        self._check(ranges, index, moments)
        tree = self._job.tree()
        tree.restore(index, moments)
        self._parts = [(ranges, tree)]
        self.saved = self.count

    def _check(self, ranges: Ranges, index: Indices, moments: Array) -> None:
        """The nodes are of the job, and cover exactly the ranges."""
        kinds = (index.dtype.kind, moments.dtype.kind)
        if kinds != ("i", "f") or index.shape != (len(moments), 3) or moments.shape[1:2] != (self._job.rows,):
            raise ValueError("its moments are not those of the job")
        shares = max(self._job.shares, 1)
        of_share: list[Ranges] = [[] for _ in range(shares)]
        for share, level, place in index.tolist():
            if not (0 <= share < shares and 0 <= level <= _DEEPEST and place >= 0):
                raise ValueError("a node is of no block")
            of_share[share].append((place << level, place + 1 << level))
        for share, found in enumerate(of_share):
            # block b is number b // shares of share b % shares: the numbers of a range are a range
            wanted = [tuple(-((share - edge) // shares) for edge in each) for each in ranges]
            if joined(found) != joined((start, stop) for start, stop in wanted if start < stop):
                raise ValueError("its moments are not of the blocks that it says are done")


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same blocks in as few ranges as there can be."""
    found: Ranges = []
    for start, stop in sorted(ranges):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def gaps(first: int, blocks: int, ranges: Ranges) -> Ranges:
    """The blocks from ``first`` to ``blocks`` that are in no range."""
    edges = [first, *(edge for each in ranges for edge in each), blocks]
    return [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if start < stop]
