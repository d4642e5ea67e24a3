"""Contracts that watch levels of the spot: one below or above, or two, over a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from math import inf

from greeks.errors import FieldError
from greeks.payoffs.windowed import Windowed
from greeks.spec import Price, spec


@spec
class OnLevels(Windowed):
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
