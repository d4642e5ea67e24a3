"""Scratch arrays that outlive a block, so that no kernel and no block allocates."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

from greeks.errors import UsageError

Array = npt.NDArray[np.float64]
_CHUNK = 2**21  # doubles: NumPy asks for large pages from 4 MiB on, and memory that is not touched costs nothing
_LINE = 8  # doubles in a line of the cache


def padded(width: int) -> int:
    """Length of a row that holds ``width`` paths.

    Rows whose distance is a power of two would share a few lines of the cache, and push each other out of it. Eight
    lines more, and the tiles of 52 rows are spread over most of it; see docs/performance.md.
    """
    return width + 8 * _LINE


def _chunk(size: int) -> Array:
    """Memory that starts at a multiple of the usual size: which rows push each other out of a cache is no accident."""
    chunk = np.empty(size + _CHUNK)
    first = -(chunk.ctypes.data // 8) % _CHUNK
    return chunk[first : first + size]


class Workspace:
    """Named scratch buffers of one worker thread.

    A buffer is made once and then reused: a fresh allocation of this size would be returned to the system and
    page-faulted in again for every block. Buffers are cut from large chunks, which the system backs with large pages
    where it can. Otherwise where they lie, which is up to the system, changes the speed by 10 to 40 %.

    Parameters
    ----------
    limit : int, optional
        Bytes that the buffers may take; default as many as the system gives.

    Attributes
    ----------
    owner : object, optional
        What the buffers are used for.
    recording : object, optional
        The calls on these buffers that the thread is repeating, block by block.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self.owner: object | None = None
        self.recording: object | None = None
        self._chunks: list[Array] = []
        self.restart(None)

    def restart(self, owner: object | None) -> None:
        """Give up every buffer, and use the memory again for another owner."""
        self.owner, self.recording = owner, None
        self._buffers: dict[str, Array] = {}
        self._views: dict[tuple[str, tuple[int, ...]], Array] = {}
        self._next, self._free = 0, np.empty(0)

    def array(self, name: str, *shape: int) -> Array:
        """An uninitialised C-contiguous float64 array; the same name gives the same memory."""
        view = self._views.get((name, shape))
        if view is None:
            size = prod(shape)
            buffer = self._buffers.get(name)
            if buffer is None or buffer.size < size:
                self._views = {key: old for key, old in self._views.items() if key[0] != name}
                self._buffers[name] = buffer = self._cut(size)
            self._views[name, shape] = view = buffer[:size].reshape(shape)
        return view

    def _cut(self, size: int) -> Array:
        """Memory that starts at a line of the cache.

        Raises
        ------
        UsageError
            Before the buffers take more than the limit.
        """
        while self._free.size < size:
            if self._next == len(self._chunks):
                new = max(size, _CHUNK)
                held = 8 * (sum(chunk.size for chunk in self._chunks) + new)
                if self._limit is not None and held > self._limit:
                    raise UsageError(
                        f"one block of paths takes more than the {self._limit / 2**30:.3g} GiB of memory there are for "
                        "each thread: write fewer threads, fixings, steps_per_year, greeks or estimators"
                    )
                self._chunks.append(_chunk(new))
            self._free = self._chunks[self._next]
            self._next += 1
        buffer, rest = self._free[:size], -(-size // _LINE) * _LINE
        self._free = self._free[rest:]
        return buffer
