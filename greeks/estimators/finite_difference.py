"""Central finite differences on common random numbers.

The steps are those of :mod:`greeks.estimators.steps`; the bias is O(step^2), is not in the error bar, and is measured
by a step twice as long on the same paths (Richardson). A jump makes the variance grow like 1/step (delta) or 1/step^3
(gamma), hence the wider steps there.

Source: Glasserman (2004), section 7.1. Verified against closed forms for every cell.
"""

from __future__ import annotations

from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.steps import steps, too_long
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import PARAMETERS, parts_of
from greeks.payoffs.base import Payoff

Stencil = list[tuple[float, tuple[tuple[str, float], ...]]]


class FiniteDifference(Estimator):
    """(V(p + h) - V(p - h)) / (2 h), and its second-order kin."""

    name, short = "finite_difference", "fd"
    biased = True

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Anything can be bumped, where the parameter exists and has room on both sides."""
        if greek == "price":
            return None
        if missing := missing_parameter(model, greek):
            return missing
        for part in parts_of(greek):
            if model.step_scale(part, payoff.dates()) <= 0.0:
                return f"no room for a central difference in the parameter of {part}, at the end of its range"
        return None

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """The step beside the number."""
        if greek == "price":
            return "ok", ""
        steps = self.steps(payoff, model, greek, bump)
        text = " and ".join(f"{step:.4g} in {PARAMETERS.get(part, part)}" for part, step in steps.items())
        text = f"central difference on common random numbers, bump of {text}; bias O(bump^2)"
        long = too_long(payoff, greek, bump)
        return ("warn", f"{long}; {text}") if long else ("ok", text)

    def steps(self, payoff: Payoff, model: Model, greek: str, bump: float) -> dict[str, float]:
        """Step of each parameter the Greek differentiates, by its first-order Greek."""
        return steps(payoff, model, greek, bump)

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Differences of discounted payments, path by path."""
        workspace, n = valuation.sample.workspace, valuation.sample.paths.count
        out = workspace.array("differences", len(greeks), valuation.stride)
        for row, greek in zip(out, greeks, strict=True):
            combine(valuation, self.stencil(valuation.payoff, valuation.sample.model, greek, bump), n, row)
        return [Terms.of_rows(out)]

    def stepped(self, model: Model, greek: str) -> bool:
        """Whether a Greek is a difference, whose bias :meth:`bias` measures."""
        return greek != "price"

    def bias(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """(D(2h) - D(h)) / 3, path by path: the mean is the bias of D(h) but for terms of order h^4."""
        workspace, n = valuation.sample.workspace, valuation.sample.paths.count
        out = workspace.array("differences/bias", len(greeks), valuation.stride)
        for row, greek in zip(out, greeks, strict=True):
            stencils = (
                (share, self.stencil(valuation.payoff, valuation.sample.model, greek, bump, stretch))
                for share, stretch in ((1 / 3, 2.0), (-1 / 3, 1.0))
            )
            combine(
                valuation, [(share * factor, shifts) for share, each in stencils for factor, shifts in each], n, row
            )
        return [Terms.of_rows(out)]

    def stencil(self, payoff: Payoff, model: Model, greek: str, bump: float, stretch: float = 1.0) -> Stencil:
        """Weights of the difference, and the shifts (Greek, step) of the paths that each one multiplies."""
        if greek == "price":
            return [(1.0, ())]
        steps = {part: stretch * step for part, step in self.steps(payoff, model, greek, bump).items()}
        parts = parts_of(greek)
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


def combine(valuation: Valuation, stencil: Stencil, n: int, out: Array) -> None:
    """Discounted payments on shifted paths, weighted and added."""
    for position, (factor, shifts) in enumerate(stencil):
        sample = valuation.sample.shifted(*shifts)
        add = scaled if position == 0 else add_scaled
        add(valuation.values(sample), factor * valuation.discount(sample), n, out)
