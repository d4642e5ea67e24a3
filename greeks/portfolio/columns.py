"""The columns of a specification, from its dataclass fields: what the text of each cell means.

The reader knows no product and no model by name: whatever is in the registries can be read.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from greeks.portfolio.cells import (
    is_date,
    parse_choice,
    parse_date,
    parse_dates,
    parse_flag,
    parse_list,
    parse_moment,
    parse_number,
    parse_whole,
)


@dataclasses.dataclass(frozen=True)
class Column:
    """One field of a specification as a column: what its text means."""

    name: str
    kind: str  # number, whole, list, date, dates, moment (years or a date), choice, flag or text
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

    def holds_date(self, text: str) -> bool:
        """Whether a cell that is not blank counts from the valuation date."""
        return self.kind in ("date", "dates") or (self.kind == "moment" and is_date(text))


_PARSERS: dict[str, Callable[[str], Any]] = {"date": parse_date, "dates": parse_dates, "flag": parse_flag, "text": str}
_NUMERIC: dict[str, Callable[[str, str], Any]] = {
    "number": parse_number,
    "whole": parse_whole,
    "list": parse_list,
    "moment": parse_moment,
}
_BY_THE_READER = ("expiry", "as_of")  # dates that stand for a maturity: the reader deals with them


def columns(spec: Any) -> Mapping[str, Column]:
    """Columns of a specification class by name: its fields in order, then what may stand for a field."""
    return _columns(spec)


@cache
def _columns(spec: Any) -> Mapping[str, Column]:
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
        return _of_union([part for part in get_args(hint) if part is not NoneType], required)
    if origin is Literal:
        return "choice", required, tuple(get_args(hint))
    if origin in (tuple, list, Sequence):
        item = _kind(get_args(hint)[0], required)[0]
        return ("dates" if item in ("date", "text") else "list"), required, ()
    return {float: "number", int: "whole", bool: "flag", date: "date"}.get(hint, "text"), required, ()


def _of_union(parts: Sequence[Any], required: bool) -> tuple[str, bool, tuple[str, ...]]:
    """A day may be a text or a date; years or a day are a moment."""
    kinds = {_kind(part, required)[0] for part in parts}
    if kinds & {"date", "moment"}:
        return ("moment" if kinds & {"number", "whole", "moment"} else "date"), required, ()
    return _kind(parts[0], required)


def all_columns(registry: Mapping[str, Any]) -> Mapping[str, Column]:
    """Every column of every class of a registry."""
    return _merged(tuple(registry.values()))


@cache
def _merged(specs: tuple[Any, ...]) -> Mapping[str, Column]:
    found: dict[str, Column] = {}
    for spec in specs:
        for name, column in columns(spec).items():
            found[name] = _common(found.get(name, column), column)
    return MappingProxyType(found)


def _common(first: Column, second: Column) -> Column:
    """What may stand in a column of either class: the choices of both, any text where they are of two kinds."""
    if first == second:
        return first
    choices = tuple(dict.fromkeys((*first.choices, *second.choices)))
    return Column(first.name, first.kind if first.kind == second.kind else "text", False, choices)


def needed_by_all(registry: Mapping[str, Any]) -> set[str]:
    """Columns that no class of a registry can do without."""
    return set.intersection(*({n for n, c in columns(spec).items() if c.required} for spec in registry.values()))
