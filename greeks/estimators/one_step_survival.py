"""One-step survival: every spot is drawn given that the contract survives, so that nothing of it jumps.

At each date the spot is drawn between the levels, and the path is worth the probability of that; what an exit pays is
added with the probability of the exit, and the last payment is its mean. The estimate is infinitely smooth in the
parameters, hence first and second derivatives along the path are exact. Under a random variance the draws are
conditional on the variance path, and only returns of at least its mean variance carry the conditions.

Source: Glasserman and Staum, Conditioning on one-step survival for barrier option simulations (2001); Alm, Harrach,
Harrach and Keller, A Monte Carlo pricing algorithm for autocallables that allows for stable differentiation (2013);
Gerstner, Harrach and Roth, Monte Carlo pathwise sensitivities for barrier options (2018). Verified against backward
quadrature, and under Heston against the other estimators, in the tests.
"""

from __future__ import annotations

from math import log

import numpy as np

from greeks.core.rows import fill
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.survival_draws import SECOND, SLOPES, STATE
from greeks.estimators.survival_kernels import survive
from greeks.estimators.survival_payments import PAYMENT, PAYMENT_SLOPES
from greeks.estimators.survival_table import NOTHING_DRAWN, survival_table, unconditional
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model, Returns
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff
from greeks.payoffs.forms import Survival

# Part of the path's mean variance that a return needs to carry the conditions; measured: 1 has the least error.
CARRIER = 1.0 - 1e-9
_ROW = 2**33  # counter of the first uniform: spots count from 0, variances from 2^32


class OneStepSurvival(Estimator):
    """E[weight of survival times mean payment], and its derivatives along the conditional path."""

    name, short = "one_step_survival", "oss"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Contracts that end at levels on dates, of models whose log-returns are normal given the variance."""
        if payoff.survival is None:
            return f"{payoff.variant} is not said to live between levels at its dates"
        if greek != "price" and (missing := missing_parameter(model, greek)):
            return missing
        if none := model.no_density("delta", payoff.dates()):
            return none
        if greek == "volga" and "variance_path" in model.gives:
            return "the variance path has no second derivative"
        return next(filter(None, map(model.no_tangent, parts_of(greek))), None)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """Warn where the model doubts its own tangents."""
        if self.certain(payoff, model):
            return "ok", NOTHING_DRAWN
        doubt = next(filter(None, map(model.doubt, parts_of(greek))), None)
        return ("warn", doubt) if doubt else ("ok", "")

    def certain(self, payoff: Payoff, model: Model) -> bool:
        """With one date left: the return to it is averaged over, and its variance is given."""
        return len(payoff.dates()) == 1 and "variance_path" not in model.gives

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """All rows in one pass over the dates, one for each contract that the payment is a sum of."""
        sample, payoff = valuation.sample, valuation.payoff
        first = tuple(dict.fromkeys(part for greek in greeks for part in parts_of(greek)))
        pairs = tuple(greek for greek in greeks if greek in SECOND_ORDER)
        names = ("price", *first, *pairs)
        out = sample.workspace.array("survival/rows", len(names), valuation.stride)
        fill(0.0, out.size, out.reshape(-1))
        forms = payoff.survival if isinstance(payoff.survival, tuple) else (payoff.survival,)
        returns, uniforms = sample.paths.returns(first), sample.paths.uniforms(_ROW)
        for form in forms:
            self._add(valuation, form, returns, uniforms, first, pairs, out)
            if form.always:
                whole = returns.joined()
                plain = unconditional(form, len(whole.drift))
                self._add(valuation, plain, whole, uniforms[: len(whole.drift)], first, pairs, out)
        index = np.array([names.index(greek) for greek in greeks], dtype=np.int64)
        return [Terms(out[0], out, index, np.zeros(len(greeks)))]

    def _add(
        self,
        valuation: Valuation,
        form: Survival,
        returns: Returns,
        uniforms: Array,
        first: tuple[str, ...],
        pairs: tuple[str, ...],
        out: Array,
    ) -> None:
        """Add the rows of one contract."""
        sample = valuation.sample
        model, paths, workspace = sample.model, sample.paths, sample.workspace
        maturity = valuation.payoff.maturity
        lower, upper, pieces, dates, rates = survival_table(form, model.rate, maturity, sample.elapsed, first)
        places = np.array([[first.index(part) for part in parts_of(pair)] for pair in pairs], dtype=np.int64)
        start_second = np.array([-1.0 / model.spot**2 if pair == "gamma" else 0.0 for pair in pairs])
        again = np.array([[1.0 if pair == "volga" else 0.0] for pair in pairs]).reshape(len(pairs), 1)
        survive(
            uniforms, log(model.spot), returns.mean, returns.variance, returns.drift, returns.mean_slopes,
            returns.variance_slopes, returns.rows, returns.factors, returns.by_interval,
            places.reshape(len(pairs), 2), start_second, again * returns.mean_second,
            lower, upper, pieces, dates, rates, CARRIER, paths.count,
            workspace.array("survival/state", STATE),
            workspace.array("survival/slopes", len(first), SLOPES),
            workspace.array("survival/second", len(pairs), SECOND),
            workspace.array("survival/payment", PAYMENT),
            workspace.array("survival/paid", len(first), PAYMENT_SLOPES),
            out,
        )  # fmt: skip
