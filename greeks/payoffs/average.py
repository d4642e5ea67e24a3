"""An average of the spots on paths against a strike, or against the last spot: the payment and its derivative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.geometric import exchange_values, geometric_average, geometric_directional
from greeks.payoffs.kernels import ONLY, gate, linear_directional, ramp, weighted_sums


@dataclass(frozen=True, eq=False)
class OnAverage:
    """Pays max(sign (A - K), 0), or max(sign (S_T - A), 0) where there is no strike K but the average A.

    Attributes
    ----------
    sign : float
        1 for a call, -1 for a put.
    geometric : bool
    weights : ndarray, shape (dates,)
        Of each date's spot in the average, of a geometric one of its logarithm.
    past : float
        What past fixings add to the same.
    strike : float, optional
    """

    sign: float
    geometric: bool
    weights: Array
    past: float
    strike: float | None

    @cached_property
    def line(self) -> tuple[Array, float]:
        """Weights and constant of an arithmetic average: max(sign (weights . S + constant), 0) is paid."""
        if self.strike is not None:
            return self.weights, self.past - self.strike
        weights = -self.weights
        weights[-1] += 1.0
        return weights, -self.past

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        sums = workspace.array("asian/sums", 1, out.shape[-1])
        if not self.geometric:
            weights, constant = self.line
            weighted_sums(paths.spot, weights[None, :], ONLY, paths.count, sums)
            ramp(sums[0], self.sign, constant, paths.count, out)
            return
        geometric_average(paths, self.weights, self.past, sums)
        if self.strike is not None:
            ramp(sums[0], self.sign, -self.strike, paths.count, out)
        else:
            exchange_values(paths.spot[-1], sums[0], self.sign, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent, given the payments."""
        if self.geometric:
            as_strike = self.strike is None
            geometric_directional(paths, self.weights, self.past, as_strike, tangents, workspace, out)
        else:
            linear_directional(paths.spot, self.line[0], tangents, paths.count, workspace, out)
        for row in out:
            gate(values, row, self.sign, paths.count)
