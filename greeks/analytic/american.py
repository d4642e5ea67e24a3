"""American options under geometric Brownian motion, to some nine digits: the integral equation of the boundary.

A put is the European one and what is earned below the boundary, the strike's interest less the dividends (Kim 1990).
The boundary solves an equation of the same form, by a fixed-point iteration on Chebyshev nodes of the root of the time
that is left, where the squared logarithm of the boundary is smooth; price, delta and gamma are integrals along it.

Source: Andersen, Lake and Offengenden, High-performance American option pricing (2016). Verified against Bermudan
options of many dates by an independent method, and against lattices, in
``tests/reference/test_analytic_early_exercise.py``.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import leggauss
from scipy.special import ndtr

from greeks.analytic.early_exercise import Curve, Put, certain, finite, greeks, never_early, of_put, two_boundaries

_NODES, _POINTS, _OF_VALUE = 24, 48, 128  # of the boundary, of its integrals, of those of the value
_ROUNDS, _CLOSE = 200, 1e-11  # of the iteration
_ROOT = math.sqrt(2.0 * math.pi)
Real = npt.NDArray[np.float64]


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of an American call or put; none where both rates are negative."""
    if not payoff.maturity > 0.0:
        return {}
    if model.volatility == 0.0:
        return certain(payoff.option_type, payoff.strike, _turning(payoff.strike, payoff.maturity, model), model)
    rate, carried = of_put(payoff.option_type, payoff.strike, model.rate, model.dividend_yield)
    if two_boundaries(rate, carried):
        return {}
    maturity = payoff.maturity
    moneyness = model.spot / payoff.strike if payoff.option_type == "put" else payoff.strike / model.spot
    now = Put(moneyness, rate, carried, model.volatility)
    exercised = not never_early(rate, carried) and moneyness <= boundary(now, maturity)
    return greeks(payoff.option_type, payoff.strike, model, lambda put: solve(maturity, put), exercised)


def _turning(strike: float, maturity: float, model: Any) -> list[float]:
    """Now, the maturity, and when the discounted payment turns between them, where nothing is random."""
    rate, carried, times = model.rate, model.dividend_yield, [0.0, maturity]
    if rate * carried > 0.0 and rate != carried:
        time = math.log(carried * model.spot / (rate * strike)) / (carried - rate)
        times += [time] if 0.0 < time < maturity else []
    return times


def boundary(put: Put, maturity: float) -> float:
    """The spot up to which a put of strike 1 is exercised now."""
    top, values = _boundary(maturity, put.rate, put.dividend_yield, put.volatility)
    return top * math.exp(-math.sqrt(float(values[-1])))


def solve(maturity: float, put: Put) -> Curve:
    """Value of an American put of strike 1, and its first two derivatives to the spot.

    Raises
    ------
    ArithmeticError
        Where the iteration does not converge.
    """
    spot, r, q, sigma = put.spot, put.rate, put.dividend_yield, put.volatility
    value, slope, bend = _european(spot, r, q, sigma, maturity)
    if never_early(r, q):
        return finite((value, slope, bend))
    if spot <= boundary(put, maturity):
        return 1.0 - spot, -1.0, 0.0
    left, weight = _times(np.array([maturity]), _OF_VALUE)
    s = maturity - left[0]  # from now on, where ``left`` is what is left then
    edge = _interpolated(maturity, r, q, sigma, left)[0]
    root = sigma * np.sqrt(s)
    plus, minus = _deviations(spot / edge, r - q, sigma, s)
    earned, paid = r * np.exp(-r * s), q * np.exp(-q * s)
    dense_plus, dense_minus = _density(plus), _density(minus)
    value += float(weight[0] @ (earned * ndtr(-minus) - spot * paid * ndtr(-plus)))
    slope += float(weight[0] @ (paid * (dense_plus / root - ndtr(-plus)) - earned * dense_minus / (spot * root)))
    bend += float(
        weight[0]
        @ (
            earned * dense_minus * (1.0 + minus / root) / (spot**2 * root)
            + paid * dense_plus * (1.0 - plus / root) / (spot * root)
        )
    )
    return finite((value, slope, bend))


def _european(spot: float, r: float, q: float, sigma: float, t: float) -> Curve:
    plus, minus = _deviations(np.array([spot]), r - q, sigma, np.array([t]))
    cash, asset, root = math.exp(-r * t), math.exp(-q * t), sigma * math.sqrt(t)
    below, under = float(ndtr(-minus[0])), float(ndtr(-plus[0]))
    return cash * below - spot * asset * under, -asset * under, asset * float(_density(plus)[0]) / (spot * root)


def _deviations(ratio: Real, carry: float, sigma: float, s: Real) -> tuple[Real, Real]:
    """d+ and d- of a ratio of spot to level over a time."""
    root = sigma * np.sqrt(s)
    plus = (np.log(ratio) + carry * s) / root + 0.5 * root
    return plus, plus - root


def _density(x: Real) -> Real:
    found: Real = np.exp(-0.5 * x * x) / _ROOT
    return found


