"""What ends a command: a signal becomes an exception, and where it is not heard the process ends all the same."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from greeks.system.files import remove_temporaries

PATIENCE = 1.2  # seconds for threads and compilers to notice
_told: list[int] = []


class Ended(BaseException):
    """A signal asked for the end.

    Parameters
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def endings() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP raise :class:`Ended`; one that is ignored, as under ``nohup``, stays ignored.

    Python runs handlers between two of its instructions only. A thread reads the signals as they arrive, and ends the
    process :data:`PATIENCE` seconds later where the main thread was in a compiler or waited for other threads. The
    watch stays when the block is left, since Python joins threads after it.
    """
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for name in names if signal.getsignal(number := getattr(signal, name)) is not signal.SIG_IGN]
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield
        return
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    for number in numbers:
        signal.signal(number, _raise)
    threading.Thread(target=_watch, args=(read, frozenset(map(int, numbers))), daemon=True).start()
    yield


def tell(number: int) -> None:
    """Say once what ended the command; straight to the descriptor, since stderr's lock may be held."""
    if not _told:
        _told.append(number)
        with suppress(OSError):
            os.write(2, b"interrupted\n" if number == signal.SIGINT else b"terminated\n")


def _raise(number: int, _frame: FrameType | None) -> None:
    for other in ("SIGINT", "SIGTERM", "SIGHUP"):  # a second one must not break the clearing up
        if hasattr(signal, other):
            signal.signal(getattr(signal, other), signal.SIG_IGN)
    raise Ended(number)


def _watch(read: int, numbers: frozenset[int]) -> None:
    while True:
        for number in os.read(read, 1):
            if number in numbers:
                time.sleep(PATIENCE)
                remove_temporaries()
                tell(number)
                os._exit(128 + number)
