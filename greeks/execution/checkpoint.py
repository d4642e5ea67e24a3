"""Moments of finished blocks on disk, so that a run that was interrupted goes on from there.

A folder holds ``run.json``, which says whose run it is, and one file for each range of blocks that was asked of a job:
the nodes of its tree of moments and the ranges of blocks in them. A file is the SHA-256 of what follows and NumPy's
npz, without pickle; it is written beside its place, flushed to the disk and moved there. Blocks are merged along the
tree of their indices, so it does not matter which of them come from a file: the bits are those of one run.

Verified in the tests: a run stopped at any block and resumed with other threads has the bits of one that was not.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from greeks.core.trees import Tree
from greeks.errors import UsageError
from greeks.execution.identity import digest_of
from greeks.simulation.job import Job

_SECONDS = 2.0  # between two writings of what is done
_RUN = "run.json"


class Segment:
    """The blocks that one call asks of a job: those done, and their moments."""

    def __init__(self, job: Job, path: str) -> None:
        self.tree: Tree = job.tree()
        self.ranges: list[tuple[int, int]] = []
        self.path, self.dirty = path, False

    def add(self, start: int, stop: int, tree: Tree) -> None:
        """Blocks ``start`` to ``stop`` are done."""
        self.tree.merge(tree)
        self.ranges = joined([*self.ranges, (start, stop)])
        self.dirty = True


class Checkpoint:
    """A folder of moments of one run.

    Parameters
    ----------
    folder : str
        Created where it is not there.
    identity : mapping of str to str
        What decides the numbers, by the name that a message gives it.
    resume : bool
        Whether to go on from what the folder holds.

    Raises
    ------
    UsageError
        If the folder holds a run and ``resume`` is False, or holds another run.
    OSError
        If the folder cannot be written.
    """

    def __init__(self, folder: str, identity: Mapping[str, str], resume: bool) -> None:
        self.folder, self.notes = folder, list[str]()
        self._key = digest_of(dict(identity))
        self._last = time.monotonic()
        os.makedirs(folder, exist_ok=True)
        before = self._before()
        if before is not None and not resume:
            raise UsageError(f"checkpoint {folder} holds a run already: add resume, or name another folder")
        if before is not None:
            differs = [name for name in {**before, **identity} if before.get(name) != identity.get(name)]
            if differs:
                told = "; ".join(_difference(name, before.get(name), identity.get(name)) for name in differs)
                raise UsageError(
                    f"checkpoint {folder} is of another run: {told}: repeat that run, or name another folder"
                )
        elif resume:
            self.notes.append(f"checkpoint {folder} holds no run: began from the first path")
        self._write(_RUN, json.dumps(dict(identity), indent=1).encode())

    def _before(self) -> dict[str, str] | None:
        try:
            with open(os.path.join(self.folder, _RUN), "rb") as file:
                found = json.loads(file.read())
        except FileNotFoundError:
            return None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise UsageError(f"checkpoint {self.folder}: {_RUN} is damaged: name another folder")
        return found

    def segment(self, job: Job, first: int, paths: int) -> Segment:
        """What is known of a job's blocks from ``first`` on; empty where a file is missing or damaged."""
        name = digest_of([self._key, job, first, paths])[:32] + ".npz"
        found = Segment(job, name)
        try:
            with open(os.path.join(self.folder, name), "rb") as file:
                content = file.read()
        except FileNotFoundError:
            return found
        try:
            ranges, index, moments = _unpacked(content)
            tree = job.tree()
            tree.restore(index, moments)
        except (ValueError, KeyError, IndexError, OSError, EOFError, zipfile.BadZipFile) as error:
            self.notes.append(f"checkpoint file {os.path.join(self.folder, name)} is damaged ({error}): computed anew")
            return found
        found.tree, found.ranges = tree, ranges
        return found

    def due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._last >= _SECONDS

    def save(self, segment: Segment) -> None:
        """Write what is new of a segment."""
        if segment.dirty:
            segment.dirty = False
            self._write(segment.path, _packed(segment))
        self._last = time.monotonic()

    def _write(self, name: str, content: bytes) -> None:
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, os.path.join(self.folder, name))
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise


def joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same blocks in as few ranges as there can be."""
    found: list[tuple[int, int]] = []
    for start, stop in sorted(ranges):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return found


def gaps(first: int, blocks: int, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The blocks from ``first`` to ``blocks`` that are in no range."""
    edges = [first, *(edge for each in ranges for edge in each), blocks]
    return [(start, stop) for start, stop in zip(edges[::2], edges[1::2], strict=True) if start < stop]


def _packed(segment: Segment) -> bytes:
    index, moments = segment.tree.nodes()
    file = io.BytesIO()
    np.savez(file, ranges=np.array(segment.ranges, dtype=np.int64), index=index, moments=moments)
    content = file.getvalue()
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _unpacked(content: bytes) -> tuple[list[tuple[int, int]], Any, Any]:
    digest, _, rest = content.partition(b"\n")
    if hashlib.sha256(rest).hexdigest().encode() != digest:
        raise ValueError("its SHA-256 differs")
    with np.load(io.BytesIO(rest), allow_pickle=False) as parts:
        ranges = [(int(start), int(stop)) for start, stop in parts["ranges"]]
        return ranges, parts["index"], parts["moments"]


def _difference(name: str, before: str | None, now: str | None) -> str:
    if any(value is not None and len(value) > 40 for value in (before, now)):
        return f"{name} differ"
    return f"{name} was {before}, and is {now}"
