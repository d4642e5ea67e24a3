"""Variance swaps: the realised variance of log-returns less a strike."""

from __future__ import annotations

from math import log
from typing import ClassVar

from greeks.compiler.jit import kernel
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths
from greeks.payoffs.forms import Payments
from greeks.payoffs.realised import Realised
from greeks.payoffs.returns import scaled_returns
from greeks.spec import spec


@spec
class VarianceSwap(Realised):
    """Pays N (V - K^2) at maturity, V = sum of ln(S_i / S_(i-1))^2 over the years from the first fixing to the last.

    Parameters
    ----------
    strike_volatility : float
        K per square root of a year, 0.2 for 20 %; >= 0.
    notional : float, default 1
        N > 0, in currency per unit of variance: 10,000 times what a point of 0.01^2 pays.
    cap : float, optional
        Volatility whose square is the most that V counts, such as 0.5 for 2.5 times a strike of 0.2.
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
    against its closed forms in the statistical tests, and path by path.
    """

    kind: ClassVar[str] = "variance_swap"
    root: ClassVar[bool] = False
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"strike_volatility": "0.2", "notional": "10000", "maturity": "1", "fixings": "12"},
        {"strike_volatility": "0.2", "notional": "10000", "cap": "0.3", "maturity": "0.5", "fixings": "6"},
        {
            "strike_volatility": "0.18",
            "notional": "10000",
            "maturity": "0.25",
            "fixings": "3",
            "past_fixings": "96;102;99;101",
            "start": "-0.25",
        },
    )

    @property
    def amount(self) -> float:
        """The notional times the strike, of which the volatility is the natural part."""
        return self.notional * (self.strike_volatility or 1.0)

    @property
    def payments(self) -> Payments | None:
        """Each squared return; none where the sum is capped."""
        return Payments("return") if self.cap is None else None

    def amounts(self, paths: Paths, workspace: Workspace, out: Array) -> None:
        """What each return adds."""
        scaled_returns(paths.log_spot, log(self.counted_from(paths)), 1.0, paths.count, out)
        squares(self.notional / self._span, paths.count, out)


@kernel
def squares(factor: float, n: int, out: Array) -> None:
    """``factor`` times the square of each entry, in place."""
    for j in range(out.shape[0]):
        row = out[j]
        for i in range(n):
            row[i] = factor * row[i] * row[i]
