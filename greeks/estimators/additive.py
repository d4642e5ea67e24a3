"""Additive: a payment that is a sum over dates, each amount weighted by the score of what it depends on alone.

An amount that is known at a date is not moved by later returns: their scores, of mean 0, would add nothing but
variance to it. An amount that depends on the spot at its date alone takes the score of one return from now to that
date, one that depends on a single return the score of that return. The weights are those of normal log-returns, under
Heston given the variance path, and of second order from (d_a d_b p) / p = s_a s_b + d_b s_a. Nothing is asked of the
amounts, which may jump.

Source: Glasserman (2004), section 7.3, for the score of a transition; that an amount needs the scores up to its date
only follows from the mean of a score being 0 given the past. Verified against closed forms, and against the likelihood
ratio of the whole path.
"""

from __future__ import annotations

from math import log

import numpy as np

from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.additive_kernels import ACCUMULATORS, READS, TILE, add_first_order, add_second_order
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.models.laws import Returns
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff


class Additive(Estimator):
    """E[sum over dates of amount times its own weight]."""

    name, short = "additive", "add"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Sums over dates, wherever what an amount depends on has a density."""
        if payoff.payments is None:
            return "the payment is no sum of amounts that are each known at a date"
        if greek == "price":
            return None
        if missing := missing_parameter(model, greek):
            return missing
        if greek in SECOND_ORDER and payoff.explicit & set(parts_of(greek)):
            return f"the parameter of {greek} moves the payment of a {payoff.variant} beside the spots"
        dates = payoff.dates()
        return model.no_density(greek, dates[:1] if payoff.payments.reads == "spot" else dates)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", "")

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """Where amounts depend on less than the path; otherwise of payments that the parameter moves itself."""
        return bool(payoff.payments.reads != "path" or greek in payoff.explicit)

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (sum over dates of amount times weight + c f + e), e the derivative of the payment at fixed spots."""
        sample, payoff, stride = valuation.sample, valuation.payoff, valuation.stride
        paths, workspace, n = sample.paths, sample.workspace, sample.paths.count
        out, values = workspace.array("additive/rows", len(greeks), stride), valuation.values()
        discount, part = valuation.discount(), workspace.array("additive/explicit", stride)
        for row, greek in zip(out, greeks, strict=True):
            scaled(values, discount * (1.0 if greek == "price" else valuation.carry(greek)), n, row)
            if greek in payoff.explicit:
                payoff.explicit_part(paths, greek, values, workspace, part)
                add_scaled(part, discount, n, row)
        first = tuple(dict.fromkeys(part for greek in greeks if greek != "price" for part in parts_of(greek)))
        if first:
            amounts = workspace.array("additive/amounts", *paths.spot.shape)
            payoff.amounts(paths, workspace, amounts)
            self._add_weighted(valuation, greeks, first, amounts, out)
        return [Terms.of_rows(out)]

    @staticmethod
    def _add_weighted(
        valuation: Valuation, greeks: tuple[str, ...], first: tuple[str, ...], amounts: Array, out: Array
    ) -> None:
        """``out`` plus the discounted sums over dates of amount times weight."""
        sample, n, discount = valuation.sample, valuation.sample.paths.count, valuation.discount()
        returns = sample.paths.returns(first)
        law = sample.paths.log_spot, log(sample.model.spot), returns.mean, returns.variance, returns.drift
        scratch = sample.workspace.array("additive/scratch", ACCUMULATORS, TILE)
        reads = READS.index(valuation.payoff.payments.reads)
        for row, greek in zip(out, greeks, strict=True):
            if greek == "price":
                continue
            parts = parts_of(greek)
            slopes = [_slopes(returns, first.index(part)) for part in parts]
            if len(parts) == 1:
                add_first_order(amounts, *law, *slopes[0], reads, discount, n, scratch, row)
                continue
            curved, wide = np.zeros(len(returns.drift)), 0.0
            if greek == "gamma":
                curved[0] = -1.0 / sample.model.spot**2
            if greek == "volga":  # of models whose variance is certain
                curved, wide = returns.mean_second, 1.0
            add_second_order(
                amounts, *law, *slopes[0], *slopes[1], curved, wide, reads, discount, n, scratch, row
            )  # fmt: skip


def _slopes(returns: Returns, place: int) -> tuple[Array, Array, float, Array]:
    """Derivatives of the mean and variance along a Greek, their factor, and that of the drift by date."""
    row = int(returns.rows[place])
    if row < 0:
        return returns.mean, returns.variance, 0.0, returns.by_interval[place]
    factor = float(returns.factors[place])
    return returns.mean_slopes[row], returns.variance_slopes[row], factor, returns.by_interval[place]
