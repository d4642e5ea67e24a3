"""Contracts on the spots at fixings, those of the past given one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import ClassVar, Self

from greeks.payoffs.fixings import OnFixings
from greeks.payoffs.seasoning import FACTOR, near
from greeks.spec import Prices, altered, spec


@spec
class Scheduled(OnFixings):
    """Base class of contracts on the spots at fixings, paid at the maturity.

    Parameters
    ----------
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    fixings : int, optional
        Number n of future fixings, at i T / n for i = 1..n: spread from today.
    fixing_times : sequence of float, optional
        Future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``, ascending; needs ``as_of``. Dates on or before it are those of the past fixings.
    past_fixings : sequence of float, optional
        Spots at the fixings so far, in order, in currency.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    """

    priced: ClassVar[tuple[str, ...]] = ("notional",)  # fields in currency, beside the past fixings
    _: KW_ONLY
    past_fixings: Prices = ()

    @property
    def _known(self) -> int:
        return len(self.past_fixings)

    def settled(self, spot: float) -> float | None:
        """The payment once every fixing is known; on the last day an open fixing is today's spot."""
        if self.maturity > 0 and self._fixings:
            return None
        return self._paid([*self.past_fixings, *(spot for _ in self._fixings)])

    def _paid(self, spots: Sequence[float]) -> float:
        """The payment once the spots at all fixings are known."""
        raise NotImplementedError

    def scaled(self, factor: float) -> Self:
        """The same contract in a unit of currency ``factor`` times smaller."""
        fields = {name: factor * value for name in self.priced if (value := getattr(self, name)) is not None}
        return altered(self, **fields, past_fixings=tuple(factor * spot for spot in self.past_fixings))

    def unlike(self, spot: float) -> tuple[str, bool]:
        """A past fixing that is not within a factor of 5 of the spot."""
        odd = [x for x in self.past_fixings if not near(x, spot)]
        if not odd:
            return "", False
        return f"the past fixing {odd[0]:.6g} is not within a factor of {FACTOR:g} of the spot, {spot:.6g}", False
