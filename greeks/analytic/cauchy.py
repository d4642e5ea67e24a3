"""Every Greek of a value that is analytic in the market, by Cauchy's integral over circles in the complex plane.

f^(k)(x) = k! / (n h^k) sum_j f(x + h e^(i a_j)) e^(-i k a_j), with n points on a circle of radius h: the trapezoidal
rule on a circle converges geometrically (Lyness and Moler, Numerical differentiation of analytic functions, 1967). For
values by quadrature, where no closed form can be differentiated: the nodes stay where they are, only the density moves.
Real functions have conjugate values at conjugate points, so half of the circle is enough.

Verified against 40-digit differentiation of the Black-Scholes formula in ``tests/reference/test_cauchy.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Complex = npt.NDArray[np.complex128]
Value = Callable[[Complex, complex, complex, complex, complex], Complex]

_POINTS = 12
_ANGLES = (np.arange(_POINTS // 2) + 0.5) * 2.0 * math.pi / _POINTS


class Radii(NamedTuple):
    """How far to go: a tenth, say, of the scale on which the value bends. None of them may reach a singularity."""

    spot: float
    rate: float
    volatility: float
    elapsed: float


def taylor(values: Complex, radius: float) -> tuple[float, float, float]:
    """Value and first two derivatives from the values at :func:`circle`."""
    return (
        float(values.real.mean()),
        float((values * np.exp(-1j * _ANGLES)).real.mean()) / radius,
        2.0 * float((values * np.exp(-2j * _ANGLES)).real.mean()) / radius**2,
    )


def circle(centre: float, radius: float) -> Complex:
    """The points of the upper half circle."""
    return np.asarray(centre + radius * np.exp(1j * _ANGLES))


def greeks(
    value: Value, spot: float, rate: float, dividend_yield: float, volatility: float, radii: Radii
) -> dict[str, float]:
    """Price and the nine Greeks of ``value(spots, rate, dividend_yield, volatility, elapsed)``.

    Parameters
    ----------
    value : callable
        Price for an array of complex spots and complex scalars; ``elapsed`` is the time in years by which every date
        has come nearer. Analytic in each, and real for real arguments.
    spot, rate, dividend_yield, volatility : float
        The market: per year, and per square root of a year.
    radii : Radii
        In the units of the arguments; those of rate and dividend yield are the same.

    Returns
    -------
    dict of str to float
        price, delta, gamma, vega, rho, dividend_rho, theta, vanna, volga in raw units.
    """
    spots, centre = circle(spot, radii.spot), np.array([spot + 0j])
    price, delta, gamma = taylor(value(spots, rate, dividend_yield, volatility, 0.0), radii.spot)

    def along(name: str, points: Complex, radius: float) -> float:
        market: dict[str, complex] = {
            "rate": rate, "dividend_yield": dividend_yield, "volatility": volatility, "elapsed": 0.0,
        }  # fmt: skip
        values = [value(centre, *{**market, name: complex(point)}.values())[0] for point in points]
        return taylor(np.array(values), radius)[1]

    # Each volatility with the spot's own circle, and half of it suffices for the derivative only where the function is
    # real: the whole circle in spot, therefore.
    whole = np.concatenate([spots, spots.conj()])
    tilt = np.exp(-1j * np.concatenate([_ANGLES, -_ANGLES]))
    rows = [value(whole, rate, dividend_yield, complex(v), 0.0) for v in circle(volatility, radii.volatility)]
    _, vega, volga = taylor(np.array([row.mean() for row in rows]), radii.volatility)
    slopes = np.array([(row * tilt).mean() / radii.spot for row in rows])
    return {
        "price": price,
        "delta": delta,
        "gamma": gamma,
        "vega": vega,
        "rho": along("rate", circle(rate, radii.rate), radii.rate),
        "dividend_rho": along("dividend_yield", circle(dividend_yield, radii.rate), radii.rate),
        "theta": along("elapsed", circle(0.0, radii.elapsed), radii.elapsed),
        "vanna": taylor(slopes, radii.volatility)[1],
        "volga": volga,
    }
