"""A lognormal spot whose rates, yields and variances differ from interval to interval: curves on a grid of dates.

X_j - X_{j-1} = R_j - Q_j - v_j / 2 + sqrt(v_j) Z_j with X = log S: exact, as only integrals over the intervals count.
Greeks are to parallel moves: of the zero rates (R_j moves by the interval's length), of the yields, and of the implied
volatilities s(t) of the dates, v_j = s(t_j)^2 t_j - s(t_{j-1})^2 t_{j-1}. Theta shortens the first interval, with its
mean rates and variance as they are.

Source: Glasserman (2004), section 3.2.2 and 7.2-7.3 with a variance of each interval. Verified against the flat model
where the curves are flat, bit for bit in the paths; against lognormal quadrature of two dates; and every estimator
against differences of moved curves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw, Tangent
from greeks.models.gbm_paths import GBMPaths, Grid
from greeks.models.laws import Returns
from greeks.models.lognormal import Lognormal
from greeks.spec import Price, altered, spec

Numbers = tuple[float, ...]


@spec
class Stepwise(Lognormal):
    """A lognormal spot on a grid of dates; made of curves by the book, see :class:`greeks.market.terms.Terms`.

    Parameters
    ----------
    spot : float
        In currency.
    dates : tuple of float
        Years, ascending, > 0: those of the contract.
    rates, yields, variances : tuple of float
        Integrals over each interval that ends at a date.
    tilts : tuple of float
        Derivative of each variance to a parallel move of the implied volatilities.
    after : float
        Integral of the rate from the last date to the payment.
    maturity : float
        Years to the payment.
    """

    kind: ClassVar[str] = "gbm"
    forms: ClassVar[str] = ""
    flat: ClassVar[bool] = False
    gives: ClassVar[frozenset[str]] = frozenset({"drifted"})
    _: KW_ONLY
    spot: Price
    dates: Numbers
    rates: Numbers
    yields: Numbers
    variances: Numbers
    tilts: Numbers
    after: float
    maturity: float

    def greeks(self) -> tuple[str, ...]:
        """First-order Greeks of this model."""
        return ("delta", "vega", "rho", "dividend_rho", "theta")

    @property
    def rate(self) -> float:  # type: ignore[override]
        """Zero rate to the payment."""
        return (sum(self.rates) + self.after) / self.maturity

    @property
    def first_rate(self) -> float:
        """Mean rate of the first interval, by which a day that passes moves the discount factor."""
        return self.rates[0] / self.dates[0]

    @property
    def dividend_yield(self) -> float:
        """Mean yield to the last date."""
        return sum(self.yields) / self.dates[-1]

    @property
    def volatility(self) -> float:  # type: ignore[override]
        """Of the last date."""
        return float(np.sqrt(sum(self.variances) / self.dates[-1]))

    def of_normals(
        self,
        dates: tuple[float, ...],
        normals: Array,
        draw: Draw,
        workspace: Workspace,
        slot: str,
        partner: bool = False,
    ) -> StepwisePaths:
        """The paths that given normals make, on the dates of the model."""
        return StepwisePaths(self, self.dates, normals, draw, workspace, slot, partner)

    def no_density(self, greek: str, dates: tuple[float, ...], steps_per_year: int | None = None) -> str | None:
        """Of second order that of the spot alone is there."""
        if greek in ("vanna", "volga"):
            return "no score of second order along the volatility is known where curves are not flat"
        return super().no_density(greek, dates, steps_per_year)

    def moved(self, greek: str, step: float) -> Stepwise:
        """With one first-order Greek's parameter moved by ``step``."""
        lengths = np.diff(self.dates, prepend=0.0)
        if greek == "delta":
            return altered(self, spot=self.spot + step)
        if greek == "vega":
            variances = np.array(self.variances) + step * np.array(self.tilts) + step * step * lengths
            tilts = np.array(self.tilts) + 2.0 * step * lengths
            return altered(self, variances=tuple(variances.tolist()), tilts=tuple(tilts.tolist()))
        if greek == "theta":
            share = 1.0 - step / self.dates[0]
            fields = ("rates", "yields", "variances", "tilts")
            first = {name: (share * getattr(self, name)[0], *getattr(self, name)[1:]) for name in fields}
            dates = tuple(date - step for date in self.dates)
            return altered(self, dates=dates, maturity=self.maturity - step, **first)
        name = "rates" if greek == "rho" else "yields"
        moved = tuple((np.array(getattr(self, name)) + step * lengths).tolist())
        after = self.after + (step * (self.maturity - self.dates[-1]) if greek == "rho" else 0.0)
        return altered(self, after=after, **{name: moved})


