"""The textbook likelihood ratio under Heston: the score of every Euler transition of (log S, v). For comparison only.

Its variance grows like 1/h for the initial variance, with the number of steps for vol of vol and correlation, and
with E[int dt / v] for mean reversion and long-run variance, which is infinite when 2 kappa theta <= xi^2. Where the
variance is truncated at 0 a transition has no density, and leaving it out is biased.

Source: Broadie and Kaya, Exact simulation of option Greeks under stochastic volatility and jump diffusion models
(2004).
Verified against the semi-analytic values for a mild parameter set, and its scores against the density of a path.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from greeks.estimators.base import Estimator, foreign
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.models.heston_euler import SCORES
from greeks.payoffs.base import Payoff

_ROW = {"delta": "spot", "vega": "initial_variance", "rho": "rate", "dividend_rho": "rate"}


class FullLikelihoodRatio(Estimator):
    """E[f times the score of the discretised pair]; never chosen by ``auto``."""

    name, short = "full_likelihood_ratio", "full_lr"
    biased = True
    needs = frozenset({"variance_path"})
    pairs = "itself"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Heston only, first order but theta, and only where the pair has a density."""
        if lacking := foreign(self, model):
            return f"{lacking} to take the score of"
        if greek != "price" and _ROW.get(greek, greek) not in SCORES:
            return f"full_likelihood_ratio gives no {greek}"
        if payoff.reads != {"dates"}:
            return f"{payoff.variant} reads the path between its dates, whose law the Euler scheme does not give"
        if greek in payoff.explicit:
            return f"{payoff.variant} depends on the parameter of {greek} beside the spots"
        return model.no_pair_density()

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """Always a warning."""
        ratio = model.feller_ratio
        bias = f", and biased by truncation (Feller ratio {ratio:.3g})" if ratio is not None and ratio <= 1.0 else ""
        return "warn", f"score of the Euler scheme: its variance grows with the number of steps{bias}"

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D f (score + c), on paths of the full-truncation scheme."""
        sample = valuation.sample
        scored = sample.paths.scored()  # type: ignore[attr-defined]
        values = sample.workspace.array("full/values", valuation.stride)
        valuation.payoff.values(scored, sample.workspace, values)
        terms = []
        for greek in greeks:
            index = -1 if greek == "price" else SCORES.index(_ROW.get(greek, greek))
            factor = {"delta": 1.0 / sample.model.spot, "vega": 2.0 * sqrt(sample.model.initial_variance)}.get(
                greek, 1.0
            )
            factor = -1.0 if greek == "dividend_rho" else factor
            carry = 1.0 if greek == "price" else valuation.carry(greek)
            shift = np.array([carry / factor])
            one = np.array([index])
            terms.append(Terms(values, scored.scores, one, shift, factor * valuation.discount(), product=True))
        return terms
