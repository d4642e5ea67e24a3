"""Geometric Asian options under Black-Scholes, discrete fixings, seasoned or not, in closed form.

The geometric mean G of lognormal fixings is lognormal: log G has mean (L + m x + (r - q - sigma^2/2) sum t_i) / n and
variance (sigma/n)^2 sum_ij min(t_i, t_j), with L the sum of the logarithms of past fixings, m of n fixings to come and
x the log-spot. An average price option is then Black's formula on G, an average strike option Margrabe's on S_T and G.

Source: Kemna and Vorst, A pricing method for options based on average asset values (1990), here with discrete fixings;
Margrabe, The value of an option to exchange one asset for another (1978). Verified against the published value in
``tests/reference/data/published_gbm.csv``, a quadrature over two fixings, and 40-digit numerical differentiation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from greeks.analytic import lognormal


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a geometric average under geometric Brownian motion; none of an arithmetic one."""
    if payoff.averaging != "geometric":
        return {}
    past = payoff.past_fixings_sum, payoff.past_fixings_count
    contract = payoff.option_type, payoff.average_of, payoff.future_fixings(), payoff.strike or 1.0, payoff.maturity
    return geometric_asian(*contract, *past, model.spot, model.rate, model.dividend_yield, model.volatility)


def geometric_asian(
    option_type: str,
    average_of: str,
    fixing_times: Sequence[float],
    strike: float,
    maturity: float,
    past_fixings_sum_of_logs: float,
    past_fixings_count: int,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a geometric Asian option.

    Parameters
    ----------
    option_type : {"call", "put"}
        A call pays (G - strike)+ or, for an average strike, (S_T - G)+.
    average_of : {"price", "strike"}
    fixing_times : sequence of float
        Years to each fixing still to come, in any order, at least 0 and at most ``maturity``.
    strike : float
        Positive; not used for an average strike.
    maturity : float
        Years to payment; S_T of an average strike option is observed then.
    past_fixings_sum_of_logs : float
        Sum of log(spot) over the fixings already made.
    past_fixings_count : int
        Their number.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units. Theta moves the valuation date,
        fixing and payment dates stay. Without randomness the limits, and the price alone on the payoff's kink.

    Raises
    ------
    ValueError
        For an unknown option type or average, no fixing at all, or an input outside its range.
    """
    if average_of not in ("price", "strike"):
        raise ValueError(f"average_of is {average_of!r}: choose price or strike")
    times = sorted(float(t) for t in fixing_times)
    count = past_fixings_count + len(times)
    if count == 0 or past_fixings_count < 0:
        raise ValueError("an average needs at least one fixing, past or to come")
    if not (spot > 0.0 and strike > 0.0 and volatility >= 0.0 and maturity >= 0.0):
        raise ValueError("spot and strike must be positive, maturity and volatility not negative")
    if times and not (times[0] >= 0.0 and times[-1] <= maturity):
        raise ValueError(f"fixing times must lie in 0 to maturity {maturity:g}: got {times[0]:g} to {times[-1]:g}")

    sign, drift = lognormal.phi(option_type), rate - dividend_yield
    share = len(times) / count
    # A fixing made today cannot come nearer: for theta it belongs to the past.
    moving = sum(t > 0.0 for t in times) / count
    mean_time = math.fsum(times) / count
    # sum_ij min(t_i, t_j) = sum_k t_k (number of pairs whose smaller member is k), for ascending t
    variance_time = math.fsum((2 * (len(times) - k) - 1) * t for k, t in enumerate(times)) / count**2
    convexity = variance_time - mean_time
    log_mean = (
        (past_fixings_sum_of_logs + len(times) * math.log(spot)) / count
        + drift * mean_time + 0.5 * volatility**2 * convexity
    )  # fmt: skip
    average = lognormal.Leg(
        math.exp(log_mean),
        spot=share,
        rate=mean_time,
        dividend=-mean_time,
        time=-drift * moving + 0.5 * volatility**2 * moving * (1.0 - moving),
        volatility=volatility * convexity,
        volatility2=convexity,
    )
    if average_of == "price":
        legs, slope = (average, lognormal.Leg(strike)), -(moving**2)
    else:
        forward = spot * math.exp(drift * maturity)
        legs = (lognormal.Leg(forward, spot=1.0, rate=maturity, dividend=-maturity, time=-drift), average)
        # a difference of nearly equal times when every fixing is at expiry: never below zero
        variance_time, slope = max(maturity + variance_time - 2.0 * mean_time, 0.0), -((1.0 - moving) ** 2)
    partials = lognormal.exchange(sign, legs[0].value, legs[1].value, volatility * math.sqrt(variance_time))
    return lognormal.assemble(
        partials,
        legs,
        notional=1.0,
        spot=spot,
        rate=rate,
        maturity=maturity,
        volatility=volatility,
        variance_time=variance_time,
        variance_time_slope=slope,
    )
