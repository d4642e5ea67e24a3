"""Any payoff at all: a Numba function of one path's spots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from itertools import pairwise
from typing import Any, ClassVar

from greeks.compiler.jit import call
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.compiled import compiled
from greeks.payoffs.dated import OR_EXPIRY, Dated
from greeks.spec import Maturity, Times, spec


@spec
class Custom(Dated):
    """A user's own payoff, given as a function.

    Parameters
    ----------
    function : callable
        Takes one path's spots, a float64 array of shape (dates,), and returns the undiscounted payment. A Numba
        function, or a plain one that Numba can compile.
    times : sequence of float
        Dates at which the spot is read, in years, ascending, in (0, maturity].
    maturity : float
        Payment date in years.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    PayoffIndexError
        On valuation, where the function reads a spot that is not there; an ``IndexError`` too.
    UsageError
        On valuation, where Numba cannot compile the function, it returns no number, or it raises.

    Notes
    -----
    Nothing is known of its smoothness, so pathwise derivatives are refused; likelihood ratio and finite differences
    work. Compiled once per process and function, with every index checked, never cached on disk, and never read from a
    file. A global or closed-over variable is frozen at the value it has when the function is first compiled: changing
    it later changes nothing, so build a new function (for instance by a factory) for a new value. A payment that is nan
    or infinite on any path makes the number ``na``, with the count of such paths. Verified in the tests against the
    same payment given as a payoff of this package.
    """

    kind: ClassVar[str] = "custom"
    smoothness: ClassVar[Smoothness] = "unknown"
    function: Callable[[Any], float]
    _: KW_ONLY
    times: Times
    maturity: Maturity = OR_EXPIRY

    def check(self) -> None:
        """Check the dates."""
        times = self.times
        if not times or any(b <= a for a, b in pairwise(times)):
            raise ValueError("times must be a non-empty list in strictly ascending order")
        if times[-1] > self.maturity:
            raise ValueError(f"the last date, {times[-1]:g}, is after the maturity, {self.maturity:g}")

    def dates(self) -> tuple[float, ...]:
        """The dates given."""
        return tuple(self.times)

    def settled(self, spot: float) -> float | None:
        """Never known before simulation."""
        return None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        call(compiled(self.function), paths.spot, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Refused: no gradient is declared.

        Raises
        ------
        UsageError
            Always.
        """
        raise UsageError("a custom payoff has no declared gradient: use likelihood_ratio or finite_difference")
