"""Lookbacks under Black-Scholes, monitored continuously over the whole life, in closed form.

With l the extreme so far, or the strike where that is farther away, every lookback is a constant, a forward and

    E[(M - l)+] = F N(d1) - l N(d2) + F s/2 Q(c, u),     E[(l - m)+] = l N(-d2) - F N(-d1) + F s/2 Q(-c, -u),
    Q(c, u) = (N(c + u) - exp(-2 u c) N(c - u)) / u,     c = log(S / l) / s + s/2,     u = (r - q) sqrt(T) / sigma,

M and m the maximum and the minimum to come, s = sigma sqrt(T), d1 = c + u, d2 = d1 - s. Q has a limit at u = 0, where
r = q: near it the series in the repeated integrals of N is summed.

Source: Goldman, Sosin and Gatto, Path dependent options: buy at the low, sell at the high (1979); Conze and
Viswanathan, Path dependent options: the case of lookback options (1991); Haug (2007), sections 4.15.1 and 4.15.2, whose
bracket is rearranged here. Verified against the published values in ``tests/reference/data``, an integral of the
probabilities P(M > z), and 40-digit differentiation.
"""

from __future__ import annotations

from typing import Any

from greeks.analytic.jets import Jet, chain, exp, greeks_of, log, market, sqrt
from greeks.analytic.normal import log_normal_cdf, normal_cdf, normal_density

_NEAR = 0.3  # |u| below which the quotient loses digits, and the series has none to lose
_TERMS = 31


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks; none for discrete monitoring, a window of monitoring, or no volatility."""
    window = getattr(payoff, "monitoring_start", None) or getattr(payoff, "monitoring_end", None)
    if payoff.monitoring != "continuous" or window or not model.volatility * payoff.maturity > 0.0:
        return {}
    maximum = (payoff.option_type == "call") == (payoff.lookback_type == "fixed")
    return lookback(
        payoff.option_type, payoff.lookback_type, payoff.strike, payoff.maturity,
        payoff.past_max if maximum else payoff.past_min, model.spot, model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


def lookback(
    option_type: str,
    lookback_type: str,
    strike: float | None,
    maturity: float,
    past_extreme: float | None,
    spot: float,
    rate: float,
    dividend_yield: float,
    volatility: float,
) -> dict[str, float]:
    """Price and Greeks of a lookback.

    Parameters
    ----------
    option_type : {"call", "put"}
    lookback_type : {"fixed", "floating"}
        A fixed call pays (M - strike)+, a fixed put (strike - m)+, a floating call S_T - m, a floating put M - S_T.
    strike : float or None
        Positive; of a fixed strike only.
    maturity : float
        Years, > 0.
    past_extreme : float or None
        The maximum so far (fixed call, floating put) or the minimum; today's spot counts too.
    spot, rate, dividend_yield, volatility : float
        As for :func:`greeks.analytic.black_scholes.european`; the volatility is positive.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units. Where today's spot is the
        extreme it moves with the spot: an unseasoned floating lookback has no gamma.

    Raises
    ------
    ValueError
        For an unknown type or an input outside its range.
    """
    fixed = lookback_type == "fixed"
    if option_type not in ("call", "put") or lookback_type not in ("fixed", "floating"):
        raise ValueError(f"{lookback_type!r} {option_type!r}: choose fixed or floating, call or put")
    if not min(spot, maturity, volatility, strike if fixed and strike is not None else 1.0) > 0.0:
        raise ValueError("spot, strike, maturity and volatility must be positive")
    m = market(spot, rate, dividend_yield, volatility)
    years = m.years(maturity)
    sign = 1.0 if (option_type == "call") == fixed else -1.0  # of the maximum or the minimum
    known = [level for level in (past_extreme, strike if fixed else None) if level is not None]
    level: Any = max(known, key=lambda x: sign * x, default=spot)
    if sign * (level - spot) <= 0.0:
        level = m.spot
    forward = m.spot * exp((m.rate - m.dividend_yield) * years)
    s = m.volatility * sqrt(years)
    c, u = log(m.spot / level) / s + 0.5 * s, (m.rate - m.dividend_yield) * years / s
    beyond = sign * (forward * normal_cdf(sign * (c + u)) - level * normal_cdf(sign * (c + u - s)))
    beyond = beyond + 0.5 * forward * s * _overshoot(sign * c, sign * u)
    # sign (E[extreme] - other side)
    return greeks_of(exp(-m.rate * years) * (beyond + sign * (level - (strike if fixed else forward))))


def _overshoot(c: Any, u: Any) -> Any:
    """Q(c, u)."""
    if abs(float(u)) >= _NEAR:
        return (normal_cdf(c + u) - exp(log_normal_cdf(c - u) - 2.0 * u * c)) / u
    # N(c + u) - exp(-2 u c) N(c - u) = n(c + u) (R(c + u) - R(c - u)), R = N / n; its odd part in u, by Taylor
    integrals = _repeated_integrals(c)
    power: Any = 2.0
    total: Any = 0.0
    for k in range(1, _TERMS, 2):
        total = total + integrals[k] * power
        power = power * (u * u) * (1.0 / ((k + 1) * (k + 2)))
    return exp(-u * c - 0.5 * u * u) * total


def _repeated_integrals(c: Any) -> list[Any]:
    """A_k = k! times the k-fold integral of N up to ``c``: A_k' = k A_(k-1), A_(k+1) = c A_k + k A_(k-1)."""
    x, density = float(c), normal_density(float(c))
    values = [normal_cdf(x)]
    if x > -3.0:
        values.append(density + x * values[0])
        for k in range(1, _TERMS):
            values.append(x * values[k] + k * values[k - 1])
    else:  # the recursion cancels: ratios by continued fraction from far above
        ratio, ratios = 0.0, []
        for k in range(60 + _TERMS, 0, -1):
            ratio = k / (ratio - x)
            ratios.append(ratio)
        for k in range(_TERMS):
            values.append(values[k] * ratios[-1 - k])
    if not isinstance(c, Jet):
        return values
    slopes = [-x * density, density, *values]
    return [
        chain(c, value, (k or 1) * slopes[k + 1], (k * (k - 1) if k > 1 else 1) * slopes[k])
        for k, value in enumerate(values)
    ]
