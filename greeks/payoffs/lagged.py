"""Contracts that fix at their maturity and pay some days later."""

from __future__ import annotations

from datetime import date
from typing import Any

from greeks.errors import FieldError
from greeks.market.dates import DAYS_A_YEAR
from greeks.payoffs.dated import Dated


class Lagged(Dated):
    """Base class of contracts with one payment, which may come after the date that fixes it.

    Parameters
    ----------
    payment_lag : float, default 0
        Calendar days from the maturity to the payment, 0 to 366: it is discounted over them too, at the model's rate.

    Notes
    -----
    The payment is discounted from its own date by :class:`~greeks.estimators.valuation.Valuation` for every estimator,
    and by :func:`greeks.analytic.combination.paid_later` for every closed form: V exp(-r lag), so that rho has a part
    -lag V more. Time passes for the maturity and the payment alike, so that theta is scaled as the price is.
    """

    maturity: float
    payment_lag: float  # a field of each, its last

    def _mature(self, expiry: Any, start: date | None) -> None:
        """Refuse a lag of what has fixed: its payment is a known amount, which no estimate discounts."""
        super()._mature(expiry, start)
        if self.payment_lag > 0.0 and not getattr(self, "maturity", 0.0) > 0.0:
            raise FieldError(
                "payment_lag",
                f"is {self.payment_lag:g} and the contract has fixed: write what it pays as product cash, with the "
                "amount times exp(-rate lag) in the column cash",
            )

    @property
    def lag(self) -> float:
        """Years from the maturity to the payment."""
        return self.payment_lag / DAYS_A_YEAR
