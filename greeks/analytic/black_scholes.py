"""Black-Scholes-Merton: European vanillas and digitals in closed form.

Source: Haug, The Complete Guide to Option Pricing Formulas (2007), sections 1.1 (vanilla) and 4.19 (digitals).
Verified against the published values in ``tests/reference/data/published_gbm.csv`` and the identities in
``tests/reference/test_analytic_black_scholes.py``.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic import lognormal


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a European or a digital contract under geometric Brownian motion."""
    market = model.rate, model.dividend_yield, model.volatility
    terms = model.spot, payoff.strike, payoff.maturity
    if payoff.kind == "digital":
        return digital(payoff.option_type, payoff.payout, payoff.amount, *terms, *market)
    return european(payoff.option_type, *terms, *market)


def european(
    option_type: str,
    spot: float,
    strike: float,
    maturity: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a European call or put.

    Parameters
    ----------
    option_type : {"call", "put"}
    spot, strike : float
        Positive.
    maturity : float
        Years, at least 0.
    rate, dividend_yield : float
        Continuously compounded, per year.
    volatility : float
        Per square root of a year, at least 0.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units; theta is per year of calendar
        time. At zero volatility or maturity the limits, and the price alone where the forward is the strike.

    Raises
    ------
    ValueError
        For an unknown option type or an input outside its range.
    """
    forward = _forward(spot, strike, maturity, rate, dividend_yield, volatility)
    partials = lognormal.exchange(lognormal.phi(option_type), forward.value, strike, volatility * math.sqrt(maturity))
    return _assemble(partials, forward, 1.0, spot, strike, maturity, rate, volatility)


def digital(
    option_type: str,
    payout: str,
    cash: float,
    spot: float,
    strike: float,
    maturity: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a European digital: pays where the terminal spot is strictly beyond the strike.

    Parameters
    ----------
    option_type : {"call", "put"}
        A call pays above the strike, a put below.
    payout : {"cash", "asset"}
        Pays the amount ``cash``, or one unit of the asset (``cash`` is then not used).
    cash : float
        Amount of a cash digital.
    spot, strike, maturity, rate, dividend_yield, volatility : float
        As in :func:`european`.

    Returns
    -------
    dict of str to float
        As :func:`european`.

    Raises
    ------
    ValueError
        For an unknown option type or payout, or an input outside its range.
    """
    if payout not in ("cash", "asset"):
        raise ValueError(f"payout is {payout!r}: choose cash or asset")
    forward = _forward(spot, strike, maturity, rate, dividend_yield, volatility)
    payoff = lognormal.cash_digital if payout == "cash" else lognormal.asset_digital
    partials = payoff(lognormal.phi(option_type), forward.value, strike, volatility * math.sqrt(maturity))
    notional = cash if payout == "cash" else 1.0
    return _assemble(partials, forward, notional, spot, strike, maturity, rate, volatility)


def _forward(
    spot: float, strike: float, maturity: float, rate: float, dividend_yield: float, volatility: float
) -> lognormal.Leg:
    if not (spot > 0.0 and strike > 0.0 and maturity >= 0.0 and volatility >= 0.0):
        raise ValueError(
            "spot and strike must be positive, maturity and volatility not negative: got "
            f"spot {spot:g}, strike {strike:g}, maturity {maturity:g}, volatility {volatility:g}"
        )
    drift = rate - dividend_yield
    return lognormal.Leg(spot * math.exp(drift * maturity), spot=1.0, rate=maturity, dividend=-maturity, time=-drift)


def _assemble(
    partials: lognormal.Partials,
    forward: lognormal.Leg,
    notional: float,
    spot: float,
    strike: float,
    maturity: float,
    rate: float,
    volatility: float,
) -> dict[str, float]:
    return lognormal.assemble(
        partials,
        (forward, lognormal.Leg(strike)),
        notional=notional,
        spot=spot,
        rate=rate,
        maturity=maturity,
        volatility=volatility,
        variance_time=maturity,
        variance_time_slope=-1.0,
    )
