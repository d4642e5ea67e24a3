"""A spot that pays dividends on dates: the escrowed model, for contracts on one date.

What is lognormal is the spot less the present value of the dividends before the date, S* = S - sum c_i exp(-k_i t_i) /
prod_(j <= i) (1 - f_j), with amounts c, fractions f and carries k_i = r - q to each date; fractions lower the forward
as a yield does, q* = q - log prod (1 - f) / T. The forward is S exp((r - q) T) prod (1 - f) less amounts carried to T.

Rates and the passing of time move S* too: the derivative along them has ``chain`` times that to the spot beside it.

Source: Haug, Haug and Lewis, Back to basics: a new approach to the discrete dividend problem (2003). Verified against
closed forms at shifted parameters, every estimator against them, and another library's escrowed engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY
from functools import cached_property
from math import exp, log
from typing import Any, NamedTuple

from greeks.models.gbm import GBM
from greeks.spec import altered, spec


class Dividend(NamedTuple):
    """What is paid to holders on one date: ``amount`` in currency, or ``fraction`` of the spot.

    ``carry`` is the rate less the yield from today to the date.
    """

    years: float
    amount: float
    fraction: float
    carry: float


@spec
class Escrowed(GBM):
    """The lognormal part of a spot with dividends up to one date; made by :func:`net_of_dividends`.

    Parameters
    ----------
    spot : float
        Less the present value of the dividends, in currency.
    rate, dividend_yield, volatility : float
        As of GBM; the yield with the fractions in it, and the volatility that of this part.
    gross : GBM
        The spot as it is quoted, and its yield without the fractions.
    dividends : tuple of Dividend
        In the order of their dates.
    until : float
        Years to the date of the contract.
    """

    _: KW_ONLY
    gross: Any
    dividends: tuple[Dividend, ...]
    until: float

    def in_unit(self, factor: float) -> Escrowed:
        """The model in a unit of currency ``factor`` times smaller."""
        paid = [each._replace(amount=factor * each.amount) for each in self.dividends]
        return net_of_dividends(self.gross.in_unit(factor), paid, self.until)

    @property
    def quoted_spot(self) -> float:
        """With the dividends."""
        return float(self.gross.spot)

    @cached_property
    def chain(self) -> Mapping[str, float]:
        """By Greek, the derivative of ``spot`` that is not in that of a model without dividends."""
        by_rate, by_time, left = 0.0, 0.0, 1.0
        for each in self.dividends:
            left *= 1.0 - each.fraction
            present = each.amount * exp(-each.carry * each.years) / left
            by_rate += each.years * present
            by_time -= each.carry * present
        by_time += (self.gross.dividend_yield - self.dividend_yield) * self.spot
        return {"rho": by_rate, "dividend_rho": -by_rate, "theta": by_time}

    def moved(self, greek: str, step: float) -> Escrowed:
        """The same spot and dividends with the parameter of one first-order Greek moved."""
        gross, dividends, until = self.gross, self.dividends, self.until
        if greek == "theta":
            dividends = tuple(each._replace(years=each.years - step) for each in dividends)
            until -= step
        else:
            name = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}[greek]
            gross = altered(gross, **{name: getattr(gross, name) + step})
            change = {"rho": step, "dividend_rho": -step}.get(greek, 0.0)
            dividends = tuple(each._replace(carry=each.carry + change) for each in dividends)
        return net_of_dividends(gross, dividends, until)


def net_of_dividends(gross: Any, dividends: Sequence[Dividend], until: float) -> Escrowed:
    """The lognormal part of a spot, for a contract on one date.

    Parameters
    ----------
    gross : GBM
    dividends : sequence of Dividend
        Those up to the date, ascending, worth less than the spot.
    until : float
        Years to the date, > 0.
    """
    present, left = 0.0, 1.0
    for each in dividends:
        left *= 1.0 - each.fraction
        present += each.amount * exp(-each.carry * each.years) / left
    made: Escrowed = object.__new__(Escrowed)
    made.__dict__.update(
        spot=gross.spot - present,
        rate=gross.rate,
        dividend_yield=gross.dividend_yield - log(left) / until,
        volatility=gross.volatility,
        gross=gross,
        dividends=tuple(dividends),
        until=until,
    )
    return made
