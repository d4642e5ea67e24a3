"""A spot that pays dividends on dates, under curves, on the exercise dates of an option: the escrowed model in steps.

With Y lognormal on the grid, S_t = F_t Y_t + D_t: F_t is what the fractions up to t leave, D_t the value at t of the
amounts that are still to come, up to expiry. An exercise pays on S_t, so that a holder of Y has a strike by date,
(K - D_t) / F_t, and F_t of it. At an ex-date the holder takes the better side: a call is exercised just before the
dividend (``cum``), a put just after.

Rates and the passing of time move Y too: the derivative along them has ``chain`` times that to the spot beside it.

Source: Haug, Haug and Lewis, Back to basics: a new approach to the discrete dividend problem (2003). Verified against a
lattice and values of another library's escrowed engine in ``tests/statistical/test_early_exercise_terms.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, replace
from functools import cached_property
from math import exp
from typing import Any, ClassVar, NamedTuple, cast

import numpy as np

from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw, Tangent
from greeks.models.stepwise import Stepwise, StepwisePaths
from greeks.spec import altered, spec


class Escrow(NamedTuple):
    """By date, now first: what fractions leave, the value of the amounts to come, and its derivative to the rate."""

    kept: Array
    due: Array
    slope: Array


class StepDividend(NamedTuple):
    """What is paid to holders on one date; ``growth`` is the rate less the yield from today to it, as an integral."""

    years: float
    amount: float
    fraction: float
    growth: float


@spec
class EscrowedSteps(Stepwise):
    """The lognormal part of a spot on the exercise dates of an option; made by :func:`net_on_dates`.

    Parameters
    ----------
    spot : float
        Less the present value of the dividends, in currency.
    dividends : tuple of StepDividend
        Those up to the expiry, in the order of their dates.
    cum : bool
        Whether an exercise on an ex-date is before the dividend.
    """

    gives: ClassVar[frozenset[str]] = frozenset({"drifted", "exercise"})
    _: KW_ONLY
    dividends: tuple[StepDividend, ...] = ()
    cum: bool = False

    def in_unit(self, factor: float) -> EscrowedSteps:
        """The model in a unit of currency ``factor`` times smaller."""
        paid = tuple(each._replace(amount=factor * each.amount) for each in self.dividends)
        return altered(self, spot=factor * self.spot, dividends=paid)

    @property
    def quoted_spot(self) -> float:
        """With the dividends."""
        return self.spot + float(self.escrow.due[0])

    @cached_property
    def escrow(self) -> Escrow:
        """What dividends do to an exercise, by date."""
        grown = np.cumsum((0.0, *(r - q for r, q in zip(self.rates, self.yields, strict=True))))
        kept, due, slope = np.ones(len(grown)), np.zeros(len(grown)), np.zeros(len(grown))
        for place, time in enumerate((0.0, *self.dates)):
            left = 1.0
            for each in self.dividends:
                if each.years < time or (each.years == time and not self.cum):
                    kept[place] *= 1.0 - each.fraction
                    continue
                left *= 1.0 - each.fraction
                worth = each.amount * exp(float(grown[place]) - each.growth) / left
                due[place] += worth
                slope[place] -= (each.years - time) * worth
        return Escrow(kept, due, slope)

    @cached_property
    def chain(self) -> Mapping[str, float]:
        """By Greek, the derivative of ``spot`` that is not in that of a model without dividends."""
        if not self.dividends:
            return {}
        by_rate, by_time, left = -float(self.escrow.slope[0]), 0.0, 1.0
        for each in self.dividends:
            left *= 1.0 - each.fraction
            by_time -= self._carry(each) * each.amount * exp(-each.growth) / left
        return {"rho": by_rate, "dividend_rho": -by_rate, "theta": by_time}

    def _carry(self, paid: StepDividend) -> float:
        """Rate less yield per year by which a day that passes brings a dividend nearer."""
        if paid.years <= self.dates[0]:
            return paid.growth / paid.years
        return (self.rates[0] - self.yields[0]) / self.dates[0]

    def moved(self, greek: str, step: float) -> EscrowedSteps:
        """The same quoted spot and dividends with one first-order Greek's parameter moved by ``step``."""
        made = cast(EscrowedSteps, super().moved(greek, step))
        if greek == "theta":
            paid = [
                each._replace(years=each.years - step, growth=each.growth - step * self._carry(each))
                for each in self.dividends
            ]
        elif greek in ("rho", "dividend_rho"):
            side = step if greek == "rho" else -step
            paid = [each._replace(growth=each.growth + side * each.years) for each in self.dividends]
        else:
            return made
        made = altered(made, dividends=tuple(paid))
        found: EscrowedSteps = altered(made, spot=self.quoted_spot - float(made.escrow.due[0]))
        return found

    def of_normals(
        self,
        dates: tuple[float, ...],
        normals: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        partner: bool = False,
    ) -> EscrowedStepsPaths:
        """The paths that given normals make, on the dates of the model."""
        return EscrowedStepsPaths(self, self.dates, normals, draw, workspace, slot, partner)


class EscrowedStepsPaths(StepwisePaths):
    """One block of paths of the lognormal part."""

    def tangent(self, greek: str) -> Tangent:
        """Derivative of its logarithm at each date."""
        found = super().tangent(greek)
        if greek not in self.model.chain:
            return found
        return replace(found, by_date=found.by_date + self.model.chain[greek] / self.model.spot)


def net_on_dates(
    quoted: float, dividends: Sequence[tuple[float, float, float, float]], cum: bool, **steps: Any
) -> EscrowedSteps:
    """The lognormal part of a spot, for an option with exercise dates.

    Parameters
    ----------
    quoted : float
        The spot with its dividends.
    dividends : sequence of (years, amount, fraction, carry)
        Up to the expiry, ascending, worth less than the spot; carry is the rate less the yield per year to the date.
    cum : bool
        Whether an exercise on an ex-date is before the dividend.
    **steps
        Fields of :class:`greeks.models.stepwise.Stepwise`.
    """
    paid = tuple(StepDividend(years, amount, part, carry * years) for years, amount, part, carry in dividends)
    made = EscrowedSteps(spot=quoted, dividends=paid, cum=cum, **steps)
    return altered(made, spot=quoted - float(made.escrow.due[0])) if paid else made
