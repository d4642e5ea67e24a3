"""Why an estimator is recommended, in words a trader can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isnan, sqrt

from greeks.study.contributions import Study

AS_GOOD = 1.1  # ratio of mean square errors below which two estimators are called equally good
_TOLD = 0.1  # part of the standard error from which a bias is told of


@dataclass(frozen=True)
class Measured:
    """What the ranking of one number is made from, by row of the study.

    Attributes
    ----------
    variance : mapping
        Of one contribution.
    time : mapping
        Seconds per path; 1 where no time was measured.
    noise, error : mapping
        Variance of the mean at equal time, without and with the squared bias.
    bias : mapping
        nan where it is not known.
    """

    variance: Mapping[int, float]
    time: Mapping[int, float]
    noise: Mapping[int, float]
    bias: Mapping[int, float]
    error: Mapping[int, float]


def ratio(a: float, b: float) -> float:
    """a / b; 1 where both are 0, infinity where b alone is."""
    if b > 0.0:
        return a / b
    return 1.0 if a == b else inf


def why(done: Study, row: int, rows: list[int], sound: list[int], measured: Measured) -> str:
    """The reason why ``row`` is recommended, from what was measured."""
    name = {k: done.cells[k].estimator for k in rows}
    error = measured.error
    if done.cells[row].greek == "price" and len(rows) == 1:
        return "the mean payment, by whichever estimator"
    if len(rows) == 1:
        return "the only estimator that is valid here"
    if not sound:
        fault = done.sampled[row].reason.split(";")[0] or "far from the exact value"
        return f"no estimator has a sound error bar here: {fault}"
    if len(sound) == 1:
        other = min((k for k in rows if k != row), key=lambda k: error[k])
        fault = done.sampled[other].reason.split(";")[0] if done.sampled[other].status != "ok" else "far off"
        return f"the only one with a sound error bar; {name[other]}: {fault}"
    second = min((k for k in sound if k != row), key=lambda k: error[k])
    gain = ratio(error[second], error[row])
    own = _bias(measured, row)
    if gain == inf:
        return f"no error at all, unlike {name[second]}"
    if gain < AS_GOOD:
        return f"as good as {name[second]}{own}"
    parts = f"variance {_factor(ratio(measured.variance[second], measured.variance[row]))}"
    if set(measured.time.values()) != {1.0}:
        parts += f", time {_factor(ratio(measured.time[second], measured.time[row]))}"
    return f"{gain:.3g} times less squared error than {name[second]}: {parts}{own or _bias(measured, second)}"


def _bias(measured: Measured, row: int) -> str:
    """What a bias adds to the error of an estimator, where it is worth telling."""
    size, noise = abs(measured.bias[row]), sqrt(measured.noise[row])
    if isnan(size) or size <= _TOLD * noise:
        return ""
    return f"; its bias is {ratio(size, noise):.2g} of its standard error" if noise > 0.0 else f"; bias {size:.2g}"


def _factor(less: float) -> str:
    """How a quantity compares that is so many times less."""
    return f"÷ {less:.3g}" if less >= 1.0 else f"× {1.0 / less:.3g}"
