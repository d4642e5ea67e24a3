"""Pathwise derivative: differentiate the payment along the path.

Unbiased where the payment is Lipschitz continuous in the path; a jump or a second derivative of a kink is missed
altogether, hence refused.

Source: Broadie and Glasserman (1996); Glasserman (2004), section 7.2. Verified against closed forms for every cell.
"""

from __future__ import annotations

import numpy as np

from greeks.estimators.base import Estimator, missing_parameter, scores_win
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import SECOND_ORDER
from greeks.payoffs.base import Payoff


class Pathwise(Estimator):
    """E[df/dS . dS/dp], plus the derivative of the discount factor."""

    name, short = "pathwise", "pw"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Refuse jumps, and second derivatives of a kink."""
        if greek == "price":
            return None
        if payoff.smoothness == "unknown":
            return "the payoff has no declared gradient"
        if payoff.smoothness == "discontinuous":
            return "discontinuous payoff: the pathwise derivative misses the jump"
        if greek in SECOND_ORDER:
            return f"discontinuous first derivative: the pathwise {greek} misses the kink"
        missing = missing_parameter(model, greek)
        return missing or model.no_tangent(greek)

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """But where the likelihood ratio has less work."""
        return not scores_win(payoff, model, greek)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", "")

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (df + c f), with c the logarithmic derivative of the discount factor."""
        values = valuation.values()
        wanted = tuple(greek for greek in greeks if greek != "price")
        slopes = valuation.directional(wanted) if wanted else values[None, :]
        index = np.array([-1 if greek == "price" else wanted.index(greek) for greek in greeks], dtype=np.int64)
        shift = np.array([1.0 if greek == "price" else valuation.carry(greek) for greek in greeks])
        return [Terms(values, slopes, index, shift, valuation.discount())]