class StepwisePaths(GBMPaths):
    """One block of paths; the normals are those of a flat model."""

    model: Any

    @staticmethod
    def _grid_of(model: Any, dates: tuple[float, ...]) -> Grid:
        variances = np.array(model.variances)
        drift = np.array(model.rates) - np.array(model.yields) - 0.5 * variances
        return Grid(float(np.log(model.spot)), np.array(dates), np.sqrt(variances) / model.volatility, drift)

    def weights(self, greeks: Sequence[str]) -> Array:
        """Likelihood-ratio weights: a sum over the intervals of a Z + b (Z^2 - 1); of gamma in the first."""
        out = self._array("weights", len(greeks), self._normals.shape[1])
        linear, square, constant = _scores(self.model, tuple(greeks))
        interval_scores(self._normals, linear, square, constant, self.count, out)
        return out

    def tangent(self, greek: str) -> Tangent:
        """Derivative of the log-spot at each date with respect to the Greek's parameter."""
        model, root = self.model, np.sqrt(np.array(self.model.variances))
        lengths = np.diff(self._dates, prepend=0.0)
        if greek == "delta":
            return Tangent(by_date=np.full(len(lengths), 1.0 / model.spot))
        if greek == "vega":
            tilts = np.array(model.tilts)
            return Tangent(by_date=-0.5 * np.cumsum(tilts), increments=self._normals, scale=0.5 * tilts / root)
        if greek == "theta":  # the first interval shrinks, with its mean rates and variance
            drift = (model.rates[0] - model.yields[0] - 0.5 * model.variances[0]) / model.dates[0]
            scale = np.zeros(len(lengths))
            scale[0] = -0.5 * root[0] / model.dates[0]
            return Tangent(by_date=np.full(len(lengths), -drift), increments=self._normals, scale=scale)
        sign = 1.0 if greek == "rho" else -1.0
        return Tangent(by_date=sign * np.cumsum(lengths))

    def returns(self, greeks: Sequence[str]) -> Returns:
        """Mean and variance of each log-return, and their derivatives along first-order Greeks."""
        return _returns(self.model, tuple(greeks))

    def shifted(self, greek: str, step: float, slot: str) -> StepwisePaths:
        """The same normals with one parameter shifted by ``step``; theta shortens the first interval."""
        model = self.model.moved(greek, step)
        return type(self)(model, model.dates, self._normals, self.draw, self._workspace, slot, self._partner)


def _slopes(model: Stepwise, greek: str) -> tuple[Array, Array]:
    """Derivatives of the drift R - Q + log S0 and of the variance of each interval."""
    lengths, none = np.diff(model.dates, prepend=0.0), np.zeros(len(model.dates))
    first = none.copy()
    first[0] = 1.0
    if greek == "delta":
        return first / model.spot, none
    if greek == "vega":
        return none, np.array(model.tilts)
    if greek == "theta":
        return -(model.rates[0] - model.yields[0]) / model.dates[0] * first, -model.variances[0] / model.dates[
            0
        ] * first
    return (lengths if greek == "rho" else -lengths), none


@lru_cache(maxsize=256)
def _scores(model: Stepwise, greeks: tuple[str, ...]) -> tuple[Array, Array, Array]:
    """Coefficients of Z, of Z^2, and constants, by Greek and interval.

    Of gamma the square of the score of the first return and its derivative: (Z^2 - 1) / (S^2 v) - Z / (S^2 sqrt(v)).
    """
    variances = np.array(model.variances)
    root, rows = np.sqrt(variances), []
    for greek in greeks:
        if greek == "gamma":
            first = np.zeros(len(root))
            first[0] = 1.0 / model.spot**2
            rows.append((-first / root, first / variances, -float(first[0] / variances[0])))
            continue
        drift, variance = _slopes(model, greek)
        square = 0.5 * variance / variances
        rows.append(((drift - 0.5 * variance) / root, square, -float(square.sum())))
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows]), np.array([row[2] for row in rows])


@lru_cache(maxsize=256)
def _returns(model: Stepwise, greeks: tuple[str, ...]) -> Returns:
    slopes = [_slopes(model, greek) for greek in greeks]
    variance = np.array([part for _, part in slopes]).reshape(len(greeks), len(model.dates), 1)
    drift = np.array(model.rates) - np.array(model.yields) - 0.5 * np.array(model.variances)
    return Returns(
        np.zeros((len(model.dates), 1)),
        np.array(model.variances)[:, None],
        drift,
        np.zeros_like(variance),
        variance,
        np.arange(len(greeks), dtype=np.int64),
        np.ones(len(greeks)),
        np.array([drift - 0.5 * variance for drift, variance in slopes]).reshape(len(greeks), len(model.dates)),
        -np.diff(model.dates, prepend=0.0),
    )


@kernel
def interval_scores(normals: Array, linear: Array, square: Array, constant: Array, n: int, out: Array) -> None:
    """``out[k] = constant[k] + sum over j of linear[k, j] Z_j + square[k, j] Z_j^2``."""
    for k in range(out.shape[0]):
        row, start = out[k], constant[k]
        for i in range(n):
            row[i] = start
        for j in range(normals.shape[0]):
            a, b, z = linear[k, j], square[k, j], normals[j]
            if a != 0.0 or b != 0.0:
                for i in range(n):
                    row[i] = fma(fma(b, z[i], a), z[i], row[i])
