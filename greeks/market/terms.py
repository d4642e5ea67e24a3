"""What a market has by time and strike: curves of one underlying, its smile, and its dividends.

A contract that depends on one future spot and pays at that date sees of a curve its zero rate to that date, and of a
smile the volatility of its strike: it is valued under its underlying's model with these numbers, which is exact. Their
parallel shifts are its rho, dividend rho and vega; its theta lets a day pass with the three numbers as they are.
Verified in the tests against another library on the same curves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from greeks.market.curve import Curve
from greeks.market.forward import Forward
from greeks.market.smile import Smile

CURVED = ("rate", "dividend_yield")  # parameters that a curve may take the place of


@dataclass(frozen=True, eq=False)
class Terms:
    """Curves and smile of one underlying.

    Attributes
    ----------
    curves : mapping of str to Curve
        By the parameter of the model: "rate", "dividend_yield".
    forward : Forward
        Of the spot, with its dividends; where there are some the model of a contract is escrowed.
    smile : Smile, optional
    """

    curves: Mapping[str, Curve]
    forward: Forward
    smile: Smile | None = None

    def paid(self, years: float) -> list[tuple[float, float, float, float]]:
        """Dividends up to a date: years, amount, fraction, and the rate less the yield to each."""
        return [(*each, self.forward.carry(each[0])) for each in self.forward.dividends if each[0] <= years]

    @cached_property
    def _known(self) -> dict[tuple[float, float | None], dict[str, float]]:
        return {}

    def at(self, years: float, strike: float | None) -> dict[str, float]:
        """Parameters of the model for one date, and one strike where the contract has one."""
        found = self._known.get((years, strike))
        if found is None:
            found = {name: curve.zero(0.0 if curve.flat else years) for name, curve in self.curves.items()}
            if self.smile is not None:
                found["volatility"] = self.smile.volatility(years or 1e-8, strike)
            self._known[years, strike] = found
        return found

    def unfit(self, payoff: Any, own_volatility: bool) -> tuple[str, str]:
        """Why a contract cannot be valued with these, as (column, message); blank where it can."""
        if not payoff.dates() or payoff.linear:
            return "", ""
        single = len(payoff.dates()) == 1 and payoff.reads == {"dates"} and payoff.dates()[-1] == payoff.maturity
        bent = [f"{name} curve {curve.name}" for name, curve in self.curves.items() if not curve.flat]
        if not single and any(time <= payoff.maturity for time, *_ in self.forward.dividends):
            return "product", (
                f"{payoff.variant} depends on the spot at several times, with dividends between them, which this "
                "version does not value: give its underlying a dividend yield in place of them, in a row of its own"
            )
        if bent and not single:
            return "product", (
                f"{payoff.variant} depends on the spot at several times, and this version values that at one number: "
                f"give its underlying a rate in place of the {' and the '.join(bent)}, in a row of its own"
            )
        if self.smile is not None and not own_volatility:
            if self.smile.by_strike and payoff.struck is None:
                return "volatility", (
                    f"{payoff.variant} depends on more of a smile than one point: write the volatility it is to be "
                    "valued at in its row"
                )
            if not single and len(self.smile.slices) > 1:
                return "volatility", (
                    f"{payoff.variant} depends on the spot at several times, and the volatility changes with time: "
                    "write the volatility it is to be valued at in its row"
                )
        return "", ""
