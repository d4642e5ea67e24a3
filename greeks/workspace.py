"""Scratch arrays that outlive a block, so that no kernel and no block allocates."""

from __future__ import annotations

from math import prod

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Workspace:
    """Named scratch buffers of one worker thread.

    A buffer grows to the largest size asked of it and is then reused: a fresh allocation of this size would be
    returned to the system and page-faulted in again for every block.

    Attributes
    ----------
    recording : object, optional
        The calls on these buffers that the thread is repeating, block by block.
    """

    def __init__(self) -> None:
        self._buffers: dict[str, Array] = {}
        self.recording: object | None = None

    def array(self, name: str, *shape: int) -> Array:
        """An uninitialised C-contiguous float64 array; the same name gives the same memory."""
        size = prod(shape)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = np.empty(size)
            self._buffers[name] = buffer
        return buffer[:size].reshape(shape)
