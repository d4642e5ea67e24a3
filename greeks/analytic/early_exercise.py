"""What American and Bermudan options share: a put of unit strike is all there is, and the Greeks that follow from it.

A call is the put with spot and strike, and rate and dividend yield, exchanged (McDonald and Schroder 1998), and both
are proportional to their currency: so a solver knows one function, the value of a put of strike 1 at a spot, and its
first two derivatives. Theta follows from the equation of Black and Scholes, which holds where the option is kept; other
Greeks are central differences of values good to 1e-11.

Source: McDonald and Schroder, A parity result for American options (1998). Verified through two methods that share no
line, and against lattices, in ``tests/reference/test_analytic_early_exercise.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

_TIE = 1e-9  # of the strike: two times are as good
_STEP, _SECOND = 1e-4, 2e-3  # of a rate or a volatility, and of a second difference


@dataclass(frozen=True)
class Put:
    """A put of strike 1 under geometric Brownian motion: the spot, the rates and the volatility."""

    spot: float
    rate: float
    dividend_yield: float
    volatility: float


Curve = tuple[float, float, float]  # value, and its first two derivatives to the spot
Solver = Callable[[Put], Curve]


def never_early(rate: float, dividend_yield: float) -> bool:
    """Whether a put is never exercised early: its strike earns nothing, and the spot pays no less."""
    return rate <= 0.0 and dividend_yield >= rate


def two_boundaries(rate: float, dividend_yield: float) -> bool:
    """Whether a put is exercised between two levels, if at all: both rates are negative, the dividend yield more so."""
    return rate <= 0.0 and dividend_yield < rate


def of_put(option_type: str, strike: float, rate: float, dividend_yield: float) -> tuple[float, float]:
    """The rates of the put that stands for an option."""
    return (rate, dividend_yield) if option_type == "put" else (dividend_yield, rate)


def greeks(option_type: str, strike: float, model: Any, solve: Solver, exercised: bool = False) -> dict[str, float]:
    """Price and Greeks of a call or put, from the values of puts of strike 1.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
    model
        With ``spot``, ``rate``, ``dividend_yield`` and ``volatility``.
    solve : callable
        Value and two derivatives of a :class:`Put`.
    exercised : bool, default False
        Whether the option is exercised now, so that its value is intrinsic.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna and volga in raw units.
    """
    spot, rate, carried, sigma = model.spot, model.rate, model.dividend_yield, model.volatility
    sign = 1.0 if option_type == "call" else -1.0
    if exercised:
        none = dict.fromkeys(("gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga"), 0.0)
        return {"price": sign * (spot - strike), "delta": sign} | none

    def curve(r: float, q: float, volatility: float) -> Curve:
        if option_type == "put":
            value, slope, bend = solve(Put(spot / strike, r, q, volatility))
            return strike * value, slope, bend / strike
        value, slope, bend = solve(Put(strike / spot, q, r, volatility))
        ratio = strike / spot
        return spot * value, value - ratio * slope, ratio * ratio / spot * bend

    def slopes(move: Callable[[float], Curve]) -> tuple[float, float]:
        """Derivatives of value and delta along a parameter."""
        up, down = move(_STEP), move(-_STEP)
        return 0.5 * (up[0] - down[0]) / _STEP, 0.5 * (up[1] - down[1]) / _STEP

    price, delta, gamma = curve(rate, carried, sigma)
    vega, vanna = slopes(lambda step: curve(rate, carried, sigma + step))
    near, far = (
        sum(curve(rate, carried, sigma + side * times * _SECOND)[0] for side in (1.0, -1.0)) for times in (1.0, 2.0)
    )
    theta = rate * price - (rate - carried) * spot * delta - 0.5 * (sigma * spot) ** 2 * gamma
    return {
        "price": price,
        "delta": delta,
        "gamma": gamma,
        "vega": vega,
        "rho": slopes(lambda step: curve(rate + step, carried, sigma))[0],
        "dividend_rho": slopes(lambda step: curve(rate, carried + step, sigma))[0],
        "theta": theta,
        "vanna": vanna,
        "volga": (16.0 * near - far - 30.0 * price) / (12.0 * _SECOND**2),  # of fourth order
    }


def certain(option_type: str, strike: float, times: Iterable[float], model: Any) -> dict[str, float]:
    """Price and Greeks where nothing is random, of the best of several times; the price alone where two are best."""
    sign, rate, carried = (1.0 if option_type == "call" else -1.0), model.rate, model.dividend_yield
    legs = [(strike * math.exp(-rate * t), model.spot * math.exp(-carried * t), t) for t in times]
    worth = sorted((max(sign * (asset - cash), 0.0) for cash, asset, _ in legs), reverse=True)
    cash, asset, time = max(legs, key=lambda leg: sign * (leg[1] - leg[0]))
    ahead = sign * (asset - cash)
    if abs(ahead) <= _TIE * strike or (ahead > 0.0 and len(worth) > 1 and worth[0] - worth[1] <= _TIE * strike):
        return {"price": max(ahead, 0.0)}
    alive = sign if ahead > 0.0 else 0.0
    none = dict.fromkeys(("gamma", "vega", "vanna", "volga"), 0.0)
    return none | {
        "price": max(ahead, 0.0),
        "delta": alive * asset / model.spot,
        "rho": alive * time * cash,
        "dividend_rho": -alive * time * asset,
        "theta": alive * (carried * asset - rate * cash) if time > 0.0 else 0.0,
    }


def finite(curve: Curve) -> Curve:
    """The same, or an error where it is none.

    Raises
    ------
    ArithmeticError
    """
    if not all(map(math.isfinite, curve)):
        raise ArithmeticError("no finite value")
    return curve
