"""Moment generating function of the Heston log-return, with its derivatives to every parameter in closed form.

M(s) = E[(S_T / F)^s] = exp(kappa theta B + v0 D) for complex s in the strip of regularity, F the forward:

    w = s - s^2,  beta = kappa - rho xi s,  d = sqrt(beta^2 + xi^2 w),  E = exp(-d T),
    D = -w (1 - E) / N,  N = beta (1 - E) + d (1 + E),
    B = integral of D = -mu T - 2 log(1 + z) / xi^2,  mu = w / (beta + d) = (d - beta) / xi^2,
    z = N / 2d - 1 = -xi^2 mu (1 - E) / 2d.

This is the "little trap" form of Albrecher, Mayer, Schoutens and Tistaert (2007), whose principal logarithm is the
right one (Lord and Kahl, 2010), rearranged so that nothing is divided by xi^2 before it has been multiplied by it: it
holds for a vol of vol of 1e-12 as for 5. Verified against 40-digit arithmetic in ``tests/reference``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expm1, log1p

Complex = npt.NDArray[np.complex128]
Times = float | npt.NDArray[np.float64]

# Below it the closed form of B and its derivatives lose digits to cancellation, and D is a smooth function of time.
_SHORT = 0.3
_NODES, _WEIGHTS = (0.5 * (x + shift) for x, shift in zip(np.polynomial.legendre.leggauss(10), (1.0, 0.0), strict=True))


class Parameters(NamedTuple):
    """Heston's parameters: variances per year, mean reversion per year, correlation of spot and variance."""

    initial_variance: float
    mean_reversion: float
    long_run_variance: float
    vol_of_vol: float
    correlation: float


class Derivatives(NamedTuple):
    """Derivatives of a function of kappa, xi and rho."""

    kappa: Complex
    xi: Complex
    rho: Complex


class _Roots(NamedTuple):
    s: Complex
    w: Complex
    beta: Complex
    d: Complex
    mu: Complex
    xi: float
    rho: float

    def take(self, where: npt.NDArray[np.bool_]) -> _Roots:
        """The entries that are true in ``where``, with an axis added for times."""
        s, w, beta, d, mu = (x[where][:, None] for x in (self.s, self.w, self.beta, self.d, self.mu))
        return _Roots(s, w, beta, d, mu, self.xi, self.rho)


def log_mgf(s: Complex, maturity: float, p: Parameters) -> Complex:
    """log M(s) for complex ``s`` of shape (n,)."""
    roots = _roots(s, p)
    integral = _integral(roots, maturity)
    return p.mean_reversion * p.long_run_variance * integral + p.initial_variance * _loading(roots, maturity)


def log_mgf_gradient(s: Complex, maturity: float, p: Parameters) -> tuple[Complex, dict[str, Complex]]:
    """log M(s) and its derivatives to the five parameters and ``maturity``, under their Greek names.

    Mean reversion comes in two parts, through the long-run level and through the initial variance: without vol of vol
    they cancel at equal variances, and a sum of rounding errors has no scale to judge convergence by.
    """
    roots = _roots(s, p)
    v0, kappa, theta = p.initial_variance, p.mean_reversion, p.long_run_variance
    loading, integral = _loading(roots, maturity), _integral(roots, maturity)
    slope, area = _loading_derivatives(roots, maturity), _integral_derivatives(roots, maturity)
    level = kappa * theta
    return level * integral + v0 * loading, {
        "initial_variance": loading,
        "mean_reversion": theta * integral + level * area.kappa,
        "mean_reversion_initial": v0 * slope.kappa,
        "long_run_variance": kappa * integral,
        "vol_of_vol": level * area.xi + v0 * slope.xi,
        "correlation": level * area.rho + v0 * slope.rho,
        "maturity": level * loading + v0 * _loading_slope(roots, maturity),
    }


def _roots(s: Complex, p: Parameters) -> _Roots:
    xi, rho = p.vol_of_vol, p.correlation
    w = s * (1.0 - s)
    beta = p.mean_reversion - rho * xi * s
    d = np.sqrt(beta * beta + xi * xi * w)
    d = np.where(d == 0.0, 1e-12, d)  # every formula is even in d and has a limit at 0
    # Of the two forms of mu, take the one without cancellation.
    mu = np.where(beta.real >= 0.0, w / np.where(beta.real >= 0.0, beta + d, 1.0), (d - beta) / (xi * xi))
    return _Roots(s, w, beta, d, mu, xi, rho)


def _decay(x: _Roots, t: Times) -> tuple[Complex, Complex, Complex]:
    """E, 1 - E and N."""
    decay = np.exp(-x.d * t)
    rise = -expm1(-x.d * t)
    return decay, rise, x.beta * rise + x.d * (1.0 + decay)


