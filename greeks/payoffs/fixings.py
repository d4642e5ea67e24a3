"""Contracts on the spots at a schedule: a count, years or dates, read and checked in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, ClassVar

from pydantic import SkipValidation

from greeks.errors import FieldError
from greeks.market.dates import valuation
from greeks.payoffs.dated import OR_EXPIRY, Dated, Day
from greeks.payoffs.seasoning import future_times
from greeks.spec import Count, Maturity, Times, spec

ONE_SCHEDULE = "give exactly one of fixings (a count), fixing_times (a list of years) and fixing_dates"


@spec
class OnFixings(Dated):
    """Base class of contracts on the spots at fixings, paid at the maturity.

    Parameters
    ----------
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    fixings : int, optional
        Number n of future fixings, at i T / n for i = 1..n: spread from today.
    fixing_times : sequence of float, optional
        Future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``, ascending; needs ``as_of``.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    """

    _none_left: ClassVar[int | None] = None  # what ``fixings`` says where every date is past
    _: KW_ONLY
    maturity: Maturity = OR_EXPIRY
    fixings: Count | None = None
    fixing_times: Times | None = None
    fixing_dates: InitVar[Annotated[Sequence[Day], SkipValidation] | None] = None

    def __post_init__(self, expiry: Any, as_of: Any, fixing_dates: Any) -> None:
        """Turn dates into years, then check what holds between the fields."""
        today = valuation(as_of)
        self._mature(expiry, today)
        if today is not None and expiry is None and fixing_dates is None:
            raise ValueError("as_of is of use with expiry or fixing_dates only: leave it out")
        self._read_schedule(fixing_dates, today)

    def _read_schedule(self, fixing_dates: Any, today: date | None) -> None:
        """Fixings to come from their dates, if that is what was given; then all checks."""
        if fixing_dates is not None:
            if self.fixings is not None or self.fixing_times is not None:
                raise ValueError(ONE_SCHEDULE)
            try:
                times = self._to_come(fixing_dates, today)
            except ValueError as error:
                raise FieldError("fixing_dates", str(error)) from None
            # The fixing of the last day has no time left; a count of 1 says that it is open.
            live = times == (0.0,)
            object.__setattr__(self, "fixings", 1 if live else None if times else self._none_left)
            object.__setattr__(self, "fixing_times", None if live or not times else times)
            self._read_dates(fixing_dates, today)
        self._check_schedule()
        self.check()

    def _to_come(self, days: Any, today: date | None) -> tuple[float, ...]:
        """Years to the fixings of a schedule of dates that are still to come."""
        return future_times(days, today, self._known, self.maturity)

    def _read_dates(self, days: Sequence[Any], today: date | None) -> None:
        """What a schedule of dates says besides the years to come: nothing here."""

    @property
    def _known(self) -> int:
        """Number of fixings that are past and known."""
        return 0

    def _check_schedule(self) -> None:
        if self.fixings is not None and self.fixing_times is not None:
            raise ValueError(ONE_SCHEDULE)
        if self.fixing_times is None and not self.fixings and not self._known:
            raise ValueError(ONE_SCHEDULE + "; none where past_fixings holds every fixing")
        self._check_times()
        if self.maturity == 0 and (self.fixings or 0) > 1:
            raise ValueError(
                "at maturity 0 at most one fixing is open: write fixings 1 if today's is not yet known, and leave it "
                "blank if it is"
            )

    def _check_times(self) -> None:
        """Refuse fixings out of order or after the maturity."""
        if self.fixing_times is not None:
            times = self.fixing_times
            if not times or any(b <= a for a, b in pairwise(times)):
                raise ValueError("fixing_times must be a non-empty list in strictly ascending order")
            if times[-1] > self.maturity:
                raise ValueError(f"the last fixing, {times[-1]:g}, is after the maturity, {self.maturity:g}")

    @cached_property
    def _fixings(self) -> tuple[float, ...]:
        if self.fixing_times is not None:
            return tuple(self.fixing_times)
        count = self.fixings or 0
        if self.maturity == 0 or count == 0:
            return (0.0,) * count
        before = (i * self.maturity / count for i in range(1, count))
        return (*before, self.maturity)  # n T / n may round to a date after T

    def future_fixings(self) -> tuple[float, ...]:
        """Fixing dates still to come, in years; 0 for the open fixing of the last day."""
        return self._fixings

    def dates(self) -> tuple[float, ...]:
        """The fixings to come."""
        return self._fixings if self.maturity > 0 else ()
