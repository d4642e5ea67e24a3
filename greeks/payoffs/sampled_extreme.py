"""The largest or smallest spot of each simulated path, at dates or at all times, and its derivatives.

Between dates it is drawn from the bridge of each interval, given the spots at its ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, log

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.extreme_score import gamma_of_extreme
from greeks.payoffs.extremes import explicit_tangent, extreme_of_bridges, extreme_of_dates, tangent_of_extreme

_ROW = 2**34  # counter of the first uniform, away from the other streams
_TILE = 256


@dataclass(frozen=True)
class SampledExtreme:
    """An extreme of what is simulated and of what is past.

    Attributes
    ----------
    sign : float
        1 for the largest spot, -1 for the smallest.
    past : float, optional
        The extreme so far.
    fixings : int, optional
        It is of so many first dates; None where it is of all times.
    start, stop : int
        Of all times: the intervals that count, by the dates that they end at.
    from_now : bool
        Of all times: whether today's spot counts.
    """

    sign: float
    past: float | None
    fixings: int | None
    start: int
    stop: int
    from_now: bool

    def rows(self, paths: Paths, workspace: Workspace, width: int) -> Array:
        """Rows: the extreme, its row or interval, and its derivatives to the interval's end and variance."""
        rows, n, past = workspace.array("lookback/extreme", 4, width), paths.count, self.past
        if self.fixings is not None:
            level = past if past is not None else (0.0 if self.sign > 0 else inf)
            extreme_of_dates(paths.spot, 0, self.fixings, self.sign, level, n, rows[0], rows[1], rows[2])
            return rows
        begin = log(paths.model.spot)
        known = [] if past is None else [log(past)]
        known += [begin] if self.from_now else []
        level = max(known, key=lambda x: self.sign * x, default=-self.sign * inf)
        variance = paths.bridges(()).variance
        uniforms = paths.uniforms(_ROW)
        extreme_of_bridges(
            paths.log_spot, begin, self.start, self.stop, variance, uniforms, self.sign, level, n,
            rows[0], rows[1], rows[2], rows[3],
        )  # fmt: skip
        return rows

    def tangent(self, rows: Array, paths: Paths, tangent: Tangent, workspace: Workspace, out: Array) -> None:
        """Derivative of the extreme along a tangent of the spots, from its :meth:`rows`."""
        by_path, increments, scale = tangent.by_path, tangent.increments, tangent.scale
        varies, grows = by_path is not None, increments is not None
        tangent_of_extreme(
            rows[0], rows[1], rows[2], tangent.by_date, rows[1] if by_path is None else by_path, varies,
            paths.spot if increments is None else increments, tangent.by_date if scale is None else scale, grows,
            paths.count, workspace.array("lookback/running", 2, _TILE), out,
        )  # fmt: skip

    def explicit(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """What the start and the variance of an interval do to its extreme, the spots at the dates held fixed."""
        rows = self.rows(paths, workspace, out.shape[-1])
        slopes = paths.bridges((greek,)).slopes[0]
        by_start = 1.0 / paths.model.spot if greek == "delta" else 0.0
        explicit_tangent(rows[0], rows[1], rows[2], rows[3], by_start, slopes, paths.count, out)

    def gamma_beyond(self, level: float, paths: Paths, out: Array) -> None:
        """Gamma of what the extreme adds beyond a log-level, of all times from now on in one interval."""
        returns = paths.returns(())
        mean, variance = float(returns.mean[0, 0] + returns.drift[0]), float(returns.variance[0, 0])
        uniforms = paths.uniforms(_ROW)[0]
        gamma_of_extreme(
            paths.log_spot[0], log(paths.model.spot), mean, variance, uniforms, self.sign, level, paths.count, out
        )
