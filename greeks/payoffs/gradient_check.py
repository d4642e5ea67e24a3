"""Whether a user's gradient is that of the user's payment: against differences at sample points.

At points drawn around the forward the gradient must lie between the differences to either side, up to rounding, so that
a kink nearby does no harm. Between points the payment is then followed along a line: where it changes by more than the
gradient says, however short the step, it jumps. Both are deterministic. Verified in the tests with gradients that are
wrong at one date, of the wrong sign, and with payments that jump.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from greeks.core.generator import fill_normals, first_of, stream_key
from greeks.core.workspace import Array
from greeks.errors import UsageError
from greeks.payoffs.compiled import compiled

_POINTS, _STEP, _TOLERANCE = 64, 1e-6, 1e-4
_HALVINGS, _JUMP = 24, 1e-3


@lru_cache(maxsize=256)
def check_gradient(function: Any, gradient: Any, spot: float, deviation: float, dates: int) -> None:
    """Compare, once per process.

    Raises
    ------
    UsageError
        Where the gradient is not that of the payment, or the payment jumps.
    """
    normals = np.empty((dates, _POINTS))
    fill_normals(*stream_key(0, "gradient"), first_of(0), 0, normals)
    points = spot * np.exp(np.cumsum(normals * deviation / np.sqrt(dates), axis=0))
    slopes = np.empty_like(points)
    compiled(gradient, "gradient")(points, _POINTS, slopes)
    name = getattr(gradient, "__name__", repr(gradient))
    base = _payments(function, points)
    size = float(np.abs(slopes).max()) + 1e-3 * float(np.abs(base).max()) / spot
    for j in range(dates):
        step = _STEP * points[j]
        sides = []
        for sign in (1.0, -1.0):
            moved = points.copy()
            moved[j] += sign * step
            sides.append(sign * (_payments(function, moved) - base) / step)
        slack = _TOLERANCE * (size + np.maximum(*np.abs(sides)))
        wrong = (slopes[j] < np.minimum(*sides) - slack) | (slopes[j] > np.maximum(*sides) + slack)
        wrong |= ~np.isfinite(slopes[j])
        if wrong.any():
            i = int(np.argmax(wrong))
            right = 0.5 * (sides[0][i] + sides[1][i])
            raise UsageError(
                f"the gradient {name} is not that of the payment: at the spots {np.array2string(points[:, i])} its "
                f"derivative to spot {j} is {slopes[j, i]:.6g}, and differences give {right:.6g}"
            )
    _check_jumps(function, gradient, name, points)


def _payments(function: Any, points: Array) -> Array:
    out = np.empty(points.shape[1])
    compiled(function)(np.ascontiguousarray(points), points.shape[1], out)
    return out


def _check_jumps(function: Any, gradient: Any, name: str, points: Array) -> None:
    """Halve each line between two points, and keep the half on which payment and gradient agree least."""
    low, high = points[:, ::2].copy(), points[:, 1::2].copy()
    slopes, first = np.empty_like(low), np.zeros(0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        gaps = []
        for a, b in ((low, middle), (middle, high)):
            compiled(gradient, "gradient")(np.ascontiguousarray(0.5 * (a + b)), a.shape[1], slopes)
            gaps.append(np.abs(_payments(function, b) - _payments(function, a) - (slopes * (b - a)).sum(axis=0)))
        left = gaps[0] >= gaps[1]
        low, high = np.where(left, low, middle), np.where(left, middle, high)
        gap = np.maximum(*gaps)
        first = first if first.size else gap
    if (gap > _JUMP * first + 1e-9 * np.abs(_payments(function, low))).any():
        i = int(np.argmax(gap - _JUMP * first))
        raise UsageError(
            f"the payment jumps near the spots {np.array2string(low[:, i])}, which no gradient tells: leave the "
            f"gradient {name} out, and use likelihood_ratio"
        )
