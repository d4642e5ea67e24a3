"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from greeks.errors import UsageError


@contextmanager
def destination(path: str, inputs: Sequence[str] = ()) -> Iterator[Callable[[bytes], None]]:
    """A function that writes the whole content of ``path``; "-" is stdout.

    A file is written beside its final place and moved there when the block ends without an error. It is created on
    entry, so that a place that cannot be written is known before a long computation.

    Raises
    ------
    UsageError
        If the file is one of ``inputs``.
    OSError
        If the place cannot be written.
    """
    if path == "-":
        yield _to_stdout
        return
    final = os.path.realpath(path)  # a symbolic link stays one, and its target is replaced
    if any(os.path.exists(name) and os.path.realpath(name) == final for name in inputs):
        raise UsageError(f"{path} is an input file: write the results elsewhere")
    mode = os.stat(path).st_mode if os.path.exists(path) else None  # of path: what /dev/stdout leads to has no name
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "is a directory", path)
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or device has no content to protect
        with open(path, "wb") as file:
            yield lambda data: _discard(file.write(data))
        return
    if mode is not None and not os.access(final, os.W_OK):
        raise PermissionError(13, "is read-only", path)
    folder = os.path.dirname(final)
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(final)[:100]}.", suffix=".part", dir=folder)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, path) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield lambda data: _discard(file.write(data))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())
        os.replace(temporary, final)
    except BaseException:
        os.unlink(temporary)
        raise


def _discard(_written: int) -> None:
    return None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _to_stdout(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
