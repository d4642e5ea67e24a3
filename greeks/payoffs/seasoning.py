"""What a schedule of fixings has behind it and before it: past fixings, and the dates still to come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from math import exp, fsum, log
from typing import Any

from greeks.checks.ranges import PRICE
from greeks.market.dates import days_between, moment, within_the_day, years_between

FACTOR = 5.0  # a past level further than this from the spot is doubted
_LARGEST = 700.0  # exponents up to here are finite


def sum_of(values: Sequence[float], logarithmic: bool) -> float:
    """Sum of past fixings, or of their logarithms."""
    return fsum(log(value) if logarithmic else value for value in values)


def future_times(dates: Any, as_of: date | None, past: int, maturity: float) -> tuple[float, ...]:
    """Years to the fixings still to come; those on or before the valuation date must be among the past fixings.

    Parameters
    ----------
    dates : sequence of str, date or datetime
        The schedule, ascending.
    as_of : date or datetime
    past : int
        Number of past fixings known.
    maturity : float
        Years; at 0 an open fixing of today is kept, as time 0.

    Raises
    ------
    ValueError
        For dates out of order, past dates without as many past fixings, or a fixing of today that is still open.
    """
    if isinstance(dates, str) or not isinstance(dates, Iterable):
        raise ValueError(f"is {dates!r}: write a list of dates")
    days = [moment(item) for item in dates]
    if as_of is None:
        raise ValueError("fixing_dates needs the valuation date: write as_of='YYYY-MM-DD'")
    left = [days_between(as_of, day, "fixing date") for day in days]
    if not days or any(b <= a for a, b in pairwise(left)):
        raise ValueError("fixing_dates must be a non-empty list in strictly ascending order")
    today = [day for day in days if within_the_day(as_of, day)]
    gone = [day for day, ahead in zip(days, left, strict=True) if ahead <= 0.0 and day not in today]
    live = _live(gone, today, past, as_of)
    if live and maturity > 0.0:
        raise ValueError(
            f"the fixing of today, {live[0]}, is still open: write it and as_of with times of day, such as "
            f"{live[0]}T16:00:00-05:00, or add its value to the past fixings once it is known"
        )
    times = [0.0 for _ in live]
    times += [years_between(as_of, day, "fixing date") for day, ahead in zip(days, left, strict=True) if ahead > 0.0]
    if times and times[-1] > maturity:
        raise ValueError(
            f"the last fixing date, {days[-1].isoformat()}, is after the maturity: leave it out, or where both are on "
            "one day write the fixing with a time of day too"
        )
    return tuple(times)


def _live(gone: Sequence[date], today: Sequence[date], past: int, as_of: date) -> Sequence[date]:
    """The fixing of today if it is still open: whether it is, the number of past fixings tells."""
    if gone and past not in (len(gone), len(gone) + len(today)):
        on = as_of.date() if isinstance(as_of, datetime) else as_of
        known = f"and {past} past fixings are given" if past else "and no past fixings are given"
        raise ValueError(
            f"{len(gone)} of the fixing dates are past on {on.isoformat()} ({gone[0].isoformat()} to "
            f"{gone[-1].isoformat()}) {known}: write the value of each as past_fixings, or leave past dates out"
        )
    if today and not gone and past:
        raise ValueError(
            f"the fixing of today, {today[0]}, may be among the {past} past fixings or not: leave its date out if it "
            "is, or write it and as_of with times of day if it is still to come"
        )
    return today if past == len(gone) else ()


def unlike_spot(total: float, count: int, logarithmic: bool, spot: float) -> tuple[str, bool]:
    """What is odd about past fixings whose mean is not within a factor of 5 of the spot.

    Returns
    -------
    tuple of str and bool
        The finding with its remedy, "" where there is none; and whether a sum of spots stands for a sum of logarithms
        or the reverse, which no market explains.
    """
    if count == 0:
        return "", False
    mean = total / count
    average = _exponential(mean) if logarithmic else mean
    if near(average, spot):
        return "", False
    text = f"the mean of the past fixings is {average:.6g}, not within a factor of {FACTOR:g} of the spot, {spot:.6g}"
    if logarithmic and near(mean, spot):
        right = count * log(mean)
        return f"{text}; a geometric average needs the sum of the logarithms, about {right:.6g}, {_OR_LIST}", True
    if not logarithmic and near(_exponential(mean), spot):
        right = count * exp(mean)
        return f"{text}; an arithmetic average needs the sum of the spots, about {right:.6g}, {_OR_LIST}", True
    if PRICE.problem(average):
        return f"{text}; no spot is of that size: check the sum and the count, {_OR_LIST}", True
    if count > 1 and near(_exponential(total) if logarithmic else total, spot):
        return f"{text}; if {total:g} is their mean, the sum is {total * count:g}", False
    return f"{text}; check them, and where a sum is given write {_LIST}", False


_LIST = "the values as past_fixings"
_OR_LIST = f"or {_LIST}"


def _exponential(value: float) -> float:
    return exp(value) if value < _LARGEST else float("inf")


def near(value: float, spot: float) -> bool:
    """Whether a past level is within a factor of 5 of the spot."""
    return spot / FACTOR <= value <= spot * FACTOR
