"""An amount of cash."""

from __future__ import annotations

from dataclasses import KW_ONLY
from typing import ClassVar

from greeks.payoffs.linear import Held
from greeks.spec import Price, altered, spec


@spec
class Cash(Held):
    """An amount held today, in the currency of the underlying: no spot moves it, and it is not discounted.

    Parameters
    ----------
    cash : float, default 1
        Amount of one unit, > 0, in currency; a debt has a negative quantity.
    """

    kind: ClassVar[str] = "cash"
    positive: ClassVar[bool] = True
    limited: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = ({"quantity": "-25000"}, {"cash": "1000", "quantity": "12"})
    _: KW_ONLY
    cash: Price = 1.0

    @property
    def amount(self) -> float:
        """The amount."""
        return self.cash

    def settled(self, spot: float) -> float:
        """The amount."""
        return self.cash

    def scaled(self, factor: float) -> Cash:
        """The same amount in a unit of currency ``factor`` times smaller."""
        return altered(self, cash=factor * self.cash)
