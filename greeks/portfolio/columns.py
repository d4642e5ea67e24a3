"""The columns of a specification, from its dataclass fields: what the text of each cell means.

The reader knows no product and no model by name: whatever is in the registries can be read.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from greeks.portfolio.cells import parse_choice, parse_dates, parse_flag, parse_list, parse_number, parse_whole


@dataclasses.dataclass(frozen=True)
class Column:
    """One field of a specification as a column: what its text means."""

    name: str
    kind: str  # number, whole, list, dates, choice, flag or text
    required: bool
    choices: tuple[str, ...] = ()

    def parse(self, text: str) -> Any:
        """The value of a cell that is not blank.

        Raises
        ------
        CellError
            If the text is not of this column's kind.
        """
        if self.kind == "choice":
            return parse_choice(text, self.choices)
        if self.kind in _NUMERIC:
            return _NUMERIC[self.kind](text, self.name)
        return _PARSERS[self.kind](text)


_PARSERS: dict[str, Callable[[str], Any]] = {"dates": parse_dates, "flag": parse_flag, "text": str}
_NUMERIC: dict[str, Callable[[str, str], Any]] = {"number": parse_number, "whole": parse_whole, "list": parse_list}
_BY_THE_READER = ("expiry", "as_of")  # dates that stand for a maturity: the reader deals with them


@cache
def columns(spec: Any) -> Mapping[str, Column]:
    """Columns of a specification class by name: its fields in order, then what may stand for a field."""
    hints = get_type_hints(spec, include_extras=True)
    return {
        name: Column(name, *_kind(hints[name], part.default is part.empty))
        for name, part in inspect.signature(spec).parameters.items()
        if name not in _BY_THE_READER
    }


def _kind(hint: Any, required: bool) -> tuple[str, bool, tuple[str, ...]]:
    if isinstance(hint, dataclasses.InitVar):
        return _kind(hint.type, required)
    origin = get_origin(hint)
    if origin is Annotated:
        return _kind(get_args(hint)[0], required)
    if origin in (Union, UnionType):
        return _kind(next(part for part in get_args(hint) if part is not NoneType), required)
    if origin is Literal:
        return "choice", required, tuple(get_args(hint))
    if origin in (tuple, list, Sequence):
        item = _kind(get_args(hint)[0], required)[0]
        return ("dates" if item == "text" else "list"), required, ()
    return {float: "number", int: "whole", bool: "flag"}.get(hint, "text"), required, ()


def all_columns(registry: Mapping[str, Any]) -> Mapping[str, Column]:
    """Every column of every class of a registry."""
    return _merged(tuple(registry.values()))


@cache
def _merged(specs: tuple[Any, ...]) -> Mapping[str, Column]:
    return MappingProxyType({name: column for spec in specs for name, column in columns(spec).items()})


def needed_by_all(registry: Mapping[str, Any]) -> set[str]:
    """Columns that no class of a registry can do without."""
    return set.intersection(*({n for n, c in columns(spec).items() if c.required} for spec in registry.values()))
