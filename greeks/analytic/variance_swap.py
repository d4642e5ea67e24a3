"""Variance swaps on the squared log-returns between dates, under Black-Scholes.

A return over h years is normal with mean (r - q - sigma^2/2) h and variance sigma^2 h: the expected sum of squares is
that of the means' squares and the variances. The first return counts from the last fixing made: from today's spot,
unless an earlier one is given, and then it alone depends on the spot.

Verified against 80-digit differentiation and simulation in ``tests/reference/test_analytic_variance.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from math import log as scalar_log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from greeks.analytic.jets import exp, greeks_of, log, market

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


def realised(payoff: Any) -> Realised:
    """The realised variance of a contract, over the years from its first fixing to its last."""
    times, fixed = tuple(sorted(payoff.future_fixings())), tuple(payoff.past_fixings)
    past = fsum(scalar_log(b / a) ** 2 for a, b in pairwise(fixed))
    years = (times[-1] if times else 0.0) - (payoff.start or 0.0)
    scale = 1.0 / years if years > 0.0 else 0.0
    return checked(Realised(times, payoff.maturity, scale, past, fixed[-1] if fixed else None))


def checked(what: Realised) -> Realised:
    """The same, if it can be computed.

    Raises
    ------
    ValueError
        For no fixing to come, one that is not later than the one before it, or a payment before the last.
    """
    gaps = intervals(what.times)
    if not gaps or min(gaps) <= 0.0 or what.maturity < what.times[-1]:
        raise ValueError("fixings must be in the future, each later than the last, and none later than the payment")
    return what


def intervals(times: Sequence[float]) -> list[float]:
    """Years of each return."""
    return [b - a for a, b in pairwise((0.0, *times))]


def lengths(gaps: Sequence[float]) -> tuple[Real, npt.NDArray[np.intp]]:
    """The different lengths among intervals, to 12 digits of the longest, and which of them each interval has."""
    values, where = np.unique(np.round(np.asarray(gaps) / max(gaps), 12), return_inverse=True)
    return values * max(gaps), where.reshape(-1)


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of an uncapped variance swap under geometric Brownian motion."""
    if payoff.cap is not None or not payoff.dates():
        return {}
    terms = payoff.strike_volatility, payoff.notional, model.spot, model.rate, model.dividend_yield, model.volatility
    return variance_swap(realised(payoff), *terms)


def variance_swap(
    what: Realised,
    strike_volatility: float,
    notional: float,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of notional times realised variance less the squared strike.

    Parameters
    ----------
    what : Realised
    strike_volatility : float
        Per square root of a year: 0.2, not 20.
    notional : float
        Currency per unit of variance.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units; of a swap without a past delta
        and gamma are 0.
    """
    m = market(spot, rate, dividend_yield, volatility)
    variance = m.volatility * m.volatility
    drift = m.rate - m.dividend_yield - 0.5 * variance
    total: Any = what.past
    for k, gap in enumerate(intervals(what.times)):
        years = gap - m.elapsed if k == 0 else gap
        mean = drift * years
        if k == 0 and what.last is not None:
            mean = mean + log(m.spot / what.last)
        total = total + mean * mean + variance * years
    payment = notional * (what.scale * total - strike_volatility**2)
    return greeks_of(exp(-m.rate * m.years(what.maturity)) * payment)
