"""Where a table comes from: a file by name, a file that is open, or a DataFrame; all end as the bytes of a CSV."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from os import PathLike, fspath
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from greeks.errors import UsageError
from greeks.portfolio.frames import Entry, csv_of, is_frame
from greeks.text.visible import shown

if TYPE_CHECKING:
    import pandas as pd

Source: TypeAlias = "str | PathLike[str] | IO[str] | IO[bytes] | pd.DataFrame"


@dataclass
class Content:
    """The bytes of a table, what it is called, and the row of a DataFrame that each line was."""

    name: str
    data: bytes = b""
    rows: dict[int, Entry] = field(default_factory=dict)
    problem: str = ""


def content(source: Source, role: str) -> Content:
    """Read a source whole.

    Parameters
    ----------
    source : str, path, open file or DataFrame
        "-" is the standard input.
    role : str
        What stands in messages for a source without a name: "portfolio" or "market".

    Returns
    -------
    Content
        With a problem where the source cannot be read.

    Raises
    ------
    UsageError
        For what is none of these.
    """
    if is_frame(source):
        return Content(f"<{role}>", *csv_of(source))
    if hasattr(source, "read"):
        return _opened(source, f"<{role}>")
    try:
        path = fspath(source)
    except TypeError:
        raise UsageError(f"{role} is {shown(source)}: write a path, an open file or a DataFrame") from None
    found = Content("<stdin>" if path == "-" else path)
    try:
        found.data = sys.stdin.buffer.read() if path == "-" else _bytes_of(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        found.problem = getattr(error, "strerror", None) or str(error)
        if "\n" in path:
            found.name, found.problem = f"<{role}>", "this is the text of a file, not its name: write io.StringIO(text)"
    return found


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _opened(file: Any, fallback: str) -> Content:
    name = getattr(file, "name", None)
    found = Content(name if isinstance(name, str) else fallback)
    try:
        read = file.read()
        found.data = read.encode("utf-8") if isinstance(read, str) else bytes(read)
    except (OSError, ValueError) as error:  # a closed file, bytes that are no text
        found.problem = getattr(error, "strerror", None) or str(error)
    return found
