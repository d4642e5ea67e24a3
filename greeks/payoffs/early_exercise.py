"""Calls and puts that their holder may exercise before the end: what American and Bermudan ones have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.option_type import StruckAtExpiry
from greeks.spec import altered

Schedule = tuple[float, tuple[int, ...]]  # a weight, and the places of exercise dates among the dates


class EarlyExercise(StruckAtExpiry):
    """Pays max(S - K, 0) (call) or max(K - S, 0) (put) at the date at which its holder exercises it.

    A path alone has no payment: ``longstaff_schwartz`` finds a policy first.
    """

    smoothness: ClassVar[Smoothness] = "lipschitz"
    early: ClassVar[bool] = True
    reads: ClassVar[frozenset[str]] = frozenset({"dates", "exercise"})
    positive: ClassVar[bool] = True
    convex: ClassVar[bool] = True
    any_time: ClassVar[bool] = False  # whether it may be exercised now

    def dates(self) -> tuple[float, ...]:
        """Dates at which it may be exercised; none on the last day."""
        raise NotImplementedError

    @property
    def schedules(self) -> Sequence[Schedule]:
        """Sums of values with these exercise dates are the value: its own alone."""
        return ((1.0, tuple(range(len(self.dates())))),)

    def settled(self, spot: float) -> float | None:
        """Intrinsic value at expiry."""
        return max(self.sign * (spot - self.strike), 0.0) if self.maturity == 0 else None

    def scaled(self, factor: float) -> Self:
        """The same contract in a unit of currency ``factor`` times smaller."""
        return altered(self, strike=factor * self.strike)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """None without a policy.

        Raises
        ------
        UsageError
        """
        raise UsageError(f"what a {self.kind} pays depends on when it is exercised: use longstaff_schwartz")
