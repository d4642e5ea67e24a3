"""Futures, settled daily."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from greeks.payoffs.dated import OR_EXPIRY, Dated
from greeks.payoffs.linear import Delivered
from greeks.spec import Maturity, Price, altered, spec


@spec
class Future(Delivered, Dated):
    """A futures contract: its price F = S exp((r - q) T), less the price it was entered at; never discounted.

    Parameters
    ----------
    strike : float, optional
        The price it was entered at or last settled at, > 0, in currency; none gives the futures price itself.
    maturity : float
        Of the contract, in years (ACT/365F), >= 0.
    expiry, as_of : str, date or datetime
        Instead of ``maturity``, see :class:`~greeks.payoffs.dated.Dated`.

    Notes
    -----
    Gains and losses are paid daily: the value is what the next settlement pays if the price does not move, and a move
    of the price is worth that very move today, so that delta is exp((r - q) T) and no discount factor counts. With
    a rate that is certain the futures price is the forward price. Source: Cox, Ingersoll and Ross, The relation between
    forward prices and futures prices (1981). Verified against simulation in the statistical tests, and against plain
    differences.
    """

    kind: ClassVar[str] = "future"
    margined: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = (
        {"maturity": "0.25", "quantity": "-3", "multiplier": "50"},
        {"strike": "99.5", "maturity": "0.25", "quantity": "3", "multiplier": "50"},
    )
    _: KW_ONLY
    strike: Price | None = None
    maturity: Maturity = OR_EXPIRY

    @property
    def implied(self) -> dict[str, str]:
        """What no strike stands for."""
        return {"strike": "the futures price itself"}

    @property
    def agreed(self) -> float:
        """The price it was entered at, or 0."""
        return self.strike or 0.0

    def scaled(self, factor: float) -> Future:
        """The same contract in a unit of currency ``factor`` times smaller."""
        return altered(self, strike=None if self.strike is None else factor * self.strike)
