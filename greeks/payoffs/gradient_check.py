"""Whether a user's gradient is that of the user's payment: against differences at sample points.

At points drawn around the spot, and at others far out, the gradient must lie between the differences to either side, up
to rounding, so that a kink nearby does no harm. The payment is then looked through for jumps. Both are deterministic.
Verified in the tests with gradients wrong at one date, far out, of the wrong sign, and with payments that jump.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from greeks.core.generator import fill_normals, first_of, stream_key
from greeks.core.workspace import Array
from greeks.errors import UsageError
from greeks.payoffs.compiled import compiled
from greeks.payoffs.jump_search import Values, find_jump

_POINTS, _STEP, _TOLERANCE = 64, 1e-6, 1e-4
_REACH, _EVERY = 6.0, 3  # deviations at each date of the points far out, which are every third
_ROUNDING = 64 * 2.0**-52  # of a payment


@lru_cache(maxsize=256)
def check_gradient(function: Any, gradient: Any, spot: float, deviation: float, dates: int) -> None:
    """Compare, once per process.

    Raises
    ------
    UsageError
        Where the gradient is not that of the payment, or the payment jumps.
    """
    name = getattr(gradient, "__name__", repr(gradient))
    payments, slopes = _payments(function), _slopes(gradient)
    normals = np.empty((dates, _POINTS))
    fill_normals(*stream_key(0, "gradient"), first_of(0), 0, normals)
    near = np.cumsum(normals * deviation / np.sqrt(dates), axis=0)
    tilt = deviation * np.outer(np.sqrt(np.arange(1, dates + 1) / dates), np.linspace(-_REACH, _REACH, _POINTS))
    for points in (spot * np.exp(near), spot * np.exp(near + tilt)[:, ::_EVERY]):
        try:
            found = _difference(payments, slopes, points, spot)
        except UsageError:
            if points.shape[1] == _POINTS:
                raise
            continue  # the function has no value so far out
        if found is not None:
            j, i, slope, right = found
            raise UsageError(
                f"the gradient {name} is not that of the payment: at the spots {_shown(points[:, i])} its "
                f"derivative to spot {j} is {slope:.6g}, and differences give {right:.6g}"
            )
    spots = find_jump(payments, slopes, spot, deviation, dates)
    if spots is not None:
        raise UsageError(
            f"the payment jumps near the spots {_shown(spots)}, which no gradient tells: leave the "
            f"gradient {name} out, and use likelihood_ratio"
        )


def _shown(spots: Array) -> str:
    return np.array2string(spots, threshold=8)


def _payments(function: Any) -> Values:
    def call(points: Array) -> Array:
        out = np.empty(points.shape[1])
        compiled(function)(np.ascontiguousarray(points), points.shape[1], out)
        return out

    return call


def _slopes(gradient: Any) -> Values:
    def call(points: Array) -> Array:
        out = np.empty_like(points)
        compiled(gradient, "gradient")(np.ascontiguousarray(points), points.shape[1], out)
        return out

    return call


def _difference(payments: Values, gradient: Values, points: Array, spot: float) -> tuple[int, int, float, float] | None:
    """The first date and point at which the gradient is not between the differences to either side, and both."""
    slopes, base = gradient(points), payments(points)
    size = float(np.abs(slopes).max()) + 1e-3 * float(np.abs(base).max()) / spot
    grain = _ROUNDING * (np.abs(base) + np.abs(slopes * points).max(axis=0))
    for j in range(len(points)):
        step = _STEP * points[j]
        sides = []
        for sign in (1.0, -1.0):
            moved = points.copy()
            moved[j] += sign * step
            sides.append(sign * (payments(moved) - base) / step)
        slack = _TOLERANCE * (size + np.maximum(*np.abs(sides))) + grain / step
        wrong = (slopes[j] < np.minimum(*sides) - slack) | (slopes[j] > np.maximum(*sides) + slack)
        wrong |= ~np.isfinite(slopes[j])
        if wrong.any():
            i = int(np.argmax(wrong))
            return j, i, float(slopes[j, i]), float(0.5 * (sides[0][i] + sides[1][i]))
    return None
