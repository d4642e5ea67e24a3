"""Objects built from the text cells of a row, or every reason why there is none, in the words of the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from greeks.checks.spoken import field_of, is_ours, item_of, limit_of, message_of
from greeks.errors import SpecError
from greeks.portfolio.cells import CellError
from greeks.portfolio.columns import all_columns, columns
from greeks.portfolio.words import kind_hint
from greeks.text.visible import quoted

_FEW = 3  # classes that a cell in the wrong row may have been meant for, named
Problem = tuple[str, str]  # column (empty for the whole row) and message


def foreign(spec: Any, registry: Mapping[str, Any], cells: Mapping[str, str], what: str) -> list[Problem]:
    """Problems for cells that are filled though their column belongs to other classes of the registry only."""
    own = columns(spec)
    problems = []
    for name in all_columns(registry):
        if name not in own and cells.get(name):
            owners = [kind for kind, other in registry.items() if name in columns(other)]
            meant = f", or write {' or '.join(owners)} in the column {what}" if len(owners) <= _FEW else ""
            problems.append(
                (name, f"{quoted(cells[name])} has no meaning for {what} {spec.kind}: leave it blank{meant}")
            )
    return problems


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
    except SpecError as error:
        for detail in error.details:
            name = field_of(detail)
            # With a cell missing because it is unreadable, what holds between the cells cannot be judged.
            if name not in bad and (name or not bad):
                problems.append((name, _explain(detail, cells.get(name, ""), spec, what)))
        return None, problems
    return (None if bad else built), problems


def _explain(detail: Any, text: str, spec: Any, what: str) -> str:
    """A finding of the validator in the words of this file format."""
    item, value = item_of(detail), quoted(text) if text else repr(detail.get("input"))
    if detail["type"].startswith("missing"):
        return f"is blank, and {what} {spec.kind} needs it"
    if limit := limit_of(detail):
        return f"{item}{value} {limit}"
    message = message_of(detail)
    if is_ours(detail):
        return f"{item}{message}"
    return f"{item}{value}: {message[:1].lower()}{message[1:]}"


def pick(registry: Mapping[str, Any], name: str, what: str) -> Any:
    """The class registered under ``name``, in upper or lower case.

    Raises
    ------
    CellError
        If there is none; the message lists those there are.
    """
    found = registry.get(name.strip().lower())
    if found is None:
        hint = kind_hint(name, list(registry))
        choose = "" if hint.startswith(":") else f": choose from {', '.join(registry)}"
        raise CellError(f"unknown {what} {quoted(name)}{choose}{hint}")
    return found
