"""Preintegration: of a payment on a weighted sum of spots, one direction of the normals is integrated in closed form.

The direction is the one that carries most of the sum. Beyond the root of the sum along it the payment is a sum of
exponentials, whose mean is known. The rest is smooth, so that derivatives to a return's mean m and variance v exist for
each path, and V_v = V_mm / 2 gives every Greek without a score and without a derivative of the path: with T_k the part
of the sum from date k on, at the root, phi the density there and A' the slope of the sum,
V_mm = V_m + phi T_k^2 / A'. Second order follows by differentiating that, the root by the implicit function theorem.
Where the variance is certain, what is linear in the log-spots about their means is taken off: its mean is 0, whatever
its coefficients, which are differences at the path of means.

Source: Griewank, Kuo, Leoevey and Sloan, High dimensional integration of kinks and jumps: smoothing by preintegration
(2018); Gilbert, Kuo and Sloan, Preintegration is not smoothing when monotonicity fails (2022). Verified against one
fixing (the closed form), a slow implementation with many digits, and the pathwise and likelihood-ratio estimators.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.workspace import Array
from greeks.estimators.exponential_root import TILE
from greeks.estimators.preintegration_kernels import preintegrate, remove_linear
from greeks.estimators.preintegration_sums import SHARED
from greeks.estimators.valuation import Sample
from greeks.models.laws import Returns
from greeks.payoffs.forms import PositivePart

NOTHING, CONSTANT = -2, -1  # pivots that are no date
_MOVE = 1e-4  # of a log-spot, for coefficients that need not be exact


@dataclass(frozen=True, eq=False)
class Line:
    """A weighted sum that rises along the direction, as the kernels need it.

    Attributes
    ----------
    weights : ndarray, shape (dates,)
    constant, sign : float
        The payment is max(sign (weights . S + constant), 0).
    tails : ndarray, shape (dates,)
        Sum of the weights from each date on, 0 where it is below 0: the direction, times each return's variance.
    pivot : int
        The date that alone is weighted above 0, CONSTANT where the constant alone is below 0, NOTHING where none is.
    shares : ndarray, shape (dates,)
    constant_share : float
        Weights over that of the pivot, with their sign changed.
    """

    weights: Array
    constant: float
    sign: float
    tails: Array
    pivot: int
    shares: Array
    constant_share: float


@lru_cache(maxsize=1024)
def line_of(form: PositivePart) -> Line | None:
    """The sum in the form that is integrated; None where it may have several roots along any direction."""
    given = (form.constant, *form.weights)
    side = next((1.0 if weight > 0.0 else -1.0 for weight in reversed(form.weights) if weight != 0.0), 0.0)
    if side == 0.0:
        return None
    constant, *rest = (side * value for value in given)
    weights = np.array(rest)
    tails = np.maximum(np.cumsum(weights[::-1])[::-1], 0.0)
    signs = [value > 0.0 for value in (constant, *rest) if value != 0.0]
    changes = sum(a != b for a, b in pairwise(signs))
    none = np.zeros(len(rest))
    if changes == 0:
        return Line(weights, constant, side * form.sign, tails, NOTHING, none, 0.0)
    if changes == 1 and signs.count(False) == 1 and constant < 0.0:
        return Line(weights, constant, side * form.sign, tails, CONSTANT, weights, 0.0)
    if changes == 1 and signs.count(True) == 1:
        last = int(np.flatnonzero(weights)[-1])
        shares = np.maximum(-weights / weights[last], 0.0)
        return Line(weights, constant, side * form.sign, tails, last, shares, max(-constant / weights[last], 0.0))
    return None


def integrated(
    sample: Sample, line: Line, greeks: tuple[str, ...], cross: int, square: int, stride: int, name: str
) -> Array:
    """Rows of :func:`~greeks.estimators.preintegration_kernels.preintegrate` along first-order Greeks."""
    paths, workspace = sample.paths, sample.workspace
    returns, rows = paths.returns(greeks), _rows(greeks, cross, square)
    out = workspace.array(f"preintegration/{name}", rows, stride)
    scratch = workspace.array("preintegration/tile", _scratch(len(line.weights), len(greeks), square), TILE)
    _fill(paths.log_spot, sample.model.spot, returns, line, cross, square, paths.count, scratch, out)
    return out


def without_linear(sample: Sample, line: Line, greeks: tuple[str, ...], cross: int, square: int, rows: Array) -> None:
    """Take off the rows of :func:`integrated` what is linear in the log-spots, where their variance is certain."""
    paths, returns = sample.paths, sample.paths.returns(greeks)
    if returns.mean.shape[1] > 1 or len(line.weights) == 1:
        return
    gradient, centre = _expansion(
        _Question(sample.model, tuple(np.cumsum(returns.drift)), line, greeks, cross, square, returns)
    )
    remove_linear(paths.log_spot, centre, gradient, paths.count, rows)


@dataclass(frozen=True)
class _Question:
    """What an expansion depends on; the returns follow from the rest."""

    model: Any
    drift: tuple[float, ...]
    line: Line
    greeks: tuple[str, ...]
    cross: int
    square: int
    returns: Returns = field(compare=False)


@lru_cache(maxsize=256)
def _expansion(asked: _Question) -> tuple[Array, Array]:
    """Derivative of each row to the log-spot at each date, at the path of means, and that path."""
    returns, line = asked.returns, asked.line
    centre, dates = log(asked.model.spot) + np.cumsum(returns.mean[:, 0] + returns.drift), len(line.weights)
    moves = np.concatenate([np.eye(dates), -np.eye(dates)], axis=1) * _MOVE
    out = np.empty((_rows(asked.greeks, asked.cross, asked.square), 2 * dates))
    scratch = np.empty((_scratch(dates, len(asked.greeks), asked.square), TILE))
    with Tape().recording():  # done once, not for each block
        _fill(
            centre[:, None] + moves, asked.model.spot, returns, line, asked.cross, asked.square, 2 * dates, scratch, out
        )
    return np.ascontiguousarray((out[:, :dates] - out[:, dates:]) / (2.0 * _MOVE)), centre


def _rows(greeks: tuple[str, ...], cross: int, square: int) -> int:
    return 3 + len(greeks) + (cross >= 0) + (square >= 0)


def _scratch(dates: int, greeks: int, square: int) -> int:
    return SHARED + (4 if square >= 0 else 2) * dates + 2 * greeks


def _fill(
    log_spot: Array,
    spot: float,
    returns: Returns,
    line: Line,
    cross: int,
    square: int,
    n: int,
    scratch: Array,
    out: Array,
) -> None:
    preintegrate(
        log_spot, returns.mean, returns.variance, returns.drift, log(spot), line.weights, line.tails, line.shares,
        line.constant, line.constant_share, line.pivot, line.sign, returns.mean_slopes, returns.variance_slopes,
        returns.rows, returns.factors, returns.by_interval, cross, square, n, scratch, out,
    )  # fmt: skip
