"""European payoffs of two lognormal variables, and their Greeks by the chain rule.

Both variables are held at their forward values A and B; ``deviation`` s is the standard deviation of log(A_T / B_T).
A model supplies the logarithmic derivatives of A and B to spot, rates, time and volatility (a :class:`Leg`), a payoff
its partial derivatives to A, B and s (:class:`Partials`), and :func:`assemble` combines them: no bumps anywhere.

Verified against published values, the Black-Scholes equation, and 40-digit numerical differentiation.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.special import ndtr

# Below it the payoff is deterministic for every strike but one, and the density underflows.
_NO_RANDOMNESS = 1e-90


class Leg(NamedTuple):
    """A forward value and its logarithmic derivatives; the default is a constant.

    ``time`` is the derivative per year of calendar time; ``volatility2`` the second derivative of log(value).
    The value is proportional to the power ``spot`` of the spot.
    """

    value: float
    spot: float = 0.0
    rate: float = 0.0
    dividend: float = 0.0
    time: float = 0.0
    volatility: float = 0.0
    volatility2: float = 0.0


class Partials(NamedTuple):
    """An undiscounted value f(A, B, s) and its scaled derivatives.

    ``a`` is A df/dA, ``aa`` A^2 d2f/dA2, ``ab`` A B d2f/dAdB, ``as_`` A d2f/dAds, and so on. Plain second derivatives
    rather than logarithmic ones, because f_aa - f_a would cancel in the gamma of a deep in-the-money option.
    """

    value: float
    a: float
    b: float
    s: float
    aa: float
    ab: float
    bb: float
    as_: float
    bs: float
    ss: float


class _Normals(NamedTuple):
    d1: float
    d2: float
    cumulative1: float  # N(phi d1)
    cumulative2: float  # N(phi d2)
    density1: float  # n(d1)
    density2: float
    s: float


def phi(option_type: str) -> float:
    """1 for a call, -1 for a put.

    Raises
    ------
    ValueError
        For any other text.
    """
    if option_type not in ("call", "put"):
        raise ValueError(f"option_type is {option_type!r}: choose call or put")
    return 1.0 if option_type == "call" else -1.0


def _normals(sign: float, a: float, b: float, s: float) -> _Normals:
    if s < _NO_RANDOMNESS:  # the limit: no density, and s only divides it
        pays = 1.0 if sign * (a - b) > 0.0 else 0.0
        return _Normals(0.0, 0.0, pays, pays, 0.0, 0.0, 1.0)
    centre = math.log(a / b) / s
    d1, d2 = centre + 0.5 * s, centre - 0.5 * s
    # exp(-d^2/2) is 0 beyond 40 standard deviations: the cut keeps d^3 times it from being infinity times zero.
    root = math.sqrt(2.0 * math.pi)
    n1, n2 = (math.exp(-0.5 * d * d) / root if abs(d) < 40.0 else 0.0 for d in (d1, d2))
    if n1 == 0.0 or n2 == 0.0:
        return _Normals(0.0, 0.0, float(ndtr(sign * d1)), float(ndtr(sign * d2)), 0.0, 0.0, s)
    return _Normals(d1, d2, float(ndtr(sign * d1)), float(ndtr(sign * d2)), n1, n2, s)


def exchange(sign: float, a: float, b: float, deviation: float) -> Partials:
    """(sign (A_T - B_T))+: Margrabe's option, and with B the strike a vanilla. ``sign`` as of :func:`phi`."""
    z = _normals(sign, a, b, deviation)
    s, dens = z.s, a * z.density1  # a n(d1) = b n(d2)
    first, second = sign * a * z.cumulative1, -sign * b * z.cumulative2
    return Partials(
        value=max(first + second, 0.0),
        a=first,
        b=second,
        s=dens,
        aa=dens / s,
        ab=-dens / s,
        bb=dens / s,
        as_=-dens * z.d2 / s,
        bs=dens * z.d1 / s,
        ss=dens * z.d1 * z.d2 / s,
    )


