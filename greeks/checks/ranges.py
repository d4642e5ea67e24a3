"""Sizes that a market and a book can have. Beyond them squares overflow or vanish, and a number is a slip of the pen.

One table serves the models, the contracts, the positions and the files, and one test what a number is.
"""

from __future__ import annotations

from math import isfinite
from numbers import Real
from typing import Any, NamedTuple


def truth(value: Any) -> bool:
    """Whether a value is yes or no, of NumPy too: Python takes it as 1 or 0, and nobody means that."""
    return isinstance(value, bool) or getattr(getattr(value, "dtype", None), "kind", "") == "b"


def finite(value: Any) -> float | None:
    """A number as Python's own, or None for what is none."""
    if type(value) is float and isfinite(value):
        return value
    try:
        if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
            return None
    except OverflowError:  # a whole number beyond every float
        return None
    return float(value)


class Range(NamedTuple):
    """Sizes from ``least`` to ``most``; 0 too where ``zero`` says so, and with either sign where ``signed`` does."""

    of: str
    least: float
    most: float
    zero: bool = False
    signed: bool = False

    def problem(self, value: float) -> str:
        """What to say of a value outside; nothing for one inside."""
        size = abs(value) if self.signed else value
        if self.least <= size <= self.most or (self.zero and value == 0):
            return ""
        nought = "0, or " if self.zero else ""
        sign = ", long or short" if self.signed else ""
        return (
            f"{_short(value)} is out of range: a {self.of} is {nought}{_short(self.least)} to {_short(self.most)}{sign}"
        )


def _short(value: float) -> str:
    return f"{value:g}".replace("e+", "e").replace("e-0", "e-")


PRICE = Range("price or amount", 1e-12, 1e15)
QUANTITY = Range("quantity", 1e-12, 1e15, zero=True, signed=True)
MULTIPLIER = Range("multiplier", 1e-12, 1e15)
VOLATILITY = Range("volatility", 1e-6, 4.0, zero=True)
VARIANCE = Range("variance", 1e-12, 16.0, zero=True)
MEAN_REVERSION = Range("mean reversion a year", 1e-6, 100.0, zero=True)
LAG = Range("payment lag in calendar days", 1e-3, 366.0, zero=True)
YEARS = Range("time in years", 1e-8, 100.0, zero=True)  # from a third of a second
