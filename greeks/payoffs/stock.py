"""The underlying itself."""

from __future__ import annotations

from typing import ClassVar

from greeks.payoffs.linear import Held
from greeks.spec import spec


@spec
class Stock(Held):
    """The underlying itself, such as shares that hedge options: worth the spot, with a delta of 1.

    Notes
    -----
    Dividends are not in its value: they are paid to the holder, as the fall of the price that goes with them is.
    """

    kind: ClassVar[str] = "stock"
    rising: ClassVar[int] = 1
    owned: ClassVar[bool] = True
    examples: ClassVar[tuple[dict[str, str], ...]] = ({"quantity": "-500"},)

    def settled(self, spot: float) -> float:
        """The spot."""
        return spot

    def scaled(self, factor: float) -> Stock:
        """Itself: it has no amount."""
        return self
