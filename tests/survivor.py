"""A contract that lives between levels at its dates, for tests of estimators: whatever ``survival`` can say."""

from __future__ import annotations

from typing import Any

import numpy as np

import greeks as gk
from greeks.payoffs.base import Payoff
from greeks.payoffs.forms import Survival


class Survivor(Payoff):
    """Payments of a :class:`Survival` on paths, in NumPy; the reference of what its form says."""

    kind, smoothness, positive = "survivor", "discontinuous", False

    def __init__(self, form: Survival, dates: tuple[float, ...], rate: float) -> None:
        self.survival, self._dates, self.maturity, self.rate = form, dates, dates[-1], rate
        self.explicit = frozenset({"rho"})

    def dates(self) -> tuple[float, ...]:
        return self._dates

    def settled(self, spot: float) -> None:
        return None

    def values(self, paths: Any, workspace: Any, out: Any) -> None:
        form, n = self.survival, paths.count
        spot = paths.spot[:, :n]
        total, alive = np.zeros(n), np.ones(n, bool)
        for j, now in enumerate(spot):
            for each in form.coupons[j] if form.coupons else ():
                carried = np.exp(self.rate * (self.maturity - form.coupon_time[j]))
                total += carried * alive * _paid(each, now)
            inside = (now > form.lower[j]) & (now < form.upper[j])
            carried = np.exp(self.rate * (self.maturity - form.exit_time[j]))
            total += carried * form.exit_payment[j] * (alive & ~inside)
            alive &= inside
        total += alive * sum(_paid(each, spot[-1]) for each in form.pieces)
        out[:n] = form.factor * total + sum(_paid(each, spot[-1]) for each in form.always)


def _paid(piece: Any, spot: Any) -> Any:
    return ((spot > piece.low) & (spot < piece.high)) * (piece.asset * spot + piece.cash)


def survivor(form: Survival, dates: tuple[float, ...], model: Any) -> Survivor:
    """The contract, for a model."""
    assert isinstance(model, gk.GBM | gk.Heston)
    return Survivor(form, dates, model.rate)
