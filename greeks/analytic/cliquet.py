"""Cliquets of locally capped and floored returns under Black-Scholes, as far as no global level matters.

The payment is the sum of clip(S_i / S_(i-1) - 1, local floor, local cap), each an independent lognormal return:

    E clip(R, f, c) = f + E(R - f)+ - E(R - c)+.

The first return counts from the last fixing made: from today's spot, unless an earlier one is given, and then it alone
depends on the spot. A global floor or cap that the sum of the local ones makes certain or impossible is taken; of any
other there is no closed form here.

Source: Haug (2007), section 4.5.2, for the single period. Verified against quadrature of the return's density in 40
digits and simulation in ``tests/reference/test_analytic_cliquet.py``.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from greeks.analytic.jets import exp, greeks_of, log, market, sqrt
from greeks.analytic.normal import normal_cdf
from greeks.analytic.realised import intervals


class Cliquet(NamedTuple):
    """The terms of what is still to come.

    ``times`` are the years to the fixings, ascending and positive; ``maturity`` the years to payment; levels are
    fractions, None where there is none; ``past`` is the sum of the clipped returns made, ``last`` the last fixing made
    (None: today's spot is the first one).
    """

    times: tuple[float, ...]
    maturity: float
    local_floor: float | None = None
    local_cap: float | None = None
    global_floor: float | None = None
    global_cap: float | None = None
    notional: float = 1.0
    past: float = 0.0
    last: float | None = None


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a cliquet; none without volatility."""
    times, fixed = tuple(payoff.dates()), tuple(payoff.past_fixings)
    if not times or not model.volatility > 0.0:
        return {}
    levels = payoff.local_floor, payoff.local_cap, payoff.global_floor, payoff.global_cap
    return cliquet(
        Cliquet(times, payoff.maturity, *levels, payoff.notional, payoff.past, fixed[-1] if fixed else None),
        model.spot, model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


def cliquet(terms: Cliquet, spot: float, rate: float, dividend_yield: float, volatility: float) -> dict[str, float]:
    """Price and Greeks of notional times the sum of clipped returns.

    Parameters
    ----------
    terms : Cliquet
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`; the volatility is positive.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units; of a cliquet without a past
        delta and gamma are 0. Empty where a global level is between the least and the largest sum.

    Raises
    ------
    ValueError
        For no fixing to come, one that is not later than the one before it, or a payment before the last.
    """
    gaps = intervals(terms.times)
    if not gaps or min(gaps) <= 0.0 or terms.maturity < terms.times[-1]:
        raise ValueError("fixings must be in the future, each later than the last, and none later than the payment")
    m = market(spot, rate, dividend_yield, volatility)
    floor, cap = max(_or(terms.local_floor, -1.0), -1.0), _or(terms.local_cap, math.inf)
    if floor > cap:
        raise ValueError(f"local_floor {floor:g} is above local_cap {cap:g}")
    least, most = terms.past + len(gaps) * floor, terms.past + len(gaps) * cap
    bottom, top = _or(terms.global_floor, -math.inf), _or(terms.global_cap, math.inf)
    if bottom >= most or top <= least:
        total: Any = bottom if bottom >= most else top
    elif bottom > least or top < most:
        return {}
    else:
        total = terms.past
        for k, gap in enumerate(gaps):
            years = gap - m.elapsed if k == 0 else gap
            start = m.spot / terms.last if k == 0 and terms.last is not None else 1.0
            forward = start * exp((m.rate - m.dividend_yield) * years)
            deviation = m.volatility * sqrt(years)
            total = total + floor + _call(forward, 1.0 + floor, deviation) - _call(forward, 1.0 + cap, deviation)
    return greeks_of(terms.notional * exp(-m.rate * m.years(terms.maturity)) * total)


def _or(level: float | None, other: float) -> float:
    return other if level is None else level


def _call(forward: Any, strike: float, deviation: Any) -> Any:
    """Undiscounted call."""
    if strike <= 0.0:
        return forward - strike
    if strike == math.inf:
        return 0.0
    d = log(forward / strike) / deviation + 0.5 * deviation
    return forward * normal_cdf(d) - strike * normal_cdf(d - deviation)
