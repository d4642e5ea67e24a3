"""Volatility swaps on the log-returns between dates, under Black-Scholes, exact by quadrature.

The sum Y of squared normal returns has the transform L(u) = E[exp(-u Y)] = prod (1 + 2 u v_i)^(-1/2)
exp(-u m_i^2 / (1 + 2 u v_i)), and its root the mean

    E[sqrt(Y)] = 1 / (2 sqrt(pi)) int (1 - L(u)) u^(-3/2) du

(Schurger, Laplace transforms and suprema of stochastic processes, 2002). In log(u) the integrand is analytic in a strip
and decays on both sides, so that the trapezoidal rule is exact to rounding; Greeks by Cauchy's integral.

Verified against the mean of a noncentral chi variable, many-digit differentiation and simulation in
``tests/reference/test_analytic_variance.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import expm1, log1p

from greeks.analytic.cauchy import Complex, Radii, greeks
from greeks.analytic.realised import Realised, intervals, lengths, uncapped

_STEP = 0.2
_LOGS = np.arange(-75.0, 75.0, _STEP)


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of an uncapped volatility swap under geometric Brownian motion; none without volatility."""
    terms = uncapped(payoff) if model.volatility > 0.0 else None
    return volatility_swap(*terms, model.spot, model.rate, model.dividend_yield, model.volatility) if terms else {}


def volatility_swap(
    what: Realised,
    strike_volatility: float,
    notional: float,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of notional times realised volatility less its strike.

    Parameters
    ----------
    what : Realised
        The realised variance: the swap is on its root.
    strike_volatility : float
        Per square root of a year.
    notional : float
        Currency per unit of volatility.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.variance_swap.variance_swap`; the volatility is positive.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units, to about 1e-10 of their size.
    """
    first_gap, *later_gaps = intervals(what.times)
    distinct, where = lengths(later_gaps) if later_gaps else (np.empty(0), np.empty(0, dtype=np.intp))
    gaps, count = np.array([first_gap, *distinct]), np.bincount(where, minlength=len(distinct))
    size = what.past + volatility**2 * what.times[-1]
    u = np.exp(_LOGS) / size

    def value(spots: Complex, rate: complex, dividend_yield: complex, volatility: complex, elapsed: complex) -> Complex:
        years = gaps - elapsed * (np.arange(len(gaps)) == 0)
        variances = volatility**2 * years
        means = (rate - dividend_yield - 0.5 * volatility**2) * years
        excess = 2.0 * np.multiply.outer(u, variances)
        spread = 1.0 + excess
        widening = 0.5 * log1p(excess)
        later = (
            -what.past * u - widening[:, 0] - widening[:, 1:] @ count - u * ((means[1:] ** 2 / spread[:, 1:]) @ count)
        )
        first = means[0] + (np.zeros_like(spots) if what.last is None else np.log(spots / what.last))
        exponent = later[:, None] - (u / spread[:, 0])[:, None] * first**2
        root = -expm1(exponent).T @ (1.0 / np.sqrt(u)) * (0.5 * _STEP / math.sqrt(math.pi))
        payment = notional * (math.sqrt(what.scale) * root - strike_volatility)
        return np.asarray(payment * np.exp(-rate * (what.maturity - elapsed)))

    deviation = volatility * math.sqrt(gaps[0])
    radii = Radii(
        spot=0.2 * spot * min(deviation, 1.0),
        rate=0.1 * volatility / math.sqrt(what.maturity),
        volatility=0.05 * volatility,
        elapsed=0.1 * gaps[0],
    )
    out = greeks(value, spot, rate, dividend_yield, volatility, radii)
    return out if what.last is not None else {**out, "delta": 0.0, "gamma": 0.0, "vanna": 0.0}
