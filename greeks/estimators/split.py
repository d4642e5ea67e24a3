"""Split: the continuous part of a payment along the path, its jump by the likelihood ratio.

factor (asset S + cash) beyond the strike K is factor asset (S - K) there, which is continuous, plus a digital of
factor (asset K + cash). The first part is differentiated along the path (its second derivatives by the score of the
first, as in ``mixed``), the second by the score alone, so the score multiplies the jump only.

Source: as for pathwise and likelihood ratio, Glasserman (2004), chapter 7. Verified against closed forms.
"""

from __future__ import annotations

from collections.abc import Sequence

from greeks.compiler.jit import fma, kernel
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import parts_of
from greeks.payoffs.base import Payoff
from greeks.payoffs.kernels import last_directional

_SCORE = {"gamma": "delta", "vanna": "vega"}


class Split(Estimator):
    """Pathwise on the continuous part, likelihood ratio on the jump."""

    name, short = "split", "split"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Payments beyond a strike that have both parts."""
        form = payoff.half_line
        if form is None:
            return f"{payoff.variant} is not a payment beyond one level of the last spot"
        if form.asset == 0.0:
            return "the payment is a jump alone, with nothing continuous to split off"
        if form.asset * form.strike + form.cash == 0.0:
            return "the payment has no jump to split off"
        if greek == "price":
            return None
        if missing := missing_parameter(model, greek):
            return missing
        if greek == "volga":
            return "split gives no volga"
        density = model.no_density(greek, payoff.dates())
        return density or next(filter(None, map(model.no_tangent, parts_of(greek))), None)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", "")

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """Where the jump is less than half of what is paid in the asset there: its work is then 0.1 to 1.2."""
        form = payoff.half_line
        return bool(abs(form.asset * form.strike + form.cash) < 0.5 * abs(form.asset * form.strike))

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The weight of the jump, and the score of the continuous part's second derivatives."""
        scores = (_SCORE[greek] for greek in greeks if greek in _SCORE)
        return tuple(dict.fromkeys((*(greek for greek in greeks if greek != "price"), *scores)))

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D 1{inside} (a dS + jump W + c f), and D 1{inside} (a dS (s - 1/S_0) + jump W) for gamma."""
        sample, form, stride = valuation.sample, valuation.payoff.half_line, valuation.stride
        paths, workspace, n = sample.paths, sample.workspace, sample.paths.count
        first = tuple(dict.fromkeys("delta" if greek in _SCORE else greek for greek in greeks if greek != "price"))
        slopes = workspace.array("split/slopes", max(len(first), 1), stride)
        if first:
            last_directional(paths.spot, [sample.tangent(greek) for greek in first], n, workspace, slopes)
        out = workspace.array("split/rows", len(greeks), stride)
        for row, greek in zip(out, greeks, strict=True):
            score = _SCORE.get(greek, "price")
            weights, places = sample.weights((greek, score))
            place, other = (max(int(each), 0) for each in places)
            slope = slopes[first.index("delta" if greek in _SCORE else greek)] if greek != "price" else slopes[0]
            moved = 0.0 if greek == "price" else 1.0
            scored = 1.0 if greek in _SCORE else 0.0
            shift = {"gamma": -1.0 / sample.model.spot, "vanna": 0.0, "price": 0.0}.get(greek, 1.0)
            carry = 1.0 if greek == "price" else valuation.carry(greek)
            split_row(
                paths.spot[-1], slope, weights[other], weights[place], form.strike, form.sign, form.asset, form.cash,
                scored, shift, moved, carry, valuation.discount() * form.factor, n, row,
            )  # fmt: skip
        return [Terms.of_rows(out)]


@kernel
def split_row(
    spot: Array,
    slope: Array,
    score: Array,
    weight: Array,
    strike: float,
    sign: float,
    asset: float,
    cash: float,
    scored: float,
    shift: float,
    moved: float,
    carry: float,
    factor: float,
    n: int,
    out: Array,
) -> None:
    """Where sign (S - K) > 0: ``factor (asset slope (scored score + shift) + moved jump weight + carry payment)``."""
    jump = moved * fma(asset, strike, cash)
    for i in range(n):
        inside = factor if sign * (spot[i] - strike) > 0.0 else 0.0
        payment = carry * fma(asset, spot[i], cash)
        smooth = 0.0 if moved == 0.0 else asset * slope[i] * fma(scored, score[i], shift)
        out[i] = inside * (fma(jump, weight[i] if moved != 0.0 else 0.0, smooth) + payment)
