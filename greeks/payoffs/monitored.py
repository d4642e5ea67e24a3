"""Contracts that watch levels of the spot: at dates, or continuously."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from functools import cached_property
from math import exp, inf, log, nextafter
from typing import ClassVar

import numpy as np

from greeks.compiler.jit import fma, kernel, select
from greeks.core.moments import Index
from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.continuous import EXPLICIT, FROM_NOW, Continuous
from greeks.payoffs.forms import Piece, Survival
from greeks.payoffs.windowed import Windowed
from greeks.spec import Price, spec


@spec
class Monitored(Windowed):
    """Base class of contracts that depend on whether levels are met while they are watched.

    Parameters
    ----------
    maturity : float
        Years (ACT/365F), >= 0; payment date.
    barrier : float, optional
        The one level, > 0, in currency. A spot at a level has touched it.
    lower_barrier, upper_barrier : float, optional
        Instead of ``barrier``, the two levels of a double one.
    monitoring : {"continuous", "discrete"}, default "continuous"
        All times from now on; or the fixings only, of which today is none.
    fixings : int, optional
        Discrete: number n of future fixings, at i T / n for i = 1..n; those outside the window are left out.
    fixing_times : sequence of float, optional
        Discrete: future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``; needs ``as_of``. What the dates before it have done, ``already_hit`` says.
    monitoring_start, monitoring_end : float, str or date, optional
        The window, in years or as dates; default the whole life.
    already_hit : bool, default False
        Whether a level was touched in the past.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    """

    positive: ClassVar[bool] = True
    _: KW_ONLY
    barrier: Price | None = None
    lower_barrier: Price | None = None
    upper_barrier: Price | None = None
    already_hit: bool = False

    def _left(self, days: Sequence[date], ahead: Sequence[float], today: date) -> list[date]:
        kept = [day for day, away in zip(days, ahead, strict=True) if away > 0.0]
        if not kept:
            raise ValueError("no fixing date is left: a contract that no level can end is a european")
        return kept

    @property
    def side(self) -> str:
        """Which level there is: up, down or double."""
        raise NotImplementedError

    def _check_levels(self) -> None:
        pair = (self.lower_barrier, self.upper_barrier)
        if self.side != "double":
            if self.barrier is None:
                raise FieldError("barrier", f"is blank, and one level, {self.side}, needs it")
            if pair != (None, None):
                raise ValueError("lower_barrier and upper_barrier belong to a double one: leave them blank")
            return
        if self.barrier is not None:
            raise FieldError("barrier", "two levels are lower_barrier and upper_barrier: leave it blank")
        if self.lower_barrier is None or self.upper_barrier is None:
            raise ValueError("two levels need lower_barrier and upper_barrier")
        if not self.lower_barrier < self.upper_barrier:
            raise ValueError(f"lower_barrier {self.lower_barrier:g} is not below upper_barrier {self.upper_barrier:g}")

    def _check_schedule(self) -> None:
        self._check_levels()
        super()._check_schedule()
        begin, end = self._window
        if self.monitoring == "discrete" and not self.watched:
            raise ValueError("no fixing is left in the window: a contract that no level can end is a european")
        if self.monitoring == "continuous" and begin == end > 0.0:
            raise ValueError(f"a window of one moment is a fixing: write monitoring=discrete, fixing_times={begin:g}")
        if self.monitoring == "continuous" and end == 0.0 < self.maturity and not self.already_hit:
            raise FieldError(
                "monitoring_end", "the window ends now, with nothing left to watch: a contract that no level can "
                "end is a european, and of one that was touched already_hit is yes",
            )  # fmt: skip

    @property
    def ends(self) -> tuple[float, float]:
        """The levels below and above; 0 and infinity where there is none."""
        low = self.lower_barrier if self.side == "double" else self.barrier if self.side == "down" else None
        high = self.upper_barrier if self.side == "double" else self.barrier if self.side == "up" else None
        return low or 0.0, high or inf

    @property
    def between(self) -> bool:
        """Whether it is open, and also what happens between the dates counts."""
        return self.monitoring == "continuous" and not self.already_hit

    @property
    def smoothness(self) -> Smoothness:  # type: ignore[override]
        """A probability to survive bends at a level but does not jump; a level at a date is a jump."""
        return "lipschitz" if self.between and not self._jumps else "discontinuous"

    @property
    def reads(self) -> frozenset[str]:  # type: ignore[override]
        """Whether a level is met between dates, where monitoring is continuous, and when if something is paid then."""
        return frozenset(
            {"dates", *(("survival",) if self.between else ()), *(("hitting_time",) if self._when else ())}
        )

    @property
    def _when(self) -> bool:
        return self.between and self._early

    @property
    def explicit(self) -> frozenset[str]:  # type: ignore[override]
        """The rate, where something is paid before the maturity and carried there; what moves the path between dates.

        Today's spot is one of these where the first interval is watched.
        """
        early = frozenset({"rho"} if self._early else ())
        if not self.between:
            return early
        return early | EXPLICIT | (FROM_NOW if self._window[0] == 0.0 else frozenset())

    @property
    def variant(self) -> str:
        """With the monitoring."""
        return f"{self.monitoring}ly monitored {self.kind}" if self.monitoring == "continuous" else self.kind

    def touched_now(self, spot: float) -> bool:
        """Whether a level has been touched, where only today is left."""
        low, high = self.ends
        return self.already_hit or spot <= low or spot >= high

    def unlike(self, spot: float) -> tuple[str, bool]:
        """A spot beyond a level that is watched now."""
        low, high = self.ends
        if self.monitoring == "discrete" or self.already_hit or self._window[0] > 0.0 or low < spot < high:
            return "", False
        return f"the spot, {spot:.6g}, is at or beyond a level: it counts as touched", False

    def dates(self) -> tuple[float, ...]:
        """The fixings, and the maturity where the last spot counts."""
        if self.maturity == 0:
            return ()
        if self._grid:
            return self._grid
        times = () if self.already_hit else self.watched
        if self.between:
            times = tuple(time for time in self._window if time > 0.0)
        return times if times and (times[-1] == self.maturity or not self._at_end) else (*times, self.maturity)

    @property
    def _at_end(self) -> bool:
        """Whether the spot at maturity counts."""
        raise NotImplementedError

    @property
    def _early(self) -> bool:
        """Whether something is paid at a touch."""
        raise NotImplementedError

    @property
    def _jumps(self) -> bool:
        """Whether the payment jumps in the last spot."""
        raise NotImplementedError

    @property
    def _form(self) -> Survival:
        """What is paid while no level is touched, and at a touch."""
        raise NotImplementedError

    @cached_property
    def survival(self) -> Survival | None:
        """The form of a contract that is watched at dates, or no more."""
        return None if self.between or self.maturity == 0.0 else self._form

    @cached_property
    def _continuous(self) -> Continuous:
        """The form of one that is watched all the time, without what is paid at a touch."""
        form, dates = self._form, self.dates()
        begin, end = self._window
        watched = np.array([begin < date <= end for date in dates])
        alive = [(each, form.factor, 1.0) for each in form.pieces]
        if leaving := form.exit_payment[-1]:
            alive += [(Piece(0.0, inf, 0.0, leaving), form.factor * sign, only) for sign, only in ((1, 0), (-1, 1))]
        always = [(each, 1.0, 0.0) for each in form.always]
        rows = [
            (each.low, each.high, factor * each.asset, factor * each.cash, only)
            for each, factor, only in (*alive, *always)
        ]
        low, high = self.ends
        return Continuous(log(low) if low > 0.0 else -inf, log(high), watched, np.array(rows).reshape(len(rows), 5))

    def _lives(
        self,
        pieces: tuple[Piece, ...],
        exit_payment: float = 0.0,
        early: bool = False,
        always: tuple[Piece, ...] = (),
        factor: float = 1.0,
        asset_at_exit: bool = False,
    ) -> Survival:
        """The form of a contract that pays ``pieces`` if no level is touched, and something at the touch."""
        dates, watched = self.dates(), () if self.already_hit else self.watched  # of continuous monitoring none is
        low, high = self.ends
        lower = tuple(low if time in watched else 0.0 for time in dates)
        upper = tuple(high if time in watched else inf for time in dates)
        kept = tuple(
            Piece(max(each.low, lower[-1]), min(each.high, upper[-1]), each.asset, each.cash)
            for each in pieces
            if max(each.low, lower[-1]) < min(each.high, upper[-1]) and (each.asset or each.cash)
        )
        beyond: tuple[tuple[Piece, ...], ...] = ()
        if asset_at_exit:
            at = (Piece(0.0, nextafter(low, inf), 1.0, 0.0), Piece(nextafter(high, 0.0), inf, 1.0, 0.0))
            there = tuple(each for each, level in zip(at, (low, high), strict=True) if 0.0 < level < inf)
            beyond = tuple(there if time in watched else () for time in dates)
        return Survival(
            lower, upper, (exit_payment,) * len(dates), dates if early else (self.maturity,) * len(dates), kept, always,
            factor, beyond, dates if beyond else (),
        )  # fmt: skip

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path, carried to the maturity."""
        if self.between:
            self._continuous.values(paths, workspace, out)
            return
        rate, form = float(paths.model.rate), self._form
        exits, coupons = (
            [exp(rate * (self.maturity - time)) for time in times] for times in (form.exit_time, form.coupon_time)
        )
        self._pay(paths, exits, coupons, 1.0, workspace, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative along each tangent, where the payment does not jump at a date."""
        if not self.between:
            super().directional(paths, values, tangents, workspace, out)
        for row, tangent in zip(out, tangents, strict=True):
            self._continuous.directional(paths, tangent, workspace, row)

    def explicit_slope(
        self, paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace, out: Array
    ) -> None:
        """Of continuous monitoring: see :mod:`greeks.payoffs.continuous`."""
        self._continuous.explicit_slope(paths, greek, tangent, held, workspace, out)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Of the rate: what is paid early is carried; of others: what they do between the dates."""
        if self.between:
            self._continuous.explicit_part(paths, greek, workspace, out)
            return
        rate = float(paths.model.rate)
        exits, coupons = (
            [(self.maturity - time) * exp(rate * (self.maturity - time)) for time in times]
            for times in (self._form.exit_time, self._form.coupon_time)
        )
        self._pay(paths, exits, coupons, 0.0, workspace, out)

    def _pay(
        self, paths: Paths, exits: list[float], coupons: list[float], final: float, workspace: Workspace, out: Array
    ) -> None:
        form = self._form
        last = len(form.lower) - 1
        exit_payment = np.array([form.factor * a * b for a, b in zip(form.exit_payment, exits, strict=True)])
        rows: list[tuple[float, ...]] = []
        dates: list[int] = []
        for j, pieces in enumerate(form.coupons):
            for each in pieces:
                factor = form.factor * coupons[j]
                rows.append((each.low, each.high, factor * each.asset, factor * each.cash, 1.0))
                dates.append(j)
        for group, factor, alive in ((form.pieces, form.factor * final, 1.0), (form.always, final, 0.0)):
            for each in group:
                rows.append((each.low, each.high, factor * each.asset, factor * each.cash, alive))
                dates.append(last)
        pieces_of = np.array(rows).reshape(len(rows), 5)
        alive_row = workspace.array("monitored/alive", out.shape[-1])
        survival_values(
            paths.spot, np.array(form.lower), np.array(form.upper), exit_payment, pieces_of,
            np.array(dates, dtype=np.int64), paths.count, alive_row, out,
        )  # fmt: skip


@kernel
def survival_values(
    spot: Array,
    lower: Array,
    upper: Array,
    exits: Array,
    pieces: Array,
    dates: Index,
    n: int,
    alive: Array,
    out: Array,
) -> None:
    """Payments of a :class:`~greeks.payoffs.forms.Survival`: rows of low, high, asset, cash, whether only if alive.

    A piece at a date is paid to what lived to the date before; those of the last date are within its levels.
    """
    for i in range(n):
        alive[i], out[i] = 1.0, 0.0
    place = 0
    for j in range(spot.shape[0]):
        s = spot[j]
        while place < dates.shape[0] and dates[place] == j:
            low, high, asset, cash, only = (
                pieces[place, 0],
                pieces[place, 1],
                pieces[place, 2],
                pieces[place, 3],
                pieces[place, 4],
            )
            for i in range(n):
                paid = fma(asset, s[i], cash) * fma(only, alive[i] - 1.0, 1.0)
                out[i] += select((s[i] > low) & (s[i] < high), paid, 0.0)
            place += 1
        low, high, leaving = lower[j], upper[j], exits[j]
        if low > 0.0 or high < np.inf:
            for i in range(n):
                inside = (s[i] > low) & (s[i] < high)
                out[i] += select(inside, 0.0, leaving * alive[i])
                alive[i] = select(inside, alive[i], 0.0)
