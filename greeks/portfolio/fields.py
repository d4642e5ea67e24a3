"""The columns of a specification, from its dataclass fields, and objects built from text cells.

The reader knows no product and no model by name: whatever is in the registries can be read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import ValidationError

from greeks.portfolio.cells import (
    CellError,
    did_you_mean,
    parse_choice,
    parse_flag,
    parse_list,
    parse_number,
    parse_whole,
    show,
)

Problem = tuple[str, str]  # column (empty for the whole row) and message


@dataclasses.dataclass(frozen=True)
class Column:
    """One field of a specification as a column: what its text means."""

    name: str
    kind: str  # number, whole, list, choice, flag or text
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
        return _PARSERS[self.kind](text)


_PARSERS: dict[str, Callable[[str], Any]] = {
    "number": parse_number,
    "whole": parse_whole,
    "list": parse_list,
    "flag": parse_flag,
    "text": str,
}


@cache
def columns(spec: Any) -> Mapping[str, Column]:
    """Columns of a specification class, by name, in the order of its fields."""
    hints = get_type_hints(spec, include_extras=True)
    result = {}
    for item in dataclasses.fields(spec):
        if item.init:
            needed = item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
            result[item.name] = Column(item.name, *_kind(hints[item.name], needed))
    return result


def _kind(hint: Any, required: bool) -> tuple[str, bool, tuple[str, ...]]:
    origin = get_origin(hint)
    if origin is Annotated:
        return _kind(get_args(hint)[0], required)
    if origin in (Union, UnionType):
        return _kind(next(part for part in get_args(hint) if part is not NoneType), required)
    if origin is Literal:
        return "choice", required, tuple(get_args(hint))
    if origin in (tuple, list, Sequence):
        return "list", required, ()
    return {float: "number", int: "whole", bool: "flag"}.get(hint, "text"), required, ()


def all_columns(registry: Mapping[str, Any]) -> dict[str, Column]:
    """Every column of every class of a registry."""
    return {name: column for spec in registry.values() for name, column in columns(spec).items()}


def needed_by_all(registry: Mapping[str, Any]) -> set[str]:
    """Columns that no class of a registry can do without."""
    return set.intersection(*({n for n, c in columns(spec).items() if c.required} for spec in registry.values()))


def foreign(spec: Any, registry: Mapping[str, Any], cells: Mapping[str, str], what: str) -> list[Problem]:
    """Problems for cells that are filled though their column belongs to other classes of the registry only."""
    own = columns(spec)
    return [
        (name, f"{show(cells[name])} has no meaning for {what} {spec.kind}: leave it blank")
        for name in all_columns(registry)
        if name not in own and cells.get(name)
    ]


def unreadable_cells(registry: Mapping[str, Any], cells: Mapping[str, str], known: Collection[str]) -> list[Problem]:
    """What can be said of the cells of a row whose class is unknown; ``known`` are columns already reported."""
    problems = []
    for name, column in all_columns(registry).items():
        if cells.get(name) and name not in known:
            try:
                column.parse(cells[name])
            except CellError as error:
                problems.append((name, str(error)))
    return problems


def build(
    spec: Any,
    cells: Mapping[str, str],
    what: str,
    given: Mapping[str, Any] | None = None,
    unreadable: Collection[str] = (),
) -> tuple[Any, list[Problem]]:
    """An object of class ``spec`` from text cells, or every reason why there is none.

    Parameters
    ----------
    spec : class
        A payoff or model.
    cells : mapping of str to str
        Text by column; blank and absent are the same. Columns of no field are ignored.
    what : str
        "product" or "model", for messages.
    given : mapping, optional
        Values known otherwise, which take precedence.
    unreadable : collection of str
        Fields whose problem is already reported.

    Returns
    -------
    tuple
        The object (None if anything is wrong), and the problems as (column, message).
    """
    values: dict[str, Any] = dict(given or {})
    problems: list[Problem] = []
    bad = set(unreadable)
    for name, column in columns(spec).items():
        text = cells.get(name, "")
        if text and name not in values and name not in bad:
            try:
                values[name] = column.parse(text)
            except CellError as error:
                problems.append((name, str(error)))
                bad.add(name)
    try:
        built = spec(**values)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            name = str(detail["loc"][0]) if detail["loc"] else ""
            # With a cell missing because it is unreadable, what holds between the cells cannot be judged.
            if name not in bad and (name or not bad):
                problems.append((name, _explain(detail, cells.get(name, ""), spec, what)))
        return None, problems
    return (None if bad else built), problems


def _explain(detail: Any, text: str, spec: Any, what: str) -> str:
    """A pydantic error in the words of this file format."""
    kind, context, place = detail["type"], detail.get("ctx", {}), detail["loc"]
    item = f"item {place[1] + 1} of the list: " if len(place) > 1 and isinstance(place[1], int) else ""
    value = show(text) if text else repr(detail.get("input"))
    if kind.startswith("missing"):
        return f"is blank, and {what} {spec.kind} needs it"
    if kind in _LIMITS:
        word, key = _LIMITS[kind]
        return f"{item}{value} must be {word} {context[key]:g}"
    message = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    if kind == "value_error" or not place:
        return f"{item}{message}"
    return f"{item}{value}: {message[:1].lower()}{message[1:]}"


_LIMITS = {
    "greater_than": ("greater than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def pick(registry: Mapping[str, Any], name: str, what: str) -> Any:
    """The class registered under ``name``, in upper or lower case.

    Raises
    ------
    CellError
        If there is none; the message lists those there are.
    """
    found = registry.get(name.strip().lower())
    if found is None:
        hint = did_you_mean(name.lower(), list(registry))
        raise CellError(f"unknown {what} {show(name)}: choose from {', '.join(registry)}{hint}")
    return found
