"""Whether a run may keep what is done in a folder, or go on from one: said before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from greeks.errors import UsageError

RUN_FILE = "run.json"  # in the folder; says whose run it is


def check_checkpoint(checkpoint: Any, resume: Any, time_budget: Any, label: Callable[[str], str] = str) -> None:
    """Refuse what a run cannot go on from.

    Parameters
    ----------
    checkpoint, resume, time_budget
        As given to :func:`greeks.run`.
    label : callable
        How the reader writes the name of an option.

    Raises
    ------
    UsageError
        With what to write instead.
    """
    if resume not in (True, False, None):
        raise UsageError(f"{label('resume')} is {resume!r}: write True or False")
    if checkpoint is None:
        if resume:
            raise UsageError(f"{label('resume')} needs the folder of an earlier run: add {label('checkpoint')}")
        return
    if not isinstance(checkpoint, (str, os.PathLike)) or not os.fspath(checkpoint):
        raise UsageError(f"{label('checkpoint')} is {checkpoint!r}: write the path of a folder")
    if time_budget is not None:
        raise UsageError(
            f"{label('checkpoint')} does not go with {label('time_budget')}, whose paths depend on the clock: "
            f"write {label('target')} or {label('paths')}"
        )
    if not resume and os.path.exists(os.path.join(checkpoint, RUN_FILE)):
        raise UsageError(
            f"{label('checkpoint')} {os.fspath(checkpoint)} holds a run already: add {label('resume')}, "
            "or name another folder"
        )
