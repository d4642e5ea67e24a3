"""Writing results: formats, and files that are replaced whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from greeks.errors import MissingDependencyError, UsageError

Rows = Sequence[Mapping[str, Any]]
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
    if form is None and path != "-":
        extension = os.path.splitext(path)[1].lower()
        if extension not in _EXTENSIONS:
            raise UsageError(f"{path}: no format for extension {extension!r}: add --format csv, json, parquet or table")
        form = _EXTENSIONS[extension]
    if form is None:
        form = "table" if sys.stdout.isatty() else "csv"
    if form == "parquet":
        if path == "-" and sys.stdout.isatty():
            raise UsageError("parquet is binary: write it to a file with -o FILE.parquet")
        require_parquet()
    return form


def require_parquet() -> None:
    """Raise :class:`MissingDependencyError` if pyarrow is absent."""
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise MissingDependencyError("parquet needs pyarrow: pip install 'mc-greeks[parquet]'")


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
    mode = os.stat(final).st_mode if os.path.exists(final) else None
    if mode is not None and stat.S_ISDIR(mode):
        raise IsADirectoryError(21, "is a directory", path)
    if mode is not None and not stat.S_ISREG(mode):  # a pipe or device has no content to protect
        with open(final, "wb") as file:
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


def csv_bytes(rows: Rows) -> bytes:
    """Rows as CSV; a float is written with the digits that read back as the same float, an absent one as blank."""
    text = io.StringIO()
    names = list(rows[0]) if rows else []
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None or value != value:  # nan
        return ""
    return repr(float(value)) if isinstance(value, float) else str(value)


def json_bytes(data: Any) -> bytes:
    """JSON text, with a newline at its end."""
    return (json.dumps(data, indent=2, allow_nan=False, ensure_ascii=False, default=str) + "\n").encode()


def parquet_bytes(frame: Any) -> bytes:
    """A pandas DataFrame as a parquet file."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False)
    return buffer.getvalue()
