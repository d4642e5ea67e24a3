"""Forward-start options: the strike is a multiple of the spot at a later date.

At the start date t the option is worth S_t times a vanilla on a spot of 1, hence S_0 exp(-q t) times it today when the
volatility is known.

Source: Rubinstein, Pay now, choose later (1991); Haug (2007), section 4.5. Verified against the published values in
``tests/reference/data`` and 80-digit differentiation.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic import black_scholes


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a forward start under geometric Brownian motion."""
    market = model.rate, model.dividend_yield, model.volatility
    return forward_start(payoff.option_type, payoff.moneyness, payoff.start, payoff.maturity, model.spot, *market)


def forward_start(
    option_type: str,
    moneyness: float,
    start: float,
    maturity: float,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of an option struck at ``moneyness`` times the spot of the start date.

    Parameters
    ----------
    option_type : {"call", "put"}
    moneyness : float
        Positive.
    start, maturity : float
        Years, 0 <= start <= maturity.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units. The price is proportional to the
        spot: gamma is 0. A start today stays in the past for theta.

    Raises
    ------
    ValueError
        For an unknown option type, or an input outside its range.
    """
    if not (spot > 0.0 and 0.0 <= start <= maturity):
        raise ValueError(f"spot must be positive, and start from 0 to maturity: got {spot:g}, {start:g}, {maturity:g}")
    unit = black_scholes.european(option_type, 1.0, moneyness, maturity - start, rate, dividend_yield, volatility)
    scale = spot * math.exp(-dividend_yield * start)
    out = {greek: scale * value for greek, value in unit.items()}
    if len(unit) == 1:
        return out
    if start > 0.0:
        out["theta"] = 0.0  # the life of the option is as long whenever it starts
    return of_the_start(out, start, spot, dividend_yield)


def of_the_start(given: dict[str, float], start: float, spot: float, dividend_yield: float) -> dict[str, float]:
    """Greeks of what is worth a multiple of the spot at the start, hence S_0 exp(-q t) times that today.

    Parameters
    ----------
    given : dict of str to float
        Price and Greeks today by all but today's spot and exp(-q t): theta and dividend_rho of the multiple alone.
    start : float
        t in years; theta of a start that is still to come is that of exp(-q t) too.
    spot, dividend_yield : float
    """
    out, price = dict(given), given["price"]
    if start > 0.0:
        out["theta"] += dividend_yield * price
    out["dividend_rho"] -= start * price
    return out | {"delta": price / spot, "gamma": 0.0, "vanna": out["vega"] / spot}
