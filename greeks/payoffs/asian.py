"""Asian options: arithmetic or geometric, average price or average strike, fresh or seasoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, replace
from functools import cached_property
from itertools import pairwise
from math import exp as scalar_exp
from math import log as scalar_log
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from greeks._jit import kernel
from greeks.core.elementary import exp
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.kernels import ONLY, gate, linear_directional, ramp, weighted_sums
from greeks.spec import Finite, Maturity, Positive, spec
from greeks.workspace import Array, Workspace


@spec
class Asian:
    """Pays on the average of the spot over its fixing dates: max(+-(A - K), 0), or max(+-(S_T - A), 0).

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float, optional
        > 0; needed for ``average_of="price"`` and refused for ``"strike"``.
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    averaging : {"arithmetic", "geometric"}, default "arithmetic"
    average_of : {"price", "strike"}, default "price"
        Whether the average replaces the final price or the strike.
    fixings : int, optional
        Number n of future fixings, at i T / n for i = 1..n.
    fixing_times : sequence of float, optional
        Explicit future fixings in years, ascending, in (0, maturity]. Exactly one of the two is needed.
    past_fixings_sum : float, default 0
        Seasoned trades: sum of the spots already fixed; for a geometric average the sum of their logarithms.
    past_fixings_count : int, default 0
        Number of fixings in that sum.

    Notes
    -----
    Source: Glasserman (2004), section 1.1.1; Haug (1998), section 2.12. The geometric average is verified against its
    closed form, the arithmetic one against published values by backward convolution, both in the tests.
    """

    kind: ClassVar[str] = "asian"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Positive | None = None
    maturity: Maturity
    averaging: Literal["arithmetic", "geometric"] = "arithmetic"
    average_of: Literal["price", "strike"] = "price"
    fixings: Annotated[int, Field(ge=1, le=100_000)] | None = None
    fixing_times: tuple[Positive, ...] | None = None
    past_fixings_sum: Finite = 0.0
    past_fixings_count: Annotated[int, Field(ge=0)] = 0

    def __post_init__(self) -> None:
        """Check what holds between the fields."""
        if (self.strike is None) == (self.average_of == "price"):
            raise ValueError("strike is needed for average_of=price, and must be blank for average_of=strike")
        if (self.fixings is None) == (self.fixing_times is None):
            raise ValueError("give exactly one of fixings (a count) and fixing_times (a list of years)")
        if self.fixing_times is not None:
            times = self.fixing_times
            if not times or any(b <= a for a, b in pairwise(times)):
                raise ValueError("fixing_times must be a non-empty list in strictly ascending order")
            if times[-1] > self.maturity:
                raise ValueError(f"the last fixing, {times[-1]:g}, is after the maturity, {self.maturity:g}")
        if self.past_fixings_count == 0 and self.past_fixings_sum != 0.0:
            raise ValueError("past_fixings_sum needs past_fixings_count, the number of fixings in the sum")
        if self.past_fixings_count > 0 and self.averaging == "arithmetic" and self.past_fixings_sum <= 0.0:
            raise ValueError("past_fixings_sum must be positive: the sum of the spots already fixed")
        if self.maturity == 0 and self.past_fixings_count == 0 and self.average_of == "price":
            raise ValueError("an expired asian needs its past_fixings_sum and past_fixings_count")

    @property
    def sign(self) -> float:
        """1 for a call, -1 for a put."""
        return 1.0 if self.option_type == "call" else -1.0

    @cached_property
    def _fixings(self) -> tuple[float, ...]:
        if self.maturity == 0:
            return ()
        if self.fixing_times is not None:
            return self.fixing_times
        assert self.fixings is not None
        before = (i * self.maturity / self.fixings for i in range(1, self.fixings))
        return (*before, self.maturity)  # n T / n may round to a date after T

    def future_fixings(self) -> tuple[float, ...]:
        """Fixing dates still to come, in years."""
        return self._fixings

    def dates(self) -> tuple[float, ...]:
        """Fixing dates, and the maturity where the final price counts."""
        times = self._fixings
        if self.average_of == "strike" and times and times[-1] < self.maturity:
            return (*times, self.maturity)
        return times

    def settled(self, spot: float) -> float | None:
        """Payment at expiry, from the past fixings."""
        if self.maturity > 0:
            return None
        count = self.past_fixings_count
        if count == 0:
            return 0.0  # an average strike whose only fixing is the final price itself
        mean = self.past_fixings_sum / count
        average = scalar_exp(mean) if self.averaging == "geometric" else mean
        ahead = average - self.strike if self.strike is not None else spot - average
        return max(self.sign * ahead, 0.0)

    @cached_property
    def _averaging_weights(self) -> Array:
        """Weight of each simulated date in the average; a final date that is not a fixing has weight 0."""
        count = len(self._fixings)
        weights = np.zeros(len(self.dates()))
        weights[:count] = 1.0 / (count + self.past_fixings_count)
        return weights

    def _past(self) -> float:
        return self.past_fixings_sum / (len(self._fixings) + self.past_fixings_count)

    @cached_property
    def _linear(self) -> tuple[Array, float]:
        """The arithmetic payment is max(sign (weights . S + constant), 0)."""
        weights = self._averaging_weights
        if self.strike is not None:
            return weights, self._past() - self.strike
        weights = -weights
        weights[-1] += 1.0
        return weights, -self._past()

    def scaled(self, factor: float) -> Asian:
        """The same contract in a unit of currency ``factor`` times smaller."""
        past = self.past_fixings_sum
        past = past + self.past_fixings_count * scalar_log(factor) if self.averaging == "geometric" else factor * past
        strike = None if self.strike is None else factor * self.strike
        return replace(self, strike=strike, past_fixings_sum=past)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        sums = workspace.array("asian/sums", 1, out.shape[-1])
        if self.averaging == "arithmetic":
            weights, constant = self._linear
            weighted_sums(paths.spot, weights[None, :], ONLY, paths.count, sums)
            ramp(sums[0], self.sign, constant, paths.count, out)
            return
        self._geometric_average(paths, workspace, sums)
        if self.strike is not None:
            ramp(sums[0], self.sign, -self.strike, paths.count, out)
        else:
            exchange_values(paths.spot[-1], sums[0], self.sign, paths.count, out)

    def _geometric_average(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        weighted_sums(paths.log_spot, self._averaging_weights[None, :], ONLY, paths.count, out)
        exp_of_sum(out[0], self._past(), paths.count)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent."""
        n = paths.count
        if self.averaging == "arithmetic":
            linear_directional(paths.spot, self._linear[0], tangents, n, workspace, out)
        else:
            self._geometric_directional(paths, tangents, workspace, out)
        for row in out:
            gate(values, row, self.sign, n)

    def _geometric_directional(
        self, paths: Paths, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """dG = G sum_j a_j dX_j; for an average strike, S_T dX_T - dG."""
        n, width = paths.count, out.shape[-1]
        average = workspace.array("asian/average", 1, width)
        self._geometric_average(paths, workspace, average)
        weights = self._averaging_weights
        last = np.zeros(len(weights))
        last[-1] = 1.0
        if self.strike is None:
            linear_directional(paths.spot, last, tangents, n, workspace, out)
        slope = workspace.array("asian/slope", 1, width)
        remaining = np.cumsum(weights[::-1])[::-1]  # weight of an increment: that of all dates from its own on
        for k, tangent in enumerate(tangents):
            grows = tangent.increments is not None and tangent.scale is not None
            if tangent.increments is not None and tangent.scale is not None:
                weighted_sums(tangent.increments, (remaining * tangent.scale)[None, :], ONLY, n, slope)
            mean = float(np.dot(weights, tangent.by_date))
            varies = tangent.by_path is not None
            by_path = tangent.by_path if tangent.by_path is not None else slope[0]
            add_mean(mean, by_path, varies, grows, n, slope[0])
            if self.strike is not None:
                scaled_row(average[0], slope[0], n, out[k])
            else:
                subtract_product(average[0], slope[0], n, out[k])


@kernel
def add_mean(mean: float, by_path: Array, varies: bool, grows: bool, n: int, slope: Array) -> None:
    """Add ``mean by_path`` (``mean`` where it does not vary) to ``slope`` (to nothing where it does not grow)."""
    for i in range(n):
        base = slope[i] if grows else 0.0
        slope[i] = base + (mean * by_path[i] if varies else mean)


@kernel
def exp_of_sum(sums: Array, constant: float, n: int) -> None:
    """``exp(sums + constant)`` in place."""
    for i in range(n):
        sums[i] = exp(sums[i] + constant)


@kernel
def exchange_values(first: Array, second: Array, sign: float, n: int, out: Array) -> None:
    """``max(sign (first - second), 0)``."""
    for i in range(n):
        out[i] = max(sign * (first[i] - second[i]), 0.0)


@kernel
def scaled_row(a: Array, b: Array, n: int, out: Array) -> None:
    """``out = a b``."""
    for i in range(n):
        out[i] = a[i] * b[i]


@kernel
def subtract_product(a: Array, b: Array, n: int, out: Array) -> None:
    """``out -= a b``."""
    for i in range(n):
        out[i] -= a[i] * b[i]
