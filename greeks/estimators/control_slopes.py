"""Slopes of contributions on functions of known means, from a pilot of 4,096 paths that no run has.

They depend on the contract, the model and the time grid alone; those of differences between two grids are fitted on
fewer, each of three times the steps. All but the last 1,024 reach further than the paths of a run: the products of two
functions grow faster than a price, and slopes fitted to the centre alone would leave most of the variance to a few
paths far out. The last are drawn as a run is, and have to show that variance is saved: of a contract far out of the
money, whose few paths that pay decide, it would not be, and slopes are 0.

Verified in the tests: the variance of the judge never rises, and the measured factors are in ``docs/controls.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.generator import first_of, stream_key
from greeks.core.least_squares import cross_products, slopes
from greeks.core.sampler import PseudoRandom, Sampler
from greeks.core.widened import Widened
from greeks.core.workspace import Array, Workspace
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Draw
from greeks.models.laws import Known

_SEED, _STREAM = 1618033988, "\0controls"
_WIDTH = 1024  # of a block of the pilot, which stays in the cache
_FITTED = {"paths": 3, "grids": 2}  # blocks that slopes are fitted on, before one that judges
_FACTOR = 1.25  # of the deviations of what they are fitted on
_WORTH = 0.9  # of the variance, that may be left
_GRAIN = 16 * 2.0**-52  # relative rounding of a function and of its mean, alike on every path
_EXACT, _LEAST = 1e-4, 1e-6  # of the deviation that is left, or of a part of that before: rounding that may be
_BY_TIME = 1  # row of what is weighted by time
_RATES = ("rho", "dividend_rho")

Rows = Callable[[Valuation, tuple[str, ...], float], Array]


@dataclass(frozen=True)
class Moved:
    """How a Greek moves the variance path: by the tangent of ``greek``, by ``step`` to either side, or not at all."""

    greek: str = ""
    step: float = 0.0


@dataclass(frozen=True)
class Question:
    """What slopes depend on; the payoff follows from its form, and the rows from the estimator."""

    model: Any
    dates: tuple[float, ...]
    steps_per_year: int | None
    form: Any
    maturity: float
    greeks: tuple[str, ...]
    moves: tuple[Moved, ...]
    bump: float
    of: str  # "paths" or "grids"
    payoff: Any = field(compare=False)
    rows: Rows = field(compare=False)


def weights_of(payoff: Any) -> tuple[float, ...]:
    """Of the sum of spots that a payment is on."""
    return (1.0,) if payoff.half_line is not None else tuple(payoff.positive_part.weights)


def known_of(sample: Sample, weights: tuple[float, ...], move: Moved) -> list[Known]:
    """The functions, and their tangents; or on either side of a difference."""
    if move.step:
        sides: list[Any] = [sample.shifted((move.greek, step)).paths for step in (move.step, -move.step)]
        return [side.known(weights) for side in sides]
    paths: Any = sample.paths
    return [paths.known(weights), *([paths.known(weights, move.greek)] if move.greek else [])]


@lru_cache(maxsize=4096)
def fitted(asked: Question) -> tuple[list[Array], ...]:
    """For each Greek the slopes on each part of :func:`known_of`, shape (1, functions)."""
    workspace, key = Workspace(), stream_key(_SEED, _STREAM, *asked.dates)
    wide, plain = Widened(key, _FACTOR), PseudoRandom(key)
    with Tape().recording():  # done once, not for each block
        count = _FITTED[asked.of]
        blocks = [_block(asked, k, wide if k < count else plain, workspace) for k in range(count + 1)]
        found = []
        for place, move in enumerate(asked.moves):
            *fit, judge = (block[place] for block in blocks)
            found.append(_parts(np.ascontiguousarray(np.concatenate(fit, axis=1)), judge, move))
    return tuple(found)


def _block(asked: Question, number: int, sampler: Sampler, workspace: Workspace) -> list[Array]:
    """For each Greek the functions and the contributions on a block, or their differences between two grids."""
    draw = Draw((0, 0), first_of(number * _WIDTH), _WIDTH, _WIDTH, asked.steps_per_year, sampler)
    if asked.of == "paths":
        return _rows(asked, asked.model.simulate(asked.dates, draw, workspace), workspace)
    fine, own = (_rows(asked, paths, workspace) for paths in asked.model.both_grids(asked.dates, draw, workspace))
    return [high - low for high, low in zip(own, fine, strict=True)]


def _rows(asked: Question, paths: Any, workspace: Workspace) -> list[Array]:
    """For each Greek the functions, then the contributions, shape (functions + 1, paths)."""
    paths.keep_levels()
    sample = Sample(asked.model, paths, (), workspace)
    out = asked.rows(Valuation(asked.payoff, sample, paths.draw.stride), asked.greeks, asked.bump)
    found = []
    for greek, move, row in zip(asked.greeks, asked.moves, out, strict=True):
        parts = [known.rows[:, :_WIDTH].copy() for known in known_of(sample, weights_of(asked.payoff), move)]
        for part in parts[: 2 if move.step else 1]:
            part[_BY_TIME] *= greek in _RATES  # moves with the rates alone
        if move.step:  # their sum and their difference are not alike, as the two sides are
            parts = [parts[0] + parts[1], parts[0] - parts[1]]
        found.append(np.concatenate([*parts, row[None, :_WIDTH]]))
    return found


def _rounded(found: Array, functions: Array, move: Moved, products: Array) -> bool:
    """Whether the rounding of the known means, which no spread shows, would count."""
    size, weight = np.abs(functions).mean(axis=1), np.abs(found)
    if move.step:  # what is taken off are the two sides, the sum and the difference of which were fitted
        middle, difference = np.split(found, 2)
        size = size[: len(middle)] / 2.0
        weight = np.abs(middle + difference) + np.abs(middle - difference)
    before, left = (sqrt(products[i, i] / _WIDTH) for i in (0, 1))
    return not _GRAIN * float((weight * size).sum()) <= _EXACT * max(left, _LEAST * before)


def _parts(fit: Array, judge: Array, move: Moved) -> list[Array]:
    """Slopes of the last row on the parts of the others; 0 where they do not save variance."""
    found = slopes(fit, fit.shape[1])
    pair = np.array([judge[-1], judge[-1] - sum(slope * row for slope, row in zip(found, judge[:-1], strict=True))])
    means, products = np.empty(2), np.empty((2, 2))
    cross_products(pair, _WIDTH, means, products)
    if _rounded(found, judge[:-1], move, products) or not products[1, 1] <= _WORTH * products[0, 0]:
        found[:] = 0.0
    if not move.greek:
        return [found[None]]
    if not move.step:
        count = (len(found) + 1) // 2  # there is one tangent less
        return [found[None, :count], found[None, count:]]
    middle, difference = np.split(found, 2)
    return [(middle + difference)[None], (middle - difference)[None]]
