"""What a market has by time and strike: curves of one underlying, its smile, and its dividends.

A contract that depends on one future spot and pays at that date sees of a curve its zero rate to that date, and of a
smile the volatility of its strike: it is valued under its underlying's model with these numbers, which is exact. Their
parallel shifts are its rho, dividend rho and vega; its theta lets a day pass with the three numbers as they are.
Verified in the tests against another library on the same curves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from greeks.market.curve import Curve
from greeks.market.exercise_dates import around
from greeks.market.forward import Forward
from greeks.market.smile import Smile

MOST_EX_DATES = 24  # of an exercise at any time, whose grid has 64 dates
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

    def steps(self, model: Any, payoff: Any, volatility: float | None) -> dict[str, Any] | None:
        """Rates, yields and variances over the intervals of a contract on several dates; None where they are flat.

        Parameters
        ----------
        model
            Has the numbers that no curve has.
        payoff
        volatility : float, optional
            The contract's own.
        """
        dates = payoff.dates()
        smile = self.smile if volatility is None else None
        paid = self.paid(payoff.maturity) if payoff.early else []
        bent = any(not curve.flat for curve in self.curves.values()) or (smile is not None and len(smile.slices) > 1)
        if not dates or payoff.linear or _single(payoff) or not (bent or paid):
            return None
        if payoff.early:
            if smile is not None and smile.by_strike:  # its own, at its strike and expiry
                volatility, smile = smile.volatility(payoff.maturity, payoff.struck), None
            if payoff.any_time:
                dates = around(dates, [time for time, *_ in paid])

        def over(name: str, ends: Sequence[float]) -> tuple[float, ...]:
            curve = self.curves.get(name)
            totals = [curve.integral(time) if curve else getattr(model, name) * time for time in ends]
            return tuple(b - a for a, b in pairwise((0.0, *totals)))

        level = model.volatility if volatility is None else volatility
        implied = [smile.volatility(time) if smile is not None else level for time in dates]
        totals = [each * each * time for each, time in zip(implied, dates, strict=True)]
        tilts = [2.0 * each * time for each, time in zip(implied, dates, strict=True)]
        *rates, after = over("rate", (*dates, payoff.maturity))
        of_exercise = {"dividends": paid, "cum": payoff.any_time and payoff.rising > 0} if payoff.early else {}
        return of_exercise | {
            "dates": dates,
            "rates": tuple(rates),
            "yields": over("dividend_yield", dates),
            "variances": tuple(b - a for a, b in pairwise((0.0, *totals))),
            "tilts": tuple(b - a for a, b in pairwise((0.0, *tilts))),
            "after": after,
            "maturity": payoff.maturity,
        }

    def unfit(self, payoff: Any, model: Any, own_volatility: bool) -> tuple[str, str]:
        """Why a contract cannot be valued with these, as (column, message); blank where it can."""
        rate = self.curves.get("rate")
        if payoff.lag and rate is not None and not rate.flat:
            return "payment_lag", (
                f"this version pays after the expiry at a flat rate alone, and curve {rate.name} is none: leave the "
                "lag blank and multiply the quantity by the curve's discount factor from the expiry to the payment, or "
                "give the underlying a number as its rate, in a row of its own"
            )
        if not payoff.dates() or payoff.linear or _single(payoff):
            return self._unfit_smile(payoff, own_volatility)
        if payoff.early:
            return self._unfit_exercise(payoff, model, own_volatility)
        several = f"{payoff.variant} depends on the spot at several times"
        if any(time <= payoff.maturity for time, *_ in self.forward.dividends):
            return "product", (
                f"{several}, with dividends between them, which this version does not value: give its underlying a "
                "dividend yield in place of them, in a row of its own"
            )
        smile = self.smile if not own_volatility else None
        bent = [f"curve {curve.name} by its number" for curve in self.curves.values() if not curve.flat]
        bent += ["volatilities by one in the row of the trade"] if smile is not None and len(smile.slices) > 1 else []
        stepped = payoff.reads == {"dates"} and "rho" not in payoff.explicit and "steps" in model.of_contracts
        if bent and not stepped:
            return "product", (
                f"{several}, or pays before the end, and under {model.kind} this version values that with flat rates "
                f"and volatilities alone: replace {' and '.join(bent)} (curves in a row of its own of the market file)"
            )
        return self._unfit_smile(payoff, own_volatility)

    def _unfit_exercise(self, payoff: Any, model: Any, own_volatility: bool) -> tuple[str, str]:
        """Whether an early exercise cannot be valued with these."""
        paid = self.paid(payoff.maturity)
        smile = self.smile if not own_volatility else None
        bent = [f"curve {curve.name} by its number" for curve in self.curves.values() if not curve.flat]
        bent += ["volatilities by one in the row of the trade"] if smile is not None and len(smile.slices) > 1 else []
        if (bent or paid) and "steps" not in model.of_contracts:
            return "product", (
                f"{payoff.variant} is exercised early, and under {model.kind} this version values that with flat rates "
                f"and volatilities alone: replace {' and '.join(bent)} (curves in a row of its own of the market file)"
            )
        due, left = 0.0, 1.0
        for _, amount, fraction, _ in paid:
            left *= 1.0 - fraction
            due += amount / left
        if due >= payoff.strike:
            return "strike", (
                f"{payoff.strike:g} is below the dividends up to its expiry, {due:g}: under early exercise this "
                "version values strikes above them"
            )
        if payoff.any_time and len({time for time, *_ in paid}) > MOST_EX_DATES:
            return "product", (
                f"{payoff.variant} has {len(paid)} dividends before its expiry, and its exercise at any time takes "
                f"{MOST_EX_DATES} at most: give its underlying a dividend yield in place of them"
            )
        return self._unfit_smile(payoff, own_volatility)

    def _unfit_smile(self, payoff: Any, own_volatility: bool) -> tuple[str, str]:
        """Whether a contract needs more of a smile than one point."""
        needs = self.smile is not None and self.smile.by_strike and not own_volatility and not payoff.linear
        if not needs or not payoff.dates() or payoff.struck is not None:
            return "", ""
        return "volatility", (
            f"{payoff.variant} depends on more of a smile than one point: write the volatility it is to be valued at "
            "in its row"
        )


def _single(payoff: Any) -> bool:
    """Whether a contract depends on the spot at one date, at which it pays."""
    dates = payoff.dates()
    return len(dates) == 1 and payoff.reads == {"dates"} and bool(dates[-1] == payoff.maturity)
