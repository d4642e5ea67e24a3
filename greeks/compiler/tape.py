"""Calls of compiled functions, noted while a block is computed and repeated for the blocks that follow.

What the interpreter does for a block is the same for every full block of a job: it decides which kernels to call on
which arrays. Models, payoffs and estimators must not let it depend on the numbers in the arrays, nor compute on arrays
themselves. So it is done once, and then only the calls are repeated, which takes a fraction of the time and leaves the
interpreter's lock to other threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_MOST = 50_000  # calls of one tape: it keeps their arguments, some 600 bytes a call and thread


class _Recorder(threading.local):
    """What the calling thread is recording, if anything."""

    tape: Tape | None = None


class Tape:
    """Calls in the order in which they were made, on the arrays on which they were made.

    Attributes
    ----------
    complete : bool
        False if there were too many calls to keep them.
    """

    def __init__(self, most: int = _MOST) -> None:
        self.complete, self._most = True, most
        self._calls: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note every call that this thread makes until the block ends."""
        before = _RECORDER.tape
        _RECORDER.tape = self
        try:
            yield
        finally:
            _RECORDER.tape = before

    def note(self, function: Callable[..., Any], arguments: tuple[Any, ...], result: Any) -> None:
        """Note one call.

        Raises
        ------
        RuntimeError
            If it returned something: the interpreter could act on it, differently for another block.
        """
        if result is not None:
            raise RuntimeError(f"{function} returned {result!r}: a kernel called for a block writes into arrays only")
        if len(self._calls) == self._most:
            self.complete = False
            self._calls.clear()
        if self.complete:
            self._calls.append((function, arguments))

    def play(self) -> None:
        """Make the same calls again, on the same arrays."""
        for function, arguments in self._calls:
            function(*arguments)


_RECORDER = _Recorder()


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a compiled function, and note it where this thread is recording."""
    result = function(*arguments)
    tape = _RECORDER.tape
    if tape is not None:
        tape.note(function, arguments, result)
    return result
