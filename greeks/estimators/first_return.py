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

from functools import lru_cache
from math import log

import numpy as np

from greeks.core.moments import Index
from greeks.core.rows import fill
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.first_return_kernels import average_first
from greeks.estimators.kernels import Terms
from greeks.estimators.survival_draws import SECOND, SLOPES, STATE
from greeks.estimators.survival_payments import PAYMENT, PAYMENT_SLOPES
from greeks.estimators.survival_table import NOTHING_DRAWN, survival_table, unconditional
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model, Returns
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff
from greeks.payoffs.forms import Survival

_SHORT = 0.5  # of the mean interval: a first one below it costs the derivatives more than it saves
_DAYS = 365.0


class FirstReturn(Estimator):
    """E[mean payment given the returns after the first], and its derivatives along the paths."""

    name, short = "first_return", "first"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Contracts that end at levels on dates, of models whose log-returns are normal with a certain variance."""
        if payoff.survival is None:
            return f"{payoff.variant} is not said to live between levels at its dates"
        if greek != "price" and (missing := missing_parameter(model, greek)):
            return missing
        if none := model.no_density("delta", payoff.dates()):
            return none
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

    def certain(self, payoff: Payoff, model: Model) -> bool:
        """With one date left: the return to it is averaged over, and its variance is given."""
        return len(payoff.dates()) == 1 and "variance_path" not in model.gives

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """All rows in one pass over the dates, one for each contract that the payment is a sum of."""
        sample, payoff = valuation.sample, valuation.payoff
        parts = dict.fromkeys(part for greek in greeks for part in parts_of(greek))
        returns = sample.paths.returns(tuple(parts))
        later = (returns.by_interval[:, 1:] != 0.0).any(axis=1) | (returns.variance_slopes[:, 1:, 0] != 0.0).any(axis=1)
        order = sorted(range(len(parts)), key=lambda k: not later[k])  # those that move later returns come first
        first = tuple(tuple(parts)[k] for k in order)
        returns = sample.paths.returns(first)
        pairs = tuple(greek for greek in greeks if greek in SECOND_ORDER)
        names = ("price", *first, *pairs)
        out = sample.workspace.array("first_return/rows", len(names), valuation.stride)
        fill(0.0, out.size, out.reshape(-1))
        for form in payoff.survival if isinstance(payoff.survival, tuple) else (payoff.survival,):
            self._add(valuation, form, returns, int(later.sum()), first, pairs, out)
            if form.always:
                self._add(valuation, unconditional(form, 1), returns.joined(), 0, first, pairs, out)
        index = np.array([names.index(greek) for greek in greeks], dtype=np.int64)
        return [Terms(out[0], out, index, np.zeros(len(greeks)))]

    def _add(
        self,
        valuation: Valuation,
        form: Survival,
        returns: Returns,
        moving: int,
        first: tuple[str, ...],
        pairs: tuple[str, ...],
        out: Array,
    ) -> None:
        """Add the rows of one contract."""
        sample, workspace = valuation.sample, valuation.sample.workspace
        model = sample.model
        lower, upper, pieces, dates, rates = survival_table(
            form, model.rate, valuation.payoff.maturity, sample.elapsed, first
        )
        mean, variance, slopes, growth = _law(returns, log(model.spot))
        average_first(
            sample.paths.log_spot, mean, variance, slopes, growth, moving,
            _places(first, pairs), np.array([-1.0 / model.spot**2 if pair == "gamma" else 0.0 for pair in pairs]),
            lower, upper, pieces, dates, rates, sample.paths.count,
            workspace.array("survival/state", STATE),
            workspace.array("survival/slopes", len(first), SLOPES),
            workspace.array("survival/second", len(pairs), SECOND),
            workspace.array("survival/payment", PAYMENT),
            workspace.array("survival/paid", len(first), PAYMENT_SLOPES),
            out,
        )  # fmt: skip


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


@lru_cache(maxsize=256)
def _places(first: tuple[str, ...], pairs: tuple[str, ...]) -> Index:
    """Rows of the two parameters of each pair."""
    found = np.array([[first.index(part) for part in parts_of(pair)] for pair in pairs], dtype=np.int64)
    return found.reshape(len(pairs), 2)
