"""Numba's cache of compiled kernels on disk, for which a damaged file or a full disk is no error.

A kept kernel carries a digest, since what a flipped bit makes of machine code is a wrong number or the end of the
process. What cannot be read is dropped and compiled anew; what cannot be kept is compiled by the next process too.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Any

_SIZE = 16  # bytes of a digest
_FORM = "a digest at the end"  # a part of every key, so that entries of another form are not found
_said: set[str] = set()


def guard(store: Any, stamp: Callable[[], str]) -> None:
    """Change a cache of Numba in place.

    Parameters
    ----------
    store : numba.core.caching.FunctionCache
        Of one dispatcher.
    stamp : callable
        Gives a text that becomes a part of every key: an entry with another one is not found.
    """
    key, load, save, file = store._index_key, store.load_overload, store.save_overload, store._cache_file

    def load_overload(signature: Any, context: Any) -> Any:
        try:
            return load(signature, context)
        except Exception as error:  # what is damaged raises anything
            _warn_damaged(store.cache_path, f"{type(error).__name__}: {error}")
            _drop_index(file)
            return None  # Numba compiles, and overwrites what it finds

    def save_overload(signature: Any, data: Any) -> None:
        try:
            save(signature, data)
        except OSError as error:
            _warn_not_kept(store.cache_path, error.strerror or str(error))

    store._index_key = lambda signature, codegen: (*key(signature, codegen), stamp(), _FORM)
    store.load_overload, store.save_overload = load_overload, save_overload
    file._load_data = _checked(file, file._load_data)
    file._save_data = lambda name, data: _write(file, name, file._dump(data))


def _checked(file: Any, read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Numba's reader, which passes over what follows an entry, where the digest there is that of the entry."""

    def load(name: str) -> Any:
        path = file._data_path(name)
        with open(path, "rb") as opened:
            content = opened.read()
        if _digest(content[:-_SIZE]) != content[-_SIZE:]:
            raise ValueError(f"{os.path.basename(path)} is not as it was written")
        return read(name)

    return load


def _write(file: Any, name: str, content: bytes) -> None:
    with file._open_for_write(file._data_path(name)) as opened:
        opened.write(content + _digest(content))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_SIZE).digest()


def _drop_index(file: Any) -> None:
    """Remove the list of a kernel's entries if it cannot be read: Numba would stop at it when it saves, too."""
    try:
        file._load_index()
    except Exception:
        with suppress(OSError):
            os.unlink(file._index_path)


def warn_no_cache() -> None:
    """Say that there is no place for the cache."""
    _warn(
        "compiled kernels cannot be kept on disk, so every process compiles them anew: "
        "set NUMBA_CACHE_DIR to a writable directory"
    )


def _warn_damaged(folder: str, reason: str) -> None:
    _warn(f"damaged files among the compiled kernels in {folder} are dropped, and compiled anew", reason)


def _warn_not_kept(folder: str, reason: str) -> None:
    _warn(
        f"compiled kernels cannot be kept in {folder}, so the next process compiles them anew: make room, or set "
        "NUMBA_CACHE_DIR to another directory",
        reason,
    )


def _warn(text: str, reason: str = "") -> None:
    """Once a process, not once a kernel; the reason is that of the first."""
    if text not in _said:
        _said.add(text)
        warnings.warn(f"{text} ({reason})" if reason else text, RuntimeWarning, stacklevel=3)
