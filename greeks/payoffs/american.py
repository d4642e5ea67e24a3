"""American call and put: exercised at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import ClassVar, Literal

from greeks.payoffs.dated import OR_EXPIRY, Dated
from greeks.payoffs.early_exercise import EarlyExercise, Schedule
from greeks.spec import Maturity, Price, spec

DATES = 64  # exercise dates of the simulation


@spec
class American(EarlyExercise, Dated):
    """Pays max(S - K, 0) (call) or max(K - S, 0) (put) at any time up to maturity, when its holder exercises it.

    Parameters
    ----------
    option_type : {"call", "put"}
    strike : float
        > 0, in currency.
    maturity : float
        Years (ACT/365F), >= 0; at 0 the value is intrinsic.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Notes
    -----
    A simulation has 64 exercise dates; what is lost is of the order of their distance, and taken off by extrapolation
    from 64 and 32 (Geske and Johnson, The American put option valued analytically, 1984). What is left is measured in
    ``docs/american.md``. Verified against an integral equation and against lattices.
    """

    kind: ClassVar[str] = "american"
    any_time: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"option_type": "put", "strike": "110", "maturity": "1"},
        {"option_type": "call", "strike": "95", "maturity": "0.5", "quantity": "-5"},
    )
    option_type: Literal["call", "put"]
    _: KW_ONLY
    strike: Price
    maturity: Maturity = OR_EXPIRY

    def dates(self) -> tuple[float, ...]:
        """The exercise dates of a simulation."""
        before = (i * self.maturity / DATES for i in range(1, DATES))
        return (*before, self.maturity) if self.maturity > 0 else ()

    @property
    def schedules(self) -> Sequence[Schedule]:
        """Twice the value with all dates, less that with every second."""
        return ((2.0, tuple(range(DATES))), (-1.0, tuple(range(1, DATES, 2))))
