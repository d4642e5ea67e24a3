"""Smoothed: a payment whose jump is a call spread or a sigmoid of a stated width, then the pathwise derivative.

1{sign (S - K) > 0} becomes clip(1/2 + sign (S - K) / width, 0, 1), the call spread that is often booked, or
1 / (1 + exp(-sign (S - K) / scale)), the relaxation of machine learning: the indicator's mean over a level that is
uniform or logistic. The scale is width / (2 pi), of the same deviation, hence of the same bias to first order. The bias
is O(width^2), the price's too; it is measured by a width twice as large (Richardson) and stands beside the number. The
variance grows like 1 / width.

Source: Glasserman (2004), section 7.2.3; Maddison, Mnih and Teh, The concrete distribution (2017). Verified against
closed forms: the value less the measured bias is right.
"""

from __future__ import annotations

from math import pi

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp
from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.steps import steps
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import SECOND_ORDER
from greeks.payoffs.base import Payoff
from greeks.payoffs.kernels import last_directional

_FLAT = 700.0  # scales from the level: nothing of the sigmoid is left to differentiate


class Smoothed(Estimator):
    """Pathwise derivative of a payment whose jump is a ramp."""

    name, short = "smoothed", "smoothed"
    biased = True
    _shape, _parameter, _per_width, _logistic = "a call spread", "width", 1.0, False

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """First order, of payments beyond one level of the last spot that jump there."""
        form = payoff.half_line
        if form is None:
            return f"{payoff.variant} is not a payment beyond one level of the last spot"
        if form.asset * form.strike + form.cash == 0.0:
            return "the payment has no jump to smooth"
        if greek in SECOND_ORDER:
            return f"{self.name} gives first order only"
        if model.still:
            return "nothing is random, and a jump is then no average to smooth"
        if greek == "price":
            return None
        return missing_parameter(model, greek) or model.no_tangent(greek)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """The width, and a doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek) if greek != "price" else None
        size = self._per_width * self.width(payoff, model, bump)
        text = f"jump replaced by {self._shape} of {self._parameter} {size:.4g}; bias O({self._parameter}^2)"
        return ("doubt", f"{doubt}; {text}") if doubt else ("ok", text)

    def stepped(self, model: Model, greek: str) -> bool:
        """Every number depends on the width, the price too."""
        return True

    @staticmethod
    def width(payoff: Payoff, model: Model, bump: float) -> float:
        """Width in currency: what a difference's two spots lie apart, at the level."""
        return 2.0 * steps(payoff, model, "delta", bump)["delta"] * float(payoff.half_line.strike) / model.spot

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (df + c f) of the smoothed payment."""
        out = valuation.sample.workspace.array("smoothed/rows", len(greeks), valuation.stride)
        self._fill(valuation, greeks, bump, out)
        return [Terms.of_rows(out)]

    def bias(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """(V(2 width) - V(width)) / 3, path by path."""
        workspace, n = valuation.sample.workspace, valuation.sample.paths.count
        out, near = (workspace.array(f"smoothed/{name}", len(greeks), valuation.stride) for name in ("bias", "near"))
        self._fill(valuation, greeks, 2.0 * bump, out)
        self._fill(valuation, greeks, bump, near)
        for row, other in zip(out, near, strict=True):
            scaled(row, 1 / 3, n, row)
            add_scaled(other, -1 / 3, n, row)
        return [Terms.of_rows(out)]

    def _fill(self, valuation: Valuation, greeks: tuple[str, ...], bump: float, out: Array) -> None:
        sample, form = valuation.sample, valuation.payoff.half_line
        paths, n = sample.paths, sample.paths.count
        first = [greek for greek in greeks if greek != "price"]
        slopes = sample.workspace.array("smoothed/slopes", max(len(first), 1), valuation.stride)
        if first:
            last_directional(paths.spot, [sample.tangent(greek) for greek in first], n, sample.workspace, slopes)
        width = self._per_width * self.width(valuation.payoff, sample.model, bump)
        for row, greek in zip(out, greeks, strict=True):
            price = greek == "price"
            slope = paths.spot[-1] if price else slopes[first.index(greek)]
            carry = 1.0 if price else valuation.carry(greek)
            smoothed_row(
                paths.spot[-1], slope, form.strike, form.sign, form.asset, form.cash, width, self._logistic,
                0.0 if price else 1.0, carry, valuation.discount() * form.factor, n, row,
            )  # fmt: skip


class Sigmoid(Smoothed):
    """Pathwise derivative of a payment whose jump is a logistic function."""

    name, short = "sigmoid", "sigmoid"
    _shape, _parameter, _per_width, _logistic = "a sigmoid", "scale", 1.0 / (2.0 * pi), True


@kernel
def smoothed_row(
    spot: Array,
    slope: Array,
    strike: float,
    sign: float,
    asset: float,
    cash: float,
    width: float,
    logistic: bool,
    moved: float,
    carry: float,
    factor: float,
    n: int,
    out: Array,
) -> None:
    """``factor (moved slope df/dS + carry f)``, f the payment times a share that rises over a width at the strike."""
    steep = sign / width
    if logistic:
        for i in range(n):
            outside = min(max(steep * (strike - spot[i]), -_FLAT), _FLAT)
            share = 1.0 / (1.0 + exp(outside))
            pays, rise = fma(asset, spot[i], cash), steep * share * (1.0 - share)
            out[i] = factor * fma(moved * slope[i], fma(pays, rise, asset * share), carry * share * pays)
    else:
        for i in range(n):
            ramp = fma(steep, spot[i] - strike, 0.5)
            share = min(max(ramp, 0.0), 1.0)
            pays, rise = fma(asset, spot[i], cash), steep if 0.0 < ramp < 1.0 else 0.0
            out[i] = factor * fma(moved * slope[i], fma(pays, rise, asset * share), carry * share * pays)
