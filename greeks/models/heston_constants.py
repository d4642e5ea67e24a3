"""Constants of one step of the QE-M scheme, and their derivatives to every parameter, computed once for each grid.

Source: as :mod:`greeks.models.heston_qe`. Verified with the schemes that use them, in the tests, against a slow NumPy
version and differences of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from greeks.core.workspace import Array

PARAMETERS = ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation", "time")
TILE = 256  # paths a kernel of the variance works on at a time, so that its scratch stays in the first-level cache
SCRATCH = 8  # rows of scratch of a tile, beside one for each tangent


def step_constants(kappa: Any, theta: Any, xi: Any, rho: Any, h: Any) -> Any:
    """Constants of one step: E, m0, c1, c2 (mean m0 + E v, variance c1 v + c2 of the next v), A, K2, K3, K0, K1 + K3/2.

    Complex arguments give derivatives by a complex step, exact to rounding.
    """
    decay = np.exp(-kappa * h)
    filled = h * (1.0 - kappa * h / 2.0 + (kappa * h) ** 2 / 6.0) if abs(kappa * h) < 1e-6 else (1.0 - decay) / kappa
    slope = kappa * rho / xi - 0.5
    k1, k2, k3 = 0.5 * h * slope - rho / xi, 0.5 * h * slope + rho / xi, 0.5 * h * (1.0 - rho * rho)
    return np.array(
        [
            decay,
            theta * kappa * filled,
            xi * xi * decay * filled,
            0.5 * theta * xi * xi * kappa * filled * filled,
            k2 + 0.5 * k3,
            k2,
            k3,
            -rho * kappa * theta * h / xi,
            k1 + 0.5 * k3,
        ]
    )


def constants_and_derivatives(model: Any, steps: Array, substeps: Array) -> tuple[Array, Array]:
    """Constants for each interval, shape (intervals, 9), and their derivatives, shape (intervals, 6, 9)."""
    base = (model.mean_reversion, model.long_run_variance, model.vol_of_vol, model.correlation)
    values = np.empty((len(steps), 9))
    slopes = np.zeros((len(steps), len(PARAMETERS), 9))
    tiny = 1e-30
    for k, (length, count) in enumerate(zip(steps, substeps, strict=True)):
        arguments = [*base, length / count]
        values[k] = step_constants(*arguments)
        for p in range(4):
            moved: list[Any] = list(arguments)
            moved[p] = moved[p] + 1j * tiny
            slopes[k, p + 1] = step_constants(*moved).imag / tiny
        if k == 0:  # calendar time: the first interval alone changes its length
            slopes[k, 5] = step_constants(*base, arguments[4] + 1j * tiny).imag / tiny / count
    return values, slopes


@dataclass(frozen=True)
class Grid:
    """What the kernels need to know of the dates."""

    times: Array
    lengths: Array
    substeps: Array
    drift: Array
    constants: Array
    slopes: Array


@lru_cache(maxsize=256)
def grid_of(model: Any, dates: tuple[float, ...], substeps: tuple[int, ...]) -> Grid:
    """The grid of a model on ``dates`` (years), each interval in equal ``substeps``; kept for the next block."""
    lengths, steps = np.diff(dates, prepend=0.0), np.array(substeps)
    constants, slopes = constants_and_derivatives(model, lengths, steps)
    drift = (model.rate - model.dividend_yield) * lengths
    return Grid(np.array(dates), lengths, steps, drift, constants, slopes)
