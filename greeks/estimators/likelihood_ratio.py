"""Likelihood ratio (score function): the payoff times the derivative of the log-density of the path.

grad E[f] = E[f grad log p]: nothing is asked of the payoff, so discontinuous ones are fine. The variance grows like
1/h_1 for delta (h_1 the first interval), 1/h_1^2 for gamma, and with the number of fixings for vega.

Source: Broadie and Glasserman (1996); Glasserman (2004), section 7.3. Verified against closed forms for every cell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.moments import Index
from greeks.core.rows import add_scaled, fill
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter, unlike_parts
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff

_IN_SPOT = {"delta": 1, "vanna": 1, "gamma": 2}  # derivatives to the spot, which the first interval alone carries
_COSTLY = 20.0  # measured: the error is then 5 to 10 times that of a difference


class LikelihoodRatio(Estimator):
    """E[f W], with W the model's weight."""

    name, short = "likelihood_ratio", "lr"
    pairs = "itself"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """A weight exists wherever the path has a density that the parameter moves."""
        if greek == "price":
            return None
        if missing := missing_parameter(model, greek):
            return missing
        if moved := unlike_parts(payoff, greek):
            return moved
        return model.no_density(greek, payoff.dates())

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its tangents; an early first fixing is noted, its error bar is honest."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", self.costly(payoff, greek) or "")

    def costly(self, payoff: Payoff, greek: str) -> str | None:
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

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Every Greek but the price, and the parts of a second order of which a part is explicit."""
        parts = (part for greek in greeks if greek in SECOND_ORDER and greek in explicit for part in parts_of(greek))
        return tuple(dict.fromkeys((*(greek for greek in greeks if greek != "price"), *parts)))

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D f (W + c), with c the logarithmic derivative of the discount factor."""
        sample = valuation.sample
        weights, index = sample.weights(greeks)
        shift = np.array([1.0 if greek == "price" else valuation.carry(greek) for greek in greeks])
        if sample.antithetic:
            return self._pairs(valuation, greeks, weights, index, shift)
        payoff, discount = valuation.payoff, valuation.discount()
        if payoff.explicit & set(greeks):
            return self._with_explicit(valuation, greeks, weights, index, shift)
        if payoff.ramp is not None:  # the payments are computed where they are used, and never stored
            return [Terms(sample.paths.spot[-1], weights, index, shift, discount, product=True, ramp=payoff.ramp)]
        return [Terms(valuation.values(), weights, index, shift, discount, product=True)]

    def _with_explicit(
        self, valuation: Valuation, greeks: tuple[str, ...], weights: Array, index: Index, shift: Array
    ) -> list[Terms]:
        """D [f (W + c) + e], with e what the payment's own derivative at fixed spots adds."""
        sample, payoff, n = valuation.sample, valuation.payoff, valuation.sample.paths.count
        values, discount = valuation.values(), valuation.discount()
        rows = sample.workspace.array("explicit", len(greeks), valuation.stride)
        for k, (row, greek) in enumerate(zip(rows, greeks, strict=True)):
            if greek in payoff.explicit:
                self._explicit(valuation, greek, values, row)
            else:
                fill(0.0, n, row)
            weighted = discount if index[k] >= 0 else 0.0
            add_weighted(values, weights[max(int(index[k]), 0)], weighted, discount * float(shift[k]), discount, n, row)
        return [Terms.of_rows(rows)]

    @staticmethod
    def _explicit(valuation: Valuation, greek: str, values: Array, out: Array) -> None:
        """e = f_a at fixed spots; of second order f_ab + f_a s_b + f_b s_a, s being the scores."""
        sample, payoff, n = valuation.sample, valuation.payoff, valuation.sample.paths.count
        payoff.explicit_part(sample.paths, greek, values, sample.workspace, out)
        if greek not in SECOND_ORDER:
            return
        one, other = parts_of(greek)
        part = sample.workspace.array("explicit/part", valuation.stride)
        for moved, score in ((one, other), (other, one)):
            if moved in payoff.explicit:
                weights, index = sample.weights((score,))
                payoff.explicit_part(sample.paths, moved, values, sample.workspace, part)
                add_product(part, weights[int(index[0])], n, out)

    def _pairs(
        self, valuation: Valuation, greeks: tuple[str, ...], weights: Array, index: Index, shift: Array
    ) -> list[Terms]:
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
            if greeks[k] in valuation.payoff.explicit:
                part = sample.workspace.array("pairs/explicit", valuation.stride)
                self._explicit(valuation, greeks[k], up, part)
                add_scaled(part, valuation.discount(), sample.paths.count, row)
        return [Terms.of_rows(rows)]


@kernel
def add_weighted(
    values: Array, weight: Array, weighted: float, plain: float, factor: float, n: int, out: Array
) -> None:
    """``factor out + values (weighted weight + plain)``."""
    for i in range(n):
        out[i] = fma(factor, out[i], plain * values[i])
    if weighted != 0.0:
        for i in range(n):
            out[i] += weighted * values[i] * weight[i]


@kernel
def add_product(slope: Array, weight: Array, n: int, out: Array) -> None:
    """``out += slope weight``."""
    for i in range(n):
        out[i] = fma(slope[i], weight[i], out[i])


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
