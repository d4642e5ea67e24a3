"""Scores of second order, of every pair of a model's parameters, from the law of each log-return.

The log-returns are independent normals given what the model conditions on. With e = x - M a return less its mean, V its
variance and subscripts for derivatives along two parameters, the weight of one return is

    s_a s_b - M_a M_b / V + e M_ab / V - e (M_a V_b + M_b V_a) / V^2 - e^2 V_a V_b / V^3 + V_a V_b / (2 V^2)
    + (e^2 / V - 1) V_ab / (2 V),

where all but s_a s_b is d_b s_a at a fixed path; over a path the scores add up, and so do these. M_ab and V_ab are
central differences of M_a and V_a on the same random numbers, whose error is of the order of the step's square: they
see the kinks of a variance path, which a derivative along the path would not.

Source: the normal density, differentiated twice. Verified in the tests against closed forms under geometric Brownian
motion, and against differences of semi-analytic values under Heston, for every pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from math import log
from typing import Any

import numpy as np

from greeks.core.workspace import Array
from greeks.errors import UsageError
from greeks.estimators.base import missing_parameter
from greeks.names import FIRST_ORDER

Pair = tuple[str, str]
_STEP = 1e-3  # of the shift that moves the log-spot by one standard deviation
_LEAST = 1e-300  # variance of a return that has none, and that nothing asked for moves
_SIMPLE = ("delta", "rho", "dividend_rho")  # what moves no variance: a second slope along these is a number


def pairs_of(given: Any, model: Any) -> tuple[Pair, ...]:
    """The pairs asked for, each as written; "all" is every pair that the model has, None is none.

    Raises
    ------
    UsageError
        For what is no pair of first-order Greeks of the model.
    """
    names = tuple(greek for greek in FIRST_ORDER if missing_parameter(model, greek) is None)
    if given is None:
        return ()
    if isinstance(given, str) and given == "all":
        return tuple(combinations_with_replacement(names, 2))
    remedy = f"write pairs='all', or a list such as [('delta', 'vega')] of {', '.join(names)}"
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise UsageError(f"pairs is {given!r}: {remedy}")
    for pair in given:
        if isinstance(pair, str) or not isinstance(pair, Sequence) or len(pair) != 2 or set(pair) - set(names):
            raise UsageError(f"{pair!r} is no pair of first-order Greeks of {model.kind}: {remedy}")
    return tuple(dict.fromkeys((str(a), str(b)) for a, b in given))


def no_pair(model: Any, pair: Pair, dates: tuple[float, ...]) -> str | None:
    """Why a pair has no score, or None."""
    moves_variance = not set(pair) & set(_SIMPLE)  # whose kinks meet returns without any
    for greek in model.greeks() if moves_variance else pair:
        if reason := model.no_density(greek, dates):
            return str(reason)
    along = _ordered(pair)[0]
    if model.step_scale(along, dates) == 0.0:
        return f"the parameter of {along} is at the end of its range"
    return None


def pair_scores(paths: Any, dates: tuple[float, ...], pairs: Sequence[Pair]) -> Array:
    """Weights of each pair, one row a pair, shape (pairs, paths)."""
    names = tuple(dict.fromkeys(greek for pair in pairs for greek in pair))
    law = _Law(paths, names)
    scores = {greek: law.score(greek).sum(axis=0) for greek in names}
    out = np.empty((len(pairs), paths.count))
    for along in dict.fromkeys(_ordered(pair)[0] for pair in pairs):
        # All pairs with one difference together: their two sides lie in memory that the next overwrites.
        step = _STEP * paths.model.step_scale(along, dates)
        others = tuple(dict.fromkeys(b for a, b in map(_ordered, pairs) if a == along))
        up, down = (
            _Slopes(paths.shifted(along, sign * step, f"pair/{sign}"), others) for sign in (1.0, -1.0)
        )  # fmt: skip
        for row, pair in zip(out, pairs, strict=True):
            a, b = _ordered(pair)
            if a == along:
                mean = (up.mean[b] - down.mean[b]) / (2.0 * step)
                variance = (up.variance[b] - down.variance[b]) / (2.0 * step)
                row[:] = scores[a] * scores[b] + law.curvature(a, b, mean, variance).sum(axis=0)
    return out


def _ordered(pair: Pair) -> Pair:
    """What is differenced first: the simpler of the two."""
    a, b = pair
    return (b, a) if b in _SIMPLE and a not in _SIMPLE else pair


class _Slopes:
    """Derivatives of the mean and the variance of every return, shapes (dates, paths) or (dates, 1)."""

    def __init__(self, paths: Any, greeks: tuple[str, ...]) -> None:
        returns, n = paths.returns(greeks), paths.count
        self.mean: dict[str, Array] = {}
        self.variance: dict[str, Array] = {}
        for place, greek in enumerate(greeks):
            row, direct = int(returns.rows[place]), returns.by_interval[place][:, None]
            if row < 0:
                self.mean[greek], self.variance[greek] = direct, np.zeros_like(direct)
            else:
                factor = float(returns.factors[place])
                self.mean[greek] = direct + factor * returns.mean_slopes[row][:, :n]
                self.variance[greek] = factor * returns.variance_slopes[row][:, :n]
        self.returns = returns


class _Law:
    """The returns of a block, their variances and the derivatives, with what follows from them."""

    def __init__(self, paths: Any, names: tuple[str, ...]) -> None:
        n = paths.count
        self.slopes = _Slopes(paths, names)
        returns = self.slopes.returns
        moves = np.diff(paths.log_spot[:, :n], axis=0, prepend=log(paths.model.spot))
        self.off = moves - returns.mean[:, :n] - returns.drift[:, None]
        self.variance = np.maximum(returns.variance[:, :n], _LEAST)

    def score(self, greek: str) -> Array:
        """Of each return."""
        mean, variance = self.slopes.mean[greek], self.slopes.variance[greek]
        z2 = self.off**2 / self.variance
        out: Array = (self.off * mean + 0.5 * (z2 - 1.0) * variance) / self.variance
        return out

    def curvature(self, a: str, b: str, mean: Array, variance: Array) -> Array:
        """d_b s_a of each return, given the second derivatives of its mean and variance."""
        m_a, m_b, v_a, v_b = (part[greek] for part in (self.slopes.mean, self.slopes.variance) for greek in (a, b))
        e, v = self.off, self.variance
        z2 = e**2 / v
        first = e * mean - m_a * m_b - e * (m_a * v_b + m_b * v_a) / v
        out: Array = (first + (0.5 - z2) * v_a * v_b / v + 0.5 * (z2 - 1.0) * variance) / v
        return out
