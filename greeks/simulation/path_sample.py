"""Paths and scores as arrays, for payoffs computed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np

from greeks.checks.arguments import is_a
from greeks.checks.options import check_kinds
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.models.base import Draw
from greeks.system.machine import memory

_WIDTH = 1024  # paths of a block


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.spot.shape))
        last = f"mean of the last {self.spot[-1].mean():.6g}"
        return f"PathSample: {shape} spots (dates x paths), {last}, scores of {', '.join(self.scores) or 'nothing'}"


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
        In [0, 2^63).
    underlying : str
        Names the random stream.

    Returns
    -------
    PathSample

    Raises
    ------
    UsageError
        For what is no model, dates that are no ascending positive numbers, a number of paths below 1, a seed out of
        range, or arrays that this machine's memory cannot hold.
    """
    dates = _dates(times)
    if not is_a(model, "simulate"):
        raise UsageError(f"{model!r} is no model: write one such as GBM(spot=100, volatility=0.2)")
    check_kinds(paths=paths, seed=seed)
    if paths < 1:
        raise UsageError(f"paths is {paths}: write at least 1")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed is {seed}: write a whole number in [0, 2^63)")
    paths, workspace = int(paths), Workspace()
    greeks = tuple(greek for greek in model.greeks() if model.no_density(greek, dates) is None)
    _fits(model.steps(dates, None), len(dates) + len(greeks), paths)
    spot = np.empty((len(dates), paths))
    scores = _Scores(model, dates)
    scores.update((greek, np.empty(paths)) for greek in greeks)
    key = stream_key(int(seed), underlying, *dates)
    for first in range(0, paths, _WIDTH):
        count = min(_WIDTH, paths - first)
        block = model.simulate(dates, Draw(key, first_of(first), _WIDTH, count), workspace)
        spot[:, first : first + count] = block.spot[:, :count]
        if greeks:
            for greek, weights in zip(greeks, block.weights(greeks), strict=True):
                scores[greek][first : first + count] = weights[:count]
    return PathSample(dates, spot, scores)


def _dates(times: Any) -> tuple[float, ...]:
    """Dates as numbers, checked."""
    remedy = "write positive years in strictly ascending order, such as [0.5, 1.0]"
    try:
        dates = tuple(float(time) for time in times) if isinstance(times, Iterable) else ()
    except (TypeError, ValueError):
        dates = ()
    ascending = all(b > a for a, b in pairwise((0.0, *dates)))
    if not dates or not ascending or not isfinite(dates[-1]):
        raise UsageError(f"times is {list(times) if isinstance(times, Iterable) else times!r}: {remedy}")
    return dates


def _fits(steps: int, rows: int, paths: int) -> None:
    """Refuse arrays that would not fit, before the system does so in its own way."""
    there, arrays, scratch = memory(), 8 * rows * paths, 8 * 16 * steps * _WIDTH
    if arrays > there:
        most = there // (8 * rows)
        raise UsageError(
            f"paths is {paths}: {rows} numbers a path need {arrays / 2**30:.3g} GiB, and this machine has "
            f"{there / 2**30:.3g}: write at most {most}, in several runs with seeds of their own"
        )
    if scratch > there:
        raise UsageError(
            f"times give {steps} time steps, whose scratch of {scratch / 2**30:.3g} GiB this machine does not have: "
            "write fewer or shorter"
        )
