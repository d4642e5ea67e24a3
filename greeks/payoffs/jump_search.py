"""Where a payment jumps, far out too: followed along lines through the paths, as far as a run of any length may go.

A run of a million paths reaches five deviations, a sample of some points three: a jump between is in no gradient and in
no error bar. So the payment is followed along lines to six deviations of each date on either side: the whole path, one
date alone, all from one date on; through random paths. Between two points of a line a payment changes by what its
gradient says, but for a remainder that halving the distance lessens: eightfold where it is smooth, by half at a kink,
not at all at a jump. Verified in the tests over every contract of the package and with jumps planted far out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from greeks.core.generator import fill_normals, first_of, stream_key
from greeks.core.workspace import Array
from greeks.errors import UsageError

Values: TypeAlias = Callable[[Array], Array]  # of points, one a column

_REACH = (6.0, 4.5, 3.0)  # deviations; less where the function raises further out, at spots that no path has
_BASES = 4  # paths that lines go through
_EVALUATIONS, _FEWEST, _MOST = 100_000, 192, 8192  # of the payment in all; and segments of a line
_SPOTS = 10_000_000  # of all points together: of so many dates that it is exceeded, every second, third, ... has lines
_HALVINGS = 30
_CURVED = 0.3  # of the remainder before: what halving leaves of it at most where the payment is smooth
_EXPLAINED = 4.0  # of the change that slopes nearby account for: a kink
_ROUNDING = 1e-10


def find_jump(payments: Values, slopes: Values, spot: float, deviation: float, dates: int) -> Array | None:
    """The spots of a path at which a payment jumps, or None where no jump is met.

    Parameters
    ----------
    payments, slopes : callable
        Of spots of shape (dates, points): the payments, shape (points,), and their derivatives to each spot.
    spot, deviation : float
        Of the spot today, and of the logarithm of the last one.
    dates : int
    """
    directions = list(_directions(dates))
    segments = int(np.clip(_EVALUATIONS // (_BASES * len(directions)), _FEWEST, _MOST))
    for direction in directions:
        for base in _bases(spot, deviation, dates):
            for reach in _REACH:
                try:
                    found = _along(payments, slopes, base, deviation * direction, reach, segments)
                except UsageError:  # the function has no value there
                    continue
                if found is not None:
                    return found
                break
    return None


def _directions(dates: int) -> Iterator[Array]:
    """Shifts of the log-spots, in deviations of the last one."""
    lines = max(_SPOTS // (2 * _BASES * _FEWEST * dates), 4)
    steps = np.arange(1.0, dates + 1.0) / dates
    yield np.sqrt(steps)
    if dates == 1:
        return
    yield steps
    for j in range(0, dates, -(-dates // lines)):
        yield np.where(np.arange(dates) == j, np.sqrt(steps), 0.0)
        yield np.where(np.arange(dates) >= j, np.sqrt(steps[j]), 0.0)


def _bases(spot: float, deviation: float, dates: int) -> Iterator[Array]:
    """Log-spots of random paths, the first of them nearly flat."""
    normals = np.empty((dates, 8))
    fill_normals(*stream_key(0, "jumps"), first_of(0), 0, normals)
    normals[:, 0] *= 0.1
    paths = np.log(spot) + np.cumsum(normals * deviation / np.sqrt(dates), axis=0)
    return iter(paths.T[:_BASES])


@np.errstate(all="ignore")
def _along(
    payments: Values, slopes: Values, base: Array, direction: Array, reach: float, segments: int
) -> Array | None:
    """The first jump on one line: a segment is halved towards the larger remainder while that does not lessen it."""

    def points(x: Array) -> Array:
        return np.ascontiguousarray(np.exp(base[:, None] + direction[:, None] * x))

    places = np.linspace(-reach, reach, segments + 1)
    low, high = places[:-1], places[1:]
    ends = payments(points(places))
    at_low, at_high, before = ends[:-1], ends[1:], np.zeros(segments)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        at_middle = payments(points(middle))
        halves = []
        for x, y, change in ((low, middle, at_middle - at_low), (middle, high, at_high - at_middle)):
            told = slopes(points(0.5 * (x + y))) * (points(y) - points(x))
            halves.append(np.abs(change - told.sum(axis=0)))
        left = halves[0] >= halves[1]
        remainder = np.maximum(*halves)
        kept = (remainder > _CURVED * before) & (remainder > _ROUNDING * (np.abs(at_low) + np.abs(at_high)))
        if not kept.any():
            return None
        low, high = np.where(left, low, middle)[kept], np.where(left, middle, high)[kept]
        at_low, at_high = np.where(left, at_low, at_middle)[kept], np.where(left, at_middle, at_high)[kept]
        before = remainder[kept]
    spots, there = points(low), points(high)
    steepest = np.maximum(np.abs(slopes(spots)), np.abs(slopes(there)))
    explained = (steepest * (_EXPLAINED * np.abs(there - spots) + _ROUNDING * spots)).sum(axis=0)
    jumps = before > explained
    return spots[:, int(np.argmax(before * jumps))] if jumps.any() else None
