"""Asian options: arithmetic or geometric, average price or average strike, fresh or seasoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar
from functools import cached_property
from math import exp as scalar_exp
from math import log as scalar_log
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.average import OnAverage
from greeks.payoffs.base import Smoothness
from greeks.payoffs.fixings import OnFixings
from greeks.payoffs.forms import Parity, PositivePart
from greeks.payoffs.option_type import CallOrPut, complement
from greeks.payoffs.seasoning import sum_of, unlike_spot
from greeks.spec import CountOrNone, Finite, Price, Prices, Whole, altered, spec


@spec
class Asian(CallOrPut, OnFixings):
    """Pays on the average of the spot over its fixing dates: max(+-(A - K), 0), or max(+-(S_T - A), 0).

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float, optional
        > 0; needed for ``average_of="price"`` and refused for ``"strike"``.
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    averaging : {"arithmetic", "geometric"}, default "arithmetic"
    average_of : {"price", "strike"}, default "price"
        Whether the average replaces the final price or the strike.
    fixings : int, optional
        Number n of future fixings, at i T / n for i = 1..n: spread from today. At maturity 0 at most 1, today's.
    fixing_times : sequence of float, optional
        Explicit future fixings in years, ascending, in (0, maturity].
    fixing_dates : sequence of str, date or datetime, optional
        Instead of ``fixing_times``, ascending; needs ``as_of``. Dates on or before it are those of the past fixings.
        At most one of the three; none where every fixing is known.
    past_fixings_sum : float, default 0
        Seasoned trades: sum of the spots already fixed; for a geometric average the sum of their logarithms.
    past_fixings_count : int, default 0
        Number of fixings in that sum.
    past_fixings : sequence of float, optional
        Instead of the sum and the count: the spots already fixed, for either average.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Notes
    -----
    Source: Glasserman (2004), section 1.1.1; Haug (1998), section 2.12. The geometric average is verified against its
    closed form, the arithmetic one against published values by backward convolution, both in the tests.
    """

    kind: ClassVar[str] = "asian"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    one_sided: ClassVar[bool] = True
    positive: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "strike": "100", "maturity": "1", "averaging": "arithmetic", "fixings": "12"},
        {"option_type": "put", "strike": "100", "maturity": "0.5", "averaging": "geometric", "fixings": "26"},
        {"option_type": "call", "maturity": "1", "average_of": "strike", "fixing_times": "0.25;0.5;0.75;1"},
        {
            "option_type": "call",
            "strike": "100",
            "maturity": "0.25",
            "fixings": "3",
            "past_fixings_sum": "912.5",
            "past_fixings_count": "9",
        },
    )
    _none_left: ClassVar[int | None] = 0
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price | None = None
    averaging: Literal["arithmetic", "geometric"] = "arithmetic"
    average_of: Literal["price", "strike"] = "price"
    fixings: CountOrNone | None = None
    past_fixings: InitVar[Prices | None] = None
    past_fixings_sum: Finite = 0.0
    past_fixings_count: Annotated[Whole, Field(ge=0)] = 0

    def __post_init__(self, expiry: Any, as_of: Any, fixing_dates: Any, past_fixings: Any) -> None:
        """Turn past fixings into their sum and dates into years, then check what holds between the fields."""
        if past_fixings is not None:
            if self.past_fixings_count or self.past_fixings_sum:
                raise ValueError("give past_fixings, or past_fixings_sum and past_fixings_count, not both")
            object.__setattr__(self, "past_fixings_sum", sum_of(past_fixings, self.averaging == "geometric"))
            object.__setattr__(self, "past_fixings_count", len(past_fixings))
        super().__post_init__(expiry, as_of, fixing_dates)

    @property
    def _known(self) -> int:
        return self.past_fixings_count

    def check(self) -> None:
        """Refuse fields that contradict each other."""
        if (self.strike is None) == (self.average_of == "price"):
            raise ValueError("strike is needed for average_of=price, and must be blank for average_of=strike")
        if self.past_fixings_count == 0 and self.past_fixings_sum != 0.0:
            raise ValueError("past_fixings_sum needs past_fixings_count, the number of fixings in the sum")
        if self.past_fixings_count > 0 and self.averaging == "arithmetic" and self.past_fixings_sum <= 0.0:
            raise ValueError("past_fixings_sum must be positive: the sum of the spots already fixed")

    @property
    def rising(self) -> int:
        """Of an average price as of a European; an average strike rises with one spot and falls with another."""
        return int(self.sign) if self.average_of == "price" else 0

    @property
    def limited(self) -> bool:
        """A put on an average pays the strike at most."""
        return self.option_type == "put" and self.average_of == "price"

    @property
    def level(self) -> float:
        """The strike; an average strike gives none."""
        return self.strike or 0.0

    @property
    def variant(self) -> str:
        """With the kind of average."""
        return f"{self.averaging} asian"

    @property
    def open_share(self) -> float:
        """Part of the payment's range that is still open: that of the average, or all of it where the strike is one."""
        count = len(self._fixings)
        return count / (count + self.past_fixings_count) if self.strike is not None and count else 1.0

    def dates(self) -> tuple[float, ...]:
        """Fixing dates, and the maturity where the final price counts."""
        if self.maturity == 0:
            return ()
        times = self._fixings
        if self.average_of == "strike" and (not times or times[-1] < self.maturity):
            return (*times, self.maturity)
        return times

    def settled(self, spot: float) -> float | None:
        """The payment once every fixing is known; on the last day an open fixing is today's spot."""
        if self.maturity > 0 and (self._fixings or self.average_of == "strike"):
            return None
        live = len(self._fixings)
        logarithmic = self.averaging == "geometric"
        total = self.past_fixings_sum + live * (scalar_log(spot) if logarithmic else spot)
        mean = total / (self.past_fixings_count + live)
        average = scalar_exp(mean) if logarithmic else mean
        ahead = average - self.strike if self.strike is not None else spot - average
        return max(self.sign * ahead, 0.0)

    def unlike(self, spot: float) -> tuple[str, bool]:
        """What is odd about the past fixings beside the spot (nothing is ""), and whether it must be a mistake."""
        geometric = self.averaging == "geometric"
        return unlike_spot(self.past_fixings_sum, self.past_fixings_count, geometric, spot)

    @cached_property
    def _averaging_weights(self) -> Array:
        """Weight of each simulated date in the average; a final date that is not a fixing has weight 0."""
        count = len(self._fixings)
        weights = np.zeros(len(self.dates()))
        weights[:count] = 1.0 / (count + self.past_fixings_count)
        return weights

    def _past(self) -> float:
        return self.past_fixings_sum / (len(self._fixings) + self.past_fixings_count)

    @cached_property
    def _average(self) -> OnAverage:
        geometric = self.averaging == "geometric"
        return OnAverage(self.sign, geometric, self._averaging_weights, self._past(), self.strike)

    @property
    def parity(self) -> Parity | None:
        """As for a European, with the average; None for a geometric one, which is not linear in the spots."""
        if self.averaging == "geometric":
            return None
        weights, constant = self._average.line
        forward = tuple(float(self.sign * w) for w in weights), self.sign * constant
        return Parity(complement(self), 1.0, *forward, forward)

    @cached_property
    def positive_part(self) -> PositivePart | None:
        """Of an arithmetic average; None for a geometric one, which is not linear in the spots."""
        if self.averaging == "geometric":
            return None
        weights, constant = self._average.line
        return PositivePart(tuple(map(float, weights)), float(constant), self.sign)

    def scaled(self, factor: float) -> Asian:
        """The same contract in a unit of currency ``factor`` times smaller."""
        past = self.past_fixings_sum
        past = past + self.past_fixings_count * scalar_log(factor) if self.averaging == "geometric" else factor * past
        strike = None if self.strike is None else factor * self.strike
        return altered(self, strike=strike, past_fixings_sum=past)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        self._average.values(paths, workspace, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent."""
        self._average.directional(paths, values, tangents, workspace, out)
