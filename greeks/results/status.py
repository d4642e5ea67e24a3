"""The gate: from moments of contributions to a number with an error bar and a status.

Every number that leaves the engine passes :func:`assess`, whether it is a trade's or a sum over trades: what is not
finite is not a number, a spread below rounding is none, and an error bar that is itself uncertain is said to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import hypot, isfinite, nan, sqrt

from greeks.core.workspace import Array
from greeks.results.estimate import Z95, Estimate

_TOLERATED = 0.4  # bias in standard errors that a number may have: it leaves an interval of 95 % a coverage of 93 %
_RESOLVED = 1.25  # of its own standard errors that a bias must exceed to be more than chance
_SHAKY = 0.10  # relative uncertainty of an error above which intervals may cover less than 92 %: docs/coverage.csv
_MISSED = 2.0  # of the standard error: a bound on what no path met above which it is added
_RELATIVE_GRAIN = 16 * 2.0**-52  # rounding of contributions, relative to their mean

_LONGER = "take more paths, a longer bump or another estimator"

TAIL, NO_HIT, BIAS, DOUBT, TARGET = "tail", "no hit", "bias", "doubt", "target"  # causes of a warning
UNRESOLVED = "unresolved"  # another: a bias that was measured to less than the error


@dataclass(frozen=True)
class Known:
    """What is known of a number beside its moments.

    Attributes
    ----------
    bound : float
        What stands for an error where no path differs; see :mod:`greeks.results.bounds`.
    sign : int
        1 or -1 where the number cannot have the other sign, else 0.
    rounding : float
        Rounding error of one contribution.
    random : bool
        False where the paths are deterministic, so that no spread is expected.
    status, reason : str
        What was known before simulation: a doubt, or a note.
    bias, bias_error : float
        Measured bias of the value, nan where none was measured, and its own standard error.
    cure : str
        What lessens the bias.
    few : str
        Why there were too few paths of the kind that matters, blank where there were enough.
    unresolved : float
        Standard error of a time-step bias that is left out of ``bias`` because it is noise; 0 where none is.
    unmet : bool
        Whether no path ended out of the money: ``bound`` is then what such paths may add.
    summed : bool
        Whether the error of the bias is a sum of several, and may be larger than it is.
    """

    bound: float
    sign: int = 0
    rounding: float = 0.0
    random: bool = True
    status: str = "ok"
    reason: str = ""
    bias: float = nan
    bias_error: float = 0.0
    cure: str = "take a smaller bump or another estimator"
    few: str = ""
    unresolved: float = 0.0
    unmet: bool = False
    summed: bool = False


@dataclass(frozen=True)
class Measured:
    """Independent means added up.

    Attributes
    ----------
    value, error : float
        Sum and standard error.
    paths : int
        The most of any part.
    kurtosis : float
        Of the contributions; of several parts, that of one part whose error would be as uncertain.
    shaky : float
        Relative uncertainty of the error.
    """

    value: float
    error: float
    paths: int
    kurtosis: float
    shaky: float


def measure(parts: Sequence[tuple[Array, float]], exact: float = 0.0) -> Measured:
    """Add independent parts, each a row of moments (count, mean, central power sums of order 2 to 4) and a factor.

    The variance of a sample variance is its square times (kurtosis - 1) / n; of independent parts variances add, and so
    do the variances of those.
    """
    value, error, paths = exact, 0.0, 0
    spreads: list[tuple[float, float, int]] = []
    for row, factor in parts:
        count, mean, m2 = int(row[0]), float(row[1]), float(row[2])
        value += factor * mean
        variance = m2 / (count - 1) if count > 1 else nan
        own = abs(factor) * sqrt(variance / count) if variance >= 0.0 else nan
        error = hypot(error, own) if error else own
        paths = max(paths, count)
        if m2 > 0.0:
            spreads.append((own, count * (float(row[4]) / m2) / m2, count))
    if len(spreads) == 1 and error == spreads[0][0]:
        kurtosis, count = spreads[0][1:]
        return Measured(value, error, paths, kurtosis, 0.5 * sqrt(_above_one(kurtosis) / count))
    square = sum((own / error) ** 4 * _above_one(kurtosis) / count for own, kurtosis, count in spreads if error > 0.0)
    return Measured(value, error, paths, 1.0 + square * paths if spreads else nan, 0.5 * sqrt(square))


def _above_one(kurtosis: float) -> float:
    return max(kurtosis - 1.0, 0.0) if kurtosis == kurtosis else nan


def assess(parts: Sequence[tuple[Array, float]], known: Known, exact: float = 0.0) -> Estimate:
    """Sum, standard error and verdict of independent rows of moments.

    Parameters
    ----------
    parts : sequence of (ndarray, float)
        Rows of moments and their factors; one for a trade.
    known : Known
    exact : float
        What is added without error.

    Returns
    -------
    Estimate
        "na" without a number where the sum or its error is not finite.
    """
    found = measure(parts, exact)
    if parts and found.paths < 2:
        return Estimate(
            found.value, nan, found.paths, "warn", "a single path has no error bar: ask for more paths",
            causes=frozenset({DOUBT}),
        )  # fmt: skip
    if not (isfinite(found.value) and isfinite(found.error)):
        text = "contributions are infinite, or their squares overflow"
        return Estimate(nan, nan, found.paths, "na", text)
    spread = found.error * sqrt(found.paths)
    none = spread <= max(known.rounding, _RELATIVE_GRAIN * abs(found.value - exact))
    if none and known.random and known.bound > 0.0:
        return _without_spread(found, known)
    causes = {DOUBT} if known.status == "warn" else set()
    estimate = Estimate(
        found.value, found.error, found.paths, known.status, known.reason, found.kurtosis,
        bias=known.bias, causes=frozenset(causes),
    )  # fmt: skip
    if known.unmet and known.bound > _MISSED * found.error:
        estimate = _widened(estimate, known)
    if known.few:
        estimate = estimate.warned(known.few, NO_HIT)
    if abs(known.bias) > found.error / 3.0:
        estimate = _biased(estimate, known)
    if known.unresolved > found.error and BIAS not in estimate.causes:
        estimate = estimate.warned(_unresolved(known.unresolved, found.error), UNRESOLVED)
    if not none and not found.shaky <= _SHAKY:
        estimate = estimate.warned(_tail(found), TAIL)
    return estimate


def rounding_of(estimate: Estimate) -> float:
    """Rounding error of a contribution of the size of a number's own."""
    spread = estimate.standard_error * sqrt(max(estimate.paths, 1))
    return _RELATIVE_GRAIN * (abs(estimate.value) + (spread if estimate.low is None else 0.0))