@lru_cache(maxsize=8)
def _rule(points: int) -> tuple[Real, Real]:
    nodes, weights = leggauss(points)
    return nodes, weights


def _times(ends: Real, points: int) -> tuple[Real, Real]:
    """Times up to each end and their weights: dense at both ends, where roots of the time are."""
    nodes, weights = _rule(points)
    angle = 0.25 * math.pi * (1.0 + nodes)
    at, slope = np.sin(angle) ** 2, 0.25 * math.pi * np.sin(2.0 * angle) * weights
    return ends[:, None] * at, ends[:, None] * slope


def _top(r: float, q: float) -> float:
    """The boundary just before the end."""
    return min(1.0, r / q) if q > 0.0 else 1.0


@lru_cache(maxsize=256)
def _boundary(maturity: float, r: float, q: float, sigma: float) -> tuple[float, Real]:
    """The boundary's upper end, and squared logarithms of its share of that at the nodes, the time left ascending.

    Raises
    ------
    ArithmeticError
        Where neither of the two equations of the source is a contraction.
    """
    top, grid = _top(r, q), _grid(maturity)
    lowest = _perpetual(r, q, sigma)
    fall = -((r - q) * grid + 2.0 * sigma * np.sqrt(grid)) / max(top - lowest, 1e-12)
    edge = np.maximum(lowest + (top - lowest) * np.exp(np.minimum(fall, 0.0)), 1e-8)
    edge[0] = top
    alike = abs(r - q) < 1e-3 * max(r, 1e-3) or q <= 0.0
    for dense in (alike, not alike):
        found = _iterated(edge, grid, r, q, sigma, dense)
        if found is not None:
            return top, found
    raise ArithmeticError("the boundary did not converge")


def _iterated(start: Real, grid: Real, r: float, q: float, sigma: float, dense: bool) -> Real | None:
    """The fixed point of the equation of the densities (A) or of the probabilities (B); None without convergence."""
    with np.errstate(all="ignore"):
        return _fixed_point(start, grid, r, q, sigma, dense)


def _fixed_point(start: Real, grid: Real, r: float, q: float, sigma: float, dense: bool) -> Real | None:
    edge, top, maturity = start.copy(), start[0], float(grid[-1])
    left, weights = _times(grid[1:], _POINTS)
    s = grid[1:, None] - left
    root, end = sigma * np.sqrt(s), sigma * np.sqrt(grid[1:])
    basis = _barycentric(maturity, left)
    cash, asset = weights * r * np.exp(r * left), weights * q * np.exp(q * left)
    for _ in range(_ROUNDS):
        inner = top * np.exp(-np.sqrt(np.maximum(basis @ np.log(edge / top) ** 2, 0.0)))
        plus, minus = _deviations(edge[1:, None] / inner, r - q, sigma, s)
        last_plus, last_minus = _deviations(edge[1:], r - q, sigma, grid[1:])
        if dense:
            upper = _density(last_minus) / end + (cash * _density(minus) / root).sum(axis=1)
            lower = _density(last_plus) / end + ndtr(last_plus)
            lower += (asset * (_density(plus) / root + ndtr(plus))).sum(axis=1)
        else:
            upper = ndtr(last_minus) + (cash * ndtr(minus)).sum(axis=1)
            lower = ndtr(last_plus) + (asset * ndtr(plus)).sum(axis=1)
        found = np.minimum(np.exp(-(r - q) * grid[1:]) * upper / lower, top * (1.0 - 1e-14))
        if not (found > 0.0).all():  # nan too
            return None
        moved = float(np.abs(np.log(found / edge[1:])).max())
        edge[1:] = found
        if moved < _CLOSE:
            squares: Real = np.log(edge / top) ** 2
            return squares
    return None


def _perpetual(r: float, q: float, sigma: float) -> float:
    """The boundary of a put that never ends."""
    half = r - q - 0.5 * sigma**2
    power = (-half - math.sqrt(half * half + 2.0 * r * sigma**2)) / sigma**2
    return power / (power - 1.0)


def _grid(maturity: float) -> Real:
    """Chebyshev points of the root of the time left, ascending from 0."""
    angles = np.arange(_NODES, -1, -1) * (math.pi / _NODES)
    found: Real = maturity * (0.5 * (1.0 + np.cos(angles))) ** 2
    return found


def _barycentric(maturity: float, at: Real) -> Real:
    """Matrix from values at the points to those at other times."""
    points, x = np.sqrt(_grid(maturity)), np.sqrt(at)
    sign = np.where(np.arange(_NODES + 1) % 2 == 0, 1.0, -1.0)
    sign[[0, -1]] *= 0.5
    gap = x[..., None] - points
    parts = sign / np.where(gap == 0.0, 1e-300, gap)
    found: Real = parts / parts.sum(axis=-1, keepdims=True)
    return found


def _interpolated(maturity: float, r: float, q: float, sigma: float, left: Real) -> Real:
    top, squares = _boundary(maturity, r, q, sigma)
    found: Real = top * np.exp(-np.sqrt(np.maximum(_barycentric(maturity, left) @ squares, 0.0)))
    return found
