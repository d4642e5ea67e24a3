"""Contracts that are sums of digitals under any model that has them in closed form.

Verified through :mod:`greeks.analytic.gap` and :mod:`greeks.analytic.range_accrual`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from greeks.analytic import black_scholes, heston

_GBM = ("rate", "dividend_yield", "volatility")


def digital(model: Any, option_type: str, payout: str, strike: float, maturity: float) -> dict[str, float]:
    """Price and Greeks of a unit digital under ``model``: payment of 1 or of the asset, strike, years."""
    if model.kind == "heston":
        market = [getattr(model, name) for name in heston.MARKET]
        return heston.digital(option_type, payout, 1.0, model.spot, strike, maturity, *market)
    market = [getattr(model, name) for name in _GBM]
    return black_scholes.digital(option_type, payout, 1.0, model.spot, strike, maturity, *market)


def combine(legs: Iterable[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    """The sum of ``(weight, greeks)``; a Greek that one of the legs lacks is not known of the sum."""
    legs = list(legs)
    shared = [greek for greek in legs[0][1] if all(greek in leg for _, leg in legs)] if legs else []
    return {greek: math.fsum(weight * leg[greek] for weight, leg in legs) for greek in shared}


def money(model: Any, maturity: float) -> dict[str, float]:
    """Price and Greeks of 1 paid at ``maturity`` (years)."""
    price = math.exp(-model.rate * maturity)
    zeros = dict.fromkeys(("price", "gamma", "vanna", "volga", *model.greeks()), 0.0)
    return {**zeros, "price": price, "rho": -maturity * price, "theta": model.rate * price}


def paid_later(greeks: Mapping[str, float], lag: float, rate: float) -> dict[str, float]:
    """Greeks of a payment made ``lag`` years after the date it is settled on, from those of one made then."""
    discount = math.exp(-rate * lag)
    out = {greek: discount * value for greek, value in greeks.items()}
    if "rho" in out:
        out["rho"] -= lag * out["price"]
    return out
