"""Stock, cash, forwards and futures under any model: the forward price is that of the rates, whatever drives the spot.

V = S; V = C; V = S exp(-q T) - K exp(-r T); V = S exp((r - q) T) - K, settled daily and not discounted. Verified
against differences of these formulas, and against simulation under every model.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic.linear import linear


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks; all that does not move the rates or the spot has a Greek of 0."""
    found = dict.fromkeys(("price", "gamma", "vanna", "volga", *model.greeks()), 0.0)
    market = payoff.maturity, model.spot, model.rate, model.dividend_yield
    if payoff.kind == "stock":
        known = {"price": model.spot, "delta": 1.0}
    elif payoff.kind == "cash":
        known = {"price": payoff.cash}
    elif payoff.kind == "forward":
        known = linear((1.0,), (payoff.maturity,), -payoff.strike, *market)
    else:
        known = future(payoff.strike or 0.0, *market)
    return found | {greek: value for greek, value in known.items() if greek in found}


def future(strike: float, maturity: float, spot: float, rate: float, dividend_yield: float) -> dict[str, float]:
    """Price and Greeks of a futures contract entered at ``strike``; those not listed are 0.

    Parameters
    ----------
    strike : float
        Currency, at least 0.
    maturity : float
        Years, at least 0.
    spot, rate, dividend_yield : float
        As for :func:`greeks.analytic.black_scholes.european`.
    """
    carry = rate - dividend_yield
    growth = math.exp(carry * maturity)
    price = spot * growth
    return {
        "price": price - strike,
        "delta": growth,
        "rho": maturity * price,
        "dividend_rho": -maturity * price,
        "theta": -carry * price,
    }
