"""Any payoff at all: a Numba function of one path's spots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY
from functools import cached_property
from itertools import pairwise
from math import exp
from typing import Any, ClassVar

import numpy as np

from greeks.compiler.jit import call
from greeks.core.moments import Index
from greeks.core.rows import add_scaled, fill, scaled
from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.compiled import compiled
from greeks.payoffs.dated import OR_EXPIRY, Dated
from greeks.payoffs.forms import Payments
from greeks.payoffs.gradient_check import check_gradient
from greeks.payoffs.kernels import linear_directional, multiply
from greeks.spec import Maturity, Times, spec

_SAME_DATE = 1e-9  # years: dates that differ by rounding


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
    gradient : callable, optional
        Takes the same array and returns the derivative of the payment to each spot, an array of shape (dates,). The
        payment is then continuous, and pathwise and mixed derivatives are valid. On first use it is compared with
        differences at sample points, and the payment is looked through for jumps.
    payment_times : sequence of float, optional
        Several payment dates, in years, ascending, up to the maturity. The function (and the gradient) is then called
        once for each, with the spots up to that date only, and returns the payment of that date in money of that
        date. Each must be preceded by dates of its own.
    stopping : callable, optional
        Takes the spots up to a date and returns True where all ends there. It is asked at each date but the last.
        The payment that follows that date, before the next one, is still made, and no later one: at the date of an
        early redemption the function returns what it repays, at that of a knock-out nothing.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    PayoffIndexError
        On valuation, where the function reads a spot that is not there; an ``IndexError`` too.
    UsageError
        On valuation, where Numba cannot compile the function, it returns no number, or it raises; where the gradient is
        not that of the payment, or the payment jumps; and at once for dates out of order, payments that see the same
        spots, and dates that nothing reads.

    Notes
    -----
    Without a gradient nothing is known of its smoothness, and pathwise derivatives are refused; likelihood ratio and
    finite differences work. Compiled once per process and function, with every index checked, never cached on disk,
    and never read from a file. A global or closed-over variable is frozen at the value it has when the function is
    first compiled: changing it later changes nothing, so build a new function (for instance by a factory) for a new
    value. A payment that is nan or infinite on any path makes the number ``na``, with the count of such paths.
    A payment before the maturity is carried there at the rate, which rho knows. With payment dates each payment may be
    weighted by the score up to its own date, by the estimator ``additive``. Verified in the tests against the same
    contract given as a payoff of this package, an autocallable note among them.

    Examples
    --------
    A note that repays 102 at the first of two dates with the spot at 100 or above, else the spot at the end::

        def pays(spots):
            if spots[-1] >= 100.0:
                return 102.0
            return spots[-1] if len(spots) == 2 else 0.0

        Custom(pays, times=[0.5, 1.0], maturity=1.0, payment_times=[0.5, 1.0], stopping=lambda s: s[-1] >= 100.0)
    """

    kind: ClassVar[str] = "custom"
    function: Callable[[Any], float]
    _: KW_ONLY
    times: Times
    maturity: Maturity = OR_EXPIRY
    gradient: Callable[[Any], Any] | None = None
    payment_times: Times | None = None
    stopping: Callable[[Any], bool] | None = None

    @property
    def smoothness(self) -> Smoothness:
        """Continuous where it has a gradient; else unknown."""
        return "unknown" if self.gradient is None else "lipschitz"

    @property
    def explicit(self) -> frozenset[str]:
        """The rate, where there is a payment before the maturity."""
        early = self.payment_times is not None and self.payment_times[0] < self.maturity
        return frozenset({"rho"}) if early else frozenset()

    @property
    def payments(self) -> Payments | None:
        """Amounts that are known at a date, where there are payment dates."""
        return None if self.payment_times is None else Payments("path")

    def check(self) -> None:
        """Check the dates, and what goes with what."""
        times, paid = self.times, self.payment_times
        for name in ("function", "gradient", "stopping"):
            if getattr(self, name).__hash__ is None:
                raise FieldError(
                    name, f"{name} has no hash, and equal contracts are found by that: write a plain function"
                )
        if not times or any(b <= a for a, b in pairwise(times)):
            raise ValueError("times must be a non-empty list in strictly ascending order")
        if times[-1] > self.maturity:
            raise ValueError(f"the last date, {times[-1]:g}, is after the maturity, {self.maturity:g}")
        if self.stopping is not None and self.gradient is not None:
            raise FieldError("gradient", "a payment jumps where stopping ends it: leave the gradient out")
        if self.stopping is not None and len(times) == 1:
            raise FieldError("stopping", "it is asked at each date but the last, and there is one: leave it out")
        if paid is None:
            return
        if not paid or any(b <= a for a, b in pairwise(paid)):
            raise FieldError("payment_times", "must be a non-empty list in strictly ascending order")
        if paid[-1] > self.maturity:
            raise FieldError("payment_times", f"{paid[-1]:g} is after the maturity: write maturity={paid[-1]:g}")
        read = self._lengths.tolist()
        if read[0] == 0:
            raise FieldError("payment_times", f"at {paid[0]:g} no spot is known yet: write a date up to it into times")
        for a, b in pairwise(range(len(paid))):
            if read[a] == read[b]:
                raise FieldError(
                    "payment_times", f"payments at {paid[a]:g} and {paid[b]:g} see the same spots and cannot differ: "
                    "write a date between them into times, or one payment",
                )  # fmt: skip
        if read[-1] < len(times):
            raise FieldError("times", f"no payment follows the date {times[-1]:g}: leave it out, or pay after it")

    @cached_property
    def _lengths(self) -> Index:
        """How many spots each payment sees; the payment at the maturity all of them."""
        paid = (self.maturity,) if self.payment_times is None else self.payment_times
        return np.searchsorted(np.array(self.times), np.array(paid) + _SAME_DATE, side="right").astype(np.int64)

    def dates(self) -> tuple[float, ...]:
        """The dates given."""
        return tuple(self.times)

    def settled(self, spot: float) -> float | None:
        """Never known before simulation."""
        return None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path: all of its payments, carried to the maturity."""
        if self.payment_times is None and self.stopping is None:
            call(compiled(self.function), paths.spot, paths.count, out)
            return
        self._add_up(self._carried(paths), paths, workspace, out)

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Each payment, carried to the maturity, in the row of the last date that it sees."""
        paid, n = self._paid(paths, workspace), paths.count
        for row in out:
            fill(0.0, n, row)
        for payment, factor, length in zip(paid, self._carried(paths), self._lengths, strict=True):
            scaled(payment, factor, n, out[length - 1])

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Of the rate: what is paid early is carried."""
        waits = (self.maturity - time for time in self.payment_times or ())
        factors = [wait * factor for wait, factor in zip(waits, self._carried(paths), strict=True)]
        self._add_up(factors, paths, workspace, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent, by the gradient of each payment."""
        if self.gradient is None:
            super().directional(paths, values, tangents, workspace, out)
            return
        model, dates, n = paths.model, len(self.times), paths.count
        total = workspace.array("custom/slopes", dates, out.shape[-1])
        for row in total:
            fill(0.0, n, row)
        for k, (length, factor) in enumerate(zip(self._lengths.tolist(), self._carried(paths), strict=True)):
            deviation = model.step_scale("delta", self.dates()[:length]) / model.spot
            check_gradient(self.function, self.gradient, float(model.spot), float(deviation), length)
            slopes = workspace.array(f"custom/slopes/{k}", length, out.shape[-1])
            call(compiled(self.gradient, "gradient"), paths.spot[:length], n, slopes)
            for row, slope in zip(total, slopes, strict=False):
                add_scaled(slope, factor, n, row)
        for row, spot in zip(total, paths.spot, strict=True):
            multiply(spot, n, row)
        linear_directional(total, np.ones(dates), tangents, n, workspace, out)

    def _carried(self, paths: Paths) -> list[float]:
        """What one unit of each payment grows to at the maturity."""
        paid = (self.maturity,) if self.payment_times is None else self.payment_times
        return [exp(float(paths.model.rate) * (self.maturity - time)) for time in paid]

    def _paid(self, paths: Paths, workspace: Workspace) -> Array:
        """Each payment of each path in money of its date, one row a payment."""
        stride = paths.spot.shape[-1]
        ends, out = workspace.array("custom/ends", stride), workspace.array("custom/paid", len(self._lengths), stride)
        if self.stopping is None:
            fill(float(len(self.times)), paths.count, ends)
        else:
            call(compiled(self.stopping, "stopping"), paths.spot, paths.count, ends)
        call(compiled(self.function).several, paths.spot, self._lengths, ends, paths.count, out)
        return out

    def _add_up(self, factors: Sequence[float], paths: Paths, workspace: Workspace, out: Array) -> None:
        """Sum of the payments times their factors."""
        fill(0.0, paths.count, out)
        for payment, factor in zip(self._paid(paths, workspace), factors, strict=True):
            add_scaled(payment, factor, paths.count, out)
