"""Bermudan call and put: exercised at dates of a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, InitVar
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import SkipValidation

from greeks.errors import FieldError
from greeks.market.dates import days_between, moment, valuation, within_the_day, years_between
from greeks.payoffs.dated import OR_EXPIRY, Dated, Day
from greeks.payoffs.early_exercise import EarlyExercise
from greeks.spec import Count, Maturity, Price, Times, spec

_ONE = "give exactly one of exercises (a count), exercise_times (a list of years) and exercise_dates"


@spec
class Bermudan(EarlyExercise, Dated):
    """Pays max(S - K, 0) (call) or max(K - S, 0) (put) at the exercise date that its holder chooses, or at maturity.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in currency.
    maturity : float
        Years (ACT/365F), >= 0; always an exercise date. At 0 the value is intrinsic.
    exercises : int, optional
        Number n of exercise dates, at i T / n for i = 1..n: spread from today.
    exercise_times : sequence of float, optional
        Exercise dates in years, ascending, in (0, maturity].
    exercise_dates : sequence of str, date or datetime, optional
        Instead of ``exercise_times``, ascending; needs ``as_of``. Those that are past are left out.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Notes
    -----
    Source: Longstaff and Schwartz, Valuing American options by simulation (2001). Verified against cosine series, which
    are exact, and against lattices.
    """

    kind: ClassVar[str] = "bermudan"
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "put", "strike": "105", "maturity": "1", "exercises": "4"},
        {"option_type": "call", "strike": "100", "maturity": "1", "exercise_times": "0.25;0.5;0.75"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY
    exercises: Count | None = None
    exercise_times: Times | None = None
    exercise_dates: InitVar[Annotated[Sequence[Day], SkipValidation] | None] = None

    def __post_init__(self, expiry: Any, as_of: Any, exercise_dates: Any) -> None:
        """Turn dates into years, then check what holds between the fields."""
        today = valuation(as_of)
        self._mature(expiry, today)
        if today is not None and expiry is None and exercise_dates is None:
            raise ValueError("as_of is of use with expiry or exercise_dates only: leave it out")
        if sum(given is not None for given in (self.exercises, self.exercise_times, exercise_dates)) != 1:
            raise ValueError(_ONE)
        if exercise_dates is not None:
            try:
                object.__setattr__(self, "exercise_times", self._to_come(exercise_dates, today))
            except ValueError as error:
                raise FieldError("exercise_dates", str(error)) from None
        self.check()

    def _to_come(self, days: Any, today: Any) -> tuple[float, ...]:
        """Years to the exercise dates that are not past; the maturity where all are."""
        if isinstance(days, str) or not isinstance(days, Iterable):
            raise ValueError(f"is {days!r}: write a list of dates")
        found = [moment(day) for day in days]
        if today is None:
            raise ValueError("exercise_dates needs the valuation date: write as_of='YYYY-MM-DD'")
        left = [days_between(today, day, "exercise date") for day in found]
        if not found or any(b <= a for a, b in pairwise(left)):
            raise ValueError("must be a non-empty list in strictly ascending order")
        for day in found:
            if within_the_day(today, day) and self.maturity > 0.0:
                raise ValueError(
                    f"{day} is the valuation date, and may be past or not: leave it out where the option was not "
                    f"exercised, or write it and as_of with times of day, such as {day}T16:00:00-05:00"
                )
        times = (
            years_between(today, day, "exercise date") for day, ahead in zip(found, left, strict=True) if ahead > 0
        )
        return tuple(times) or (self.maturity,)

    def check(self) -> None:
        """Refuse exercise dates out of order or after the maturity."""
        times = self.exercise_times
        if times is None or self.maturity == 0:
            return
        if not times or any(b <= a for a, b in pairwise(times)):
            raise ValueError("exercise_times must be a non-empty list in strictly ascending order")
        if times[-1] > self.maturity:
            raise ValueError(f"the last exercise date, {times[-1]:g}, is after the maturity, {self.maturity:g}")

    def dates(self) -> tuple[float, ...]:
        """The exercise dates, the maturity among them."""
        if self.maturity == 0:
            return ()
        if self.exercise_times is not None:
            return (*(time for time in self.exercise_times if time < self.maturity), self.maturity)
        count = self.exercises or 1
        return (*(i * self.maturity / count for i in range(1, count)), self.maturity)
