"""Kernels of geometric Brownian motion: spots on a grid of dates, and the weights of the likelihood ratio.

A weight is a polynomial in the first normal and in two sums over the path; the second-order ones follow from
(d_a d_b p) / p = s_a s_b + d_b s_a. Source: Glasserman (2004), sections 7.2-7.3.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp
from greeks.core.workspace import Array

if TYPE_CHECKING:
    from greeks.models.lognormal import Lognormal

_TILE = 256  # paths advanced together: the running sums of a tile stay in the first-level cache


@lru_cache(maxsize=256)
def weight_coefficients(model: Lognormal, dates: tuple[float, ...], greeks: tuple[str, ...]) -> Array:
    """Coefficients on 1, z, z^2, a, b, z a, z b, a^2, a b, b^2; z = Z_1, a = sum sqrt(h) Z, b = sum Z^2."""
    s0, sigma, mu = model.spot, model.volatility, model.rate - model.dividend_yield - 0.5 * model.volatility**2
    m, h1, total = len(dates), dates[0], dates[-1]
    root = float(np.sqrt(h1))
    tilt = 0.0 if model.futures else 1.0 / sigma  # the rate moves no futures price
    d, g = 1.0 / (s0 * sigma * root), 1.0 / (s0 * s0 * sigma * sigma * h1)
    i, i2 = 1.0 / sigma, 1.0 / sigma**2
    table = {
        "delta": [0, d, 0, 0, 0, 0, 0, 0, 0, 0],
        "gamma": [-g, -d / s0, g, 0, 0, 0, 0, 0, 0, 0],
        "vega": [-m * i, 0, 0, -1, i, 0, 0, 0, 0, 0],
        "rho": [0, 0, 0, tilt, 0, 0, 0, 0, 0, 0],
        "dividend_rho": [0, 0, 0, -i, 0, 0, 0, 0, 0, 0],
        "theta": [0.5 / h1, -mu / (sigma * root), -0.5 / h1, 0, 0, 0, 0, 0, 0, 0],
        "vanna": [i / s0, -d * m * i - 2.0 * d * i, 0, 0, 0, -d, d * i, 0, 0, 0],
        "volga": [m * m * i2 + m * i2 - total, 0, 0, (2 * m + 3) * i, -(2 * m + 3) * i2, 0, 0, 1, -2 * i, i2],
    }
    return np.array([table[greek] for greek in greeks])


@lru_cache(maxsize=256)
def one_date_coefficients(model: Lognormal, date: float, greeks: tuple[str, ...]) -> Array:
    """Coefficients on 1, z, ..., z^4 where there is one date, so that a = sqrt(h) z and b = z^2."""
    c, root = weight_coefficients(model, (date,), greeks).T, float(np.sqrt(date))
    rows = c[0], c[1] + root * c[3], c[2] + c[4] + root * c[5] + date * c[7], c[6] + root * c[8], c[9]
    return np.ascontiguousarray(np.array(rows).T)


@kernel
def gbm_paths(
    normals: Array, start: float, drift: Array, volatility: float, root: Array, n: int, spot: Array, sums: Array
) -> None:
    """Spots on the grid, and per path the sums of sqrt(h) Z (row 0) and Z^2 (row 1)."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        brownian, squares = sums[0, low:high], sums[1, low:high]
        for i in range(high - low):
            brownian[i] = 0.0
            squares[i] = 0.0
        shift = start
        for j in range(normals.shape[0]):
            shift += drift[j]
            step = root[j]
            z, s = normals[j, low:high], spot[j, low:high]
            for i in range(high - low):
                squares[i] = fma(z[i], z[i], squares[i])
                path = fma(step, z[i], brownian[i])
                brownian[i] = path
                s[i] = exp(fma(volatility, path, shift))


@kernel
def gbm_log_paths(normals: Array, start: float, drift: Array, diffusion: Array, n: int, log_spot: Array) -> None:
    """Log-spots on the grid."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        change, scale = start + drift[0], diffusion[0]
        z, now = normals[0, low:high], log_spot[0, low:high]
        for i in range(high - low):
            now[i] = fma(scale, z[i], change)
        for j in range(1, normals.shape[0]):
            change, scale = drift[j], diffusion[j]
            z, before, now = normals[j, low:high], log_spot[j - 1, low:high], log_spot[j, low:high]
            for i in range(high - low):
                now[i] = fma(scale, z[i], before[i] + change)


@kernel
def gbm_weights(normals: Array, sums: Array, c: Array, n: int, out: Array) -> None:
    """Each weight as a polynomial of degree two in Z_1, sum sqrt(h) Z and sum Z^2 (see :func:`weight_coefficients`)."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        z, a, b = normals[0, low:high], sums[0, low:high], sums[1, low:high]
        for k in range(c.shape[0]):
            row = out[k, low:high]
            c0, c1, c2, c3, c4 = c[k, 0], c[k, 1], c[k, 2], c[k, 3], c[k, 4]
            for i in range(high - low):
                row[i] = fma(c2 * z[i], z[i], fma(c4, b[i], fma(c3, a[i], fma(c1, z[i], c0))))
            c5, c6, c7, c8, c9 = c[k, 5], c[k, 6], c[k, 7], c[k, 8], c[k, 9]
            if c5 != 0.0 or c7 != 0.0:
                for i in range(high - low):
                    mixed = z[i] * fma(c5, a[i], c6 * b[i])
                    row[i] += mixed + fma(c7 * a[i], a[i], fma(c8 * a[i], b[i], c9 * b[i] * b[i]))


@kernel
def gbm_last(normals: Array, start: float, diffusion: float, n: int, spot: Array) -> None:
    """Spots on a grid of one date, whose normals are all there is to know: nothing else is stored."""
    z, s = normals[0], spot[0]
    for i in range(n):
        s[i] = exp(fma(diffusion, z[i], start))


@kernel
def gbm_last_weights(normals: Array, c: Array, n: int, out: Array) -> None:
    """Each weight on a grid of one date, as a polynomial of degree four in its normal."""
    for low in range(0, n, _TILE):
        high = min(low + _TILE, n)
        z = normals[0, low:high]
        for k in range(c.shape[0]):
            row, c0, c1, c2, c3, c4 = out[k, low:high], c[k, 0], c[k, 1], c[k, 2], c[k, 3], c[k, 4]
            for i in range(high - low):
                row[i] = fma(z[i], fma(z[i], fma(z[i], fma(z[i], c4, c3), c2), c1), c0)


@kernel
def affine_row(rows: Array, slope: float, intercept: float, n: int, out: Array) -> None:
    """``slope`` times the first row plus ``intercept``."""
    row = rows[0]
    for i in range(n):
        out[i] = fma(slope, row[i], intercept)


@kernel
def move_normals(normals: Array, shift: Array, n: int, out: Array, ratio: Array) -> None:
    """``normals + shift`` row by row, and exp(-shift . normals - |shift|^2 / 2)."""
    square = 0.0
    for i in range(n):
        ratio[i] = 0.0
    for j in range(normals.shape[0]):
        move, z, moved = shift[j], normals[j], out[j]
        square = fma(move, move, square)
        for i in range(n):
            moved[i] = z[i] + move
            ratio[i] = fma(-move, z[i], ratio[i])
    for i in range(n):
        ratio[i] = exp(ratio[i] - 0.5 * square)
