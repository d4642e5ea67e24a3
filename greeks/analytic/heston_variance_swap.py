"""Variance swaps on the squared log-returns between dates under Heston, exact.

Given the variance v at its start a log-return over h years has mean (r - q) h - (theta (h - g) + g v) / 2 and variance
B + v D, from the second derivatives of the affine transform at zero:

    g(t) = (1 - e^(-kappa t)) / kappa,   k(t) = 1 - rho xi g(t) + xi^2 g(t)^2 / 4,
    D = int_0^h e^(-kappa (h - t)) k(t) dt,   B = kappa theta int_0^h g(h - t) k(t) dt.

The squares need the first two moments of v at the fixings: E v = theta + (v0 - theta) e^(-kappa t) and
Var v = xi^2 (v0 e^(-kappa t) g(t) + kappa theta g(t)^2 / 2). Everything is an entire function of the parameters, and
every Greek follows by Cauchy's integral.

Source: Zhu and Lian, A closed-form exact solution for pricing variance swaps with stochastic volatility (2011), for
simple returns; here derived for log-returns. Verified against the differentiated transform in 40 digits and simulation
in ``tests/reference/test_analytic_variance.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.analytic.cauchy import Complex, circle, taylor
from greeks.analytic.realised import Realised, intervals, lengths, uncapped

Index = npt.NDArray[np.intp]

_NODES, _WEIGHTS = (0.5 * (x + shift) for x, shift in zip(np.polynomial.legendre.leggauss(32), (1.0, 0.0), strict=True))
_PARAMETERS = ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of an uncapped variance swap under the Heston model."""
    parameters = {name: getattr(model, name) for name in ("rate", "dividend_yield", *_PARAMETERS)}
    terms = uncapped(payoff)
    return variance_swap(*terms, model.spot, parameters) if terms else {}


def variance_swap(
    what: Realised, strike_volatility: float, notional: float, spot: float, parameters: dict[str, float]
) -> dict[str, float]:
    """Price and Greeks of notional times realised variance less the squared strike.

    Parameters
    ----------
    what : Realised
    strike_volatility : float
        Per square root of a year.
    notional : float
        Currency per unit of variance.
    spot : float
        In currency; matters only beside an earlier fixing.
    parameters : dict of str to float
        rate, dividend_yield, initial_variance, mean_reversion, long_run_variance, vol_of_vol, correlation, as for
        :func:`greeks.analytic.heston.european`.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga and the derivatives to the five parameters in
        raw units; vega, vanna and volga are to sqrt(initial_variance).
    """
    first, *later = intervals(what.times)
    distinct, where = lengths(later) if later else (np.empty(0), np.empty(0, dtype=np.intp))
    move = 0.0 if what.last is None else math.log(spot / what.last)
    base: dict[str, complex] = {**parameters, "elapsed": 0.0}

    def value(moved: dict[str, complex]) -> complex:
        x = {**base, **moved}
        years = np.concatenate([[first - x["elapsed"]], distinct])
        squares = _squares(move, years, np.concatenate([[0], where + 1]), x)
        payment = what.scale * (what.past + squares) - strike_volatility**2
        return complex(notional * np.exp(-x["rate"] * (what.maturity - x["elapsed"])) * payment)

    horizon = 0.3 / what.maturity
    radii = {"rate": horizon, "dividend_yield": horizon, "mean_reversion": horizon, "elapsed": 0.3 * first}
    found = {}
    for name, centre in base.items():
        radius = radii.get(name, 0.1)
        points = circle(float(centre.real), radius)
        found[name] = taylor(np.array([value({name: complex(point)}) for point in points]), radius)
    v0 = parameters["initial_variance"]
    price, slope, bend = found["initial_variance"]
    out = {"price": price, **_of_the_spot(what, notional, spot, move, first, parameters)}
    out |= {"vega": 2.0 * math.sqrt(v0) * slope, "volga": 2.0 * slope + 4.0 * v0 * bend}
    names = {
        "rho": "rate",
        "dividend_rho": "dividend_yield",
        "theta": "elapsed",
        **dict(zip(_PARAMETERS, _PARAMETERS, strict=True)),
    }
    return out | {greek: found[name][1] for greek, name in names.items()}


def _squares(move: float, years: Complex, which: Index, x: dict[str, complex]) -> complex:
    """Expected sum of squared log-returns over ``years[which]``; the first has moved by ``move`` already."""
    v0, kappa, theta, xi, rho = (x[name] for name in _PARAMETERS)
    starts = np.concatenate([[0.0], np.cumsum(years[which])[:-1]])
    decay, g_start = np.exp(-kappa * starts), _g(kappa, starts)
    mean_v = theta + (v0 - theta) * decay
    square_v = mean_v**2 + xi**2 * (v0 * decay * g_start + 0.5 * kappa * theta * g_start**2)
    t = years[:, None] * _NODES
    g_t, left = _g(kappa, t), years[:, None] - t
    k = 1.0 - rho * xi * g_t + 0.25 * xi**2 * g_t**2
    loading = years * ((np.exp(-kappa * left) * k) @ _WEIGHTS)
    level = kappa * theta * years * ((_g(kappa, left) * k) @ _WEIGHTS)
    g = _g(kappa, years)
    constant = ((x["rate"] - x["dividend_yield"]) * years - 0.5 * theta * (years - g))[which]
    constant[0] += move
    squared_mean = constant**2 - constant * g[which] * mean_v + 0.25 * g[which] ** 2 * square_v
    return complex((squared_mean + level[which] + loading[which] * mean_v).sum())


def _g(kappa: complex, t: Complex) -> Complex:
    """(1 - exp(-kappa t)) / kappa."""
    return np.asarray(-np.expm1(-kappa * t) / kappa if kappa != 0.0 else t + 0.0j)


def _of_the_spot(
    what: Realised, notional: float, spot: float, move: float, first: float, x: dict[str, float]
) -> dict[str, float]:
    """Delta, gamma and vanna: of the first return alone, and none if it starts today."""
    if what.last is None:
        return {"delta": 0.0, "gamma": 0.0, "vanna": 0.0}
    g = float(_g(x["mean_reversion"], np.array(first)).real)
    mean = (x["rate"] - x["dividend_yield"]) * first - 0.5 * (
        x["long_run_variance"] * (first - g) + g * x["initial_variance"]
    )
    scale = 2.0 * notional * what.scale * math.exp(-x["rate"] * what.maturity)
    return {
        "delta": scale * (move + mean) / spot,
        "gamma": scale * (1.0 - move - mean) / spot**2,
        "vanna": -scale * math.sqrt(x["initial_variance"]) * g / spot,
    }
