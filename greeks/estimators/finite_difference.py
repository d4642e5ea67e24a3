"""Central finite differences on common random numbers.

The step is a fraction of the shift that moves the log-spot by one standard deviation, so that it suits a maturity of
a day as well as one of ten years; the bias is O(step^2) and is not in the error bar. A jump makes the variance grow
like 1/step (delta) or 1/step^3 (gamma), hence the wider steps there.

Source: Glasserman (2004), section 7.1. Verified against closed forms for every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greeks.core.rows import add_scaled, scaled
from greeks.estimators.kernels import Terms
from greeks.names import PARAMETERS, SECOND_ORDER
from greeks.sample import Valuation

# Fraction of a standard deviation, by (Lipschitz?, order).
_FRACTION = {(True, 1): 0.01, (True, 2): 0.1, (False, 1): 0.1, (False, 2): 0.25}
_MOST_OF_SPOT = 0.9


class FiniteDifference:
    """(V(p + h) - V(p - h)) / (2 h), and its second-order kin."""

    name, short = "finite_difference", "fd"
    biased = True

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """Anything can be bumped, where the parameter exists and has room on both sides."""
        if greek == "price":
            return None
        for part in SECOND_ORDER.get(greek, (greek,)):
            if part not in model.greeks():
                return f"{model.kind} has no parameter for {greek}: leave it out for this underlying"
            if model.step_scale(part, payoff.dates()) <= 0.0:
                return (
                    f"no room for a central difference in the parameter of {part}, at the end of its range: "
                    "use pathwise where it is valid, or move the parameter inwards"
                )
        return None

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """The step beside the number."""
        if greek == "price":
            return "ok", ""
        steps = self.steps(payoff, model, greek, bump)
        text = " and ".join(f"{step:.4g} in {PARAMETERS.get(part, part)}" for part, step in steps.items())
        return "ok", f"central difference on common random numbers, bump of {text}; bias O(bump^2)"

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """None are needed."""
        return ()

    def steps(self, payoff: Any, model: Any, greek: str, bump: float) -> dict[str, float]:
        """Step of each parameter the Greek differentiates, by its first-order Greek."""
        parts = SECOND_ORDER.get(greek, (greek,))
        fraction = bump * _FRACTION[payoff.smoothness == "lipschitz", len(parts)]
        steps = {part: fraction * model.step_scale(part, payoff.dates()) for part in parts}
        if "delta" in steps:  # a spot moved down stays positive
            steps["delta"] = min(steps["delta"], _MOST_OF_SPOT * model.spot)
        return steps

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Differences of discounted payments, path by path."""
        workspace, n = valuation.sample.workspace, valuation.sample.paths.count
        out = workspace.array("differences", len(greeks), valuation.stride)
        for row, greek in zip(out, greeks, strict=True):
            stencil = self.stencil(valuation.payoff, valuation.sample.model, greek, bump)
            for position, (factor, shifts) in enumerate(stencil):
                sample = valuation.sample.shifted(*shifts)
                add = scaled if position == 0 else add_scaled
                add(valuation.values(sample), factor * valuation.discount(sample), n, row)
        return [Terms.of_rows(out)]

    def stencil(
        self, payoff: Any, model: Any, greek: str, bump: float
    ) -> list[tuple[float, tuple[tuple[str, float], ...]]]:
        """Weights of the difference, and the shifts (Greek, step) of the paths that each one multiplies."""
        if greek == "price":
            return [(1.0, ())]
        steps = self.steps(payoff, model, greek, bump)
        parts = SECOND_ORDER.get(greek, (greek,))
        first = parts[0]
        h = steps[first]
        if len(parts) == 1:
            return [(0.5 / h, ((first, h),)), (-0.5 / h, ((first, -h),))]
        if parts[0] == parts[1]:
            return [(1 / h**2, ((first, h),)), (-2 / h**2, ()), (1 / h**2, ((first, -h),))]
        second = parts[1]
        k = steps[second]
        return [
            (sign * other * 0.25 / (h * k), ((first, sign * h), (second, other * k)))
            for sign in (1, -1)
            for other in (1, -1)
        ]
