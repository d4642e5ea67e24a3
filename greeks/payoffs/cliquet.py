"""Cliquets: a sum of returns, each limited below and above, and the sum likewise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from itertools import pairwise
from math import fsum, inf
from typing import ClassVar

from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.forms import Payments
from greeks.payoffs.limited_returns import inside, limit, limited_returns, limited_sum, ratios_inside
from greeks.payoffs.returns import OnReturns
from greeks.spec import Finite, Positive, spec

_LOCAL, _GLOBAL = ("local_floor", "local_cap"), ("global_floor", "global_cap")


@spec
class Cliquet(OnReturns):
    """Pays N min(max(sum of min(max(S_i / S_(i-1) - 1, f), c), F), C) at maturity, f to c local and F to C global.

    Parameters
    ----------
    local_floor, local_cap : float, optional
        Least and most that each return counts, as fractions, -0.03 for -3 %; none where blank.
    global_floor, global_cap : float, optional
        Least and most that their sum counts, likewise.
    notional : float, default 1
        N > 0, in currency.
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    fixings, fixing_times, fixing_dates
        See :class:`~greeks.payoffs.scheduled.Scheduled`.
    past_fixings : sequence of float, optional
        Spots at the fixings so far, in order, in currency; where there are none today's spot is the first fixing.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    UsageError
        For a value out of range, two schedules or none, or a floor that is not below its cap.

    Notes
    -----
    Where there is no past the price does not depend on the spot. Source: Haug (2007), section 4.5.2, for one period.
    Verified against its closed form in the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "cliquet"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"local_floor": "-0.03", "local_cap": "0.05", "notional": "1000", "maturity": "1", "fixings": "4"},
        {"local_cap": "0.04", "global_floor": "0", "notional": "1000", "maturity": "2", "fixings": "8"},
        {
            "local_floor": "-0.02",
            "local_cap": "0.04",
            "global_floor": "0.01",
            "global_cap": "0.1",
            "notional": "1000",
            "maturity": "0.5",
            "fixings": "2",
            "past_fixings": "97;101;99",
        },
    )
    _: KW_ONLY
    local_floor: Finite | None = None
    local_cap: Finite | None = None
    global_floor: Finite | None = None
    global_cap: Finite | None = None
    notional: Positive = 1.0

    def check(self) -> None:
        """Refuse levels that are no fractions, and floors that are not below their caps."""
        for floor, cap in (_LOCAL, _GLOBAL):
            returns = 1 if floor == "local_floor" else len(self._fixings) + len(self.past_fixings)
            for name in (floor, cap):
                level = getattr(self, name)
                if level is not None and abs(level) > returns:
                    raise FieldError(name, f"{level:g} is {level:.0%}: write {level / 100:g} for {level:g} %")
            low, high = self._ends(floor, cap)
            if not low < high:
                raise FieldError(floor, f"{low:g} is not below {cap} {high:g}")

    def _ends(self, floor: str, cap: str) -> tuple[float, float]:
        low, high = getattr(self, floor), getattr(self, cap)
        return -inf if low is None else low, inf if high is None else high

    @property
    def amount(self) -> float:
        """The notional."""
        return self.notional

    @property
    def positive(self) -> bool:
        """Where a global floor says so."""
        return self.global_floor is not None and self.global_floor >= 0.0

    @property
    def limited(self) -> bool:
        """Where there is a cap."""
        return self.local_cap is not None or self.global_cap is not None

    @property
    def payments(self) -> Payments | None:
        """Each return; none where their sum is limited."""
        return Payments("return") if self.global_floor is None and self.global_cap is None else None

    @property
    def past(self) -> float:
        """Sum of the limited returns so far."""
        return self._sum(self.past_fixings)

    def _sum(self, spots: Sequence[float]) -> float:
        low, high = self._ends(*_LOCAL)
        return fsum(min(max(b / a - 1.0, low), high) for a, b in pairwise(spots))

    def _paid(self, spots: Sequence[float]) -> float:
        low, high = self._ends(*_GLOBAL)
        return self.notional * min(max(self._sum(spots), low), high)

    def _sums(self, paths: Paths, out: Array) -> None:
        limited_sum(paths.spot, self.counted_from(paths), *self._ends(*_LOCAL), self.past, paths.count, out)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        self._sums(paths, out)
        limit(*self._ends(*_GLOBAL), self.notional, paths.count, out)

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """What each return adds."""
        limited_returns(paths.spot, self.counted_from(paths), *self._ends(*_LOCAL), self.notional, paths.count, out)

    def slopes(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """A return moves with its logarithm by one more than itself, between its limits."""
        ratios_inside(paths.spot, self.counted_from(paths), *self._ends(*_LOCAL), paths.count, out)

    def factor(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """The notional, where the sum is between its limits."""
        self._sums(paths, out)
        inside(*self._ends(*_GLOBAL), self.notional, paths.count, out)
