"""The gate: from moments of contributions to a number with an error bar and a status.

Every number that leaves the engine passes :func:`assess`, whether it is a trade's or a sum over trades: what is not
finite is not a number, a spread below rounding is none, and an error bar that is itself uncertain is said to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import copysign, hypot, inf, isfinite, nan, sqrt

from greeks.core.moments import MOMENT_COLUMNS, degrees_of, standard_error
from greeks.core.workspace import Array
from greeks.planning.measured import RESOLVED, STEPS
from greeks.results.estimate import Estimate, quantile

_TOLERATED = 0.4  # bias in standard errors that a number may have: it leaves an interval of 95 % a coverage of 93 %
_RESOLVED = 1.25  # of its own standard errors that a bias must exceed to be more than chance
_SKEWED = 0.045  # squared skewness of a mean, which costs its interval 1.1 % of coverage
_LOSS = 0.25  # coverage that a squared skewness of 1 costs: Hall, The Bootstrap and Edgeworth Expansion (1992), 2.6
_SHAKY = 0.25  # relative uncertainty of an error above which a sample has not shown its tail, skewed or not
_ENOUGH = 4096  # paths that show a tail that was doubted beforehand: the fewest of the panel of docs/coverage.md
_MISSED = 2.0  # of the standard error: a bound on what no path met above which it is added
_RELATIVE_GRAIN = 16 * 2.0**-52  # rounding of contributions, relative to their mean

_LONGER = "take more paths, a longer bump or another estimator"

TAIL, NO_HIT, BIAS, DOUBT, TARGET = "tail", "no hit", "bias", "doubt", "target"  # causes of a warning
UNRESOLVED = "unresolved"  # another: a bias that was not measured to half the error


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
        What was known before simulation: "ok" with a note, "warn", or "doubt" where the moments may refute it.
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
    step, step_error : float
        Of the bias, the part of the time step, and its own error: the noise of a bump's bias must not hide it.
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
    step: float = nan
    step_error: float = 0.0


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
    skewed : float
        Squared skewness of the sum.
    spread : float
        The error that independent paths would have; of pseudo-random ones the error itself.
    degrees : float
        Degrees of freedom of the error, of several parts by Welch and Satterthwaite; infinite for many paths.
    """

    value: float
    error: float
    paths: int
    kurtosis: float
    shaky: float
    skewed: float
    spread: float
    degrees: float = inf


def missed(target: float, error: float) -> str:
    """What is said of a number that did not reach its target."""
    return f"the target {target:g} is missed, relative error {error:.3g}: raise max_paths or the target"


def measure(parts: Sequence[tuple[Array, float]], exact: float = 0.0) -> Measured:
    """Add independent parts, each a row of moments (count, mean, central power sums of order 2 to 4) and a factor.

    The variance of a sample variance is its square times (kurtosis - 1) / n; of independent parts variances add, and so
    do the variances of those. So do third cumulants, each the skewness of its mean times the cube of its error. With
    replicates, whose means are few, skewness and uncertainty are those of as many independent paths: a tail that these
    would not show is not shown by points either, and what is left of the uncertainty is in the quantile of Student's t.
    """
    value, error, paths, alone = exact, 0.0, 0, 0.0
    shares: list[tuple[float, float]] = []  # error and degrees of freedom of each part
    spreads: list[tuple[float, float, int]] = []
    skews: list[float] = []  # of the means, in the order of the spreads
    for row, factor in parts:
        count, mean, m2 = int(row[0]), float(row[1]), float(row[2])
        value += factor * mean
        own = abs(factor) * standard_error(row[:MOMENT_COLUMNS])
        alone = hypot(alone, own) if alone else own
        shown = abs(factor) * standard_error(row)
        error = hypot(error, shown) if error else shown
        shares.append((shown, degrees_of(row)))
        paths = max(paths, count)
        if m2 > 0.0:
            skews.append(copysign(1.0, factor) * (float(row[3]) / m2) / sqrt(m2))
            spreads.append((own, count * (float(row[4]) / m2) / m2, count))
    doubt = sum((part / error) ** 4 / degrees for part, degrees in shares) if error > 0.0 else 0.0
    degrees = 1.0 / doubt if doubt > 0.0 else inf
    thirds = [(own / alone) ** 3 * skew for (own, *_), skew in zip(spreads, skews, strict=True) if alone > 0.0]
    skewed = sum(thirds) ** 2
    if len(spreads) == 1 and alone == spreads[0][0]:
        kurtosis, count = spreads[0][1:]
        shaky = 0.5 * sqrt(_above_one(kurtosis) / count)
        return Measured(value, error, paths, kurtosis, shaky, skewed, alone, degrees)
    square = sum((own / alone) ** 4 * _above_one(kurtosis) / count for own, kurtosis, count in spreads if alone > 0.0)
    kurtosis = 1.0 + square * paths if spreads else nan
    return Measured(value, error, paths, kurtosis, 0.5 * sqrt(square), skewed, alone, degrees)


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
    spread = found.spread * sqrt(found.paths)
    none = spread <= max(known.rounding, _RELATIVE_GRAIN * abs(found.value - exact))
    if none and known.random and known.bound > 0.0:
        return _without_spread(found, known)
    doubted = known.status == "warn" or (known.status == "doubt" and found.paths < _ENOUGH)
    causes = {DOUBT} if doubted else set()
    estimate = Estimate(
        found.value, found.error, found.paths, "warn" if doubted else "ok", known.reason, found.kurtosis,
        bias=known.bias, degrees=found.degrees, causes=frozenset(causes),
    )  # fmt: skip
    if known.unmet and known.bound > _MISSED * found.error:
        estimate = _widened(estimate, known)
    if known.few:
        estimate = estimate.warned(known.few, NO_HIT)
    if max(abs(known.bias), abs(known.step)) > max(found.error / 3.0, known.rounding):
        estimate = _biased(estimate, known)
    if known.unresolved > max(RESOLVED * found.error, known.rounding) and BIAS not in estimate.causes:
        estimate = estimate.warned(_unresolved(known.unresolved, found.error), UNRESOLVED)
    if not none and not (found.skewed <= _SKEWED and found.shaky <= _SHAKY):
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
    half = quantile(0.95, found.degrees) * found.standard_error + known.bound
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
    if abs(known.step) > max(_TOLERATED * error, _RESOLVED * known.step_error):
        own = f"{text}, of which the time step {known.step:.3g} +- {known.step_error:.2g}"
        return found.warned(f"{own}; {STEPS}", BIAS)
    if abs(known.bias) > error and known.bias_error > error and not known.summed:
        return found.warned(f"{text}, of few paths that a step twice as long met; {_LONGER}", NO_HIT)
    return replace(found, reason="; ".join(part for part in (text, found.reason) if part))


def _unresolved(spread: float, error: float) -> str:
    share = f"{spread / error:.2g} standard errors" if error else "more than the error, which is 0"
    return f"the time-step bias is only known to +- {share}: take more steps per year, or compare two numbers of steps"


def _tail(found: Measured) -> str:
    if not isfinite(found.shaky):
        return "the contributions are so large that their fourth moment overflows: the error bar says nothing"
    text = f"heavy tail (kurtosis {found.kurtosis:.3g}): the error bar itself is uncertain by {found.shaky:.0%}"
    if found.skewed > _SKEWED:
        loss = _LOSS * found.skewed
        text += f", and the skewness of the mean, {sqrt(found.skewed):.2g}, costs some {loss:.1%} of its coverage"
    return f"{text}; ask for more paths or another estimator"
