"""Paths and scores as arrays, for payoffs computed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite, nan
from typing import Any, Literal

import numpy as np

from greeks.checks.arguments import is_a
from greeks.checks.options import check_kinds
from greeks.checks.ranges import truth
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.estimators.base import missing_parameter
from greeks.models.base import Draw
from greeks.names import FIRST_ORDER, SECOND_ORDER
from greeks.simulation.pair_scores import Pair, no_pair, pair_scores, pairs_of
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
    scores : mapping of str, or of a pair of them, to ndarray, shape (paths,)
        Likelihood-ratio weight of each Greek that has a density to differentiate, of first order (every parameter of
        the model) and of second (gamma, vanna, volga), without the derivative of any discount factor: E[f weight] is
        the Greek of E[f]. And of each pair of first-order Greeks that was asked for, such as
        ``scores["rho", "vega"]``, in either order. Asking for another raises KeyError with the reason.
    """

    times: tuple[float, ...]
    spot: Array
    scores: Mapping[str | Pair, Array]

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.spot.shape))
        last = f"mean of the last {self.spot[-1].mean():.6g}"
        names = [greek for greek in self.scores if isinstance(greek, str)]
        pairs = f" and {len(self.scores) - len(names)} pairs" if len(self.scores) > len(names) else ""
        listed = f"scores of {', '.join(names) or 'nothing'}{pairs}"
        return f"PathSample: {shape} spots (dates x paths), {last}, {listed}"


class _Scores(dict[str | Pair, Array]):
    """Scores by Greek, or by pair; one that is not there says why."""

    def __init__(self, model: Any, dates: tuple[float, ...]) -> None:
        super().__init__()
        self._model, self._dates = model, dates

    def __missing__(self, greek: str | Pair) -> Array:
        if isinstance(greek, tuple):
            if greek[::-1] in self:
                return self[greek[::-1]]
            raise KeyError(f"no score for {greek}: {self._no_pair(greek)}")
        known = greek in FIRST_ORDER + tuple(SECOND_ORDER) and missing_parameter(self._model, greek) is None
        names = ", ".join(name for name in self if isinstance(name, str))
        why = self._model.no_density(greek, self._dates) if known else f"choose from {names}"
        raise KeyError(f"no score for {greek}: {why}")

    def _no_pair(self, pair: Pair) -> str:
        try:
            pairs_of([pair], self._model)
        except UsageError as error:
            return str(error)
        return no_pair(self._model, pair, self._dates) or f"ask for it: sample_paths(..., pairs=[{pair}])"


def sample_paths(
    model: Any,
    *,
    times: Sequence[float],
    paths: int,
    seed: int = 42,
    underlying: str = "",
    pairs: Sequence[Pair] | Literal["all"] | None = None,
) -> PathSample:
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
    pairs : "all" or sequence of pairs of str, optional
        Pairs of first-order Greeks, such as ("vega", "rho"), whose scores of second order are wanted too; "all" is
        every pair of the model's parameters that has one.

    Returns
    -------
    PathSample

    Raises
    ------
    UsageError
        For what is no model, pairs that it has not, dates that are no ascending positive numbers, a number of paths
        below 1, a seed out of range, or arrays that this machine's memory cannot hold.
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
    named = (*model.greeks(), *SECOND_ORDER)
    greeks = tuple(
        greek for greek in named if missing_parameter(model, greek) is None and model.no_density(greek, dates) is None
    )
    asked = pairs_of(pairs, model)
    there = tuple(pair for pair in asked if no_pair(model, pair, dates) is None)
    _fits(model.steps(dates, None), len(dates) + len(greeks) + len(there), paths)
    spot = np.empty((len(dates), paths))
    scores = _Scores(model, dates)
    scores.update((greek, np.empty(paths)) for greek in (*greeks, *there))
    key = stream_key(int(seed), underlying, *dates)
    for first in range(0, paths, _WIDTH):
        count = min(_WIDTH, paths - first)
        block = model.simulate(dates, Draw(key, first_of(first), _WIDTH, count), workspace)
        spot[:, first : first + count] = block.spot[:, :count]
        if greeks:
            for greek, weights in zip(greeks, block.weights(greeks), strict=True):
                scores[greek][first : first + count] = weights[:count]
        if there:
            for pair, weights in zip(there, pair_scores(block, dates, there), strict=True):
                scores[pair][first : first + count] = weights
    return PathSample(dates, spot, scores)


def _dates(times: Any) -> tuple[float, ...]:
    """Dates as numbers, checked."""
    remedy = "write positive years in strictly ascending order, such as [0.5, 1.0]"
    try:
        dates = tuple(nan if truth(time) else float(time) for time in times) if isinstance(times, Iterable) else ()
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
