"""Lookback options: fixed or floating strike, on the extreme of dates or of all times, fresh or seasoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from functools import cached_property
from math import inf, log
from typing import ClassVar, Literal

from greeks.core.rows import add_scaled, fill
from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.market.dates import within_the_day
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.extreme_score import gamma_of_extreme
from greeks.payoffs.extremes import (
    beyond_level,
    explicit_tangent,
    extreme_of_bridges,
    extreme_of_dates,
    tangent_of_extreme,
)
from greeks.payoffs.kernels import gate, last_directional
from greeks.payoffs.seasoning import FACTOR, near
from greeks.payoffs.windowed import Windowed
from greeks.spec import CountOrNone, Price, altered, spec

_OF_VARIANCE = frozenset(("vega", "theta", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol"))
_ROW = 2**34  # counter of the first uniform, away from the other streams
_TILE = 256
_SAME = 1e-9  # of the spot: a level this near is at it


@spec
class Lookback(Windowed):
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
    fixings : int, optional
        Discrete: number n of future fixings, at i T / n for i = 1..n; those outside the window are left out.
    fixing_times : sequence of float, optional
        Discrete: future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``; needs ``as_of``. Dates on or before it are those of the past extreme.
    monitoring_start, monitoring_end : float, str or date, optional
        The window, in years or as dates; default the whole life.
    past_min, past_max : float, optional
        The smallest or largest spot so far, > 0: the one that the contract looks at.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Notes
    -----
    Source: Goldman, Sosin and Gatto (1979); Conze and Viswanathan (1991). Verified in the statistical tests against the
    closed form of continuous and a backward quadrature of discrete monitoring.
    """

    kind: ClassVar[str] = "lookback"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    positive: ClassVar[bool] = True
    _none_left: ClassVar[int | None] = 0
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "lookback_type": "fixed", "strike": "100", "maturity": "1", "monitoring": "discrete",
         "fixings": "12", "past_max": "108"},
        {"option_type": "put", "lookback_type": "floating", "maturity": "0.5", "monitoring": "discrete",
         "fixings": "6"},
    )  # fmt: skip
    option_type: Literal["call", "put"]
    _: KW_ONLY
    lookback_type: Literal["fixed", "floating"]
    strike: Price | None = None
    fixings: CountOrNone | None = None
    past_min: Price | None = None
    past_max: Price | None = None

    def _left(self, days: Sequence[date], ahead: Sequence[float], today: date) -> list[date]:
        left = [day for day, away in zip(days, ahead, strict=True) if away > 0.0 or within_the_day(today, day)]
        if len(left) < len(days) and self._past is None:
            raise ValueError(f"{len(days) - len(left)} of the fixing dates are past: give {self._as_past}")
        return left

    def check(self) -> None:
        """Refuse fields that contradict each other, and a window that leaves no extreme."""
        fixed = self.lookback_type == "fixed"
        if (self.strike is None) == fixed:
            raise ValueError("strike is needed for lookback_type=fixed, and must be blank for lookback_type=floating")
        wrong = "past_min" if self.sign > 0 else "past_max"
        if getattr(self, wrong) is not None:
            right = "past_max" if self.sign > 0 else "past_min"
            text = f"a {self.lookback_type} {self.option_type} looks at the {self._side}: leave it blank, give {right}"
            raise FieldError(wrong, text)
        if self.maturity == 0 and (self.fixings or 0) > 1:
            raise ValueError("at maturity 0 at most one fixing is open: write fixings 1, or 0 if past_min or past_max")
        if self._past is None and self.monitoring == "discrete" and not self.watched:
            raise ValueError(f"no fixing is left in the window: give {self._as_past}")
        if self._past is None and self.monitoring == "continuous" and self._window[1] == 0.0 < self.maturity:
            raise FieldError("monitoring_end", f"the window ends now: give {self._as_past}")

    @property
    def sign(self) -> float:
        """1 where it looks at the maximum, -1 at the minimum."""
        return 1.0 if (self.option_type == "call") == (self.lookback_type == "fixed") else -1.0

    @property
    def _side(self) -> str:
        return "maximum" if self.sign > 0 else "minimum"

    @property
    def _as_past(self) -> str:
        return f"the {self._side} so far as past_{self._side[:3]}"

    @property
    def _past(self) -> float | None:
        return self.past_max if self.sign > 0 else self.past_min

    @property
    def reads(self) -> frozenset[str]:  # type: ignore[override]
        """The extreme between dates where monitoring is continuous."""
        return frozenset({"dates"} if self.monitoring == "discrete" else {"dates", self._side})

    @property
    def explicit(self) -> frozenset[str]:  # type: ignore[override]
        """The volatility moves the extremes between dates; today's spot and the time left those from now on."""
        if self.monitoring == "discrete":
            return frozenset()
        every = _OF_VARIANCE if self._grid else frozenset({"vega"})
        return every if self._window[0] > 0.0 else every | {"delta", "theta"}

    @property
    def corrected(self) -> frozenset[str]:  # type: ignore[override]
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

    @cached_property
    def _monitored(self) -> tuple[float, ...]:
        """Dates of the extreme: fixings in the window, or the ends of the window that are still to come."""
        begin, end = self._window
        if self.monitoring == "continuous":
            return tuple(date for date in (begin, end) if date > 0.0) if begin < end else (begin,) * (begin > 0.0)
        return self.watched

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

    def unlike(self, spot: float) -> tuple[str, bool]:
        """A past extreme that is not within a factor of 5 of the spot is doubted."""
        past = self._past
        if past is None or near(past, spot):
            return "", False
        name = f"past_{self._side[:3]}"
        return f"{name} is {past:.6g}, not within a factor of {FACTOR:g} of the spot, {spot:.6g}: check it", False

    def one_sided_at(self, spot: float, greek: str) -> str:
        """Gamma now, where the spot is at the strike or the extreme so far: an extreme beyond it is all but certain."""
        known = [level for level in (self.strike, self._past) if level is not None]
        level = max(known, key=lambda x: self.sign * x, default=0.0)
        now = self.monitoring == "continuous" and self._window[0] == 0.0 < self._window[1]
        if greek != "gamma" or not now or abs(spot - level) > _SAME * spot:
            return ""
        name = "strike" if level == self.strike else "extreme so far"
        return f"gamma jumps where the spot is at the {name}: it is 0 on one side; move the spot to see the other"

    def scaled(self, factor: float) -> Lookback:
        """The same contract in a unit of currency ``factor`` times smaller."""
        named = {name: getattr(self, name) for name in ("strike", "past_min", "past_max")}
        return altered(self, **{name: None if value is None else factor * value for name, value in named.items()})

    def _extreme(self, paths: Paths, workspace: Workspace, width: int) -> Array:
        """Rows: the extreme, its row or interval, and its derivatives to the interval's end and variance."""
        rows, n, past = workspace.array("lookback/extreme", 4, width), paths.count, self._past
        if self.monitoring == "discrete":
            level = past if past is not None else (0.0 if self.sign > 0 else inf)
            extreme_of_dates(paths.spot, 0, len(self._monitored), self.sign, level, n, rows[0], rows[1], rows[2])
            return rows
        begin, window = log(paths.model.spot), self._window
        start, stop = (sum(time <= end for time in self.dates()) for end in window)
        known = [] if past is None else [log(past)]
        known += [begin] if window[0] == 0.0 else []
        level = max(known, key=lambda x: self.sign * x, default=-self.sign * inf)
        variance = paths.bridges(()).variance
        uniforms = paths.uniforms(_ROW)
        extreme_of_bridges(
            paths.log_spot, begin, start, stop, variance, uniforms, self.sign, level, n,
            rows[0], rows[1], rows[2], rows[3],
        )  # fmt: skip
        return rows

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        extreme = self._extreme(paths, workspace, out.shape[-1])[0]
        beyond_level(extreme, paths.spot[-1], self.strike or 0.0, self.strike is not None, self.sign, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent: of the spots that set the extreme, and of the last."""
        n, width = paths.count, out.shape[-1]
        rows, running = self._extreme(paths, workspace, width), workspace.array("lookback/running", 2, _TILE)
        slope = workspace.array("lookback/slope", width)
        if self.strike is None:
            last_directional(paths.spot, tangents, n, workspace, out)
        for row, tangent in zip(out, tangents, strict=True):
            by_path, increments, scale = tangent.by_path, tangent.increments, tangent.scale
            varies, grows = by_path is not None, increments is not None
            tangent_of_extreme(
                rows[0], rows[1], rows[2], tangent.by_date, rows[1] if by_path is None else by_path, varies,
                paths.spot if increments is None else increments, tangent.by_date if scale is None else scale, grows,
                n, running, row if self.strike is not None else slope,
            )  # fmt: skip
            if self.strike is None:
                add_scaled(slope, -1.0, n, row)
            gate(values, row, self.sign if self.strike is not None else -self.sign, n)

    def corrected_part(self, paths: Paths, greek: str, workspace: Workspace, out: Array) -> None:
        """Gamma of what the extreme adds beyond the strike and the extreme so far; none where it surely adds."""
        begin, n = log(paths.model.spot), paths.count
        known = [log(level) for level in (self.strike, self._past) if level is not None]
        level = max(known, key=lambda x: self.sign * x, default=begin)
        if self.sign * (level - begin) <= 0.0:  # a multiple of the spot
            fill(0.0, out.size, out)
            return
        returns = paths.returns(())  # from now to the end there is one interval
        mean, variance = float(returns.mean[0, 0] + returns.drift[0]), float(returns.variance[0, 0])
        uniforms = paths.uniforms(_ROW)[0]
        gamma_of_extreme(paths.log_spot[0], begin, mean, variance, uniforms, self.sign, level, n, out)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """What the start and the variance of an interval do to its extreme, the spots at the dates held fixed."""
        rows, n = self._extreme(paths, workspace, out.shape[-1]), paths.count
        slopes = paths.bridges((greek,)).slopes[0]
        by_start = 1.0 / paths.model.spot if greek == "delta" else 0.0
        explicit_tangent(rows[0], rows[1], rows[2], rows[3], by_start, slopes, n, out)
        gate(values, out, self.sign, n)
