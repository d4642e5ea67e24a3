"""Forward-start options under Heston: the strike is a multiple of the spot at a later date.

At the start date t the option is worth S_t times a vanilla on a spot of 1 with variance v_t. With the asset as
numeraire the variance reverts at the rate k = kappa - rho xi, and kappa theta stays; its transform at t carries the
exponent A(s) + v D(s) of the log-return over the option's life (:mod:`greeks.analytic.heston_transform`) to today:

    log M(s) = A + v0 e D / (1 - h) + kappa theta g D L(h),   e = exp(-k t),  g = (1 - e) / k,  h = xi^2 g D / 2,

with L(h) = -log(1 - h) / h. The price is the line integral of :mod:`greeks.analytic.heston_integral` between 0 and 1,
where the real part of D is negative, and every Greek multiplies its integrand.

Source: Kruse and Nogel, On the pricing of forward starting options in Heston's model on stochastic volatility (2005).
Verified against the European value averaged over the exact law of the variance, its limits, and differences in
``tests/reference/test_analytic_heston_forward_start.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log1p

from greeks.analytic import contour, heston
from greeks.analytic.forward_start import of_the_start
from greeks.analytic.heston_transform import Parameters, log_mgf_gradient

Complex = npt.NDArray[np.complex128]
PARAMETERS = Parameters._fields
_SMALLEST_VOL_OF_VOL = 1e-12
# Through the initial variance alone: without vol of vol the two parts cancel at equal variances, and a sum of rounding
# errors has no scale to judge convergence by.
_INITIAL, _START = "mean_reversion_initial", "start_initial"
_SMALL = 0.05  # of h and k t: below it ten terms of a series are exact


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a forward start under the Heston model."""
    market = model.spot, model.rate, model.dividend_yield
    parameters = Parameters(*(getattr(model, name) for name in PARAMETERS))
    return forward_start(payoff.option_type, payoff.moneyness, payoff.start, payoff.maturity, *market, parameters)


def forward_start(
    option_type: str,
    moneyness: float,
    start: float,
    maturity: float,
    spot: float,
    rate: float,
    dividend_yield: float,
    parameters: Parameters,
) -> dict[str, float]:
    """Price and Greeks of an option struck at ``moneyness`` times the spot of the start date.

    Parameters
    ----------
    option_type : {"call", "put"}
    moneyness : float
        Positive.
    start, maturity : float
        Years, 0 <= start <= maturity.
    spot, rate, dividend_yield : float
        As for :func:`greeks.analytic.heston.european`.
    parameters : Parameters

    Returns
    -------
    dict of str to float
        As :func:`greeks.analytic.heston.european`. The price is proportional to the spot: gamma is 0. A start today
        stays in the past for theta. Empty for an option without a life, or without any variance.

    Raises
    ------
    ValueError
        For an unknown option type, or an input outside its range.
    ArithmeticError
        Where the quadrature does not reach its accuracy.
    """
    if option_type not in ("call", "put") or not (spot > 0.0 and moneyness > 0.0 and 0.0 <= start <= maturity):
        raise ValueError(
            "choose call or put; spot and moneyness must be positive, and start from 0 to maturity: got "
            f"{option_type!r}, {spot:g}, {moneyness:g}, {start:g}, {maturity:g}"
        )
    p = parameters
    if start == maturity or p.initial_variance == p.mean_reversion * p.long_run_variance == 0.0:
        return {}
    if start == 0.0:
        market = rate, dividend_yield
        out = heston.european(option_type, spot, moneyness * spot, maturity, *market, *p)
    else:
        p = p._replace(vol_of_vol=max(p.vol_of_vol, _SMALLEST_VOL_OF_VOL))
        out = _later(option_type, moneyness, start, maturity - start, spot, rate, dividend_yield, p)
    return of_the_start(out, start, spot, dividend_yield)


