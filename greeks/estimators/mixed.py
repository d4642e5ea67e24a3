"""Mixed: the likelihood ratio of a pathwise first derivative, for derivatives of second order.

With d the pathwise delta, gamma = E[d s_delta - d / S_0] and vanna = E[d s_vega]: one kink is differentiated along
the path, the other by the score, so the variance is far below that of two scores.

Source: Broadie and Glasserman (1996), section 3.3; Glasserman (2004), section 7.3.4. Verified against closed forms.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from greeks.estimators.base import missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation

_SCORE = {"gamma": "delta", "vanna": "vega"}


class Mixed:
    """Score of a pathwise delta."""

    name, short = "mixed", "mixed"
    biased = False

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """Gamma and vanna of Lipschitz payoffs only."""
        if greek == "price":
            return None
        if greek not in _SCORE:
            return "mixed gives gamma and vanna only"
        if payoff.smoothness != "lipschitz":
            return "discontinuous payoff: no pathwise delta to start from"
        missing = missing_parameter(model, greek)
        return missing or model.no_density(greek, payoff.dates())

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """Warn where the model doubts its own tangents."""
        doubt = model.doubt(greek)
        return ("warn", doubt) if doubt else ("ok", "")

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """The score that differentiates the pathwise delta."""
        return tuple(_SCORE[greek] for greek in greeks if greek in _SCORE)

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D d (s - 1/S_0) for gamma, D d s for vanna."""
        terms = []
        for greek in greeks:
            values = valuation.values() if greek == "price" else valuation.directional(("delta",))[0]
            weights, index = valuation.sample.weights((_SCORE.get(greek, "price"),))
            shift = {"price": 1.0, "gamma": -1.0 / valuation.sample.model.spot}.get(greek, 0.0)
            terms.append(Terms(values, weights, index, np.array([shift]), valuation.discount(), product=True))
        return terms
