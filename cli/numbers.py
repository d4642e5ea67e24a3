"""Numbers of one column in one format: points aligned, and no more digits than the error bars carry."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isfinite, isnan, log10

Number = tuple[float | None, float | None]  # value and standard error; an error of 0 or None is that of an exact value
Shown = tuple[str, str]  # the same as text

_ERROR_DIGITS = 2
_EXACT_DIGITS = 5  # significant digits of an exact number, of the smallest where there are several
_LONGEST = 13  # digits of a number above which the whole column is written with powers of ten
_FINEST = 8  # decimals above which it is so too
ABSENT = "n/a"


def column(numbers: Sequence[Number]) -> list[Shown]:
    """Values and error bars as text, all with the same number of decimals.

    Decimals are as many as the smallest error needs for two digits, fewer where the largest number would be too long
    for that; where the smallest would then vanish, every number of the column is written as 1.234e+05.

    Parameters
    ----------
    numbers : sequence of (float or None, float or None)

    Returns
    -------
    list of (str, str)
        Value with thousands separators, ``n/a`` where there is none; error bar, blank where the value is exact.
    """
    found = [(value, error or 0.0) for value, error in numbers if value is not None and isfinite(value)]
    decimals = _decimals(found)
    if decimals is None:
        return [_scientific(*number, _mantissa(found)) for number in numbers]
    return [_fixed(*number, decimals) for number in numbers]


def point_aligned(numbers: Sequence[Number]) -> list[Shown]:
    """Values of different kinds below each other: each with the digits its error carries, points in one column."""
    found = [(value, error or 0.0) for value, error in numbers if value is not None and isfinite(value)]
    wanted = [_needed(*number) for number in found]
    most, widest = max(wanted, default=0), max((_whole(value) for value, _ in found), default=0)
    if widest + most > _LONGEST + 5:
        return [_scientific(*number, _mantissa(found)) for number in numbers]
    shown = []
    for value, error in numbers:
        known = value is not None and isfinite(value)
        own = _needed(value or 0.0, error or 0.0) if known else 0
        text, bar = _fixed(value, error, own)
        shown.append((text + " " * (most - own + (most > 0 and own == 0)), bar))
    return shown


def with_bars(numbers: Sequence[Shown]) -> list[str]:
    """Each value with its error bar, if it has one, in as many columns as the widest."""
    bar = max((len(error) for _, error in numbers), default=0)
    none = " " * (bar + 3 if bar else 0)
    return [f"{value} ± {error:{bar}}" if error else value + none for value, error in numbers]


def _needed(value: float, error: float) -> int:
    """Decimals for two digits of an error bar, or for an exact value."""
    if error > 0.0 and isfinite(error):
        return max(_ERROR_DIGITS - 1 - floor(log10(float(f"{error:.1e}"))), 0)  # as rounded: 0.0999 is 0.10
    return max(_EXACT_DIGITS - 1 - floor(log10(abs(value))), 0) if value else 0


def _least(value: float, error: float) -> int:
    """Decimals below which a number or its error would vanish."""
    own = max(1 - floor(log10(abs(value))), 0) if value else 0
    if error > 0.0 and isfinite(error):
        bar = max(-floor(log10(error)), 0)
        return bar if abs(value) < error else max(bar, min(own, bar))
    return own


def _whole(value: float) -> int:
    """Digits before the point."""
    return max(floor(log10(abs(value))) + 1, 1) if value else 1


def _decimals(found: Sequence[tuple[float, float]]) -> int | None:
    """Decimals of a column; None where no number of them suits all."""
    if not found:
        return 0
    widest = max(max(_whole(value), _whole(error) if isfinite(error) else 1) for value, error in found)
    wanted = max(_needed(*number) for number in found)
    least = max(_least(*number) for number in found)
    decimals = min(wanted, max(_LONGEST - 4 - widest, least))
    return decimals if widest + decimals <= _LONGEST and decimals <= _FINEST else None


def _fixed(value: float | None, error: float | None, decimals: int) -> Shown:
    if value is None or not isfinite(value):
        return ABSENT, ""
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0.0:
        text = text.lstrip("-")  # no negative zero
    return text, f"{error:,.{decimals}f}" if error and not isnan(error) else ""


def _mantissa(found: Sequence[tuple[float, float]]) -> int:
    """Decimals of a mantissa: those that the most precise number has, from 2 to 5."""
    most = 2
    for value, error in found:
        if value and error > 0.0 and isfinite(error):
            most = max(most, floor(log10(abs(value))) - floor(log10(error)) + _ERROR_DIGITS - 1)
        elif value:
            most = max(most, _EXACT_DIGITS - 1)
    return min(most, 5)


def _scientific(value: float | None, error: float | None, decimals: int) -> Shown:
    if value is None or not isfinite(value):
        return ABSENT, ""
    bar = f"{error:.{_ERROR_DIGITS - 1}e}" if error and not isnan(error) else ""
    return f"{value + 0.0:.{decimals}e}", bar
