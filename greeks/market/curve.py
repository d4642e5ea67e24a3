"""A curve of rates: piecewise constant forward rates between its dates.

``integral(t)`` is the zero rate times t, linear between the dates; beyond the last one its forward rate goes on. A
curve may be of rates, of dividend yields or of borrow. Source: Hagan and West, Interpolation methods for curve
construction (2006), "raw" interpolation. Verified in the tests against another library's curve, and by exact repricing
of the dates.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log


@dataclass(frozen=True)
class Curve:
    """Rates by time.

    Attributes
    ----------
    name : str
    times : tuple of float
        Years, ascending, > 0.
    integrals : tuple of float
        Zero rate times years at each: -log of the discount factor.
    """

    name: str
    times: tuple[float, ...]
    integrals: tuple[float, ...]

    @classmethod
    def of_zero_rates(cls, name: str, times: Sequence[float], rates: Sequence[float]) -> Curve:
        """From continuously compounded zero rates, per year."""
        return cls(name, tuple(times), tuple(rate * time for time, rate in zip(times, rates, strict=True)))

    @classmethod
    def of_discounts(cls, name: str, times: Sequence[float], discounts: Sequence[float]) -> Curve:
        """From discount factors, > 0."""
        return cls(name, tuple(times), tuple(-log(discount) for discount in discounts))

    @classmethod
    def of_forward_rates(cls, name: str, times: Sequence[float], rates: Sequence[float]) -> Curve:
        """From continuously compounded forward rates, each from the date before to its own."""
        found, total, before = [], 0.0, 0.0
        for time, rate in zip(times, rates, strict=True):
            total += rate * (time - before)
            found.append(total)
            before = time
        return cls(name, tuple(times), tuple(found))

    def integral(self, years: float) -> float:
        """Zero rate times ``years``, which is >= 0."""
        times, integrals = (0.0, *self.times), (0.0, *self.integrals)
        last = min(max(bisect_left(times, years), 1), len(times) - 1)
        slope = (integrals[last] - integrals[last - 1]) / (times[last] - times[last - 1])
        return integrals[last] + slope * (years - times[last])

    def zero(self, years: float) -> float:
        """Continuously compounded zero rate, per year; at 0 the first forward rate."""
        return self.integral(years) / years if years > 0.0 else self.integrals[0] / self.times[0]

    @property
    def flat(self) -> bool:
        """Whether every zero rate is the same."""
        rates = [total / time for time, total in zip(self.times, self.integrals, strict=True)]
        return all(abs(a - b) <= 1e-12 for a, b in pairwise(rates))
