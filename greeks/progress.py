"""How far a computation is, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from greeks.errors import UsageError

Progress = Callable[[int, int], None]


@contextmanager
def shown(progress: bool | Progress | None) -> Iterator[Progress | None]:
    """What to call with (done, total): the caller's own function, a bar for True, None for False or None."""
    if callable(progress):
        yield progress
        return
    if progress not in (None, True, False):
        raise UsageError(f"progress is {progress!r}: write True for a bar, or a function of (done, total)")
    with progress_bar(bool(progress), quiet=False) as bar:
        yield bar


@contextmanager
def progress_bar(wanted: bool | None, quiet: bool) -> Iterator[Progress | None]:
    """A function of (done, total), or None where no bar is wanted; by default only a terminal gets one.

    Asked for without a terminal, as in a log, it is a line for every tenth of the way.
    """
    if quiet or wanted is False or (wanted is None and not sys.stderr.isatty()):
        yield None
        return
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("paths", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines() -> Progress:
    tenths = -1

    def show(done: int, total: int) -> None:
        nonlocal tenths
        now = 10 * done // total
        if now > tenths:
            tenths = now
            print(f"{10 * tenths} %", file=sys.stderr, flush=True)

    return show