def _later(
    option_type: str, strike: float, start: float, life: float, spot: float, rate: float, yield_: float, p: Parameters
) -> dict[str, float]:
    carry = (rate - yield_) * life - math.log(strike)

    def log_integrand(s: Complex) -> Complex:
        return np.asarray(carry * s + _transform(s, start, life, p)[0] - np.log(s * (s - 1.0) + 0j))

    line = contour.choose(log_integrand, 0.0, 1.0)
    names = ("price", "rho", "dividend_rho", "theta", *PARAMETERS, "volga", _INITIAL, _START)

    def integrands(s: Complex) -> Complex:
        log_m, slope = _transform(s, start, life, p)
        v = slope["initial_variance"]
        factors = [np.ones_like(s), life * (s - 1.0), -life * s, -slope["start"], *(slope[name] for name in PARAMETERS)]
        factors += [2.0 * v + 4.0 * p.initial_variance * v**2, slope[_INITIAL], -slope[_START]]
        return np.asarray(np.exp(carry * s + log_m - line.log_size) / (s * (s - 1.0)) * np.stack(factors))

    scale = spot * math.exp(line.log_size - yield_ * start)
    sums = contour.integrate(integrands, line) * (scale * strike * math.exp(-rate * life))
    out = dict(zip(names, sums.tolist(), strict=True))
    out["mean_reversion"] += out.pop(_INITIAL)
    out["theta"] += out.pop(_START)
    # between 0 and 1 the integral is the call less its forward, and the put less its strike
    other, greek = (
        (spot * math.exp(-yield_ * (start + life)), "dividend_rho")
        if option_type == "call"
        else (spot * strike * math.exp(-yield_ * start - rate * life), "rho")
    )
    out["price"] += other
    out[greek] -= life * other
    return out | {"vega": 2.0 * math.sqrt(p.initial_variance) * out["initial_variance"]}


def _transform(s: Complex, start: float, life: float, p: Parameters) -> tuple[Complex, dict[str, Complex]]:
    """log M(s) and its derivatives to the parameters and to ``start``; two of them in two parts."""
    level, a = log_mgf_gradient(s, life, p._replace(initial_variance=0.0))
    _, both = log_mgf_gradient(s, life, p._replace(initial_variance=1.0))
    load = a["initial_variance"]  # D
    kappa, theta, xi, rho = p[1:]
    speed = kappa - rho * xi
    e, g, bend = _reversion(speed, start)
    h = 0.5 * xi**2 * g * load
    z, (mean_log, mean_slope) = 1.0 - h, _logarithm(h)
    pull = kappa * theta
    log_m = level + p.initial_variance * e * load / z + pull * g * load * mean_log

    def slope(d_a: Complex, d_load: Any, d_pull: float, d_xi: float, d_e: float, d_g: float) -> Complex:
        d_h = xi * d_xi * g * load + 0.5 * xi**2 * (d_g * load + g * d_load)
        later = p.initial_variance * ((d_e * load + e * d_load) / z + e * load * d_h / z**2)
        mean = d_pull * g * load * mean_log
        mean = mean + pull * ((d_g * load + g * d_load) * mean_log + g * load * mean_slope * d_h)
        return np.stack([d_a + mean, later])

    def of(name: str, d_pull: float, d_xi: float, d_speed: float) -> Complex:
        d_load = both[_INITIAL] if name == "mean_reversion" else both[name] - a[name]
        return slope(a[name], d_load, d_pull, d_xi, -start * e * d_speed, bend * d_speed)

    level_part, initial_part = of("mean_reversion", theta, 0.0, 1.0)
    level_start, initial_start = slope(np.zeros_like(load), 0.0, 0.0, 0.0, -speed * e, e)

    return log_m, {
        "initial_variance": np.asarray(e * load / z),
        "mean_reversion": level_part,
        _INITIAL: initial_part,
        "long_run_variance": of("long_run_variance", kappa, 0.0, 0.0).sum(axis=0),
        "vol_of_vol": of("vol_of_vol", 0.0, 1.0, -rho).sum(axis=0),
        "correlation": of("correlation", 0.0, 0.0, -xi).sum(axis=0),
        "start": level_start,
        _START: initial_start,
    }


def _reversion(speed: float, years: float) -> tuple[float, float, float]:
    """exp(-speed years), g, and the derivative of g to the speed."""
    x = speed * years
    e = math.exp(-x)
    if abs(x) > _SMALL:
        g = -math.expm1(-x) / speed
        return e, g, (years * e - g) / speed
    g = years * math.fsum((-x) ** k / math.factorial(k + 1) for k in range(10))
    return e, g, -(years**2) * math.fsum((k + 1) * (-x) ** k / math.factorial(k + 2) for k in range(10))


def _logarithm(h: Complex) -> tuple[Complex, Complex]:
    """-log(1 - h) / h and its derivative."""
    small = np.abs(h) < _SMALL
    safe = np.where(small, 1.0j, h)
    value = -log1p(-safe) / safe
    slope = (1.0 / (1.0 - safe) - value) / safe
    near = np.where(small, h, 0.0)
    series = sum(near**k / (k + 1) for k in range(13))
    change = sum((k + 1) * near**k / (k + 2) for k in range(13))
    return np.asarray(np.where(small, series, value)), np.asarray(np.where(small, change, slope))
