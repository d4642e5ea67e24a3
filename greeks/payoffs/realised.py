"""Swaps on the realised variance or volatility of log-returns between fixings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from datetime import date
from itertools import pairwise
from math import fsum, inf, log, sqrt
from typing import Annotated, Any, ClassVar

from pydantic import Field

from greeks.compiler.jit import kernel
from greeks.core.workspace import Array, Workspace
from greeks.errors import FieldError
from greeks.market.dates import days_between, moment
from greeks.models.base import Paths
from greeks.payoffs.base import Smoothness
from greeks.payoffs.returns import OnReturns, scaled_returns, squared_returns
from greeks.spec import Number, Positive, Volatility, spec

_DAYS = 365.0
_LEAST = 1e-5  # years between two past fixings: some minutes


@spec
class Realised(OnReturns):
    """Base class of swaps on sum of ln(S_i / S_(i-1))^2 over the years from the first fixing to the last.

    Parameters
    ----------
    strike_volatility : float
        Per square root of a year, 0.2 for 20 %; >= 0.
    notional : float, default 1
        > 0, in currency.
    cap : float, optional
        Most that the realised volatility counts, per square root of a year; above the strike.
    start : float, optional
        Years to the first of the past fixings, 0 or negative, from the last where none is to come; needed beside
        ``past_fixings``, unless ``fixing_dates`` holds their dates.
    past_fixings : sequence of float, optional
        Spots at the fixings so far, in order, in currency; where there are none today's spot is the first fixing.
    """

    smoothness: ClassVar[Smoothness] = "lipschitz"
    root: ClassVar[bool]  # whether the root of the variance is what counts
    _: KW_ONLY
    strike_volatility: Volatility
    notional: Positive = 1.0
    cap: Volatility | None = None
    start: Annotated[Number, Field(ge=-100.0, le=0.0)] | None = None

    def _read_dates(self, days: Sequence[Any], today: date | None) -> None:
        if self.past_fixings and today is not None and days_between(today, moment(days[0]), "fixing date") <= 0.0:
            if self.start is not None:
                raise FieldError("start", "the first of fixing_dates says it: leave it blank")
            ends = today if self._fixings else moment(days[-1])
            object.__setattr__(self, "start", min(days_between(ends, moment(days[0]), "fixing date") / _DAYS, 0.0))

    def check(self) -> None:
        """Refuse a past without its years, and a cap that is always met."""
        if self.past_fixings and self.start is None:
            raise FieldError(
                "start", "past_fixings needs the years to the first of them, such as -0.25, or their fixing_dates"
            )
        if self.start is not None and self.start > -_LEAST * (len(self.past_fixings) - 1):
            raise FieldError(
                "start", f"{self.start:g} leaves no time between the {len(self.past_fixings)} past fixings: write the "
                "years to the first of them, such as -0.25"
            )  # fmt: skip
        if self.start is not None and not self.past_fixings:
            raise FieldError("start", "is that of past_fixings: without them today's spot is the first fixing")
        if self._span <= 0.0:
            raise FieldError("start", "the first fixing and the last are at one time: there is no variance between")
        if self.cap is not None and self.cap <= self.strike_volatility:
            raise FieldError("cap", f"{self.cap:g} is not above strike_volatility {self.strike_volatility:g}")

    @property
    def _span(self) -> float:
        """Years from the first fixing to the last."""
        return (self._fixings[-1] if self._fixings else 0.0) - (self.start or 0.0)

    @property
    def _most(self) -> float:
        """The cap, infinite where there is none."""
        return inf if self.cap is None else self.cap

    @property
    def _terms(self) -> tuple[float, float]:
        """Cap and strike of what counts."""
        return (self._most, self.strike_volatility) if self.root else (self._most**2, self.strike_volatility**2)

    def _paid(self, spots: Sequence[float]) -> float:
        variance, (cap, strike) = past_squares(spots) / self._span, self._terms
        return self.notional * (min(sqrt(variance) if self.root else variance, cap) - strike)

    def values(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Undiscounted payment of each path."""
        self._sums(paths, workspace, out)
        capped_difference(self.root, *self._terms, self.notional, paths.count, out)

    def factor(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Of the payment to the realised variance, below the cap: the notional, over twice the root if that counts."""
        self._sums(paths, workspace, out)
        slope_below(self.root, self._most**2, 0.5 * self.notional if self.root else self.notional, paths.count, out)

    def _sums(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Realised variance of each path."""
        squared_returns(paths.log_spot, log(self.counted_from(paths)), paths.count, out)
        affine(past_squares(self.past_fixings), 1.0 / self._span, paths.count, out)

    def slopes(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """Of the realised variance."""
        scaled_returns(paths.log_spot, log(self.counted_from(paths)), 2.0 / self._span, paths.count, out)


def past_squares(spots: Sequence[float]) -> float:
    """Sum of the squared log-returns between spots."""
    return fsum(log(b / a) ** 2 for a, b in pairwise(spots))


@kernel
def affine(constant: float, factor: float, n: int, out: Array) -> None:
    """``factor (out + constant)`` in place."""
    for i in range(n):
        out[i] = factor * (out[i] + constant)


@kernel
def capped_difference(root: bool, cap: float, strike: float, factor: float, n: int, out: Array) -> None:
    """``factor (min(out, cap) - strike)`` in place, of the root of ``out`` if that counts."""
    if root:
        for i in range(n):
            out[i] = sqrt(out[i])
    for i in range(n):
        out[i] = factor * (min(out[i], cap) - strike)


@kernel
def slope_below(root: bool, cap: float, factor: float, n: int, out: Array) -> None:
    """``factor`` where ``out`` is below the cap, else 0, in place; over the root if that counts, 0 where it is 0."""
    if root:
        for i in range(n):
            out[i] = factor / sqrt(out[i]) if 0.0 < out[i] < cap else 0.0
    else:
        for i in range(n):
            out[i] = factor if out[i] < cap else 0.0
