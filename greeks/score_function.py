"""Paths and scores as arrays, and the bare score-function estimator, which knows nothing of finance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.core.generator import first_of, stream_key
from greeks.errors import UsageError
from greeks.models.base import Draw
from greeks.status import Estimate
from greeks.workspace import Array, Workspace


@dataclass(frozen=True)
class PathSample:
    """Paths and scores as arrays.

    Attributes
    ----------
    times : tuple of float
        Dates in years.
    spot : ndarray, shape (dates, paths)
    scores : mapping of str to ndarray, shape (paths,)
        Likelihood-ratio weight of each first-order Greek that has a density to differentiate, without the derivative of
        any discount factor; asking for another raises KeyError with the reason.
    """

    times: tuple[float, ...]
    spot: Array
    scores: Mapping[str, Array]


class _Scores(dict[str, Array]):
    """Scores by Greek; one that is not there says why."""

    def __init__(self, model: Any, dates: tuple[float, ...]) -> None:
        super().__init__()
        self._model, self._dates = model, dates

    def __missing__(self, greek: str) -> Array:
        known = greek in self._model.greeks()
        why = self._model.no_density(greek, self._dates) if known else f"choose from {', '.join(self)}"
        raise KeyError(f"no score for {greek}: {why}")


def sample_paths(model: Any, *, times: Sequence[float], paths: int, seed: int = 42, underlying: str = "") -> PathSample:
    """Simulated spots and scores, for payoffs computed elsewhere.

    Parameters
    ----------
    model
        A market model.
    times : sequence of float
        Dates in years, ascending, positive.
    paths : int
    seed : int
    underlying : str
        Names the random stream.

    Returns
    -------
    PathSample

    Raises
    ------
    UsageError
        For dates out of order or a number of paths below 1.
    """
    dates = tuple(float(time) for time in times)
    if not dates or dates[0] <= 0 or any(b <= a for a, b in pairwise(dates)):
        raise UsageError(f"times is {list(times)}: write positive years in strictly ascending order")
    if paths < 1:
        raise UsageError(f"paths is {paths}: write at least 1")
    width, workspace = 1024, Workspace()
    greeks = tuple(greek for greek in model.greeks() if model.no_density(greek, dates) is None)
    spot = np.empty((len(dates), paths))
    scores = _Scores(model, dates)
    scores.update((greek, np.empty(paths)) for greek in greeks)
    key = stream_key(seed, underlying, *dates)
    for first in range(0, paths, width):
        count = min(width, paths - first)
        block = model.simulate(dates, Draw(key, first_of(first), width, count), workspace)
        spot[:, first : first + count] = block.spot[:, :count]
        if greeks:
            for greek, weights in zip(greeks, block.weights(greeks), strict=True):
                scores[greek][first : first + count] = weights[:count]
    return PathSample(dates, spot, scores)


def score_function_estimate(values: npt.ArrayLike, scores: npt.ArrayLike, *, baseline: bool = False) -> Estimate:
    """grad E[f] = E[f grad log p], for any density whatever.

    Parameters
    ----------
    values : array_like, shape (n,)
        f at each draw, not depending on the parameter.
    scores : array_like, shape (n,)
        Derivative of the log-density at each draw.
    baseline : bool, default False
        Subtract from each f a multiple of its score chosen to reduce the variance, estimated on the other half of
        the draws, so that the estimate stays unbiased (REINFORCE with a baseline).

    Returns
    -------
    Estimate
        Value and standard error.

    Raises
    ------
    UsageError
        If the shapes differ, are not one-dimensional, or hold fewer than 4 draws.
    """
    f, s = np.asarray(values, dtype=float), np.asarray(scores, dtype=float)
    if f.shape != s.shape or f.ndim != 1 or f.size < 4:
        raise UsageError(f"values {f.shape} and scores {s.shape} must be one-dimensional, alike, of at least 4 draws")
    product = f * s
    if baseline:
        half = f.size // 2
        parts = (slice(0, half), slice(half, None))
        for own, other in (parts, parts[::-1]):
            square = s[other] ** 2
            product[own] -= float(np.sum(f[other] * square) / np.sum(square)) * s[own]
    error = float(np.std(product, ddof=1) / sqrt(f.size))
    return Estimate(float(np.mean(product)), error, f.size, "ok", "")
