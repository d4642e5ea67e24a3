"""Scratch arrays that outlive a block, so that no kernel and no block allocates."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_CHUNK = 2**22  # doubles: NumPy asks for large pages from 4 MiB on, and memory that is not touched costs nothing
_LINE = 8  # doubles in a line of the cache
_GROWTH = 1.5


def padded(width: int) -> int:
    """Length of a row that holds ``width`` paths.

    Rows whose distance is a power of two would share a few lines of the cache, and push each other out of it.
    """
    return width + 8 * _LINE


class Workspace:
    """Named scratch buffers of one worker thread.

    A buffer grows to the largest size asked of it and is then reused: a fresh allocation of this size would be
    returned to the system and page-faulted in again for every block. Buffers are cut from large chunks, which the
    system backs with large pages where it can; with small ones, where they lie changes the speed by 10 %.

    Attributes
    ----------
    recording : object, optional
        The calls on these buffers that the thread is repeating, block by block.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}
        self._free = np.empty(0)
        self.recording: object | None = None

    def array(self, name: str, *shape: int) -> Array:
        """An uninitialised C-contiguous float64 array; the same name gives the same memory."""
        size = prod(shape)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = self._cut(size if buffer is None else max(size, int(_GROWTH * buffer.size)))
            self._buffers[name] = buffer
        return buffer[:size].reshape(shape)

    def _cut(self, size: int) -> Array:
        """New memory that starts at a line of the cache."""
        if self._free.size < size:
            chunk = np.empty(max(_CHUNK, size + _LINE))
            self._free = chunk[-(chunk.ctypes.data // 8) % _LINE :]
        buffer, rest = self._free[:size], -(-size // _LINE) * _LINE
        self._free = self._free[rest:]
        return buffer
