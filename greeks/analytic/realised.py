"""The realised variance that swaps are on: what is known of it today, and the returns that are still to come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from math import log as scalar_log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Real = npt.NDArray[np.float64]


class Realised(NamedTuple):
    """What has to be known of the realised variance, annualised as ``scale`` times the sum of squared log-returns.

    ``times`` are the years to the fixings to come, ``past`` the sum of squares so far, ``last`` the last fixing made
    (None: today's spot is the first one), ``maturity`` the years to payment.
    """

    times: tuple[float, ...]
    maturity: float
    scale: float
    past: float = 0.0
    last: float | None = None


def uncapped(payoff: Any) -> tuple[Realised, float, float] | None:
    """What a swap is on, its strike as a volatility and its notional; None where it is capped or all is fixed."""
    if payoff.cap is not None or not payoff.dates():
        return None
    return realised(payoff), payoff.strike_volatility, payoff.notional


def realised(payoff: Any) -> Realised:
    """The realised variance of a contract, over the years from its first fixing to its last.

    Raises
    ------
    ValueError
        For no fixing to come, one that is not later than the one before it, or a payment before the last.
    """
    times, fixed = tuple(sorted(payoff.future_fixings())), tuple(payoff.past_fixings)
    past = fsum(scalar_log(b / a) ** 2 for a, b in pairwise(fixed))
    years = (times[-1] if times else 0.0) - (payoff.start or 0.0)
    gaps = intervals(times)
    if not gaps or min(gaps) <= 0.0 or payoff.maturity < times[-1]:
        raise ValueError("fixings must be in the future, each later than the last, and none later than the payment")
    scale = 1.0 / years if years > 0.0 else 0.0
    return Realised(times, payoff.maturity, scale, past, fixed[-1] if fixed else None)


def intervals(times: Sequence[float]) -> list[float]:
    """Years of each return."""
    return [b - a for a, b in pairwise((0.0, *times))]


def lengths(gaps: Sequence[float]) -> tuple[Real, npt.NDArray[np.intp]]:
    """The different lengths among intervals, to 12 digits of the longest, and which of them each interval has."""
    values, where = np.unique(np.round(np.asarray(gaps) / max(gaps), 12), return_inverse=True)
    return values * max(gaps), where.reshape(-1)
