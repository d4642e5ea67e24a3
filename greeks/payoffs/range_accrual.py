"""Range accruals: the share of the fixings inside a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from math import inf
from typing import ClassVar

from greeks.compiler.jit import kernel, select
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.forms import Payments
from greeks.payoffs.scheduled import Scheduled
from greeks.spec import Positive, Price, spec


@spec
class RangeAccrual(Scheduled):
    """Pays the notional times the share of fixings with lower < S < upper, all of it at maturity.

    Parameters
    ----------
    lower, upper : float, optional
        Levels of the spot, > 0, in currency; blank leaves a side open, at most one of them.
    notional : float, default 1
        What is paid if every fixing is inside, > 0, in currency.
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    fixings, fixing_times, fixing_dates, past_fixings
        See :class:`~greeks.payoffs.scheduled.Scheduled`; today's spot is no fixing.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    UsageError
        For a value out of range, two schedules or none, or a lower level that is not below the upper one.

    Notes
    -----
    A sum of digitals that are paid late: a fixing's own score up to its date has a tenth of the error of the path's.
    Source: Reiner and Rubinstein, Unscrambling the binary code (1991), for each fixing. Verified against its closed
    form in the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "range_accrual"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    positive: ClassVar[bool] = True
    limited: ClassVar[bool] = True
    payments: ClassVar[Payments] = Payments("spot")
    priced: ClassVar[tuple[str, ...]] = ("lower", "upper", "notional")
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"lower": "90", "upper": "110", "notional": "1000", "maturity": "1", "fixings": "12"},
        {"lower": "95", "notional": "1000", "maturity": "0.5", "fixings": "3", "past_fixings": "98;94;101"},
    )
    _: KW_ONLY
    lower: Price | None = None
    upper: Price | None = None
    notional: Positive = 1.0

    def check(self) -> None:
        """Refuse a range that holds every spot, or none."""
        low, high = self._ends
        if (low, high) == (0.0, inf):
            raise ValueError("give lower, upper or both: without a level every fixing counts")
        if not low < high:
            raise ValueError(f"lower {low:g} is not below upper {high:g}")

    @property
    def _ends(self) -> tuple[float, float]:
        return self.lower or 0.0, inf if self.upper is None else self.upper

    @property
    def amount(self) -> float:
        """The notional."""
        return self.notional

    @property
    def level(self) -> float:
        """The highest level."""
        return self.upper or self.lower or 0.0

    @property
    def rising(self) -> int:
        """Of a range with one open side."""
        return 1 if self.upper is None else -1 if self.lower is None else 0

    @property
    def open_share(self) -> float:
        """Part of the fixings that are still to come."""
        return len(self._fixings) * self._share

    @property
    def _share(self) -> float:
        return 1.0 / (len(self._fixings) + len(self.past_fixings))

    def inside(self, spots: Sequence[float]) -> int:
        """How many of the spots are in the range."""
        low, high = self._ends
        return sum(low < spot < high for spot in spots)

    def _paid(self, spots: Sequence[float]) -> float:
        return self.notional * self._share * self.inside(spots)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        past = self.notional * self._share * self.inside(self.past_fixings)
        share_inside(paths.spot, *self._ends, self.notional * self._share, past, paths.count, out)

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """What each fixing adds."""
        each_inside(paths.spot, *self._ends, self.notional * self._share, paths.count, out)


@kernel
def share_inside(spot: Array, lower: float, upper: float, amount: float, past: float, n: int, out: Array) -> None:
    """``past`` plus ``amount`` for each date with the spot strictly between two levels."""
    for i in range(n):
        out[i] = past
    for j in range(spot.shape[0]):
        row = spot[j]
        for i in range(n):
            out[i] += select((row[i] > lower) & (row[i] < upper), amount, 0.0)


@kernel
def each_inside(spot: Array, lower: float, upper: float, amount: float, n: int, out: Array) -> None:
    """``amount`` where the spot of a date is strictly between two levels, else 0."""
    for j in range(spot.shape[0]):
        row, paid = spot[j], out[j]
        for i in range(n):
            paid[i] = select((row[i] > lower) & (row[i] < upper), amount, 0.0)
