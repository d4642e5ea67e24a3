"""Contracts that watch the spot over a window: all the time, or at the fixings in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

from greeks.market.dates import days_between, moment, valuation
from greeks.payoffs.dated import Moment
from greeks.payoffs.fixings import ONE_SCHEDULE, OnFixings
from greeks.payoffs.seasoning import future_times
from greeks.spec import altered, spec


@spec
class Windowed(OnFixings):
    """Base class of contracts that are monitored, continuously or at fixings, within a window.

    Parameters
    ----------
    maturity : float
        Years (ACT/365F), >= 0; payment date.
    monitoring : {"continuous", "discrete"}, default "continuous"
        All times from now on; or the fixings only, of which today is none.
    fixings : int, optional
        Discrete: number n of future fixings, at i T / n for i = 1..n; those outside the window are left out.
    fixing_times : sequence of float, optional
        Discrete: future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``; needs ``as_of``.
    monitoring_start, monitoring_end : float, str or date, optional
        The window, in years or as dates; default the whole life.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    """

    _grid: ClassVar[tuple[float, ...]] = ()
    _: KW_ONLY
    monitoring: Literal["continuous", "discrete"] = "continuous"
    monitoring_start: Moment | None = None
    monitoring_end: Moment | None = None

    def __post_init__(self, expiry: Any, as_of: Any, fixing_dates: Any) -> None:
        """Turn dates into years, then check what holds between the fields."""
        today = valuation(as_of)
        self._mature(expiry, today)
        for name in ("monitoring_start", "monitoring_end"):
            object.__setattr__(self, name, self._years(name, getattr(self, name), today))
        self._read_schedule(fixing_dates, today)

    def _to_come(self, days: Any, today: date | None) -> tuple[float, ...]:
        if today is None or isinstance(days, str) or not isinstance(days, Sequence):
            return future_times(days, today, 0, self.maturity)  # says what is wrong
        every = [moment(day) for day in days]
        ahead = [days_between(today, day, "fixing date") for day in every]
        if any(b <= a for a, b in pairwise(ahead)):
            raise ValueError("fixing_dates must be a non-empty list in strictly ascending order")
        left = self._left(every, ahead, today)
        return future_times(left, today, 0, self.maturity) if left else ()

    def _left(self, days: Sequence[date], ahead: Sequence[float], today: date) -> list[date]:
        """The dates that still count, of those that are so many days ahead; refuses those that none are left of."""
        raise NotImplementedError

    def _check_schedule(self) -> None:
        begin, end = self._window
        if not begin <= end <= self.maturity:
            raise ValueError(f"the window from {begin:g} to {end:g} years must be in order, and within the maturity")
        if self.monitoring == "continuous":
            if self.fixings is not None or self.fixing_times is not None:
                raise ValueError("continuous monitoring has no fixings: leave them out, or write monitoring=discrete")
            return
        if (self.fixings is None) == (self.fixing_times is None):
            raise ValueError(f"discrete monitoring has fixings: {ONE_SCHEDULE}")
        self._check_times()

    @property
    def _window(self) -> tuple[float, float]:
        begin, end = self.monitoring_start, self.monitoring_end  # years once they are read
        assert not isinstance(begin, str | date)
        assert not isinstance(end, str | date)
        return begin or 0.0, self.maturity if end is None else end

    @cached_property
    def watched(self) -> tuple[float, ...]:
        """Fixings within the window, in years; none of continuous monitoring."""
        if self.monitoring == "continuous":
            return ()
        begin, end = self._window
        return tuple(time for time in self._fixings if begin <= time <= end)

    def bridged(self, dates: tuple[float, ...]) -> Self:
        """With a bridge for each of these intervals, unless it has that of others."""
        return self if self._grid else altered(self, _grid=dates)
