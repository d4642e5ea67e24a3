"""Contracts on the returns from one fixing to the next, and kernels of their log-returns.

The first return counts from the last past fixing, or where there is none from today's spot, which then moves the
payment beside the spots at the dates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.kernels import linear_directional, multiply
from greeks.payoffs.scheduled import Scheduled
from greeks.spec import spec


@spec
class OnReturns(Scheduled):
    """Base class of contracts on returns between fixings."""

    def _check_schedule(self) -> None:
        super()._check_schedule()
        if len(self.past_fixings) + len(self._fixings) + (not self.past_fixings and self.maturity > 0) < 2:
            raise ValueError("a return needs two fixings: write the one that it counts from as past_fixings")

    @property
    def explicit(self) -> frozenset[str]:
        """Today's spot, where the first return counts from it."""
        return frozenset() if self.past_fixings else frozenset({"delta"})

    @property
    def unmoved(self) -> frozenset[str]:
        """What is to the spot, where every return counts from it on."""
        return frozenset() if self.past_fixings else frozenset({"delta", "gamma", "vanna"})

    def counted_from(self, paths: Paths) -> float:
        """Spot that the first return counts from."""
        return float(self.past_fixings[-1] if self.past_fixings else paths.model.spot)

    def slopes(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Derivative of the payment to each log-return, one row a date, but for :meth:`factor`."""
        raise NotImplementedError

    def factor(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """What multiplies all slopes of a path."""
        raise NotImplementedError

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent."""
        n, rows = paths.count, workspace.array("returns/slopes", *paths.log_spot.shape)
        self.slopes(paths, workspace, rows)
        less_the_next(rows, n)
        linear_directional(rows, np.ones(len(rows)), tangents, n, workspace, out)
        factor = workspace.array("returns/factor", out.shape[-1])
        self.factor(paths, workspace, factor)
        for row in out:
            multiply(factor, n, row)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Of the spot: the first return counts from it."""
        rows = workspace.array("returns/slopes", *paths.log_spot.shape)
        self.slopes(paths, workspace, rows)
        self.factor(paths, workspace, out)
        first_slope(rows[0], -1.0 / paths.model.spot, paths.count, out)


@kernel
def squared_returns(log_spot: Array, start: float, n: int, out: Array) -> None:
    """Sum of the squared log-returns of each path."""
    first = log_spot[0]
    for i in range(n):
        out[i] = (first[i] - start) * (first[i] - start)
    for j in range(1, log_spot.shape[0]):
        before, now = log_spot[j - 1], log_spot[j]
        for i in range(n):
            move = now[i] - before[i]
            out[i] = fma(move, move, out[i])


@kernel
def scaled_returns(log_spot: Array, start: float, factor: float, n: int, out: Array) -> None:
    """``factor`` times each log-return."""
    first, row = log_spot[0], out[0]
    for i in range(n):
        row[i] = factor * (first[i] - start)
    for j in range(1, log_spot.shape[0]):
        before, now, row = log_spot[j - 1], log_spot[j], out[j]
        for i in range(n):
            row[i] = factor * (now[i] - before[i])


@kernel
def less_the_next(rows: Array, n: int) -> None:
    """Each row less the one after it: a log-spot is in two returns."""
    for j in range(rows.shape[0] - 1):
        now, after = rows[j], rows[j + 1]
        for i in range(n):
            now[i] -= after[i]


@kernel
def first_slope(slope: Array, factor: float, n: int, out: Array) -> None:
    """Multiply ``out`` in place by ``factor slope``."""
    for i in range(n):
        out[i] *= factor * slope[i]
