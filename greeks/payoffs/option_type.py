"""Calls and puts: what the word decides, and what contracts on one strike and the last spot have in common."""

from __future__ import annotations

from typing import Any, Literal

from greeks.payoffs.base import Payoff
from greeks.spec import altered


class CallOrPut(Payoff):
    """Base class of contracts with an option type; each declares the field, as a first argument."""

    option_type: Literal["call", "put"]

    @property
    def sign(self) -> float:
        """1 for a call, -1 for a put."""
        return 1.0 if self.option_type == "call" else -1.0


class StruckAtExpiry(CallOrPut):
    """Base class of those that pay by the last spot beside a strike, which is a field of each."""

    strike: float
    maturity: float

    @property
    def rising(self) -> int:
        """A call rises with the spot, a put falls."""
        return int(self.sign)

    @property
    def limited(self) -> bool:
        """A put pays the strike at most."""
        return self.option_type == "put"

    @property
    def level(self) -> float:
        """The strike."""
        return self.strike

    def dates(self) -> tuple[float, ...]:
        """The expiry alone."""
        return (self.maturity,) if self.maturity > 0 else ()


def complement(option: Any) -> Any:
    """The option that pays where this one does not: the put of a call, the call of a put."""
    return altered(option, option_type="put" if option.option_type == "call" else "call")
