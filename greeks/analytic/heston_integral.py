"""The line integrals behind Heston's semi-analytic values, one for the price and one for each Greek.

With M(s) of :mod:`greeks.analytic.heston_transform` and k = log(F / K), the discounted values are line integrals of
H(s) = exp(-r T + k s) M(s) times K / (s (s - 1)) for a vanilla, 1 / s for a unit of cash, K / (s - 1) for the asset.
Right of s = 1 they give the calls, left of 0 the puts (the digitals with a minus sign); between 0 and 1 the vanilla's
is a call less its discounted forward. A Greek multiplies the integrand: by s / S for delta, dM/dp / M for a parameter,
and so on.

Source: Lewis, Option Valuation under Stochastic Volatility (2000), chapter 2, for the payoff transforms. Verified
through :mod:`greeks.analytic.heston`.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from greeks.analytic import contour
from greeks.analytic.heston_transform import Parameters, explosion_time, log_mgf, log_mgf_gradient

Complex = npt.NDArray[np.complex128]

PARAMETERS = ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
GREEKS = ("price", "delta", "gamma", "rho", "dividend_rho", "theta", *PARAMETERS, "vanna", "volga")
_MEAN_REVERSION = GREEKS.index("mean_reversion")
_FARTHEST = 1e7  # moments beyond are not needed: such options underflow
_NARROW = 0.01  # a strip this thin beside a pole is left alone, and the line goes between 0 and 1


def integrals(
    payoff: str, trade: tuple[float, float, float, float, float], p: Parameters
) -> tuple[npt.NDArray[np.float64], str]:
    """The integrals of a payoff and of its Greeks.

    Parameters
    ----------
    payoff : {"vanilla", "cash", "asset"}
    trade : tuple of float
        Spot, strike, maturity in years > 0, rate and dividend yield per year.
    p : Parameters

    Returns
    -------
    tuple
        One integral for each of GREEKS in raw units, and the region of the line: "right", "left" or "middle".

    Raises
    ------
    ArithmeticError
        Where the quadrature does not reach its accuracy.
    """
    spot, strike, maturity, rate, dividend_yield = trade
    moneyness = math.log(spot / strike) + (rate - dividend_yield) * maturity

    def log_integrand(s: Complex) -> Complex:
        return np.asarray(moneyness * s + log_mgf(s, maturity, p) - np.log(s * (s - 1.0) + 0j))

    region, low, high = _interval(moneyness, maturity, p)
    line = contour.choose(log_integrand, low, high)
    if line.log_size < -745.0:
        return np.zeros(len(GREEKS)), region
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
            *(slope[name] for name in PARAMETERS),
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
