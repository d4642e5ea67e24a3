"""Positions within a netted number, and what they know that the moments of their sum do not show.

A bound where no path met a payment, a bias, a doubt: a position whose error is below a tenth of the sum's is not named.
A heavy tail is not passed on, since the moments of the sum show what is left of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite, nan, sqrt
from typing import Any

from greeks.results.estimate import Estimate, quantile
from greeks.results.scale import z_score
from greeks.results.status import BIAS, DOUBT, NO_HIT, TAIL, UNRESOLVED, Known
from greeks.results.tables import far
from greeks.text.visible import first

NAMED = 3  # trades in a warning
_NEGLIGIBLE = 0.1  # of the sum's error: what a member may be off by without a word


@dataclass(frozen=True)
class Held:
    """Positions in one contract under one model: net, and without netting, in the currency of the row.

    ``steps`` is the bias of a difference by a second step, and its error: that of the grid is measured for the sum.
    ``contract`` is the same for positions whose payments differ by little on every path.
    """

    net: float
    gross: float
    estimate: Estimate
    known: Known
    exact: float
    name: str
    steps: tuple[float, float] = (nan, 0.0)
    contract: Any = None

    @property
    def off(self) -> float:
        """What the net position may be off by beyond what a sum of moments shows."""
        found = self.estimate
        known = max(abs(found.bias) if found.bias == found.bias else 0.0, 0.0)
        if found.low is None and self.exact == self.exact:
            known = max(known, abs(found.value - self.exact))
        return abs(self.net) * (found.standard_error + known)


def bias_of(held: Sequence[Held]) -> tuple[float, float]:
    """Sum of the biases of differences, and the most its own error can be; nan where none was measured."""
    measured = [(one.net * one.steps[0], one.net * one.steps[1]) for one in held if isfinite(one.steps[0])]
    if not measured:
        return nan, 0.0
    return sum(bias for bias, _ in measured), sum(abs(error) for _, error in measured)


def with_members(found: Estimate, live: Sequence[Held]) -> Estimate:
    """What the members know and the moments of their sum do not show."""
    error = found.standard_error
    unmet = [one for one in live if NO_HIT in one.estimate.causes and one.estimate.low is not None]
    doubted = [one for one in live if one.estimate.status == "warn" and one not in unmet and _beyond_tail(one)]
    total = sum(one.off for one in doubted)
    if total > _NEGLIGIBLE * error:
        named = first([one.name for one in sorted(doubted, key=lambda one: -one.off)], NAMED)
        found = found.warned(f"{len(doubted)} positions carry a warning: {named}", DOUBT)
    spread = _spread([one for one in live if one not in unmet])
    if spread > error * sqrt(found.paths):
        text = (
            f"positions cancel to {error / spread:.1g} of their size: a path of a kind not drawn could move the sum by "
            "more than its error bar; ask for more paths"
        )
        found = found.warned(text, NO_HIT)
    bound = sum(abs(one.net) * one.known.bound for one in unmet)
    if bound > _NEGLIGIBLE * error:
        half = quantile(0.95, found.degrees) * error + bound
        named = first([one.name for one in unmet], NAMED)
        text = (
            f"no path differs in {len(unmet)} positions ({named}): their errors are only known to be below "
            f"{bound:.3g} together"
        )
        found = replace(found, standard_error=error + bound, low=found.value - half, high=found.value + half)
        found = found.warned(text, NO_HIT)
    return found


def _spread(live: Sequence[Held]) -> float:
    """Sum of the errors of positions, those in one contract under several models netted."""
    sizes: dict[Any, tuple[float, float]] = {}
    for place, one in enumerate(live):
        key = place if one.contract is None else one.contract
        net, error = sizes.get(key, (0.0, 0.0))
        sizes[key] = net + one.net, max(error, one.estimate.standard_error)
    return sum(abs(net) * error for net, error in sizes.values())


def _beyond_tail(one: Held) -> bool:
    """Whether a warning is of more than a heavy tail or a bias that is measured or not, as the sum shows for itself."""
    shown = {TAIL, UNRESOLVED, BIAS} if one.estimate.bias == one.estimate.bias else {TAIL, UNRESOLVED}
    return not one.estimate.causes or bool(one.estimate.causes - shown)


def beside_exact(found: Estimate, exact: float, rounding: float) -> Estimate:
    """A sum further from its exact value than chance allows: biases of members add up where their noise cancels."""
    error = max(found.standard_error, rounding)
    if not isfinite(exact) or abs(found.value - exact) <= far(found) * error:
        return found
    z = z_score(found.value, error, exact, 0.0)
    text = f"{found.value - exact:.3g} from the exact value, {abs(z):.1f} standard errors: biases of the trades add up"
    return found.warned(text, BIAS)
