"""A digest of what decides the numbers, that another process can repeat."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import numpy as np

from greeks._version import __version__
from greeks.book import Book
from greeks.compiler.jit import package_digest
from greeks.errors import UsageError
from greeks.planning import Settings
from greeks.simulation.job import Job


def digest_of(value: Any) -> str:
    """SHA-256 of a value made of data: dataclasses, mappings, sequences, arrays, numbers, text and dates.

    Fields of a dataclass that are derived from the others do not count.

    Raises
    ------
    UsageError
        If there is a function in it: its code cannot be compared with that of another process.
    """
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True, allow_nan=True).encode()).hexdigest()


def identity_of(book: Book, settings: Settings, jobs: Sequence[Job], others: Mapping[str, Any]) -> dict[str, str]:
    """What decides the numbers of a run, by the name that a message gives it."""
    own = {part.name: getattr(settings, part.name) for part in fields(settings)}
    return {
        "version": __version__,
        "code": package_digest(),
        "trades": digest_of(
            [
                [each.trade_id, each.underlying, each.payoff, each.quantity, each.multiplier, dict(each.labels)]
                for each in book.trades
            ]
        ),
        "market": digest_of([book.model_of(each) for each in book.trades]),
        **{name: str(value) for name, value in {**own, **others}.items()},
        "plan": digest_of(list(jobs)),
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value).hex()
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, np.ndarray):
        return [str(value.dtype), list(value.shape), hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {"mapping": [[_plain(key), _plain(item)] for key, item in value.items()]}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        own = {part.name: _plain(getattr(value, part.name)) for part in fields(value) if part.init}
        return {"kind": type(value).__qualname__, "fields": own}
    raise UsageError(
        f"a {type(value).__name__} in the run is code, not data, and cannot be told from another by a checkpoint: "
        "leave checkpoint out, or use one of the library's payoffs and models"
    )
