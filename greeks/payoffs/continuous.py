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
from greeks.core.rows import fill
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.models.laws import Bridges
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.bridge_slopes import survive_along
from greeks.payoffs.bridges import ROWS, TILE, survive
from greeks.payoffs.hits import AtHit, add_hits, begin_alive
from greeks.payoffs.surviving_pieces import pay_along, tangent_rows

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
            none, _ = self._rows(paths, None, None, workspace)
            self._hits(paths, none, none, np.zeros(3), _still(self.watched), "", 0, workspace, out)

    def directional(self, paths: Paths, tangent: Tangent, workspace: Workspace, out: Array) -> None:
        """Derivative along a tangent of the spots at the dates alone."""
        slope, none = self._rows(paths, tangent, None, workspace)
        self._along(paths, slope, none, np.zeros(3), _still(self.watched), "", 1, workspace, out)

    def explicit_part(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """Derivative at fixed spots, of first or second order."""
        first, second = parts_of(greek) if greek in SECOND_ORDER else (greek, greek)
        bridges, spot = paths.bridges((first, second)), float(paths.model.spot)
        begin = np.array([_of_start(first, spot), _of_start(second, spot), 0.0])
        begin[2] = -begin[0] * begin[1]  # of the logarithm
        none, _ = self._rows(paths, None, None, workspace)
        order = 2 if greek in SECOND_ORDER else 1
        self._along(paths, none, none, begin, _changes(bridges, greek), greek, order, workspace, out)

    def explicit_slope(
        self, paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the whole first derivative to the second parameter of ``greek``, at fixed spots.

        The tangent of the spots to today's is 1 / S_0 at every date, today's included: what its own derivative gives,
        the estimator knows.
        """
        first, second = parts_of(greek)
        bridges, spot = paths.bridges((first, second)), float(paths.model.spot)
        begin = np.array([_of_start(first, spot), _of_start(second, spot), 0.0])
        slope, moved = self._rows(paths, tangent, held, workspace)
        self._along(paths, slope, moved, begin, _changes(bridges, greek), greek, 2, workspace, out)

    def _along(
        self,
        paths: Paths,
        slope: Array,
        held: Array,
        begin: Array,
        changes: tuple[Array, Array, Array],
        greek: str,
        order: int,
        workspace: Workspace,
        out: Array,
    ) -> None:
        survival = workspace.array("continuous/survival", 4, out.shape[-1])
        scratch = workspace.array("continuous/scratch", ROWS, TILE)
        survive_along(
            paths.log_spot, log(paths.model.spot), self.watched, self.low, self.high, paths.bridges(()).variance,
            slope, begin, *changes, held, paths.count, scratch, survival,
        )  # fmt: skip
        self._pay(paths, survival, order, slope[-1], held[-1], out)
        if self.at_hit is not None:
            self._hits(paths, slope, held, begin, changes, greek, order, workspace, out)

    def _hits(
        self,
        paths: Paths,
        slope: Array,
        held: Array,
        begin: Array,
        changes: tuple[Array, Array, Array],
        greek: str,
        order: int,
        workspace: Workspace,
        out: Array,
    ) -> None:
        """Add what is paid at the hit; ``greek`` moves the law of hits, blank for none."""
        assert self.at_hit is not None
        model, variance = paths.model, paths.bridges(()).variance
        stays, alive = (workspace.array(f"continuous/{name}", 4, out.shape[-1]) for name in ("stays", "alive"))
        scratch = workspace.array("continuous/scratch", ROWS, TILE)
        begin_alive(paths.count, alive)
        law, factor, grows = self.at_hit.law(paths, greek)
        for j in np.flatnonzero(self.watched):
            survive_along(
                paths.log_spot, log(model.spot), np.arange(len(self.watched)) == j, self.low, self.high, variance,
                slope, begin, *changes, held, paths.count, scratch, stays,
            )  # fmt: skip
            add_hits(
                paths.log_spot, log(model.spot), int(j), self.at_hit.level, 1.0 if self.at_hit.up else -1.0,
                self.at_hit.cash, self.at_hit.asset, law, factor[j], grows[j], stays, alive, slope, held, begin, order,
                paths.count, out,
            )  # fmt: skip

    def _pay(self, paths: Paths, survival: Array, order: int, slope: Array, held: Array, out: Array) -> None:
        pay_along(paths.spot[-1], self.pieces, survival, order, slope, held, paths.count, out)

    @staticmethod
    def _rows(paths: Paths, tangent: Tangent | None, held: Tangent | None, workspace: Workspace) -> tuple[Array, Array]:
        """Derivatives of the log-spots at the dates along a tangent, and along it and a second parameter."""
        shape = paths.spot.shape
        both = workspace.array("continuous/slope", *shape), workspace.array("continuous/held", *shape)
        for rows, each in zip(both, (tangent, held), strict=True):
            if each is None:
                fill(0.0, rows.size, rows.reshape(-1))
                continue
            by_path, increments, scale = each.by_path, each.increments, each.scale
            tangent_rows(
                each.by_date, rows[0] if by_path is None else by_path, by_path is not None,
                rows if increments is None else increments, each.by_date if scale is None else scale,
                increments is not None, paths.count, rows,
            )  # fmt: skip
        return both


def _still(watched: Flags) -> tuple[Array, Array, Array]:
    """No change of any variance."""
    none = np.zeros((len(watched), 1))
    return none, none, none


def _of_start(greek: str, spot: float) -> float:
    """Derivative of today's log-spot."""
    return 1.0 / spot if greek == "delta" else 0.0


def _changes(bridges: Bridges, greek: str) -> tuple[Array, Array, Array]:
    """Derivatives of the variances along the parts of a Greek, and along both."""
    first, second = bridges.slopes
    return first, second, bridges.second if greek == "volga" else np.zeros_like(bridges.second)
