"""One or two levels of the spot, watched continuously from now to maturity."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from greeks.analytic import corridor, first_passage, images
from greeks.analytic.images import Claim, Edge
from greeks.analytic.jets import Market, Number


class Levels(NamedTuple):
    """A lower level, an upper one, or both; None where there is none."""

    low: float | None
    high: float | None

    def beyond(self, spot: float) -> bool:
        """Whether the spot is at a level or past it."""
        return (self.low is not None and spot <= self.low) or (self.high is not None and spot >= self.high)

    def touched(self, m: Market, years: Number, lower: Edge, upper: Edge) -> Claim:
        """The claim on touching a level before maturity, and ending between ``lower`` and ``upper``."""
        if self.low is not None and self.high is not None:
            return corridor.touched(m, years, self.low, self.high, lower, upper)
        return images.touched(m, years, *self._single(), lower, upper)

    def untouched(self, m: Market, years: Number, lower: Edge, upper: Edge) -> Claim:
        """The claim on touching no level before maturity, and ending between ``lower`` and ``upper``."""
        if self.low is not None and self.high is not None:
            return corridor.untouched(m, years, self.low, self.high, lower, upper)
        return images.untouched(m, years, *self._single(), lower, upper)

    def paid_at_touch(self, m: Market, years: Number) -> Claim:
        """The claim on the first touch, paid there: 1 of cash, or the asset, worth the level."""
        if self.low is not None and self.high is not None:
            down, up = corridor.paid_at_touch(m, years, self.low, self.high)
            return Claim(down + up, self.low * down + self.high * up)
        level, _ = self._single()
        cash = first_passage.paid_at_touch(m, years, level)
        return Claim(cash, level * cash)

    def certainly_touched(self, spot: float, carry: float, maturity: float) -> bool:
        """Whether a spot that grows at the rate ``carry`` without randomness gets there.

        Raises
        ------
        ArithmeticError
            Where it arrives just at maturity: no Greek exists there.
        """
        end = spot * math.exp(carry * maturity)
        if end in (self.low, self.high):
            raise ArithmeticError("the forward is the barrier")
        return self.beyond(end)

    def decided(self, m: Market, maturity: float, already_hit: bool, timed: bool) -> bool | None:
        """Whether a level is touched, where that is certain now; None where it is random.

        ``timed``: something is paid at the touch, so that its time counts.

        Raises
        ------
        ArithmeticError
            Where that time is certain: it has no second derivative to the volatility.
        """
        spot, volatility = float(m.spot), float(m.volatility)
        if already_hit or self.beyond(spot):
            return True
        if maturity != 0.0 and volatility != 0.0:
            return None
        touched = self.certainly_touched(spot, float(m.rate) - float(m.dividend_yield), maturity)
        if touched and timed:
            raise ArithmeticError("the time of a touch without randomness has no second derivative to volatility")
        return touched

    def _single(self) -> tuple[float, bool]:
        if self.low is not None:
            return self.low, False
        if self.high is None:
            raise ValueError("no barrier: give one level or two")
        return self.high, True


def levels_of(payoff: Any, side: str) -> Levels:
    """The levels of a contract; ``side`` is up, down or double."""
    if side == "double":
        return Levels(payoff.lower_barrier, payoff.upper_barrier)
    return Levels(None, payoff.barrier) if side == "up" else Levels(payoff.barrier, None)


def whole_life(payoff: Any) -> bool:
    """Whether a contract is monitored continuously from now to its maturity."""
    start, end = getattr(payoff, "monitoring_start", None), getattr(payoff, "monitoring_end", None)
    return payoff.monitoring == "continuous" and not start and end in (None, payoff.maturity)
