"""How two numbers differ, and what their error bars say of it.

The error of a difference is the root of the sum of squares only for runs that are independent. Runs of the same seed
draw the same random numbers: the error of their difference is then only known to lie between the difference of the two
errors and their sum, as the correlation is between -1 and 1, and mostly it is near the lower end. A small difference is
then no chance but a change of input, settings or version, so nothing is called equal within error bars. One case is
known: where nothing but the number of paths differs, the shorter run is the beginning of the longer one, and the
variance of the difference is the difference of the variances.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, inf, isinf, isnan, nan, sqrt

from greeks_cli.resultfile import Number, ResultFile

from greeks.text.visible import quoted

INDEPENDENT, NESTED, SHARED, UNKNOWN = "independent", "nested", "shared", "unknown"


@dataclass(frozen=True)
class Difference:
    """Two numbers side by side.

    Attributes
    ----------
    verdict : {"equal", "within", "undecided", "differ"}
    gap : float
        The second less the first; nan where one of them is absent.
    error : float
        Of the gap, by the relation of the runs; the largest that it can be where it is not known.
    distance : float
        Gap over error, not negative; inf where no error bar explains the gap.
    words : str
        What is the matter, where it is not the size of the gap.
    """

    verdict: str
    gap: float
    error: float
    distance: float
    words: str = ""


def relation(first: ResultFile, second: ResultFile) -> str:
    """Whether two runs share their random numbers, as far as the files tell.

    Bits that are equal beside an error bar are as good as a seed: independent runs never have them.
    """
    if first.seeds and second.seeds:
        if not first.seeds & second.seeds:
            return INDEPENDENT
        return NESTED if first.decided and first.decided == second.decided else SHARED
    common = first.numbers.keys() & second.numbers.keys()
    same = any(
        first.numbers[key].error > 0.0 and first.numbers[key].value == second.numbers[key].value for key in common
    )
    return SHARED if same else UNKNOWN


def difference(first: Number, second: Number, how: str, rtol: float, sigmas: float) -> Difference:
    """The difference of two numbers of one key.

    Parameters
    ----------
    first, second : Number
    how : {"independent", "nested", "shared", "unknown"}
        See :func:`relation`.
    rtol : float
        Relative difference that counts as equal.
    sigmas : float
        Distance that counts as within error bars, where these can tell.
    """
    x, y = first.value, second.value
    if first.unit != second.unit:
        return Difference("differ", nan, nan, inf, f"units {quoted(first.unit)} and {quoted(second.unit)}")
    if isnan(x) and isnan(y):
        return Difference("equal", 0.0, 0.0, 0.0)
    if isnan(x) or isnan(y):
        return Difference("differ", nan, nan, inf, f"no value in {'A' if isnan(x) else 'B'}")
    if isinf(x) or isinf(y):
        same = x == y
        return Difference("equal" if same else "differ", 0.0 if same else nan, nan, 0.0 if same else inf, "infinite")
    gap = y - x
    if abs(gap) <= rtol * max(abs(x), abs(y)):
        return Difference("equal", gap, 0.0, 0.0)
    if isnan(first.error) or isnan(second.error):
        return Difference("differ", gap, nan, inf, "no finite error bar")
    error = _error(first.error, second.error, how)
    distance = abs(gap) / error if error > 0.0 else inf
    if how in (INDEPENDENT, NESTED):
        return Difference("within" if distance <= sigmas else "differ", gap, error, distance)
    exact = first.error == 0.0 and second.error == 0.0
    return Difference("differ" if distance > sigmas or exact else "undecided", gap, error, distance)


def _error(first: float, second: float, how: str) -> float:
    if how == INDEPENDENT:
        return hypot(first, second)
    if how == NESTED:
        return sqrt(abs(first - second)) * sqrt(first + second)
    return first + second
