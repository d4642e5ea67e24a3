"""Geometric Brownian motion, see :mod:`greeks.models.lognormal`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Any, ClassVar

from greeks.models.lognormal import Lognormal
from greeks.spec import Price, Rate, Volatility, spec


@spec
class GBM(Lognormal):
    """Geometric Brownian motion with constant coefficients.

    Parameters
    ----------
    spot : float
        Spot price, > 0, in currency.
    rate, dividend_yield : float, default 0
        Continuously compounded, per year, as decimals.
    volatility : float
        Per square root of a year, as a decimal: 0.20 for 20 %. 0 gives the deterministic forward.

    Raises
    ------
    UsageError
        For a value out of range; a volatility above 4 is taken for a percentage and refused.
    """

    kind: ClassVar[str] = "gbm"
    _: KW_ONLY
    spot: Price
    rate: Rate = 0.0
    dividend_yield: Rate = 0.0
    volatility: Volatility

    of_contracts: ClassVar[frozenset[str]] = frozenset({"volatility", "dividends", "steps"})

    def stepwise(self, **steps: Any) -> Any:
        """The model of a contract on several dates under curves: :mod:`greeks.models.stepwise`."""
        from greeks.models.stepwise import Stepwise

        return Stepwise(spot=self.spot, **steps)

    def exercised(self, dividends: Sequence[tuple[float, float, float, float]], cum: bool, **steps: Any) -> Any:
        """That of what is exercised early, with dividends on dates: :mod:`greeks.models.escrowed_steps`."""
        from greeks.models.escrowed_steps import net_on_dates

        return net_on_dates(self.spot, dividends, cum, **steps)

    def paying(self, dividends: Sequence[tuple[float, float, float, float]], until: float) -> Any:
        """The model of a contract on one date before which the spot pays dividends: :mod:`greeks.models.escrowed`."""
        from greeks.models.escrowed import Dividend, net_of_dividends

        return net_of_dividends(self, [Dividend(*each) for each in dividends], until)

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks of this model."""
        return ("delta", "vega", "rho", "dividend_rho", "theta")
