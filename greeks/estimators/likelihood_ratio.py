"""Likelihood ratio (score function): the payoff times the derivative of the log-density of the path.

grad E[f] = E[f grad log p]: nothing is asked of the payoff, so discontinuous ones are fine. The variance grows like
1/h_1 for delta (h_1 the first interval), 1/h_1^2 for gamma, and with the number of fixings for vega.

Source: Broadie and Glasserman (1996); Glasserman (2004), section 7.3. Verified against closed forms for every cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.base import missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation

_IN_SPOT = {"delta": 1, "vanna": 1, "gamma": 2}  # derivatives to the spot, which the first interval alone carries
_COSTLY = 20.0  # measured: the error is then 5 to 10 times that of a difference


class LikelihoodRatio:
    """E[f W], with W the model's weight."""

    name, short = "likelihood_ratio", "lr"
    biased = False

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """A weight exists wherever the path has a density that the parameter moves."""
        if greek == "price":
            return None
        missing = missing_parameter(model, greek)
        return missing or model.no_density(greek, payoff.dates())

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """Warn where the model doubts its own tangents; an early first fixing is noted, its error bar is honest."""
        doubt = model.doubt(greek)
        return ("warn", doubt) if doubt else ("ok", self.costly(payoff, greek) or "")

    def costly(self, payoff: Any, greek: str) -> str | None:
        """Why a difference has a far smaller error, by the predicted variance of the weight; None where it has not.

        The standard deviation of the weight grows like (T / h_1)^(order / 2), h_1 being the first interval and T the
        last date, while that of a difference does not; they are equal at about four intervals. A payoff of one date
        loses nothing, however short its life. Theta's difference moves the first interval, and is no better.
        """
        dates = payoff.dates()
        order = _IN_SPOT.get(greek, 0)
        loss = (dates[-1] / dates[0]) ** (0.5 * order) if dates else 1.0
        if loss < _COSTLY:
            return None
        return (
            f"the first fixing is {dates[0] * 365:.3g} days away, of {dates[-1] * 365:.4g}: the weight's standard "
            f"deviation is {loss:.3g} times that of one interval"
        )

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """Every Greek but the price."""
        return tuple(greek for greek in greeks if greek != "price")

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D f (W + c), with c the logarithmic derivative of the discount factor."""
        sample = valuation.sample
        weights, index = sample.weights(greeks)
        shift = np.array([1.0 if greek == "price" else valuation.carry(greek) for greek in greeks])
        if sample.antithetic:
            return self._pairs(valuation, weights, index, shift)
        payoff, discount = valuation.payoff, valuation.discount()
        if hasattr(payoff, "ramp"):  # the payments are computed where they are used, and never stored
            return [Terms(sample.paths.spot[-1], weights, index, shift, discount, product=True, ramp=payoff.ramp)]
        return [Terms(valuation.values(), weights, index, shift, discount, product=True)]

    def _pairs(self, valuation: Valuation, weights: Array, index: Index, shift: Array) -> list[Terms]:
        """D/2 [(f+ - f0) W+ + (f- - f0) W- + c (f+ + f-)]: the mean of the pair, less a term of mean 0.

        f0, the value at Z = 0, does not depend on Z, so f0 (W+ + W-) has mean 0: the odd parts of the weights cancel in
        it, and what remains is a baseline of the even parts.
        """
        sample = valuation.sample
        minus, centre = sample.reflected(-1.0), sample.reflected(0.0)
        other, _ = minus.weights(sample.weight_greeks)
        up, down, middle = (valuation.values(part) for part in (sample, minus, centre))
        rows = sample.workspace.array("pairs", len(index), valuation.stride)
        for k, row in enumerate(rows):
            place = max(int(index[k]), 0)
            weighted = 0.5 * valuation.discount() if index[k] >= 0 else 0.0
            plain = 0.5 * valuation.discount() * float(shift[k])
            pair_row(up, down, middle, weights[place], other[place], weighted, plain, sample.paths.count, row)
        return [Terms.of_rows(rows)]


@kernel
def pair_row(
    up: Array,
    down: Array,
    middle: Array,
    weight: Array,
    other: Array,
    weighted: float,
    plain: float,
    n: int,
    out: Array,
) -> None:
    """``weighted ((up - middle) weight + (down - middle) other) + plain (up + down)``."""
    for i in range(n):
        out[i] = plain * (up[i] + down[i])
    if weighted != 0.0:
        for i in range(n):
            out[i] += weighted * fma(up[i] - middle[i], weight[i], (down[i] - middle[i]) * other[i])
