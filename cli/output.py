"""Writing results: formats."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from greeks.errors import MissingDependencyError, UsageError

_EXTENSIONS = {".csv": "csv", ".json": "json", ".parquet": "parquet", ".txt": "table"}


def choose_format(path: str, form: str | None) -> str:
    """The format asked for, or that of the extension, or of the kind of stdout.

    Raises
    ------
    UsageError
        For an extension without a format, or binary output to a terminal.
    MissingDependencyError
        For parquet without pyarrow, before anything is computed.
    """
    if form is None and path != "-" and not is_device(path):
        extension = os.path.splitext(path)[1].lower()
        if extension not in _EXTENSIONS:
            raise UsageError(f"{path}: no format for extension {extension!r}: add --format csv, json, parquet or table")
        form = _EXTENSIONS[extension]
    if form is None:
        form = "table" if path == "-" and stdout_is_terminal() else "csv"
    if form == "parquet":
        if path == "-" and stdout_is_terminal():
            raise UsageError("parquet is binary: write it to a file with -o FILE.parquet")
        require_parquet()
    return form


def stdout_is_terminal() -> bool:
    """Whether somebody looks at stdout; it may be closed."""
    return sys.stdout is not None and sys.stdout.isatty()


def is_device(path: str) -> bool:
    """Whether a path is there and no file, such as ``/dev/null`` or a pipe: it has no extension to go by."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


def same_place(first: str, second: str) -> bool:
    """Whether two outputs would overwrite or interleave each other."""
    if "-" in (first, second):
        return first == second
    return os.path.realpath(first) == os.path.realpath(second) and not is_device(first)


def require_parquet() -> None:
    """Raise :class:`MissingDependencyError` if pyarrow is absent."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise MissingDependencyError("parquet needs pyarrow: pip install 'mc-greeks[parquet]'")


def with_seed(rows: Sequence[Mapping[str, Any]], seed: int, before: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Rows with a column ``seed`` before the columns named: a table without a manifest says what it was drawn from.

    :mod:`greeks_cli.compare` needs it: runs of one seed share their random numbers.
    """
    return [
        {
            **{name: value for name, value in row.items() if name not in before},
            "seed": seed,
            **{name: row[name] for name in before},
        }
        for row in rows
    ]


def json_bytes(data: Any) -> bytes:
    """JSON text, with a newline at its end."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False, default=str) + "\n").encode()


def parquet_bytes(frame: Any, seed: int | None = None, before: Sequence[str] = ()) -> bytes:
    """A pandas DataFrame as a parquet file, with a column ``seed`` before the columns named where there is one."""
    buffer = io.BytesIO()
    kept = frame.copy()
    if seed is not None:
        kept.insert(len(kept.columns) - len(before), "seed", seed)
    kept.to_parquet(buffer, index=False)
    return buffer.getvalue()
