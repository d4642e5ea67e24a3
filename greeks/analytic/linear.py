"""A payment linear in the spots: weights . S + constant, whatever drives them, since each has its forward as mean.

V = exp(-r T) (sum_j w_j S_0 exp((r - q) t_j) + c): put-call parity of a European and of an arithmetic average, and
their value where the option is exercised for certain. Verified against differences, and through parity.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.special import ndtr

from greeks.analytic.futures import of_futures

CERTAIN = 1e-16  # probability that counts as none


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """An arithmetic average exercised for certain: the past fixings suffice, or it is deep in the money; else none.

    Where the past fixings suffice for the call, the put is worth nothing.
    """
    if payoff.averaging != "arithmetic" or payoff.strike is None:
        return {}
    dates, sign = payoff.dates(), payoff.sign
    weights, constant = payoff.parity.weights, payoff.parity.constant
    fixed = sign * constant >= 0.0  # whatever the spots do
    if sign > 0.0 and not fixed:
        volatility, drift = getattr(model, "volatility", 0.0), model.rate - model.dividend_yield
        forwards = [model.spot * math.exp(drift * t) for t in dates]
        fixed = volatility > 0.0 and certainly_positive(weights, dates, constant, forwards, volatility)
    if not fixed:
        return {}
    market = payoff.maturity, model.spot, model.rate, model.dividend_yield
    known = linear(weights, dates, constant, *market) if sign > 0.0 else {}
    return {**dict.fromkeys(("price", *model.greeks(), "gamma", "vanna", "volga"), 0.0), **known}


def linear(
    weights: Sequence[float],
    times: Sequence[float],
    constant: float,
    maturity: float,
    spot: float,
    rate: float,
    dividend_yield: float,
) -> dict[str, float]:
    """Price and Greeks of the payment; those not listed are 0.

    Parameters
    ----------
    weights, times : sequence of float
        Weight of the spot at each date (years), any sign.
    constant : float
        Currency.
    maturity : float
        Years to payment.
    spot, rate, dividend_yield : float
        As for :func:`greeks.analytic.black_scholes.european`.
    """
    discount, carry = math.exp(-rate * maturity), rate - dividend_yield
    forwards = [w * spot * math.exp(carry * t) for w, t in zip(weights, times, strict=True)]
    total = math.fsum(forwards)
    timed = math.fsum(f * t for f, t in zip(forwards, times, strict=True))
    price = discount * (total + constant)
    return {
        "price": price,
        "delta": discount * total / spot,
        "rho": discount * timed - maturity * price,
        "dividend_rho": -discount * timed,
        "theta": rate * price - carry * discount * total,
    }


def linear_under(
    model: Any, weights: Sequence[float], times: Sequence[float], constant: float, maturity: float
) -> dict[str, float]:
    """As :func:`linear`, of the spot or futures price of a model."""
    found = linear(weights, times, constant, maturity, model.spot, model.rate, model.dividend_yield)
    for greek, slope in getattr(model, "chain", {}).items():  # what a parameter does to the spot, beside what else
        found[greek] += slope * found["delta"]
    return of_futures(found) if model.futures else found


def certainly_positive(
    weights: Sequence[float], times: Sequence[float], constant: float, forwards: Sequence[float], volatility: float
) -> bool:
    """Whether weights . S + constant is negative with probability below CERTAIN under geometric Brownian motion.

    For weights that are not negative: the sum is below its level only if some spot is below the same part of its
    forward, and the probabilities of that are added.
    """
    if constant >= 0.0:
        return True
    total = math.fsum(w * f for w, f in zip(weights, forwards, strict=True))
    if total <= 0.0 or total + constant <= 0.0:
        return False
    level = math.log(-constant / total)
    deviations = [volatility * math.sqrt(t) for t in times]
    if min(deviations) <= 0.0:
        return False
    return float(sum(ndtr(level / s + 0.5 * s) for s in deviations)) < CERTAIN
