"""A user's function of one path's spots, compiled with every index checked, and its failures in plain words.

It is asked at the end of a path, or of several beginnings: always with an array of its own, which it may change.

Numba reads memory that is not the array's where an index is out of range, and goes on with what it finds there. So the
function is compiled anew with bounds, and so is every compiled function that it calls by name; measured, that costs
nothing beside the copy of a path. Verified in the tests: each failure by its message, and the bits of a function that
has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import product
from typing import Any, Literal

from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.errors import PayoffIndexError, UsageError
from greeks.payoffs.rebuilt import first_cause, index_of, interpreted, rebuilt, with_bounds

Role = Literal["payment", "gradient", "stopping"]
_RETURNS = {
    "payment": "one number", "gradient": "an array, one number a date", "stopping": "True or False",
}  # fmt: skip
_CALLED = {"payment": "the payoff function", "gradient": "the gradient", "stopping": "the stopping function"}


class Compiled:
    """Loops over paths around a user's function.

    Parameters
    ----------
    function : callable
    role : {"payment", "gradient", "stopping"}
        It returns one number, one number a spot, or whether all ends.

    Raises
    ------
    UsageError
        If Numba cannot compile it for an array of spots, or it returns something else; with the first cause.
    """

    def __init__(self, function: Callable[[Any], Any], role: Role = "payment") -> None:
        from numba import njit

        self._name = f"{_CALLED[role]} {getattr(function, '__name__', repr(function))}"
        self._role = role
        self._function = function
        self._inner = inner = rebuilt(function, with_bounds)
        self._compile()

        @njit(nogil=True, error_model="numpy")
        def driver(spot, n, out):  # type: ignore[no-untyped-def]
            for i in range(n):
                out[i] = inner(spot[:, i].copy())

        @njit(nogil=True, error_model="numpy")
        def rows(spot, n, out):  # type: ignore[no-untyped-def]
            for i in range(n):
                found = inner(spot[:, i].copy())
                if len(found) != out.shape[0]:
                    raise ValueError("it must return one number for each date")
                for j in range(out.shape[0]):
                    out[j, i] = found[j]

        @njit(nogil=True, error_model="numpy")
        def several(spot, lengths, ends, n, out):  # type: ignore[no-untyped-def]
            for i in range(n):
                for k in range(lengths.size):
                    out[k, i] = inner(spot[: lengths[k], i].copy()) if lengths[k] <= ends[i] else 0.0

        @njit(nogil=True, error_model="numpy")
        def first(spot, n, out):  # type: ignore[no-untyped-def]
            for i in range(n):
                out[i] = spot.shape[0]
                for length in range(1, spot.shape[0]):
                    if inner(spot[:length, i].copy()):
                        out[i] = length
                        break

        self._driver: Any = {"payment": driver, "gradient": rows, "stopping": first}[role]
        self._several: Any = several

    def __call__(self, spot: Array, count: int, out: Array) -> None:
        """What it returns for ``count`` paths, the columns of ``spot``.

        Of a stopping function, asked of the spots up to each date but the last: how many dates there are up to the
        first at which it is true, all of them where it never is.

        Raises
        ------
        PayoffIndexError
            If the function reads a spot that is not there.
        UsageError
            If it raises anything else.
        """
        whole = spot.shape[0]
        lengths = range(1, whole) if self._role == "stopping" else range(whole, whole + 1)
        self._run(self._driver, spot, lengths, count, spot, count, out)

    def several(self, spot: Array, lengths: Index, ends: Array, count: int, out: Array) -> None:
        """Payments of each path from its first ``lengths[k]`` spots, in row k; 0 where these are beyond ``ends``.

        Raises
        ------
        PayoffIndexError, UsageError
            As above.
        """
        self._run(self._several, spot, lengths.tolist(), count, spot, lengths, ends, count, out)

    def _run(self, driver: Any, spot: Array, lengths: Iterable[int], count: int, *arguments: Any) -> None:
        try:
            driver(*arguments)
        except IndexError:
            raise self._out_of_range(spot, lengths, count) from None
        except Exception as error:
            raise UsageError(f"{self._name} raised {type(error).__name__}: {error}") from error

    def _compile(self) -> None:
        from numba import types
        from numba.core.errors import NumbaError

        try:
            self._inner.compile((types.float64[::1],))
        except (NumbaError, AttributeError, TypeError, NotImplementedError) as error:
            raise UsageError(
                f"Numba cannot compile {self._name}: {first_cause(str(error))}; "
                f"it takes one array of spots and returns {_RETURNS[self._role]}"
            ) from None
        kind = self._inner.overloads[self._inner.signatures[0]].signature.return_type
        if self._role == "gradient":
            numbers = isinstance(getattr(kind, "dtype", None), types.Float | types.Integer)
            right = numbers and not (isinstance(kind, types.Array) and kind.ndim != 1)
        elif self._role == "stopping":
            right = isinstance(kind, types.Boolean | types.BooleanLiteral)
        else:
            right = isinstance(kind, types.Float | types.Integer | types.Boolean | types.IntegerLiteral)
        if not right:
            raise UsageError(f"{self._name} returns {kind}: let it return {_RETURNS[self._role]}")

    def _out_of_range(self, spot: Array, lengths: Iterable[int], count: int) -> PayoffIndexError:
        """The same failure in the interpreter, which says what the index was."""
        dates, index = spot.shape[0], "an index"
        for i, length in product(range(count), lengths):
            column = spot[:length, i].copy()
            try:
                self._inner(column)
            except IndexError:
                index, dates = index_of(rebuilt(self._function, interpreted), spot[:length, i].copy()), length
                break
        upto = "" if dates == spot.shape[0] else f" up to then, of {spot.shape[0]}"
        return PayoffIndexError(
            f"{self._name} reads {index} of the spots, out of range: there are {dates} dates{upto}, "
            f"with indices 0 to {dates - 1}"
        )


@lru_cache(maxsize=64)
def compiled(function: Callable[[Any], Any], role: Role = "payment") -> Compiled:
    """:class:`Compiled`, once per process and function."""
    return Compiled(function, role)
