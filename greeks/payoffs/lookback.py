"""Lookback options: fixed or floating strike, on the extreme of dates or of all times, fresh or seasoned."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import ClassVar

from greeks.core.rows import add_scaled, fill
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.extreme_terms import OnExtreme
from greeks.payoffs.extremes import beyond_level
from greeks.payoffs.kernels import gate, last_directional
from greeks.payoffs.sampled_extreme import SampledExtreme
from greeks.spec import spec

_OF_VARIANCE = frozenset(("vega", "theta", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol"))
_SAME = 1e-9  # of the spot: a level this near is at it


@spec
class Lookback(OnExtreme):
    """Pays on the largest or smallest spot while it is monitored, M or m, at maturity.

    A fixed call pays (M - K)+, a fixed put (K - m)+, a floating call (S_T - m)+, a floating put (M - S_T)+.

    Parameters
    ----------
    option_type : {"call", "put"}
    lookback_type : {"fixed", "floating"}
    strike : float, optional
        > 0; needed for ``lookback_type="fixed"``, refused for "floating".
    maturity : float
        Years (ACT/365F), >= 0; payment date.
    monitoring : {"continuous", "discrete"}, default "continuous"
        All times, today's spot among them; or the fixings only.
    past_min, past_max : float, optional
        The smallest or largest spot so far, > 0: the one that the contract looks at.
    fixings, fixing_times, fixing_dates, monitoring_start, monitoring_end, expiry, as_of
        As in :class:`~greeks.payoffs.windowed.Windowed`; past fixing dates are those of the past extreme.

    Notes
    -----
    Source: Goldman, Sosin and Gatto (1979); Conze and Viswanathan (1991). Verified in the statistical tests against the
    closed form of continuous and a backward quadrature of discrete monitoring.
    """

    kind: ClassVar[str] = "lookback"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    positive: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "lookback_type": "fixed", "strike": "100", "maturity": "1", "monitoring": "discrete",
         "fixings": "12", "past_max": "108"},
        {"option_type": "put", "lookback_type": "floating", "maturity": "0.5", "monitoring": "discrete",
         "fixings": "6"},
    )  # fmt: skip

    @property
    def reads(self) -> frozenset[str]:
        """The extreme between dates where monitoring is continuous."""
        return frozenset({"dates"} if self.monitoring == "discrete" else {"dates", self._side})

    @property
    def explicit(self) -> frozenset[str]:
        """The volatility moves the extremes between dates; today's spot and the time left those from now on."""
        if self.monitoring == "discrete":
            return frozenset()
        every = _OF_VARIANCE if self._grid else frozenset({"vega"})
        return every if self._window[0] > 0.0 else every | {"delta", "theta"}

    @property
    def corrected(self) -> frozenset[str]:
        """Gamma from now on, monitored to the end: what is linear in the last spot has none."""
        begin, end = self._window
        whole = self.monitoring == "continuous" and begin == 0.0 < end and not self._grid
        return frozenset({"gamma"} if whole and (self.strike is not None or end == self.maturity) else ())

    @property
    def rising(self) -> int:
        """A fixed call rises with every spot, a fixed put falls; a floating one does either."""
        return int(self.sign) if self.strike is not None else 0

    @property
    def limited(self) -> bool:
        """A fixed put pays the strike at most."""
        return self.strike is not None and self.option_type == "put"

    @property
    def one_sided(self) -> bool:
        """A floating one has no strike to end on either side of."""
        return self.strike is not None and self.monitoring == "discrete"

    @property
    def level(self) -> float:
        """The strike, else the extreme so far."""
        return self.strike or self._past or 0.0

    @property
    def variant(self) -> str:
        """With the kind of strike and of monitoring."""
        return f"{self.lookback_type} lookback monitored {'at dates' if self.monitoring == 'discrete' else 'always'}"

    def dates(self) -> tuple[float, ...]:
        """Dates of the extreme, and the maturity where the final spot is the strike."""
        if self.maturity == 0:
            return ()
        if self._grid:
            return self._grid
        times = self._monitored
        if self.strike is None and (not times or times[-1] < self.maturity):
            return (*times, self.maturity)
        return times

    def settled(self, spot: float) -> float | None:
        """The payment once nothing is left to happen; continuous monitoring until now counts today's spot."""
        open_now = self.monitoring == "continuous" and self._window[0] == 0.0
        if self.maturity > 0 and (self.strike is None or self._monitored):
            return None
        known = [] if self._past is None else [self._past]
        if open_now or (self.maturity == 0 and self._monitored):
            known.append(spot)
        extreme = max(known, key=lambda x: self.sign * x)
        return max(self.sign * (extreme - (self.strike or spot)), 0.0)

    def one_sided_at(self, spot: float, greek: str) -> str:
        """Gamma now, where the spot is at the strike or the extreme so far: an extreme beyond it is all but certain."""
        level = self._hurdle or 0.0
        now = self.monitoring == "continuous" and self._window[0] == 0.0 < self._window[1]
        if greek != "gamma" or not now or abs(spot - level) > _SAME * spot:
            return ""
        name = "strike" if level == self.strike else "extreme so far"
        return f"gamma jumps where the spot is at the {name}: it is 0 on one side; move the spot to see the other"

    @property
    def _extreme(self) -> SampledExtreme:
        start, stop = (sum(time <= end for time in self.dates()) for end in self._window)
        fixings = len(self._monitored) if self.monitoring == "discrete" else None
        return SampledExtreme(self.sign, self._past, fixings, start, stop, self._window[0] == 0.0)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        extreme = self._extreme.rows(paths, workspace, out.shape[-1])[0]
        beyond_level(extreme, paths.spot[-1], self.strike or 0.0, self.strike is not None, self.sign, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent: of the spots that set the extreme, and of the last."""
        n, width, fixed = paths.count, out.shape[-1], self.strike is not None
        rows, slope = self._extreme.rows(paths, workspace, width), workspace.array("lookback/slope", width)
        if not fixed:
            last_directional(paths.spot, tangents, n, workspace, out)
        for row, tangent in zip(out, tangents, strict=True):
            self._extreme.tangent(rows, paths, tangent, workspace, row if fixed else slope)
            if not fixed:
                add_scaled(slope, -1.0, n, row)
            gate(values, row, self.sign if fixed else -self.sign, n)

    def corrected_part(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """Gamma of what the extreme adds beyond the strike and the extreme so far; none where it surely adds."""
        begin, hurdle = log(paths.model.spot), self._hurdle
        if hurdle is None or self.sign * (log(hurdle) - begin) <= 0.0:  # a multiple of the spot
            fill(0.0, out.size, out)
        else:
            self._extreme.gamma_beyond(log(hurdle), paths, out)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """What the start and the variance of an interval do to its extreme, the spots at the dates held fixed."""
        self._extreme.explicit(paths, greek, workspace, out)
        gate(values, out, self.sign, paths.count)
