"""Which estimator to trust for one number, and why, in words a trader can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan

from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.results import FAR
from greeks.study.contributions import Study

_GRID_BIAS = 0.05  # part of a number that may be a time-step bias, which every estimator on that grid shares
_AS_GOOD = 1.1  # ratio of efficiencies below which two estimators are called equally good

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
    efficiency : float
        1 / (variance x seconds), relative to the best; by variance alone where no time was measured.
    chosen : bool
    why : str
        For the chosen one; empty for the others.
    """

    row: int
    variance_ratio: float
    efficiency: float
    chosen: bool
    why: str


def ranking(done: Study, greek: str, seconds: Seconds | None) -> list[Ranked]:
    """Every valid estimator of a Greek, the recommended one marked, in the order of the study.

    Parameters
    ----------
    done : Study
    greek : str
    seconds : mapping or None
        Cost of a path by (Greek, estimator); None ranks by variance alone.
    """
    rows = done.rows(greek)
    if not rows:
        return []
    variance = {
        k: 0.0 if done.certain(k) else done.sampled[k].standard_error ** 2 * done.sampled[k].paths for k in rows
    }
    time = {k: seconds[greek, done.cells[k].estimator] if seconds else 1.0 for k in rows}
    work = {k: variance[k] * time[k] for k in rows}
    least_variance, least_work = min(variance.values()), min(work.values())
    sound = [k for k in rows if done.sampled[k].status == "ok" and not _far(done, k)]
    chosen = _choose(done, sound, work) if sound else _least_bad(done, rows)
    return [
        Ranked(
            k,
            _ratio(variance[k], least_variance),
            1.0 / _ratio(work[k], least_work),
            k == chosen,
            _why(done, k, rows, sound, variance, time) if k == chosen else "",
        )
        for k in rows
    ]


def _ratio(a: float, b: float) -> float:
    if b > 0.0:
        return a / b
    return 1.0 if a == b else inf


def _far(done: Study, row: int) -> bool:
    """Whether an estimate is further from the exact value than chance, and the bias of a time grid, allow."""
    exact, found = done.exact.get(done.cells[row].greek), done.estimates[row]
    if exact is None or not abs(done.z_score(row)) > FAR:
        return False
    return not on_grid(done.model) or abs(found.value - exact) > _GRID_BIAS * abs(exact)


def _biased(done: Study, row: int) -> bool:
    return bool(ESTIMATORS[done.cells[row].estimator].biased) and done.cells[row].greek != "price"


def _choose(done: Study, rows: list[int], work: Mapping[int, float]) -> int:
    """The least work; a biased estimator only where no unbiased one is there: more paths do not make it better."""
    unbiased = [k for k in rows if not _biased(done, k)]
    return min(unbiased or rows, key=lambda k: work[k])


def _least_bad(done: Study, rows: list[int]) -> int:
    """Where no error bar is sound: the lightest tail, or the one ``auto`` prefers where no tail was seen."""
    return min(rows, key=lambda k: inf if isnan(done.sampled[k].kurtosis) else done.sampled[k].kurtosis)


def _why(
    done: Study,
    row: int,
    rows: list[int],
    sound: list[int],
    variance: Mapping[int, float],
    time: Mapping[int, float],
) -> str:
    """The reason, from what was measured."""
    name = {k: done.cells[k].estimator for k in rows}
    if done.cells[row].greek == "price" and len(rows) == 1:
        return "the mean payment, by whichever estimator"
    if len(rows) == 1:
        return "the only estimator that is valid here"
    if not sound:
        fault = done.sampled[row].reason.split(";")[0] or "far from the exact value"
        return f"no estimator has a sound error bar here: {fault}"
    if len(sound) == 1:
        other = min((k for k in rows if k != row), key=lambda k: variance[k] * time[k])
        fault = done.sampled[other].reason.split(";")[0] if done.sampled[other].status != "ok" else "far off"
        return f"the only one with a sound error bar; {name[other]}: {fault}"
    rivals = [k for k in sound if k != row]
    second = min(rivals, key=lambda k: variance[k] * time[k])
    gain = _ratio(variance[second] * time[second], variance[row] * time[row])
    if gain == inf:
        return f"no variance at all, unlike {name[second]}"
    if _biased(done, second) and gain < _AS_GOOD:
        if gain == 0.0:
            return f"unbiased, unlike {name[second]}, which does not vary here"
        work = "about" if gain * _AS_GOOD > 1.0 else f"{1.0 / gain:.3g} times"
        return f"{work} the work of {name[second]}, but without its bias"
    if gain < _AS_GOOD:
        return f"as good as {name[second]}"
    parts = f"variance {_factor(_ratio(variance[second], variance[row]))}"
    if set(time.values()) != {1.0}:
        parts += f", time {_factor(_ratio(time[second], time[row]))}"
    return f"{gain:.3g} times as efficient as {name[second]}: {parts}"


def _factor(less: float) -> str:
    """How a quantity compares that is so many times less."""
    return f"÷ {less:.3g}" if less >= 1.0 else f"× {1.0 / less:.3g}"
