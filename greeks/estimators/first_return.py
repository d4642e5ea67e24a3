"""First return: its mean in closed form, given the later ones, of a contract that ends at levels on dates.

The first return moves every later spot by the same factor. Given the others, the contract lives where it is between two
levels, and each payment is made between two more: the mean over it is a sum of normal distributions, smooth in the
spot, hence gamma and vanna along the paths are exact. Nothing is drawn between levels, so that a path costs little more
than its normals. As long as the first return is not short, its error is near that of one-step survival.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2004), section 7.2.3, on smoothing by conditional
expectation; Gilbert, Kuo and Sloan, Preintegration is not smoothing when monotonicity fails (2022), on the direction:
only one that moves the logarithms of all spots alike leaves no kink. Verified against one-step survival, backward
quadrature and closed forms in the tests.
"""

from __future__ import annotations

from math import log

import numpy as np

from greeks.core.workspace import Array
from greeks.estimators.first_return_kernels import average_first
from greeks.estimators.kernels import Terms
from greeks.estimators.survival_rows import NOTHING_DRAWN, OfSurvival, SurvivalRows, parameters
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.models.laws import Returns
from greeks.payoffs.base import Payoff

_SHORT = 0.5  # of the mean interval: a first one below it costs the derivatives more than it saves
_DAYS = 365.0


class FirstReturn(OfSurvival):
    """E[mean payment given the returns after the first], and its derivatives along the paths."""

    name, short = "first_return", "first"

    def _unfit(self, model: Model, greek: str) -> str | None:
        if "variance_path" in model.gives:
            return "the variance of the first return is random"
        return "the date that binds changes with the volatility" if greek == "volga" else None

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the first return is short: the derivatives' error grows with the inverse of its deviation."""
        if self.certain(payoff, model):
            return "ok", NOTHING_DRAWN
        dates = payoff.dates()
        mean = dates[-1] / len(dates)
        if greek == "price" or dates[0] >= _SHORT * mean:
            return "ok", ""
        first, average = (f"{_DAYS * time:.3g}" for time in (dates[0], mean))
        return "doubt", f"the first return, of {first} days, is short beside the mean of {average}"

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """All rows in one pass over the dates, one for each contract that the payment is a sum of."""
        sample, parts = valuation.sample, parameters(greeks)
        returns = sample.paths.returns(parts)
        later = returns.moving(1)
        order = sorted(range(len(parts)), key=lambda k: not later[k])  # those that move later returns come first
        rows = SurvivalRows(valuation, tuple(parts[k] for k in order), greeks)
        for form, law in rows.contracts(returns.ordered(order)):
            mean, variance, slopes, growth = _law(law, log(sample.model.spot))
            lower, upper, pieces, dates, rates = rows.table(form)
            average_first(
                sample.paths.log_spot, mean, variance, slopes, growth, int(law.moving(1).sum()), rows.places,
                rows.start_second, lower, upper, pieces, dates, rates, sample.paths.count, *rows.scratch(), rows.out,
            )  # fmt: skip
        return rows.terms()


def _law(returns: Returns, start: float) -> tuple[Array, Array, Array, Array]:
    """Mean, variance, slopes of the mean and logarithmic slopes of the deviation of each return, from ``start`` on."""
    mean, variance = returns.mean[:, 0] + returns.drift, returns.variance[:, 0]
    rows = [(int(row), float(factor)) for row, factor in zip(returns.rows, returns.factors, strict=True)]
    no_slope = np.zeros_like(mean)
    by_mean = [factor * returns.mean_slopes[row, :, 0] if row >= 0 else no_slope for row, factor in rows]
    by_variance = [factor * returns.variance_slopes[row, :, 0] if row >= 0 else no_slope for row, factor in rows]
    shape = len(rows), len(mean)
    slopes = np.array(by_mean).reshape(shape) + returns.by_interval
    growth = 0.5 * np.array(by_variance).reshape(shape) / variance
    return mean + np.where(np.arange(len(mean)) == 0, start, 0.0), variance, slopes, growth
