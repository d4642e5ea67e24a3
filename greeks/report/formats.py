"""How a value looks on the page: few digits for the reader; the exact value stays in the markup and in the CSV."""

from __future__ import annotations

from math import inf, isinf, isnan
from typing import Any

from greeks.results.tables import FAR
from greeks.text.visible import visible

ABSENT = "–"
_NAME = 48  # characters of a name that the page shows


def shown(value: Any, kind: str) -> str:
    """A value as text; an absent one as a dash."""
    if value is None or (isinstance(value, float) and isnan(value)):
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return visible(value, _NAME if kind == "name" else None)
    if isinstance(value, float) and isinf(value):
        return "∞" if value == inf else "-∞"
    if kind == "percent":
        return f"{_digits(100.0 * value, 3)} %"
    if kind == "count" and value < 1e15:
        return f"{value:,.0f}"
    if kind == "z":
        return f"{value:+.2f}" if abs(value) < 1000 else f"{value:+.1e}"
    if kind in ("ratio", "heat"):
        return _digits(value, 3) if abs(value) < 1e6 else "> 1e6"
    if kind == "seconds":
        return _duration(value)
    return _digits(value, 5)


def _digits(value: float, digits: int) -> str:
    """So many significant digits; powers of ten only where zeros would be in the way."""
    if value == 0.0:
        return "0"
    if not 1e-4 <= abs(value) < 1e11:
        return f"{value:.{digits - 1}e}".replace("e-0", "e-").replace("e+0", "e")
    if abs(value) >= 10 ** (digits - 1):
        return f"{float(f'{value:.{digits}g}'):,.0f}"
    return f"{value:,.{digits}g}"


def _duration(seconds: float) -> str:
    """Seconds in the unit that suits them."""
    for factor, unit in ((1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s")):
        if seconds < 1000.0 * factor:
            return f"{_digits(seconds / factor, 3)} {unit}"
    return f"{seconds:,.0f} s"


def heat(ratio: Any) -> int:
    """Shade of a variance ratio: 0 for the best, one more for each factor of three, at most 5."""
    if not isinstance(ratio, float | int) or isnan(ratio):
        return -1
    level = 0
    while level < 5 and ratio > 1.05 * 3.0**level:
        level += 1
    return level


def status_of_z(z: float) -> str:
    """What a distance in standard errors says."""
    return "sound" if abs(z) < FAR else "unsound"
