"""The logger ``greeks``: what a computation does, at level INFO, and what to doubt of its numbers, at level WARNING.

Nothing is printed unless a handler is attached: ``logging.basicConfig(level="INFO")`` does, and so does ``greeks -v``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from greeks.text.visible import visible

LOG = logging.getLogger("greeks")
LOG.addHandler(logging.NullHandler())


def log_notes(notes: Iterable[str]) -> None:
    """What a reader should know of how the files were read."""
    for note in notes:
        LOG.info("%s", visible(note))


def log_doubts(rows: Iterable[Mapping[str, Any]]) -> None:
    """One warning for each reason for which numbers are not ok: how many they are, and the first."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["status"] != "ok":
            found.setdefault((row["status"], row["reason"]), []).append(row)
    for (status, reason), those in found.items():
        first = " ".join(visible(those[0][name]) for name in ("trade_id", "greek", "estimator"))
        LOG.warning("%d %s %s, such as %s: %s", len(those), _plural(those), status, first, visible(reason))


def _plural(rows: list[Mapping[str, Any]]) -> str:
    return "number is" if len(rows) == 1 else "numbers are"
