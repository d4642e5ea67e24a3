"""Forward-start options: the strike is a multiple of the spot at a later date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, InitVar
from typing import Any, ClassVar, Literal

import numpy as np

from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.market.dates import valuation
from greeks.models.base import Paths, Tangent
from greeks.payoffs.base import Smoothness
from greeks.payoffs.dated import OR_EXPIRY, Day
from greeks.payoffs.forms import Parity, PositivePart
from greeks.payoffs.kernels import ONLY, gate, linear_directional, ramp, weighted_sums
from greeks.payoffs.lagged import Lagged
from greeks.payoffs.option_type import CallOrPut, complement
from greeks.spec import Lag, Maturity, Positive, Years, spec

_FIXED = (
    "the strike is fixed once the start has come: write a european with strike moneyness times the spot at the start"
)


@spec
class ForwardStart(CallOrPut, Lagged):
    """Pays max(S_T - m S_t, 0) (call) or max(m S_t - S_T, 0) (put) at maturity T, t being the start.

    Parameters
    ----------
    option_type : {"call", "put"}
    start : float
        When the strike is set, in years, > 0 and before the maturity.
    start_date : str, date or datetime
        Instead of ``start``; needs ``as_of``.
    moneyness : float, default 1
        m > 0: strike over the spot at the start.
    maturity : float
        Years (ACT/365F).
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, over which it is discounted too; 0 to 366.

    Notes
    -----
    Source: Rubinstein, Pay now, choose later (1991); Glasserman (2004), section 7.3. The payment is proportional to the
    spot at the start: delta is the price over the spot, and gamma is 0. Verified against its closed form in the
    statistical tests, and path by path.
    """

    kind: ClassVar[str] = "forward_start"
    smoothness: ClassVar[Smoothness] = "lipschitz"
    positive: ClassVar[bool] = True
    one_sided: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "call", "start": "0.25", "moneyness": "1", "maturity": "1"},
        {"option_type": "put", "start": "0.5", "moneyness": "0.9", "maturity": "1.5"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    start: Years | None = None
    start_date: InitVar[Day | None] = None
    moneyness: Positive = 1.0
    maturity: Maturity = OR_EXPIRY
    payment_lag: Lag = 0.0

    def __post_init__(self, expiry: Any, as_of: Any, start_date: Any) -> None:
        """Years from the dates, then what holds between them."""
        today = valuation(as_of)
        self._mature(expiry, today)
        if today is not None and expiry is None and start_date is None:
            raise ValueError("as_of is of use with expiry or start_date only: leave it out")
        if (self.start is None) == (start_date is None):
            raise ValueError("give exactly one of start (years) and start_date (a date, with as_of)")
        if start_date is not None:
            years = self._years("start_date", start_date, today)
            if not years:
                raise FieldError("start_date", f"is the valuation date, and {_FIXED}")
            object.__setattr__(self, "start", years)
        self.check()

    def check(self) -> None:
        """Refuse a start that is not before the maturity."""
        if self.start is not None and self.start >= self.maturity:
            raise ValueError(f"the start, {self.start:g}, must be before the maturity, {self.maturity:g}; {_FIXED}")

    @property
    def parity(self) -> Parity:
        """The call less the put is the final spot less the strike."""
        line = tuple(float(self.sign * weight) for weight in self._weights), 0.0
        return Parity(complement(self), 1.0, *line, line)

    @property
    def positive_part(self) -> PositivePart:
        """Of the final spot less the strike."""
        return PositivePart((-self.moneyness, 1.0), 0.0, self.sign)

    @property
    def _weights(self) -> Array:
        return np.array([-self.moneyness, 1.0])

    def dates(self) -> tuple[float, ...]:
        """The start and the expiry."""
        assert self.start is not None
        return (self.start, self.maturity)

    def settled(self, spot: float) -> float | None:
        """Never known before the start."""
        return None

    def scaled(self, factor: float) -> ForwardStart:
        """The same contract: no term of it is in currency."""
        return self

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        sums = workspace.array("forward_start/sums", 1, out.shape[-1])
        weighted_sums(paths.spot, self._weights[None, :], ONLY, paths.count, sums)
        ramp(sums[0], self.sign, 0.0, paths.count, out)

    def directional(
        self, paths: Paths, values: Array, tangents: Sequence[Tangent], workspace: Workspace, out: Array
    ) -> None:
        """Derivative of the payment along each tangent."""
        linear_directional(paths.spot, self._weights, tangents, paths.count, workspace, out)
        for row in out:
            gate(values, row, self.sign, paths.count)
