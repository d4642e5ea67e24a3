"""A progress bar on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_bar(wanted: bool | None, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
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
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("paths", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines() -> Callable[[int, int], None]:
    tenths = -1

    def show(done: int, total: int) -> None:
        nonlocal tenths
        now = 10 * done // total
        if now > tenths:
            tenths = now
            print(f"{10 * tenths} %", file=sys.stderr, flush=True)

    return show