def cash_digital(sign: float, a: float, strike: float, deviation: float) -> Partials:
    """1 where sign (A_T - strike) > 0; the strike is a constant, so its derivatives are left at zero."""
    z = _normals(sign, a, strike, deviation)
    d1, d2, s, dens = z.d1, z.d2, z.s, sign * z.density2
    return Partials(
        value=z.cumulative2,
        a=dens / s,
        b=0.0,
        s=-dens * d1 / s,
        aa=-dens * d1 / s**2,
        ab=0.0,
        bb=0.0,
        as_=dens * (d1 * d2 - 1.0) / s**2,
        bs=0.0,
        ss=-dens * (d1 * d1 * d2 - d1 - d2) / s**2,
    )


def asset_digital(sign: float, a: float, strike: float, deviation: float) -> Partials:
    """A_T where sign (A_T - strike) > 0; the strike is a constant, so its derivatives are left at zero."""
    z = _normals(sign, a, strike, deviation)
    d1, d2, s, dens = z.d1, z.d2, z.s, sign * a * z.density1
    return Partials(
        value=a * z.cumulative1,
        a=a * z.cumulative1 + dens / s,
        b=0.0,
        s=-dens * d2 / s,
        aa=-dens * d2 / s**2,
        ab=0.0,
        bb=0.0,
        as_=dens * ((d1 * d2 - 1.0) / s**2 - d2 / s),
        bs=0.0,
        ss=-dens * (d2 * d2 * d1 - d1 - d2) / s**2,
    )


def assemble(
    f: Partials,
    legs: tuple[Leg, Leg],
    *,
    notional: float,
    spot: float,
    rate: float,
    maturity: float,
    volatility: float,
    variance_time: float,
    variance_time_slope: float,
) -> dict[str, float]:
    """Discounted price and Greeks, raw units.

    Parameters
    ----------
    f : Partials
        The payoff at (A, B, s) with s = volatility sqrt(variance_time).
    legs : tuple of Leg
        A and B.
    notional, spot, rate, maturity, volatility : float
        Payment multiple, spot, continuously compounded rate, years to payment, volatility.
    variance_time, variance_time_slope : float
        Years of variance in log(A_T / B_T), and its derivative per year of calendar time.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga. Without randomness the limits; the price
        alone where the payoff then sits on its kink or jump, so that no limit exists.
    """
    a, b = legs
    scale = notional * math.exp(-rate * maturity)
    deviation = volatility * math.sqrt(variance_time)
    if deviation < _NO_RANDOMNESS and math.isclose(a.value, b.value, rel_tol=1e-14):
        return {"price": scale * f.value}
    c = math.sqrt(variance_time)
    shrink = 0.5 * volatility * variance_time_slope / c if c > 0.0 else 0.0
    gamma = (
        f.aa * a.spot**2 + 2.0 * f.ab * a.spot * b.spot + f.bb * b.spot**2
        + f.a * a.spot * (a.spot - 1.0) + f.b * b.spot * (b.spot - 1.0)
    )  # fmt: skip
    vanna = (
        a.spot * ((f.aa + f.a) * a.volatility + f.ab * b.volatility + f.as_ * c)
        + b.spot * ((f.bb + f.b) * b.volatility + f.ab * a.volatility + f.bs * c)
    )  # fmt: skip
    volga = (
        (f.aa + f.a) * a.volatility**2 + 2.0 * f.ab * a.volatility * b.volatility + (f.bb + f.b) * b.volatility**2
        + 2.0 * c * (f.as_ * a.volatility + f.bs * b.volatility) + f.ss * c * c
        + f.a * a.volatility2 + f.b * b.volatility2
    )  # fmt: skip
    return {
        "price": scale * f.value,
        "delta": scale * (f.a * a.spot + f.b * b.spot) / spot,
        "gamma": scale * gamma / spot**2,
        "vega": scale * (f.a * a.volatility + f.b * b.volatility + f.s * c),
        "rho": scale * (f.a * a.rate + f.b * b.rate - maturity * f.value),
        "dividend_rho": scale * (f.a * a.dividend + f.b * b.dividend),
        "theta": scale * (rate * f.value + f.a * a.time + f.b * b.time + f.s * shrink),
        "vanna": scale * vanna / spot,
        "volga": scale * volga,
    }