def _loading(x: _Roots, t: Times) -> Complex:
    """The loading D on the initial variance."""
    _, rise, n = _decay(x, t)
    return np.asarray(-x.w * rise / n)


def _loading_slope(x: _Roots, t: float) -> Complex:
    """The derivative of D to maturity; Riccati's right-hand side would cancel for long maturities."""
    decay, _, n = _decay(x, t)
    return np.asarray(-2.0 * x.w * x.d**2 * decay / n**2)


def _loading_derivatives(x: _Roots, t: Times) -> Derivatives:
    """dD/dp = w / N^2 (beta_p (1 - E)^2 + d_p Q) with Q = 1 - E^2 - 2 d T E."""
    decay, rise, n = _decay(x, t)
    y = x.d * t
    square = y * y
    # Q = 2 E (sinh y - y), whose direct form loses all digits for small y
    series = y * square / 6.0 * (1 + square / 20 * (1 + square / 42 * (1 + square / 72 * (1 + square / 110))))
    q = np.where(np.abs(y) < 0.5, 2.0 * decay * series, rise * (1.0 + decay) - 2.0 * y * decay)
    scale = x.w / (n * n)
    common = scale * (rise * rise + x.beta / x.d * q)
    return Derivatives(
        kappa=common,
        xi=-x.rho * x.s * common + scale * x.xi * x.w / x.d * q,
        rho=-x.xi * x.s * common,
    )


def _integral(x: _Roots, t: float) -> Complex:
    """B, the integral of D over time."""
    _, rise, _ = _decay(x, t)
    out = -x.mu * t - 2.0 / x.xi**2 * log1p(-(x.xi**2) * x.mu * rise / (2.0 * x.d))
    short = _short(x, t)
    if short.any():
        out[short] = t * _loading(x.take(short), t * _NODES) @ _WEIGHTS
    return np.asarray(out)


def _integral_derivatives(x: _Roots, t: float) -> Derivatives:
    decay, rise, _ = _decay(x, t)
    zeta = -x.mu * rise / (2.0 * x.d)  # z / xi^2
    z = x.xi**2 * zeta
    tilt = 2.0 * zeta / (1.0 + z)
    # (d log(zeta) / dd at fixed mu): t E / (1 - E) - 1 / d
    bend = t * decay / rise - 1.0 / x.d

    def along(beta_p: Complex, d_p: Complex, mu_ratio: Complex) -> Complex:
        return np.asarray(-x.mu * mu_ratio * t - tilt * (mu_ratio + d_p * bend))

    common = along(np.ones_like(x.s), x.beta / x.d, -1.0 / x.d)
    extra = along(np.zeros_like(x.s), x.xi * x.w / x.d, -x.xi * x.mu / x.d)
    curvature = 4.0 * x.xi * zeta**2 * _log_remainder(z)
    out = Derivatives(kappa=common, xi=-x.rho * x.s * common + extra + curvature, rho=-x.xi * x.s * common)
    short = _short(x, t)
    if short.any():
        for total, slope in zip(out, _loading_derivatives(x.take(short), t * _NODES), strict=True):
            total[short] = t * slope @ _WEIGHTS
    return out


def _log_remainder(z: Complex) -> Complex:
    """(log(1 + z) - z / (1 + z)) / z^2, by its series for small z."""
    small = np.abs(z) < 0.02
    safe = np.where(small, 1.0, z)
    series = np.zeros_like(z)
    for n in range(10, 1, -1):
        series = (-1.0) ** n * (1.0 - 1.0 / n) + z * series
    return np.where(small, series, (log1p(safe) - safe / (1.0 + safe)) / safe**2)


def _short(x: _Roots, t: float) -> npt.NDArray[np.bool_]:
    return np.asarray((np.abs(x.d) + np.abs(x.beta)) * t < _SHORT)


def explosion_time(s: float, p: Parameters) -> float:
    """Maturity from which E[S_T^s] is infinite (Andersen and Piterbarg, 2007, proposition 3.1), for real ``s``."""
    xi2 = p.vol_of_vol**2
    beta, convexity = p.mean_reversion - p.correlation * p.vol_of_vol * s, s * (s - 1.0)
    discriminant = beta * beta - xi2 * convexity
    root = math.sqrt(abs(discriminant))
    if convexity <= 0.0 or (discriminant >= 0.0 and beta >= 0.0):
        return math.inf
    if root < 1e-12 * abs(beta):
        return -2.0 / beta if beta < 0.0 else math.inf
    if discriminant > 0.0:
        return math.log((root - beta) ** 2 / (xi2 * convexity)) / root
    return 2.0 / root * math.atan2(root, -beta)
