"""Heston: European vanillas and digitals by Fourier inversion, with every Greek from the differentiated transform.

The option out of the money is the integral of :mod:`greeks.analytic.heston_integral`, and the other follows by parity.
Nothing is bumped.

Source: Heston, A closed-form solution for options with stochastic volatility (1993); Lewis, Option Valuation under
Stochastic Volatility (2000), chapter 2, for the payoff transforms. Verified against the published values in
``tests/reference/data``, 30-digit quadrature, and Heston's partial differential equation.
"""

from __future__ import annotations

import math
from typing import Any

from greeks.analytic import black_scholes
from greeks.analytic.heston_integral import GREEKS, PARAMETERS, integrals
from greeks.analytic.heston_transform import Parameters
from greeks.analytic.lognormal import phi

_SMALLEST_VOL_OF_VOL = 1e-12  # its effect is below rounding

MARKET = (
    "rate", "dividend_yield", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation",
)  # fmt: skip


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a European or a digital contract under the Heston model."""
    market = [getattr(model, name) for name in MARKET]
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
    initial_variance: float,
    mean_reversion: float,
    long_run_variance: float,
    vol_of_vol: float,
    correlation: float,
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
    initial_variance, long_run_variance : float
        Per year, at least 0.
    mean_reversion : float
        Per year, at least 0.
    vol_of_vol : float
        At least 0; below 1e-12 it is taken as 1e-12.
    correlation : float
        -1 to 1.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga, initial_variance, mean_reversion,
        long_run_variance, vol_of_vol, correlation in raw units. vega is the derivative to sqrt(initial_variance), and
        so in vanna and volga. Without any variance, the limits that exist.

    Raises
    ------
    ValueError
        For an unknown option type or an input outside its range.
    ArithmeticError
        Where the quadrature does not reach 1e-8 of the integral of its absolute value.
    """
    p = Parameters(initial_variance, mean_reversion, long_run_variance, vol_of_vol, correlation)
    return _value(option_type, "vanilla", 1.0, (spot, strike, maturity, rate, dividend_yield), p)


def digital(
    option_type: str,
    payout: str,
    cash: float,
    spot: float,
    strike: float,
    maturity: float,
    rate: float,
    dividend_yield: float,
    initial_variance: float,
    mean_reversion: float,
    long_run_variance: float,
    vol_of_vol: float,
    correlation: float,
) -> dict[str, float]:
    """Price and Greeks of a European digital: pays where the terminal spot is beyond the strike.

    Parameters
    ----------
    option_type : {"call", "put"}
        A call pays above the strike, a put below.
    payout : {"cash", "asset"}
        Pays the amount ``cash``, or one unit of the asset (``cash`` is then not used).
    cash : float
        Amount of a cash digital.
    spot, strike, maturity, rate, dividend_yield : float
        As in :func:`european`, and so the model's parameters.

    Returns
    -------
    dict of str to float
        As :func:`european`.

    Raises
    ------
    ValueError, ArithmeticError
        As :func:`european`, and for an unknown payout.
    """
    if payout not in ("cash", "asset"):
        raise ValueError(f"payout is {payout!r}: choose cash or asset")
    p = Parameters(initial_variance, mean_reversion, long_run_variance, vol_of_vol, correlation)
    notional = cash if payout == "cash" else 1.0
    return _value(option_type, payout, notional, (spot, strike, maturity, rate, dividend_yield), p)


def _value(
    option_type: str, payoff: str, notional: float, trade: tuple[float, float, float, float, float], p: Parameters
) -> dict[str, float]:
    spot, strike, maturity, rate, dividend_yield = trade
    sign = phi(option_type)
    _check(trade, p)
    if maturity == 0.0 or p.initial_variance == p.mean_reversion * p.long_run_variance == 0.0:
        return _without_variance(option_type, payoff, notional, trade)
    p = p._replace(vol_of_vol=max(p.vol_of_vol, _SMALLEST_VOL_OF_VOL))
    greeks, region = integrals(payoff, trade, p)
    # What the integral is: phi (call or put) of the payoff, plus a multiple of the discounted forward payment.
    out = dict(zip(GREEKS, greeks.tolist(), strict=True))
    growth, bond = math.exp(-dividend_yield * maturity), math.exp(-rate * maturity)
    stock = {
        "price": spot * growth,
        "delta": growth,
        "dividend_rho": -maturity * spot * growth,
        "theta": dividend_yield * spot * growth,
    }
    money = {"price": bond, "rho": -maturity * bond, "theta": rate * bond}
    stocks, units = _residues(payoff, region, sign, strike)
    for greek in out:
        direction = sign if payoff != "vanilla" else 1.0
        out[greek] = direction * out[greek] + stocks * stock.get(greek, 0.0) + units * money.get(greek, 0.0)
        out[greek] *= notional
    volatility = math.sqrt(p.initial_variance)
    out["vega"] = 2.0 * volatility * out["initial_variance"]
    return out


def _residues(payoff: str, region: str, sign: float, strike: float) -> tuple[float, float]:
    """How many discounted forwards and units of money to add to the (signed) integral to get the payoff's value."""
    if payoff == "vanilla":
        if region == "right":
            return (0.0, 0.0) if sign > 0 else (-1.0, strike)
        if region == "left":
            return (1.0, -strike) if sign > 0 else (0.0, 0.0)
        return (1.0, 0.0) if sign > 0 else (0.0, strike)
    call = region == "right" or (payoff == "cash" and region == "middle")
    # the integral is the digital call, or minus the digital put
    missing = (0.0 if sign > 0 else 1.0) if call else (1.0 if sign > 0 else 0.0)
    return (0.0, missing) if payoff == "cash" else (missing, 0.0)


def _without_variance(
    option_type: str, payoff: str, notional: float, trade: tuple[float, float, float, float, float]
) -> dict[str, float]:
    if payoff == "vanilla":
        out = black_scholes.european(option_type, *trade, volatility=0.0)
    else:
        out = black_scholes.digital(option_type, payoff, notional, *trade, volatility=0.0)
    if trade[2] > 0.0:  # absorbed at zero variance: the derivatives to the variance are not those of zero volatility
        return {name: out[name] for name in GREEKS[:6] if name in out}
    return {**out, **(dict.fromkeys(PARAMETERS, 0.0) if "delta" in out else {})}


def _check(trade: tuple[float, float, float, float, float], p: Parameters) -> None:
    spot, strike, maturity, rate, dividend_yield = trade
    if not (spot > 0.0 and strike > 0.0 and maturity >= 0.0 and math.isfinite(rate + dividend_yield)):
        raise ValueError(f"spot and strike must be positive and maturity not negative: got {trade}")
    if not (min(p[:4]) >= 0.0 and abs(p.correlation) <= 1.0 and math.isfinite(sum(p))):
        raise ValueError(
            f"variances, mean reversion and vol of vol must not be negative, correlation in -1 to 1: got {p}"
        )
