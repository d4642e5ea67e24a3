"""What a computation is at, and how far, on stderr and in the logger ``greeks``."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from greeks.system.log import LOG

if TYPE_CHECKING:
    from rich.progress import Progress as Rich

from greeks.errors import UsageError

Progress = Callable[[int, int], None]
EXACT, KERNELS, SIMULATING, STUDYING, WRITING = (
    "exact values", "loading kernels (the first run compiles them)", "simulating", "studying estimators", "writing",
)  # fmt: skip


def begin(progress: Progress | None, phase: str) -> None:
    """Say what comes next, to the logger and to a display; a caller's own function hears of numbers only."""
    LOG.info("%s", phase)
    if isinstance(progress, Display):
        progress.begin(phase)


@contextmanager
def shown(progress: bool | Progress | None, phase: str = SIMULATING) -> Iterator[Progress | None]:
    """What to call with (done, total): the caller's own function, a bar for True, None for False or None."""
    if callable(progress):
        yield logged(progress)
        return
    if progress not in (None, True, False):
        raise UsageError(f"progress is {progress!r}: write True for a bar, or a function of (done, total)")
    with progress_bar(bool(progress), False, phase) as bar:
        yield logged(bar)


@contextmanager
def progress_bar(wanted: bool | None, quiet: bool, phase: str = SIMULATING) -> Iterator[Progress | None]:
    """A function of (done, total), or None where nothing is to be shown; by default only a terminal gets a bar.

    Asked for without a terminal, as in a log, it is a line for every phase and for every tenth of the way. ``phase`` is
    what the numbers count.
    """
    if quiet or wanted is False or (wanted is None and not sys.stderr.isatty()):
        yield None
        return
    if not sys.stderr.isatty():
        yield Lines(phase)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Rich

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Rich(*columns, console=Console(stderr=True), transient=True) as bar:
        yield Bar(phase, bar)


class Display:
    """Called with (done, total); ``begin`` says what is done meanwhile.

    Parameters
    ----------
    phase : str
        What the numbers count.
    """

    def __init__(self, phase: str) -> None:
        self.phase = phase

    def begin(self, phase: str) -> None:
        """A phase whose end is not known."""
        raise NotImplementedError

    def __call__(self, done: int, total: int) -> None:
        """So much is done."""
        raise NotImplementedError


class Bar(Display):
    """A bar with the time that is left."""

    def __init__(self, phase: str, bar: Rich) -> None:
        """An empty bar."""
        super().__init__(phase)
        self._bar = bar
        self._task = bar.add_task(phase, total=None)

    def begin(self, phase: str) -> None:
        """A bar that moves to and fro."""
        self._bar.reset(self._task, description=phase, total=None)

    def __call__(self, done: int, total: int) -> None:
        """The bar so far."""
        self._bar.update(self._task, description=self.phase, completed=done, total=total)


class Lines(Display):
    """A line for every phase and every tenth, with the time that is left."""

    def __init__(self, phase: str) -> None:
        """Nothing said so far."""
        super().__init__(phase)
        self._tenths, self._start, self._first = -1, 0.0, 0

    def begin(self, phase: str) -> None:
        """Its name."""
        self._tenths = -1
        self._say(phase)

    def __call__(self, done: int, total: int) -> None:
        """Tenths done, and seconds left at the speed so far."""
        now, tenths = time.monotonic(), 10 * done // total
        if tenths < self._tenths or self._tenths < 0:  # a new count, such as more paths for a target
            self._tenths, self._start, self._first = -1, now, done
        if tenths > self._tenths:
            self._tenths = tenths
            left = ""
            if self._first < done < total:
                left = f", {(now - self._start) / (done - self._first) * (total - done):.0f} s left"
            self._say(f"{self.phase} {10 * tenths} %{left}")

    def _say(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)


class Logged(Lines):
    """The same as records of the logger ``greeks``, beside another display."""

    def __init__(self, phase: str, beside: Progress | None) -> None:
        """Nothing logged so far."""
        super().__init__(phase)
        self._beside = beside

    def begin(self, phase: str) -> None:
        """Forget the count; :func:`begin` has logged the name."""
        self._tenths = -1
        if isinstance(self._beside, Display):
            self._beside.begin(phase)

    def __call__(self, done: int, total: int) -> None:
        """To both."""
        super().__call__(done, total)
        if self._beside is not None:
            self._beside(done, total)

    def _say(self, text: str) -> None:
        LOG.info("%s", text)


def logged(progress: Progress | None) -> Progress | None:
    """The same, and to the logger as well where somebody listens."""
    return Logged(SIMULATING, progress) if LOG.isEnabledFor(logging.INFO) else progress
