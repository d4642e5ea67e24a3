"""Mixed: the likelihood ratio of a pathwise first derivative, for derivatives of second order.

With d the pathwise delta and u the pathwise vega, gamma = E[d s_delta - d / S_0], vanna = E[d s_vega] and
volga = E[u s_vega + u'], u' the derivative of u to the volatility at fixed spots: one kink is differentiated along the
path, the other by the score, so the variance is far below that of two scores. Where W_j is the Brownian motion at date
j, u' = -sum_j f_j S_j W_j / sigma.

Source: Broadie and Glasserman (1996), section 3.3; Glasserman (2004), section 7.3.4. Verified against closed forms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, lacking, missing_parameter, scores_win, unlike_parts
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import parts_of
from greeks.payoffs.base import Payoff

_SCORE = {"gamma": "delta", "vanna": "vega", "volga": "vega"}


class Mixed(Estimator):
    """Score of a pathwise delta or vega."""

    name, short = "mixed", "mixed"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Second order of Lipschitz payoffs only."""
        if greek == "price":
            return None
        if greek not in _SCORE:
            return "mixed gives gamma, vanna and volga only"
        if payoff.smoothness != "lipschitz":
            return "discontinuous payoff: no pathwise derivative to start from"
        if missing := missing_parameter(model, greek):
            return missing
        own = greek in payoff.corrected and "variance_path" not in model.gives
        if not own and (moved := unlike_parts(payoff, greek)):
            return moved
        if greek == "volga" and (none := lacking(model, "second_tangent")):
            return none
        return model.no_density(_SCORE[greek], payoff.dates()) or model.no_tangent(parts_of(greek)[0])

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """But where the likelihood ratio has less work."""
        return not scores_win(payoff, model, greek)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", "")

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The score that differentiates the pathwise derivative."""
        return tuple(_SCORE[greek] for greek in greeks if greek in _SCORE)

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D d (s - 1/S_0) for gamma, D d s for vanna, D (u s + u') for volga."""
        terms = []
        for greek in greeks:
            if greek in valuation.payoff.explicit:
                terms.append(self._explicit(valuation, greek))
                continue
            if greek == "volga":
                terms.append(self._volga(valuation))
                continue
            if greek in valuation.payoff.corrected:
                terms.append(self._corrected(valuation, greek))
                continue
            values = valuation.values() if greek == "price" else valuation.directional(("delta",))[0]
            weights, index = valuation.sample.weights((_SCORE.get(greek, "price"),))
            shift = {"price": 1.0, "gamma": -1.0 / valuation.sample.model.spot}.get(greek, 0.0)
            terms.append(Terms(values, weights, index, np.array([shift]), valuation.discount(), product=True))
        return terms

    @staticmethod
    def _corrected(valuation: Valuation, greek: str) -> Terms:
        """By the payoff's own score."""
        sample, out = valuation.sample, Mixed._row(valuation, greek)
        valuation.payoff.corrected_part(sample.paths, greek, sample.workspace, out[0])
        scaled(out[0], valuation.discount(), sample.paths.count, out[0])
        return Terms.of_rows(out)

    def _volga(self, valuation: Valuation) -> Terms:
        """The pathwise vega times its score, plus its own derivative at fixed spots."""
        sample = valuation.sample
        vega, held = valuation.directional(("vega", "volga"))
        weights, index = sample.weights(("vega",))
        out = self._row(valuation, "volga")
        scored(vega, weights[int(index[0])], held, valuation.discount(), sample.paths.count, out[0])
        return Terms.of_rows(out)

    def _explicit(self, valuation: Valuation, greek: str) -> Terms:
        """The same where the second parameter moves the payment itself: its slope at fixed spots is added."""
        sample, payoff, n = valuation.sample, valuation.payoff, valuation.sample.paths.count
        first = parts_of(greek)[0]
        slope = valuation.directional((first,))[0]
        weights, index = sample.weights((_SCORE[greek],))
        part, out = sample.workspace.array("mixed/part", valuation.stride), self._row(valuation, greek)
        held = sample.tangent("volga") if greek == "volga" else None
        payoff.explicit_slope(sample.paths, greek, sample.tangent(first), held, sample.workspace, part)
        if greek == "gamma":
            add_scaled(slope, -1.0 / sample.model.spot, n, part)
        scored(slope, weights[int(index[0])], part, valuation.discount(), n, out[0])
        return Terms.of_rows(out)

    @staticmethod
    def _row(valuation: Valuation, greek: str) -> Array:
        return valuation.sample.workspace.array(f"mixed/{greek}", 1, valuation.stride)


@kernel
def scored(slope: Array, score: Array, held: Array, discount: float, n: int, out: Array) -> None:
    """``discount (slope score + held)``."""
    for i in range(n):
        out[i] = discount * fma(slope[i], score[i], held[i])
