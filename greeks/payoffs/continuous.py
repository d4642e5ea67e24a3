"""What a contract pays that two levels are watched for all the time, and its derivatives, given the spots at few dates.

The payment is a sum of pieces of the last spot, some of them times the probability to survive that the spots at the
dates leave, see :mod:`greeks.payoffs.bridges`. Today's spot and the variances of the intervals are in that probability
beside the spots at the dates: what they do there is the explicit part, and forgetting it is the usual mistake. What is
paid when a level is met is added interval by interval, see :mod:`greeks.payoffs.hits`.

Exact under geometric Brownian motion, with any dates; fewer vary less.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from greeks.core.moments import Flags
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.bridge_slopes import survive_along
from greeks.payoffs.bridges import ROWS, TILE, survive
from greeks.payoffs.hits import AtHit, add_hits, begin_alive
from greeks.payoffs.moves import Moves, of_both, of_spots, of_the_rest
from greeks.payoffs.surviving_pieces import pay_along

EXPLICIT = frozenset((
    "vega", "theta", "vanna", "volga", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol",
    "correlation",
))  # fmt: skip
AT_HIT = frozenset(("rho", "dividend_rho"))  # explicit too where something is paid at the hit
FROM_NOW = frozenset(("delta", "gamma"))  # explicit too where the first interval is watched


@dataclass(frozen=True, eq=False)
class Continuous:
    """A payment that depends on whether levels are met.

    Attributes
    ----------
    low, high : float
        Logarithms of the levels; infinite for none.
    watched : ndarray of bool, shape (dates,)
        Whether the interval that ends at a date is watched.
    pieces : ndarray, shape (pieces, 5)
        Rows of low, high, asset, cash of the last spot, and 1 for what is paid to survivors, 0 for what always is.
    at_hit : AtHit, optional
        What is paid when the level is met, where something is.
    """

    low: float
    high: float
    watched: Flags
    pieces: Array
    at_hit: AtHit | None = None

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        survival = workspace.array("continuous/survival", 4, out.shape[-1])
        scratch = workspace.array("continuous/scratch", ROWS, TILE)
        variance = paths.bridges(()).variance
        survive(
            paths.log_spot, log(paths.model.spot), self.watched, self.low, self.high, variance, paths.count, scratch,
            survival[0],
        )  # fmt: skip
        self._pay(paths, survival, 0, survival[0], survival[0], out)
        if self.at_hit is not None:
            self._add_hits(paths, of_spots(paths, None, workspace), workspace, out)

    def directional(self, paths: Paths, tangent: Tangent, workspace: Workspace, out: Array) -> None:
        """Derivative along a tangent of the spots at the dates alone."""
        self._along(paths, of_spots(paths, tangent, workspace), workspace, out)

    def explicit_part(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """Derivative at fixed spots, of first or second order."""
        self._along(paths, of_the_rest(paths, greek, workspace), workspace, out)

    def explicit_slope(
        self, paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the whole first derivative to the second parameter of ``greek``, at fixed spots."""
        self._along(paths, of_both(paths, greek, tangent, held, workspace), workspace, out)

    def _along(self, paths: Paths, moves: Moves, workspace: Workspace, out: Array) -> None:
        """The derivative of what is paid to survivors and always, and of what is paid at the hit."""
        survival = workspace.array("continuous/survival", 4, out.shape[-1])
        self._survive(paths, self.watched, paths.bridges(()).variance, moves, workspace, survival)
        self._pay(paths, survival, moves.order, moves.slope[-1], moves.held[-1], out)
        if self.at_hit is not None:
            self._add_hits(paths, moves, workspace, out)

    def _add_hits(self, paths: Paths, moves: Moves, workspace: Workspace, out: Array) -> None:
        """Add what is paid at the hit, or its derivative, interval by interval."""
        hit, variance = self.at_hit, paths.bridges(()).variance
        assert hit is not None
        stays, alive = (workspace.array(f"continuous/{name}", 4, out.shape[-1]) for name in ("stays", "alive"))
        begin_alive(paths.count, alive)
        law, factor, grows = hit.law(paths, moves.greek)
        for j in np.flatnonzero(self.watched):
            self._survive(paths, np.arange(len(self.watched)) == j, variance, moves, workspace, stays)
            add_hits(
                paths.log_spot, log(paths.model.spot), int(j), hit.level, 1.0 if hit.up else -1.0, hit.cash, hit.asset,
                law, factor[j], grows[j], stays, alive, moves.slope, moves.held, moves.begin, moves.order,
                paths.count, out,
            )  # fmt: skip

    def _survive(
        self, paths: Paths, watched: Flags, variance: Array, moves: Moves, workspace: Workspace, out: Array
    ) -> None:
        """Probability to survive the watched intervals, with its derivatives along a, b and both."""
        survive_along(
            paths.log_spot, log(paths.model.spot), watched, self.low, self.high, variance,
            moves.slope, moves.begin, *moves.changes, moves.held, paths.count,
            workspace.array("continuous/scratch", ROWS, TILE), out,
        )  # fmt: skip

    def _pay(self, paths: Paths, survival: Array, order: int, slope: Array, held: Array, out: Array) -> None:
        pay_along(paths.spot[-1], self.pieces, survival, order, slope, held, paths.count, out)
