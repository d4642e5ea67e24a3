"""Volatility swaps: the root of the realised variance of log-returns less a strike."""

from __future__ import annotations

from typing import ClassVar

from greeks.payoffs.realised import Realised
from greeks.spec import spec


@spec
class VolatilitySwap(Realised):
    """Pays N (sqrt(V) - K) at maturity, V = sum of ln(S_i / S_(i-1))^2 over the years from first fixing to last.

    Parameters
    ----------
    strike_volatility : float
        K per square root of a year, 0.2 for 20 %; >= 0.
    notional : float, default 1
        N > 0, in currency per unit of volatility: 100 times what a point of 0.01 pays.
    cap : float, optional
        Most that sqrt(V) counts, such as 0.5 for 2.5 times a strike of 0.2.
    maturity : float
        Years (ACT/365F); payment date, and last fixing where ``fixings`` is given.
    fixings, fixing_times, fixing_dates, past_fixings, start
        See :class:`~greeks.payoffs.realised.Realised`.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Raises
    ------
    UsageError
        For a value out of range, two schedules or none, or a past without its years.

    Notes
    -----
    No mean is subtracted. Where there is no past today's spot is the first fixing, and the price does not depend on it.
    Source: Demeterfi, Derman, Kamal and Zou, More than you ever wanted to know about volatility swaps (1999). Verified
    against its transform in the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "volatility_swap"
    root: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"strike_volatility": "0.19", "notional": "10000", "maturity": "1", "fixings": "12"},
        {"strike_volatility": "0.18", "notional": "10000", "cap": "0.45", "maturity": "0.5", "fixings": "6"},
    )

    @property
    def amount(self) -> float:
        """The notional, of which the volatility is the natural part."""
        return self.notional
