"""What each column of a specification means, from the parameters that its docstring lists."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

_ENTRY = re.compile(r"(\w[\w, ]*) : (.*)")
_ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")


def descriptions(spec: Any) -> Mapping[str, str]:
    """One line for each documented parameter of a class, such as ``> 0, in currency``; blank where only a type is
    given.

    A class without docstring, as under ``python -OO``, has none.
    """
    return _descriptions(spec)


@cache
def _descriptions(spec: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for cls in spec.__mro__:  # what a class does not say of a parameter, the one that it is derived from may
        for name, text in _listed(cls.__doc__ or "").items():
            found[name] = found.get(name) or text
    return found


def _listed(doc: str) -> dict[str, str]:
    """The parameters of one docstring."""
    _, _, section = inspect.cleandoc(doc).partition("Parameters\n----------\n")
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in section.splitlines():
        if not line.startswith(" "):
            entry = _ENTRY.fullmatch(line)
            if not entry and line:
                break  # the next section
            names = [name.strip() for name in entry[1].split(",")] if entry else []
            found.update({name: [] for name in names})
        else:
            for name in names:
                found[name].append(line.strip())
    return {name: _plain(" ".join(lines)) for name, lines in found.items()}


def _plain(text: str) -> str:
    """Text of a terminal: without marks of a docstring, up to the end of the first sentence."""
    bare = _ROLE.sub(r"\1", text).replace("``", "")
    return re.split(r"(?<=[a-z0-9)\]])\. (?=[A-Z])", bare)[0].rstrip(".")
