"""Numbers that carry their derivatives: a closed form is written once, and every Greek follows exactly.

A :class:`Jet` is a value with its first derivatives to spot, rate, dividend yield, volatility and elapsed time, and
its second derivatives to spot and volatility: a Taylor series cut at what the Greeks need. Arithmetic and the
functions here and in :mod:`greeks.analytic.normal` follow the chain rule, so nothing is bumped. A formula is plain
arithmetic on jets and floats::

    m = market(spot, rate, dividend_yield, volatility)
    years = m.years(maturity)
    deviation = m.volatility * sqrt(years)
    forward = m.spot * exp((m.rate - m.dividend_yield) * years)
    d = log(forward / strike) / deviation - 0.5 * deviation
    greeks_of(exp(-m.rate * years) * normal_cdf(d))  # a cash digital: price, delta, ..., volga

Comparisons, and with them ``max`` and ``min``, are of the values alone, so branches cost nothing; ``float(x)`` is the
value. All functions take floats too, and then return floats.

Source: Griewank and Walther, Evaluating Derivatives (2008), chapter 13. Verified against every Greek of
:mod:`greeks.analytic.black_scholes` and against 50-digit differentiation.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

_FIRST = 5  # spot, rate, dividend yield, volatility, elapsed time
_PAIRS = ((0, 0), (0, 3), (3, 3))  # spot twice, spot and volatility, volatility twice


class Jet:
    """A value, its ``gradient`` (5 numbers) and its ``hessian`` (the 3 pairs of spot and volatility)."""

    __slots__ = ("gradient", "hessian", "value")

    def __init__(self, value: float, gradient: tuple[float, ...], hessian: tuple[float, ...]) -> None:
        self.value, self.gradient, self.hessian = value, gradient, hessian

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return f"Jet({self.value!r}, {self.gradient!r}, {self.hessian!r})"

    def __neg__(self) -> Jet:
        return Jet(-self.value, tuple(-g for g in self.gradient), tuple(-h for h in self.hessian))

    def __add__(self, other: Number) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.gradient, self.hessian)
        gradient = tuple(a + b for a, b in zip(self.gradient, other.gradient, strict=True))
        return Jet(
            self.value + other.value, gradient, tuple(a + b for a, b in zip(self.hessian, other.hessian, strict=True))
        )

    __radd__ = __add__

    def __sub__(self, other: Number) -> Jet:
        return self + (-other)

    def __rsub__(self, other: float) -> Jet:
        return -self + other

    def __mul__(self, other: Number) -> Jet:
        if not isinstance(other, Jet):
            return Jet(
                self.value * other, tuple(other * g for g in self.gradient), tuple(other * h for h in self.hessian)
            )
        u, v, du, dv = self.value, other.value, self.gradient, other.gradient
        return Jet(
            u * v,
            tuple(u * b + v * a for a, b in zip(du, dv, strict=True)),
            tuple(
                u * b + v * a + du[i] * dv[j] + du[j] * dv[i]
                for a, b, (i, j) in zip(self.hessian, other.hessian, _PAIRS, strict=True)
            ),
        )

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Jet:
        inverse: Number = reciprocal(other)
        return self * inverse

    def __rtruediv__(self, other: float) -> Jet:
        inverse: Jet = reciprocal(self)
        return inverse * other

    def __lt__(self, other: Number) -> bool:
        return self.value < float(other)

    def __le__(self, other: Number) -> bool:
        return self.value <= float(other)

    def __gt__(self, other: Number) -> bool:
        return self.value > float(other)

    def __ge__(self, other: Number) -> bool:
        return self.value >= float(other)


Number = float | Jet


class Market(NamedTuple):
    """The variables of the Black-Scholes model, each a jet; ``elapsed`` is calendar time, 0 now."""

    spot: Jet
    rate: Jet
    dividend_yield: Jet
    volatility: Jet
    elapsed: Jet

    def years(self, date: float) -> Number:
        """Time left to ``date`` (years): it shortens as time passes, and a date of now stays now."""
        return date - self.elapsed if date > 0.0 else date


def market(spot: float, rate: float, dividend_yield: float, volatility: float) -> Market:
    """The five variables to write a closed form in.

    Parameters
    ----------
    spot : float
        In currency, > 0.
    rate, dividend_yield : float
        Continuously compounded, per year.
    volatility : float
        Per square root of a year.
    """
    values = (spot, rate, dividend_yield, volatility, 0.0)
    units = (tuple(float(i == j) for j in range(_FIRST)) for i in range(_FIRST))
    return Market(*(Jet(float(x), unit, (0.0, 0.0, 0.0)) for x, unit in zip(values, units, strict=True)))


def greeks_of(price: Number) -> dict[str, float]:
    """The nine Greeks in raw units: theta per year of calendar time; of a plain number the price and zeros."""
    if not isinstance(price, Jet):
        price = Jet(float(price), (0.0,) * _FIRST, (0.0, 0.0, 0.0))
    delta, rho, dividend_rho, vega, theta = price.gradient
    gamma, vanna, volga = price.hessian
    return {
        "price": price.value, "delta": delta, "gamma": gamma, "vega": vega, "rho": rho, "dividend_rho": dividend_rho,
        "theta": theta, "vanna": vanna, "volga": volga,
    }  # fmt: skip


def chain(x: Jet, value: float, first: float, second: float) -> Jet:
    """f(x) from the value and the two derivatives of f there: the rule for a function that is not in this module."""
    g = x.gradient
    return Jet(
        value,
        tuple(first * a for a in g),
        tuple(first * h + second * g[i] * g[j] for h, (i, j) in zip(x.hessian, _PAIRS, strict=True)),
    )


def reciprocal(x: Any) -> Any:
    """1 / x."""
    inverse = 1.0 / float(x)
    return chain(x, inverse, -(inverse**2), 2.0 * inverse**3) if isinstance(x, Jet) else inverse


def exp(x: Any) -> Any:
    """Exponential; raises OverflowError above 709."""
    value = math.exp(float(x))
    return chain(x, value, value, value) if isinstance(x, Jet) else value


def log(x: Any) -> Any:
    """Natural logarithm of a positive number."""
    value = math.log(float(x))
    return chain(x, value, 1.0 / x.value, -1.0 / x.value**2) if isinstance(x, Jet) else value


def sqrt(x: Any) -> Any:
    """Square root; of a jet that is 0 ZeroDivisionError, since its derivative is infinite there."""
    value = math.sqrt(float(x))
    return chain(x, value, 0.5 / value, -0.25 / (value * x.value)) if isinstance(x, Jet) else value


def sin(x: Any) -> Any:
    """Sine."""
    value = math.sin(float(x))
    return chain(x, value, math.cos(x.value), -value) if isinstance(x, Jet) else value


def cos(x: Any) -> Any:
    """Cosine."""
    value = math.cos(float(x))
    return chain(x, value, -math.sin(x.value), -value) if isinstance(x, Jet) else value


def power(x: Any, exponent: Any) -> Any:
    """``x`` > 0 to any power, which may be a jet too."""
    return exp(exponent * log(x))
