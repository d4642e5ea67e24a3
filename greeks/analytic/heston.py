"""Heston: European vanillas and digitals by Fourier inversion, with every Greek from the differentiated transform.

With M(s) of :mod:`greeks.analytic.heston_transform` and k = log(F / K), the discounted values are line integrals of
H(s) = exp(-r T + k s) M(s) times K / (s (s - 1)) for a vanilla, 1 / s for a unit of cash, K / (s - 1) for the asset.
Right of s = 1 they give the calls, left of 0 the puts (the digitals with a minus sign); between 0 and 1 the vanilla's
is a call less its discounted forward. The option out of the money is integrated, and the other follows by parity. A
Greek multiplies the integrand: by s / S for delta, dM/dp / M for a parameter, and so on. Nothing is bumped.

Source: Heston, A closed-form solution for options with stochastic volatility (1993); Lewis, Option Valuation under
Stochastic Volatility (2000), chapter 2, for the payoff transforms. Verified against the published values in
``tests/reference/data``, 30-digit quadrature, and Heston's partial differential equation.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from greeks.analytic import black_scholes, contour
from greeks.analytic.heston_transform import Parameters, explosion_time, log_mgf, log_mgf_gradient
from greeks.analytic.lognormal import phi

Complex = npt.NDArray[np.complex128]

_PARAMETERS = ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
_GREEKS = ("price", "delta", "gamma", "rho", "dividend_rho", "theta", *_PARAMETERS, "vanna", "volga")
_MEAN_REVERSION = _GREEKS.index("mean_reversion")
_FARTHEST = 1e7  # moments beyond are not needed: such options underflow
_NARROW = 0.01  # a strip this thin beside a pole is left alone, and the line goes between 0 and 1
_SMALLEST_VOL_OF_VOL = 1e-12  # its effect is below rounding


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
    greeks, region = _integrals(payoff, trade, p)
    # What the integral is: phi (call or put) of the payoff, plus a multiple of the discounted forward payment.
    out = dict(zip(_GREEKS, greeks.tolist(), strict=True))
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


def _integrals(
    payoff: str, trade: tuple[float, float, float, float, float], p: Parameters
) -> tuple[npt.NDArray[np.float64], str]:
    spot, strike, maturity, rate, dividend_yield = trade
    moneyness = math.log(spot / strike) + (rate - dividend_yield) * maturity

    def log_integrand(s: Complex) -> Complex:
        return np.asarray(moneyness * s + log_mgf(s, maturity, p) - np.log(s * (s - 1.0) + 0j))

    region, low, high = _interval(moneyness, maturity, p)
    line = contour.choose(log_integrand, low, high)
    if line.log_size < -745.0:
        return np.zeros(len(_GREEKS)), region
    volatility = math.sqrt(p.initial_variance)

    def integrands(s: Complex) -> Complex:
        log_m, slope = log_mgf_gradient(s, maturity, p)
        weight = {"vanilla": 1.0 / (s * (s - 1.0)), "cash": 1.0 / s, "asset": 1.0 / (s - 1.0)}[payoff]
        base = np.exp(moneyness * s + log_m - line.log_size) * weight
        variance = slope["initial_variance"]
        factors = [
            np.ones_like(s),
            s / spot,
            s * (s - 1.0) / spot**2,
            maturity * (s - 1.0),
            -maturity * s,
            rate - s * (rate - dividend_yield) - slope["maturity"],
            *(slope[name] for name in _PARAMETERS),
            2.0 * volatility * variance * s / spot,
            2.0 * variance + 4.0 * p.initial_variance * variance**2,
            slope["mean_reversion_initial"],
        ]
        return np.asarray(base * np.stack(factors))

    scale = math.exp(-rate * maturity) * (1.0 if payoff == "cash" else strike)
    out = contour.integrate(integrands, line) * math.exp(line.log_size) * scale
    out[_MEAN_REVERSION] += out[-1]
    return out[:-1], region


def _interval(moneyness: float, maturity: float, p: Parameters) -> tuple[str, float, float]:
    """Where the line crosses the real axis: region, pole at its side, and the other end."""
    pole, outwards = (1.0, 1.0) if moneyness <= 0.0 else (0.0, -1.0)
    inside, outside = 0.0, 1.0
    while outside < _FARTHEST and explosion_time(pole + outwards * outside, p) > maturity:
        inside, outside = outside, 2.0 * outside
    for _ in range(60 if outside < _FARTHEST else 0):
        middle = 0.5 * (inside + outside)
        finite = explosion_time(pole + outwards * middle, p) > maturity
        inside, outside = (middle, outside) if finite else (inside, middle)
    if inside < _NARROW:
        return "middle", 0.0, 1.0
    return ("right" if outwards > 0 else "left"), pole, pole + outwards * inside


def _without_variance(
    option_type: str, payoff: str, notional: float, trade: tuple[float, float, float, float, float]
) -> dict[str, float]:
    if payoff == "vanilla":
        out = black_scholes.european(option_type, *trade, volatility=0.0)
    else:
        out = black_scholes.digital(option_type, payoff, notional, *trade, volatility=0.0)
    if trade[2] > 0.0:  # absorbed at zero variance: the derivatives to the variance are not those of zero volatility
        return {name: out[name] for name in _GREEKS[:6] if name in out}
    return {**out, **(dict.fromkeys(_PARAMETERS, 0.0) if "delta" in out else {})}


def _check(trade: tuple[float, float, float, float, float], p: Parameters) -> None:
    spot, strike, maturity, rate, dividend_yield = trade
    if not (spot > 0.0 and strike > 0.0 and maturity >= 0.0 and math.isfinite(rate + dividend_yield)):
        raise ValueError(f"spot and strike must be positive and maturity not negative: got {trade}")
    if not (min(p[:4]) >= 0.0 and abs(p.correlation) <= 1.0 and math.isfinite(sum(p))):
        raise ValueError(
            f"variances, mean reversion and vol of vol must not be negative, correlation in -1 to 1: got {p}"
        )
