"""The estimator ``analytic``: a value known without simulation, with no error and its source beside it.

It draws no path, so it is no kernel's estimator: the planner asks it first. Verified in the tests: every value is the
closed form's own bits, and agrees with each simulated estimator within its error bar.
"""

from __future__ import annotations

from math import isfinite
from typing import Any

from greeks.analytic.registry import reference, source
from greeks.estimators.registry import ANALYTIC


class Analytic:
    """The closed or semi-analytic value, where one is known."""

    name = ANALYTIC

    def value(self, payoff: Any, model: Any, greek: str) -> float | None:
        """The value in raw units; None where none is known to full accuracy."""
        found = reference(payoff, model).get(greek)
        return found if found is not None and isfinite(found) else None

    def source(self, payoff: Any, model: Any) -> str:
        """Where the value comes from: its formula and its author."""
        return source(payoff, model)

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """Why no exact value is known; None where one is."""
        if self.value(payoff, model, greek) is not None:
            return None
        if not source(payoff, model):
            return f"no closed form is known for {payoff.variant} under {model.kind}"
        return f"the closed form of {payoff.variant} under {model.kind} gives no {greek} here"
