"""A user's function built anew, with every compiled function that it calls by name: with bounds, or to interpret.

What Numba and the interpreter say of its failures is told in plain words. Verified with :mod:`greeks.payoffs.compiled`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any

from greeks.core.workspace import Array
from greeks.errors import UsageError

_NOISE = ("Failed in ", "During:", "[1]", "[2]", "- Resolution failure", "<source elided>", "Enable logging")
_UNWANTED = ("nopython", "parallel", "boundscheck")  # options set here, or at odds with bounds


def rebuilt(function: Any, wrap: Callable[[Any, dict[str, Any]], Any], above: tuple[Any, ...] = ()) -> Any:
    """The function with every compiled function that it names rebuilt, and wrapped alike."""
    from numba.extending import is_jitted

    python = function.py_func if is_jitted(function) else function
    if not isinstance(python, FunctionType):
        raise UsageError(f"{function!r} is no function that Numba can compile: write def or lambda")

    def inner(value: Any) -> Any:
        wanted = is_jitted(value) and value is not function and value not in above
        return rebuilt(value, wrap, (*above, function)) if wanted else value

    code, cells = python.__code__, python.__closure__ or ()
    known = {name: inner(value) for name, value in python.__globals__.items() if name in code.co_names}
    held = tuple(CellType(inner(cell.cell_contents)) for cell in cells)
    copy = FunctionType(code, {**python.__globals__, **known}, python.__name__, python.__defaults__, held)
    return wrap(copy, dict(getattr(function, "targetoptions", {})))


def with_bounds(function: Any, options: dict[str, Any]) -> Any:
    """Compiled anew with every index checked."""
    from numba import njit

    kept = {name: value for name, value in options.items() if name not in _UNWANTED}
    return njit(boundscheck=True, **kept)(function)


def interpreted(function: Any, options: dict[str, Any]) -> Any:
    """As it is, for the interpreter."""
    return function


def first_cause(message: str) -> str:
    """The first line of Numba's message that says what is wrong."""
    lines = [line.strip() for line in message.splitlines()]
    told = [line for line in lines if line and not line.startswith(_NOISE) and not set(line) <= set("^~>-")]
    return told[0].rstrip(".:") if told else "no reason given"


def index_of(python: Callable[[Any], float], column: Array) -> str:
    """What index the interpreter finds out of range."""
    try:
        python(column)
    except IndexError as error:
        found = re.search(r"index (-?\d+) is out of bounds", str(error))
        return f"index {found[1]}" if found else "an index"
    except Exception:  # what runs compiled need not run interpreted
        return "an index"
    return "an index"
