"""A user's function of one path's spots, compiled with every index checked, and its failures in plain words.

Numba reads memory that is not the array's where an index is out of range, and goes on with what it finds there. So the
function is compiled anew with bounds, and so is every compiled function that it calls by name; measured, that costs
nothing beside the copy of a path. Verified in the tests: each failure by its message, and the bits of a function that
has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from types import CellType, FunctionType
from typing import Any

from greeks.core.workspace import Array
from greeks.errors import PayoffIndexError, UsageError

_NOISE = ("Failed in ", "During:", "[1]", "[2]", "- Resolution failure", "<source elided>", "Enable logging")
_UNWANTED = ("nopython", "parallel", "boundscheck")  # options set here, or at odds with bounds


class Compiled:
    """A loop over paths around a user's function.

    Parameters
    ----------
    function : callable

    Raises
    ------
    UsageError
        If Numba cannot compile it for an array of spots, or it returns no number; with the first cause.
    """

    def __init__(self, function: Callable[[Any], float]) -> None:
        from numba import njit

        self._name = getattr(function, "__name__", repr(function))
        self._function = function
        self._inner = inner = _rebuilt(function, _with_bounds)
        self._compile()

        @njit(nogil=True, error_model="numpy")
        def driver(spot, n, out):  # type: ignore[no-untyped-def]
            for i in range(n):
                out[i] = inner(spot[:, i].copy())

        self._driver = driver

    def __call__(self, spot: Array, count: int, out: Array) -> None:
        """Payments of ``count`` paths, the columns of ``spot``.

        Raises
        ------
        PayoffIndexError
            If the function reads a spot that is not there.
        UsageError
            If it raises anything else.
        """
        try:
            self._driver(spot, count, out)
        except IndexError:
            raise self._out_of_range(spot, count) from None
        except Exception as error:
            raise UsageError(f"the payoff function {self._name} raised {type(error).__name__}: {error}") from error

    def _compile(self) -> None:
        from numba import types
        from numba.core.errors import NumbaError

        try:
            self._inner.compile((types.float64[::1],))
        except (NumbaError, AttributeError, TypeError, NotImplementedError) as error:
            raise UsageError(
                f"Numba cannot compile the payoff function {self._name}: {_first_cause(str(error))}; "
                "it takes one array of spots and returns one number"
            ) from None
        kind = self._inner.overloads[self._inner.signatures[0]].signature.return_type
        if not isinstance(kind, types.Float | types.Integer | types.Boolean | types.IntegerLiteral):
            raise UsageError(f"the payoff function {self._name} returns {kind}: let it return one number")

    def _out_of_range(self, spot: Array, count: int) -> PayoffIndexError:
        """The same failure in the interpreter, which says what the index was."""
        dates = spot.shape[0]
        index = "an index"
        for i in range(count):
            column = spot[:, i].copy()
            try:
                self._inner(column)
            except IndexError:
                index = _index_of(_rebuilt(self._function, _interpreted), column)
                break
        return PayoffIndexError(
            f"the payoff function {self._name} reads {index} of the spots, out of range: there are {dates} dates, "
            f"with indices 0 to {dates - 1}"
        )


@lru_cache(maxsize=64)
def compiled(function: Callable[[Any], float]) -> Compiled:
    """:class:`Compiled`, once per process and function."""
    return Compiled(function)


def _rebuilt(function: Any, wrap: Callable[[Any, dict[str, Any]], Any], above: tuple[Any, ...] = ()) -> Any:
    """The function with every compiled function that it names rebuilt, and wrapped alike."""
    from numba.extending import is_jitted

    python = function.py_func if is_jitted(function) else function
    if not isinstance(python, FunctionType):
        raise UsageError(f"{function!r} is no function that Numba can compile: write def or lambda")

    def inner(value: Any) -> Any:
        wanted = is_jitted(value) and value is not function and value not in above
        return _rebuilt(value, wrap, (*above, function)) if wanted else value

    code, cells = python.__code__, python.__closure__ or ()
    known = {name: inner(value) for name, value in python.__globals__.items() if name in code.co_names}
    held = tuple(CellType(inner(cell.cell_contents)) for cell in cells)
    copy = FunctionType(code, {**python.__globals__, **known}, python.__name__, python.__defaults__, held)
    return wrap(copy, dict(getattr(function, "targetoptions", {})))


def _with_bounds(function: Any, options: dict[str, Any]) -> Any:
    from numba import njit

    kept = {name: value for name, value in options.items() if name not in _UNWANTED}
    return njit(boundscheck=True, **kept)(function)


def _interpreted(function: Any, options: dict[str, Any]) -> Any:
    return function


def _first_cause(message: str) -> str:
    """The first line of Numba's message that says what is wrong."""
    lines = [line.strip() for line in message.splitlines()]
    told = [line for line in lines if line and not line.startswith(_NOISE) and not set(line) <= set("^~>-")]
    return told[0].rstrip(".:") if told else "no reason given"


def _index_of(python: Callable[[Any], float], column: Array) -> str:
    """What index the interpreter finds out of range."""
    try:
        python(column)
    except IndexError as error:
        found = re.search(r"index (-?\d+) is out of bounds", str(error))
        return f"index {found[1]}" if found else "an index"
    except Exception:  # what runs compiled need not run interpreted
        return "an index"
    return "an index"
