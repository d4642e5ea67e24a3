"""Likelihood ratio (score function): the payoff times the derivative of the log-density of the path.

grad E[f] = E[f grad log p]: nothing is asked of the payoff, so discontinuous ones are fine. The variance grows like
1/h_1 for delta (h_1 the first interval), 1/h_1^2 for gamma, and with the number of fixings for vega.

Source: Broadie and Glasserman (1996); Glasserman (2004), section 7.3. Verified against closed forms for every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np

from greeks.estimators.kernels import Terms
from greeks.names import SECOND_ORDER
from greeks.sample import Valuation

_ONE_DAY = 1.0 / 365.0
_FIRST_INTERVAL = ("delta", "gamma", "theta", "vanna")


class LikelihoodRatio:
    """E[f W], with W the model's weight."""

    name, short = "likelihood_ratio", "lr"

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """A weight exists wherever the path has a density that the parameter moves."""
        if greek == "price":
            return None
        missing = _unknown(model, greek)
        if missing:
            return missing
        reason = model.no_density(greek)
        return f"{reason}: use pathwise or finite_difference" if reason else None

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """Warn of a first fixing within a day, with the standard deviation of the weight."""
        first = payoff.dates()[0]
        if greek in _FIRST_INTERVAL and first < _ONE_DAY * (1 - 1e-9):
            loss = sqrt(_ONE_DAY / first) if greek in ("delta", "vanna") else _ONE_DAY / first
            return "warn", (
                f"the first fixing is {first * 365:.3g} days away: the weight's standard deviation is {loss:.3g} times "
                "that of a one-day interval; use pathwise or finite_difference"
            )
        doubt = model.doubt(greek)
        return ("warn", doubt) if doubt else ("ok", "")

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """Every Greek but the price."""
        return tuple(greek for greek in greeks if greek != "price")

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D f (W + c), with c the logarithmic derivative of the discount factor."""
        weights, index = valuation.sample.weights(greeks)
        shift = np.array([1.0 if greek == "price" else valuation.carry(greek) for greek in greeks])
        return [Terms(valuation.values(), weights, index, shift, valuation.discount(), product=True)]


def _unknown(model: Any, greek: str) -> str | None:
    """Reason why a model has no such Greek, or None."""
    parts = SECOND_ORDER.get(greek, (greek,))
    if all(part in model.greeks() for part in parts):
        return None
    return f"{model.kind} has no parameter for {greek}: leave it out for this underlying"
