"""Files that are replaced whole or not at all, one or several together."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from types import FrameType
from typing import BinaryIO

from greeks.errors import UsageError

Write = Callable[[bytes], None]
_MOVING = threading.RLock()  # held while files move to their places: nothing may end the process then
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
_temporaries: set[str] = set()


@dataclass(frozen=True)
class _Place:
    """A regular file to come: its name as given, its place, where it is written, its permissions."""

    path: str
    final: str
    temporary: str
    mode: int
    old: bool
    file: BinaryIO


@contextmanager
def destination(path: str, inputs: Sequence[str] = ()) -> Iterator[Write]:
    """A function that writes the whole content of ``path``; "-" is stdout. See :func:`destinations`."""
    with destinations((path,), inputs) as (write,):
        yield write


@contextmanager
def destinations(paths: Sequence[str], inputs: Sequence[str] = ()) -> Iterator[list[Write]]:
    """Functions that write the whole contents of ``paths``; all are replaced together, or none.

    A file is written beside its final place and moved there when the block ends without an error. It is created on
    entry, so that a place that cannot be written is known before a long computation. A signal waits until every file
    has moved, and where one cannot move, those before it are put back; only the loss of the machine or SIGKILL between
    two moves can part them. What a killed process left beside the same file is removed.

    Raises
    ------
    UsageError
        If a file is one of ``inputs``.
    OSError
        If a place cannot be written; it names the file as given.
    """
    places: list[_Place] = []
    with ExitStack() as stack:
        writers = [_open(path, inputs, places, stack) for path in paths]
        yield writers
        for place in places:
            with _named(place.path):
                place.file.flush()
                os.fsync(place.file.fileno())
                os.chmod(place.temporary, place.mode)
        _move(places)


def check_destinations(paths: Sequence[str], inputs: Sequence[str] = ()) -> None:
    """Raise as :func:`destinations` would on entry, and leave every file as it is."""
    places: list[_Place] = []
    with ExitStack() as stack:
        for path in paths:
            if path == "-" or not os.path.exists(path) or os.path.isfile(path) or os.path.isdir(path):
                _open(path, inputs, places, stack)


def remove_temporaries() -> None:
    """Remove the unfinished files of this process, which is about to end; waits while files move."""
    with _MOVING:
        for name in list(_temporaries):
            _forget(name)


def _open(path: str, inputs: Sequence[str], places: list[_Place], stack: ExitStack) -> Write:
    if path == "-":
        return _to_stdout
    final = os.path.realpath(path)  # a symbolic link stays one, and its target is replaced
    if any(os.path.exists(name) and os.path.realpath(name) == final for name in inputs):
        raise UsageError(f"{path} is an input file: write the results elsewhere")
    try:
        mode = os.stat(path).st_mode  # of path: what /dev/stdout leads to has no name
    except FileNotFoundError:
        mode = None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "is a directory", path)
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or device has no content to protect
        return _writer(stack.enter_context(open(path, "wb", buffering=0)), path)
    if mode is not None and not os.access(final, os.W_OK):
        raise PermissionError(13, "is read-only", path)
    folder, stem = os.path.dirname(final), f".{os.path.basename(final)[:40]}.{_host()}-"
    _remove_left_over(folder, stem)
    with _named(path):
        handle, temporary = tempfile.mkstemp(prefix=f"{stem}{os.getpid()}-", suffix=".part", dir=folder)
    _temporaries.add(temporary)
    stack.callback(_forget, temporary)
    file = stack.enter_context(os.fdopen(handle, "wb"))
    with suppress(OSError):  # a file system without locks: what is left there stays
        _lock(handle)
    wanted = stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask()
    places.append(_Place(path, final, temporary, wanted, mode is not None, file))
    return _writer(file, path)


def _writer(file: BinaryIO, path: str) -> Write:
    def write(data: bytes) -> None:
        view = memoryview(data)
        with _named(path):
            while len(view):  # an unbuffered device may take a part
                view = view[file.write(view) :]
            file.flush()

    return write


@contextmanager
def _named(path: str) -> Iterator[None]:
    """An error of the system names the file as the user gave it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from None


def _move(places: Sequence[_Place]) -> None:
    """Every file to its place, or none."""
    moved: list[tuple[str, str]] = []
    with _unbroken(), ExitStack() as stack:
        try:
            for number, place in enumerate(places):
                backup = ""
                if place.old and number < len(places) - 1:  # nothing comes after the last that could fail
                    backup = f"{place.temporary[:-5]}-old.part"
                    _temporaries.add(backup)
                    stack.callback(_forget, backup)
                    with _named(place.path):
                        _keep(place.final, backup)
                with _named(place.path):
                    os.replace(place.temporary, place.final)
                moved.append((place.final, backup))
        except BaseException:
            for final, backup in reversed(moved):
                if backup:
                    os.replace(backup, final)
                else:
                    os.unlink(final)
            raise


def _keep(final: str, backup: str) -> None:
    """A second name for a file, or a copy where the file system has no second names."""
    try:
        os.link(final, backup)
    except OSError:
        shutil.copy2(final, backup)


@contextmanager
def _unbroken() -> Iterator[None]:
    """Signals wait until the block has ended; where this is not the main thread, Python runs no handler in it."""
    with _MOVING:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        waiting: list[tuple[int, FrameType | None]] = []
        before = {number: signal.getsignal(number) for number in _SIGNALS}
        ours = {number: handler for number, handler in before.items() if callable(handler)}
        for number in ours:
            signal.signal(number, lambda code, frame: waiting.append((code, frame)))
        try:
            yield
        finally:
            for number, handler in ours.items():
                signal.signal(number, handler)
    for code, frame in waiting:
        ours[signal.Signals(code)](code, frame)


def _forget(temporary: str) -> None:
    with suppress(OSError):
        os.unlink(temporary)
    _temporaries.discard(temporary)


def _remove_left_over(folder: str, stem: str) -> None:
    """Remove what a killed process of this machine left: its number is free, and nobody holds the file's lock."""
    if os.name != "posix":
        return
    try:
        names = [name for name in os.listdir(folder) if name.startswith(stem) and name.endswith(".part")]
    except OSError:
        return
    for name in names:
        process = name[len(stem) :].split("-")[0]
        if not process.isdecimal() or _alive(int(process)):
            continue
        path = os.path.join(folder, name)
        with suppress(OSError):
            handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
            try:
                _lock(handle)
                os.unlink(path)
            finally:
                os.close(handle)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _lock(handle: int) -> None:
    """Hold the file until it is closed; OSError if another process does."""
    if os.name == "posix":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _host() -> str:
    return blake2b(socket.gethostname().encode(), digest_size=4).hexdigest()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _to_stdout(data: bytes) -> None:
    if sys.stdout is None:
        raise OSError(9, "is closed", "stdout")
    with _named("stdout"):
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
