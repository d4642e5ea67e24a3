"""Autocallable note on one underlying: coupons, early redemption, and a capital that is protected down to a level."""

from __future__ import annotations

from dataclasses import KW_ONLY
from functools import cached_property
from math import exp, inf
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from greeks.core.moments import Index
from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.models.base import Paths
from greeks.payoffs.autocallable_kernel import autocallable_values
from greeks.payoffs.base import Smoothness
from greeks.payoffs.forms import Payments, Piece, Survival
from greeks.payoffs.scheduled import Scheduled
from greeks.spec import Finite, Positive, Price, Whole, spec


@spec
class Autocallable(Scheduled):
    """Pays coupons at its fixings, ends early with the notional at or above the autocall barrier.

    At a fixing with the spot at or above the coupon barrier the coupon is paid, with memory the missed ones too. At or
    above the autocall barrier the notional is repaid and all ends. What lives to the last fixing repays the notional at
    or above the protection barrier, and notional S / strike below it, at maturity.

    Parameters
    ----------
    strike : float
        Level of the spot that the performance counts from, > 0, in currency.
    autocall_barrier, coupon_barrier, protection_barrier : float
        Levels of the spot, > 0, in currency.
    coupon : float
        Fraction of the notional per fixing, such as 0.02.
    memory : bool, default False
        Whether a coupon that is missed is paid with the next one that is not.
    notional : float, default 100
        > 0, in currency.
    maturity : float
        Years (ACT/365F); the last payment, and the last fixing where ``fixings`` is given.
    fixings, fixing_times, fixing_dates
        See :class:`~greeks.payoffs.scheduled.Scheduled`.
    past_fixings : sequence of float, optional
        Spots at the fixings before today: the coupons missed since the last one paid are still remembered.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    UsageError
        For a value out of range, two schedules or none, or a past fixing that has ended the note.

    Notes
    -----
    A payment before the maturity is carried there at the rate. Source: Alm, Harrach, Harrach and Keller, A Monte Carlo
    pricing algorithm for autocallables that allows for stable differentiation (2013). Verified against backward
    quadrature in the tests. A remembered coupon is a contract of its own that ends where it is paid, so the payment is
    a sum of contracts that live between levels.
    """

    kind: ClassVar[str] = "autocallable"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    explicit: ClassVar[frozenset[str]] = frozenset({"rho"})
    limited: ClassVar[bool] = True
    payments: ClassVar[Payments] = Payments("path")
    priced: ClassVar[tuple[str, ...]] = (
        "strike", "autocall_barrier", "coupon_barrier", "protection_barrier", "notional",
    )  # fmt: skip
    _: KW_ONLY
    strike: Price
    autocall_barrier: Price
    coupon: Finite
    coupon_barrier: Price
    memory: bool = False
    protection_barrier: Price
    notional: Positive = 100.0
    fixings: Annotated[Whole, Field(ge=1, le=10_000)] | None = None

    def check(self) -> None:
        """Refuse a coupon that is no fraction, and a past that has ended the note."""
        if not 0.0 <= self.coupon <= 1.0:
            raise FieldError("coupon", f"{self.coupon:g} of the notional: write 0.02 for 2 % a fixing")
        before = self.past_fixings if self._fixings else self.past_fixings[:-1]  # the last one of all redeems anyway
        over = [level for level in before if level >= self.autocall_barrier]
        if over:
            raise FieldError(
                "past_fixings", f"the fixing at {over[0]:g} has redeemed the note, at or above the autocall barrier, "
                f"{self.autocall_barrier:g}: leave the trade out"
            )  # fmt: skip

    @property
    def level(self) -> float:
        """The strike."""
        return self.strike

    @property
    def amount(self) -> float:
        """The notional."""
        return self.notional

    @property
    def positive(self) -> bool:
        """Always."""
        return True

    @property
    def remembered(self) -> int:
        """Coupons missed at the past fixings since the last one paid; 0 without memory."""
        count = 0
        for spot in self.past_fixings:
            count = 0 if spot >= self.coupon_barrier else count + 1
        return count if self.memory else 0

    @property
    def _protected(self) -> float:
        """The level from which the notional is repaid at the end: at the autocall barrier it is, protected or not."""
        return min(self.protection_barrier, self.autocall_barrier)

    def settled(self, spot: float) -> float | None:
        """The last payments where the last fixing is today's; the redemption alone where it is past."""
        if not self._fixings:
            last = self.past_fixings[-1]
            return self.notional if last >= self._protected else self.notional * last / self.strike
        if self.maturity > 0:
            return None
        back = self.notional if spot >= self._protected else self.notional * spot / self.strike
        return back + (self.coupon * self.notional * (1 + self.remembered) if spot >= self.coupon_barrier else 0.0)

    @cached_property
    def survival(self) -> tuple[Survival, ...]:
        """The note without the coupons that are remembered, and one contract for each fixing's coupon that may be."""
        times, last = self._fixings, len(self._fixings) - 1
        nothing, earned = (0.0,) * len(times), self.coupon * self.notional
        alive = (*(self.autocall_barrier,) * last, inf)
        back = (Piece(0.0, self._protected, self.notional / self.strike, 0.0),
                Piece(self._protected, inf, 0.0, self.notional))  # fmt: skip
        over = (Piece(self.coupon_barrier, inf, 0.0, earned),)
        memory = self.memory and earned > 0.0
        coupons = () if memory or earned == 0.0 else (over,) * len(times)
        repaid = (*(self.notional,) * last, 0.0)
        note = Survival(nothing, alive, repaid, times, back, coupons=coupons, coupon_time=times)
        if not memory:
            return (note,)
        waits = min(self.autocall_barrier, self.coupon_barrier)
        first = (Piece(self.coupon_barrier, inf, 0.0, earned * (1 + self.remembered)),)
        return (note, *(
            Survival(
                nothing, (*alive[:k], *(waits,) * (last - k), inf), nothing, times, (),
                coupons=((),) * k + (over if k else first,) * (last + 1 - k), coupon_time=times,
            )
            for k in range(len(times))
        ))  # fmt: skip

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """All payments, carried to the maturity."""
        self._pay(paths, self._carried(paths), 1.0, self._together, workspace, out[None])

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """What is paid at each fixing."""
        self._pay(paths, self._carried(paths), 1.0, self._apart, workspace, out)

    def explicit_part(self, paths: Paths, greek: str, values: Array, workspace: Workspace, out: Array) -> None:
        """Of the rate: what is paid early is carried."""
        waits = np.array([self.maturity - time for time in self._fixings])
        self._pay(paths, waits * self._carried(paths), 0.0, self._together, workspace, out[None])

    def _carried(self, paths: Paths) -> Array:
        rate = float(paths.model.rate)
        return np.array([exp(rate * (self.maturity - time)) for time in self._fixings])

    @cached_property
    def _together(self) -> Index:
        """Row of each fixing's payment."""
        return np.zeros(len(self._fixings), dtype=np.int64)

    @cached_property
    def _apart(self) -> Index:
        return np.arange(len(self._fixings), dtype=np.int64)

    def _pay(self, paths: Paths, carried: Array, final: float, rows: Index, workspace: Workspace, out: Array) -> None:
        alive, missed = workspace.array("autocallable/state", 2, out.shape[-1])
        autocallable_values(
            paths.spot, carried, final, self.autocall_barrier, self.coupon_barrier, self._protected,
            self.coupon * self.notional, float(self.memory), float(self.remembered), self.notional,
            1.0 / self.strike, rows, paths.count, alive, missed, out,
        )  # fmt: skip
