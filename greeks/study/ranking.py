"""Which estimator to trust for one number: the least mean square error at equal time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan

from greeks.models.base import on_grid
from greeks.results.status import BIAS
from greeks.results.tables import FAR
from greeks.study.bias import bias, unbiased
from greeks.study.contributions import Study
from greeks.study.reasons import AS_GOOD, Measured, ratio, why

_GRID_BIAS = 0.05  # part of a number that may be a time-step bias, which every estimator on that grid shares

Seconds = Mapping[tuple[str, str], float]  # (Greek, estimator) to seconds per path


@dataclass(frozen=True)
class Ranked:
    """One estimator's standing for one number.

    Attributes
    ----------
    row : int
        Position of the cell in the study.
    variance_ratio : float
        Variance of one contribution over the least of all estimators of this number.
    bias : float
        What no number of paths removes, where it is known: see :func:`greeks.study.bias.bias`; else nan.
    mean_square_error : float
        Squared bias, where it is known, and the variance of the mean of as many paths as the quickest estimator takes
        in the study's time; of the study's paths where no time was measured.
    efficiency : float
        Least mean square error of this number over that of this estimator.
    chosen : bool
    why : str
        For the chosen one; empty for the others.
    """

    row: int
    variance_ratio: float
    bias: float
    mean_square_error: float
    efficiency: float
    chosen: bool
    why: str


def ranking(done: Study, greek: str, seconds: Seconds | None) -> list[Ranked]:
    """Every valid estimator of a Greek, the recommended one marked, in the order of the study.

    Recommended is the least mean square error at equal time (or paths) among those whose error bar is sound, but for a
    bias that is known and counted; an unbiased one before a biased one that is no better.

    Parameters
    ----------
    done : Study
    greek : str
    seconds : mapping or None
        Cost of a path by (Greek, estimator); None compares at equal paths.
    """
    rows = done.rows(greek)
    if not rows:
        return []
    variance = {
        k: 0.0 if done.certain(k) else done.sampled[k].standard_error ** 2 * done.sampled[k].paths for k in rows
    }
    time = {k: seconds[greek, done.cells[k].estimator] if seconds else 1.0 for k in rows}
    quickest, least = min(time.values()), min(variance.values())
    off = {k: bias(done, k) for k in rows}
    noise = {k: variance[k] * time[k] / quickest / done.paths for k in rows}
    error = {k: noise[k] + (0.0 if isnan(off[k]) else off[k] ** 2) for k in rows}
    lowest = min(error.values())
    sound = [k for k in rows if _usable(done, k, off[k])]
    chosen = _choose(done, sound, error) if sound else _least_bad(done, rows)
    measured = Measured(variance, time, noise, off, error)
    return [
        Ranked(
            k,
            ratio(variance[k], least),
            off[k],
            error[k],
            1.0 / ratio(error[k], lowest),
            k == chosen,
            why(done, k, rows, sound, measured) if k == chosen else "",
        )
        for k in rows
    ]


def _usable(done: Study, row: int, known: float) -> bool:
    """Whether an error bar is sound, or lacks a bias alone that is known and counted."""
    found = done.sampled[row]
    if not unbiased(done, row) and not isnan(known):
        return found.status == "ok" or (found.status == "warn" and found.causes <= {BIAS} and bool(found.causes))
    return found.status == "ok" and not _far(done, row)


def _far(done: Study, row: int) -> bool:
    """Whether an estimate is further from the exact value than chance, and the bias of a time grid, allow."""
    exact, found = done.exact.get(done.cells[row].greek), done.estimates[row]
    if exact is None or not abs(done.z_score(row)) > FAR:
        return False
    return not on_grid(done.model) or abs(found.value - exact) > _GRID_BIAS * abs(exact)


def _choose(done: Study, rows: list[int], error: Mapping[int, float]) -> int:
    """The least error; an unbiased estimator that is as good is preferred, since more paths make it better."""
    best = min(rows, key=lambda k: error[k])
    as_good = [k for k in rows if unbiased(done, k) and error[k] <= AS_GOOD * error[best]]
    return min(as_good or [best], key=lambda k: error[k])


def _least_bad(done: Study, rows: list[int]) -> int:
    """Where no error bar is sound: the lightest tail, or the one ``auto`` prefers where no tail was seen."""
    return min(rows, key=lambda k: inf if isnan(done.sampled[k].kurtosis) else done.sampled[k].kurtosis)
