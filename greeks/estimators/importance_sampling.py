"""Importance sampling: paths drawn where the payment is, each weighted by the ratio of the densities.

E[g(Z)] = E[g(Z + mu) exp(-mu . Z - |mu|^2 / 2)]: whatever is a contribution on a path is one on the moved path, times
the ratio. What is moved is that of the estimator that needs least: along the path where the payment is continuous, by
the score of a derivative along it for second order, by the score alone where it jumps. The drift comes from a pilot of
its own, see :mod:`greeks.estimators.drift`.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2003), section 4.6. Verified against closed forms far
in and out of the money, and beside the estimators it moves.
"""

from __future__ import annotations

from collections.abc import Sequence

from greeks.estimators.base import Estimator, lacking
from greeks.estimators.drift import shift_of
from greeks.estimators.kernels import Terms, evaluate
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.payoffs.base import Payoff
from greeks.payoffs.kernels import multiply


class ImportanceSampling(Estimator):
    """Another estimator's contributions on moved paths.

    Parameters
    ----------
    inner : tuple of Estimator
        What may be moved: of a number the first that is valid.
    """

    name, short, needs, own_paths = "importance_sampling", "is", frozenset({"drifted"}), True

    def __init__(self, inner: tuple[Estimator, ...]) -> None:
        self._inner = inner

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Models whose normals can be moved, and payments that read dates alone."""
        if none := lacking(model, "drifted"):
            return none
        if payoff.reads != {"dates"}:
            return "the payment reads the path between its dates, which would have to be moved too"
        if model.still:
            return "nothing is random, so there is nothing to move"
        return self._inner[-1].refuse(payoff, model, greek)

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """Only where a pilot finds it to have less work."""
        return False

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """What any of the moved estimators may need."""
        needed = (name for each in self._inner for name in each.weight_greeks(greeks, explicit))
        return tuple(dict.fromkeys(needed))

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Contributions on the moved paths, times the ratio of the densities."""
        sample, payoff, n = valuation.sample, valuation.payoff, valuation.sample.paths.count
        moved, ratio = sample.drifted(shift_of(payoff, sample.model))
        there = Valuation(payoff, moved, valuation.stride, "drifted/")
        out = sample.workspace.array("importance/rows", len(greeks), valuation.stride)
        for row, greek in enumerate(greeks):
            own = next(each for each in self._inner if each.refuse(payoff, sample.model, greek) is None)
            evaluate(own.contributions(there, (greek,), bump), n, out[row : row + 1])
            multiply(ratio, n, out[row])
        return [Terms.of_rows(out)]
