"""Terms of contracts on an extreme: which one, the strike, the extreme so far, and when the spot is watched for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal, Self

from greeks.errors import FieldError
from greeks.market.dates import within_the_day
from greeks.payoffs.seasoning import FACTOR, near
from greeks.payoffs.windowed import Windowed
from greeks.spec import CountOrNone, Price, altered, spec


@spec
class OnExtreme(Windowed):
    """Base class of contracts on the extreme spot of a window; the fields are explained where they are used."""

    _none_left: ClassVar[int | None] = 0
    option_type: Literal["call", "put"]
    _: KW_ONLY
    lookback_type: Literal["fixed", "floating"]
    strike: Price | None = None
    fixings: CountOrNone | None = None
    past_min: Price | None = None
    past_max: Price | None = None

    def _left(self, days: Sequence[date], ahead: Sequence[float], today: date) -> list[date]:
        left = [day for day, away in zip(days, ahead, strict=True) if away > 0.0 or within_the_day(today, day)]
        if len(left) < len(days) and self._past is None:
            raise ValueError(f"{len(days) - len(left)} of the fixing dates are past: give {self._as_past}")
        return left

    def check(self) -> None:
        """Refuse fields that contradict each other, and a window that leaves no extreme."""
        fixed = self.lookback_type == "fixed"
        if (self.strike is None) == fixed:
            raise ValueError("strike is needed for lookback_type=fixed, and must be blank for lookback_type=floating")
        wrong = "past_min" if self.sign > 0 else "past_max"
        if getattr(self, wrong) is not None:
            right = "past_max" if self.sign > 0 else "past_min"
            text = f"a {self.lookback_type} {self.option_type} looks at the {self._side}: leave it blank, give {right}"
            raise FieldError(wrong, text)
        if self.maturity == 0 and (self.fixings or 0) > 1:
            raise ValueError("at maturity 0 at most one fixing is open: write fixings 1, or 0 if past_min or past_max")
        if self._past is None and self.monitoring == "discrete" and not self.watched:
            raise ValueError(f"no fixing is left in the window: give {self._as_past}")
        if self._past is None and self.monitoring == "continuous" and self._window[1] == 0.0 < self.maturity:
            raise FieldError("monitoring_end", f"the window ends now: give {self._as_past}")

    @property
    def sign(self) -> float:
        """1 where it looks at the maximum, -1 at the minimum."""
        return 1.0 if (self.option_type == "call") == (self.lookback_type == "fixed") else -1.0

    @property
    def _side(self) -> str:
        return "maximum" if self.sign > 0 else "minimum"

    @property
    def _as_past(self) -> str:
        return f"the {self._side} so far as past_{self._side[:3]}"

    @property
    def _past(self) -> float | None:
        return self.past_max if self.sign > 0 else self.past_min

    @property
    def _hurdle(self) -> float | None:
        """What an extreme must lie beyond to add to the payment: the strike or the extreme so far."""
        known = [level for level in (self.strike, self._past) if level is not None]
        return max(known, key=lambda x: self.sign * x, default=None)

    @cached_property
    def _monitored(self) -> tuple[float, ...]:
        """Dates of the extreme: fixings in the window, or the ends of the window that are still to come."""
        begin, end = self._window
        if self.monitoring == "continuous":
            return tuple(date for date in (begin, end) if date > 0.0) if begin < end else (begin,) * (begin > 0.0)
        return self.watched

    def unlike(self, spot: float) -> tuple[str, bool]:
        """A past extreme that is not within a factor of 5 of the spot is doubted."""
        past = self._past
        if past is None or near(past, spot):
            return "", False
        name = f"past_{self._side[:3]}"
        return f"{name} is {past:.6g}, not within a factor of {FACTOR:g} of the spot, {spot:.6g}: check it", False

    def scaled(self, factor: float) -> Self:
        """The same contract in a unit of currency ``factor`` times smaller."""
        named = {name: getattr(self, name) for name in ("strike", "past_min", "past_max")}
        return altered(self, **{name: None if value is None else factor * value for name, value in named.items()})