def _without_spread(found: Measured, known: Known) -> Estimate:
    """A bound in place of an error bar."""
    value, bound = found.value, known.bound
    low, high = value - bound, value + bound
    if known.sign > 0:
        low = min(max(low, 0.0), value)
    if known.sign < 0:
        high = max(min(high, 0.0), value)
    text = (
        f"no path differs from {value:.6g} in {found.paths} paths: the error is only known to be below {bound:.3g} "
        "(3/n of the scale) with 95 % confidence; ask for more paths"
    )
    return Estimate(value, bound, found.paths, "warn", text, low=low, high=high, causes=frozenset({NO_HIT}))


def _widened(found: Estimate, known: Known) -> Estimate:
    """An error bar that holds what paths of a kind not drawn may add."""
    error = found.standard_error + known.bound
    half = Z95 * found.standard_error + known.bound
    text = (
        f"none of {found.paths} paths ended out of the money: what such paths add is only known to be below "
        f"{known.bound:.3g}; ask for more paths, or for auto, which simulates those"
    )
    wide = replace(found, standard_error=error, low=found.value - half, high=found.value + half)
    return wide.warned(text, NO_HIT)


def _biased(found: Estimate, known: Known) -> Estimate:
    """Say what a bias is beside the error; a warning where it costs coverage and is no chance result."""
    error = found.standard_error
    share = f"{abs(known.bias) / error:.2g} standard errors" if error else "larger than the error, which is 0"
    spread = f" +- {known.bias_error:.2g}" if known.bias_error else ""
    text = f"measured bias {known.bias:.3g}{spread}: {share}"
    if abs(known.bias) > max(_TOLERATED * error, _RESOLVED * known.bias_error):
        return found.warned(f"{text}; {known.cure}", BIAS)
    if abs(known.bias) > error and known.bias_error > error and not known.summed:
        return found.warned(f"{text}, of few paths that a step twice as long met; {_LONGER}", NO_HIT)
    return replace(found, reason="; ".join(part for part in (text, found.reason) if part))


def _unresolved(spread: float, error: float) -> str:
    share = f"{spread / error:.2g} standard errors" if error else "more than the error, which is 0"
    return f"the time-step bias is only known to +- {share}: take more steps per year, or compare two numbers of steps"


def _tail(found: Measured) -> str:
    if not isfinite(found.shaky):
        return "the contributions are so large that their fourth moment overflows: the error bar says nothing"
    return (
        f"heavy tail (kurtosis {found.kurtosis:.3g}): the error bar itself is uncertain by {found.shaky:.0%}; "
        "ask for more paths or another estimator"
    )
