"""Inversion integrals (1 / 2 pi i) int f(s) ds along a line that crosses the real axis at a saddle point.

Shifting the line to the smallest value of the integrand on the real axis keeps the relative accuracy of option values
of 1e-100 as of 1, since nothing larger than the value is ever summed (Lord and Kahl, Optimal Fourier inversion in
semi-analytical option pricing, 2007); tilting it turns the oscillation far out into exponential decay, and a
double-exponential rule takes what is left (Andersen and Lake, Robust high-precision option pricing by Fourier
transforms, 2018). Verified through the values of :mod:`greeks.analytic.heston`, and against 30-digit quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Complex = npt.NDArray[np.complex128]
Real = npt.NDArray[np.float64]

_TILTS = (0.0, math.tan(math.pi / 12.0), -math.tan(math.pi / 12.0))
_NEGLIGIBLE = 50.0  # nats: e^-50 of the peak, room for the polynomial growth of a derivative's factor
_CONVERGED = 1e-11
_ACCEPTED = 1e-8
_FIRST_STEP = 0.25
_HALVINGS = 7


class Contour(NamedTuple):
    """s(v) = crossing + (i + tilt) v for v > 0, and its mirror image.

    ``log_size`` is log|f(crossing)|, ``scale`` a typical v, ``reach`` the v beyond which f is negligible.
    """

    crossing: float
    tilt: float
    log_size: float
    scale: float
    reach: float

    def points(self, v: Real) -> Complex:
        """The line at ``v``."""
        return np.asarray(self.crossing + (1j + self.tilt) * v)


def choose(log_integrand: Callable[[Complex], Complex], low: float, high: float) -> Contour:
    """The contour for an integrand that is analytic on the open interval (low, high) and infinite at its ends.

    Parameters
    ----------
    log_integrand : callable
        log f at an array of complex points; only the real part matters here.
    low, high : float
        Ends of the interval, either order.

    Raises
    ------
    ArithmeticError
        If the integrand does not decay along any of the lines.
    """
    # Two passes over a grid that is fine towards both ends: the position need not be exact, only the value there.
    logit = np.linspace(-18.0, 7.0, 51)
    for _ in range(2):
        crossings = low + (high - low) / (1.0 + np.exp(-logit))
        sizes = log_integrand(crossings.astype(complex)).real
        sizes = np.where(np.isfinite(sizes), sizes, np.inf)
        best = int(np.argmin(sizes))
        crossing, size = float(crossings[best]), float(sizes[best])
        logit = logit[best] + np.linspace(-0.5, 0.5, 21)
    if size < -800.0:  # underflows whatever the line
        return Contour(crossing, 0.0, size, 1.0, 1.0)
    v = np.ldexp(1.0, np.arange(-40, 61)) * abs(crossing - low)
    lines = [Contour(crossing, tilt, size, 1.0, math.inf) for tilt in _TILTS]
    decays = log_integrand(np.concatenate([line.points(v) for line in lines])).real.reshape(len(lines), -1) - size
    found = [_measured(line, v, decay) for line, decay in zip(lines, decays, strict=True)]
    least = min(mass for mass, _ in found)
    if not math.isfinite(least):
        raise ArithmeticError(f"the integrand does not decay within {v[-1]:.1g} of {crossing:.6g}")
    # The soonest decay, hence the fewest oscillations, among the lines along which little cancels.
    return min((line for mass, line in found if mass <= 4.0 * least), key=lambda line: line.reach)


def _measured(line: Contour, v: Real, decay: Real) -> tuple[float, Contour]:
    """Absolute integral, relative to the peak, and the line with its scales; infinite where it is of no use."""
    decay = np.where(np.isnan(decay), np.inf, decay)
    large = np.flatnonzero(decay > -_NEGLIGIBLE)
    if large.size == 0 or large[-1] == v.size - 1 or decay.max() > 30.0:
        return math.inf, line
    mass = float(np.sum(np.exp(decay) * v))
    # the decay of the integrand, not of its last digits, sets the scale
    scale = v[np.flatnonzero(decay > -2.0)[-1]] if (decay > -2.0).any() else v[0]
    return mass, line._replace(scale=float(scale), reach=float(v[large[-1] + 1]))


def integrate(integrands: Callable[[Complex], Complex], line: Contour) -> Real:
    """(1 / 2 pi i) int f(s) ds for several f at once, by the trapezoidal rule in t with v = scale exp(t - exp(-t)).

    Parameters
    ----------
    integrands : callable
        Maps points of shape (n,) to values of shape (functions, n), each f real on the real axis.
    line : Contour
        Where to integrate.

    Returns
    -------
    ndarray of shape (functions,)

    Raises
    ------
    ArithmeticError
        If halving the step still moves a result by more than 1e-8 of the integral of its absolute value.
    """
    low, high = -3.9, math.log(line.reach / line.scale) + 0.1
    step = _FIRST_STEP
    total, weight = _sums(integrands, line, np.arange(low, high, step))
    change = np.inf
    for _ in range(_HALVINGS):
        more, extra = _sums(integrands, line, np.arange(low + 0.5 * step, high, step))
        previous, step = total * step, 0.5 * step
        total, weight = total + more, weight + extra
        bound = np.maximum(weight * step, np.finfo(float).tiny)
        change = float(np.max(np.abs(total * step - previous) / bound))
        if change < _CONVERGED:
            break
    if not change < _ACCEPTED:
        raise ArithmeticError(f"quadrature not converged: relative change {change:.1g} at the last halving")
    return np.asarray(total * step)


def _sums(integrands: Callable[[Complex], Complex], line: Contour, t: Real) -> tuple[Real, Real]:
    v = line.scale * np.exp(t - np.exp(-t))
    factor = v * (1.0 + np.exp(-t)) * (1j + line.tilt) / math.pi
    values = integrands(line.points(v)) * factor
    return values.imag.sum(axis=1), np.abs(values).sum(axis=1)
