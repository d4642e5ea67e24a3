"""Conditional Monte Carlo: given the variance path the spot is lognormal, so its average is taken in closed form.

So it is along one direction of the normals where the payment is on a weighted sum of spots, such as an arithmetic
average: see :mod:`greeks.estimators.preintegration`, which needs no variance path. The rest is of one spot.

Price = E[Black-Scholes with the path's own mean and variance], and every Greek is the derivative of that smooth
expression along the variance path. The lowest variance of all for European and digital payoffs. Where the Feller
condition fails, derivatives along the variance path have heavy tails; the conditional value is then bumped instead, on
common random numbers, with the step in the reason.

Source: Romano and Touzi, Contingent claims and market completeness in a stochastic volatility model (1997); Willard,
Calculating prices and sensitivities for path-independent derivatives securities in multifactor models (1997).
Verified against the semi-analytic values.
"""

from __future__ import annotations

from math import log
from typing import Any

from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, lacking, missing_parameter
from greeks.estimators.conditional_kernels import combine_row, conditional_rows, difference_row, vanna_row
from greeks.estimators.control_slopes import Moved
from greeks.estimators.kernels import Terms
from greeks.estimators.known_means import take_off
from greeks.estimators.preintegration import integrated, line_of, without_linear
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Model
from greeks.names import PARAMETERS
from greeks.payoffs.base import Payoff

_FRACTION = 0.02  # step of the bumped conditional value, as a fraction of the parameter's natural shift
_BY_SPOT = ("price", "delta", "gamma")  # no parameter of the returns is moved
_DIRECT = ("price", "delta", "gamma", "rho", "dividend_rho")  # no derivative of the variance path is needed


def _moved(greek: str) -> str:
    """What the conditional value is differentiated to along the variance path; vanna is the vega of its delta."""
    return "vega" if greek == "vanna" else greek


class Conditional(Estimator):
    """E[value given the variance path], and its derivatives."""

    name, short = "conditional", "cond"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Payments beyond a level of the last spot, given a variance path; and those on a weighted sum of spots."""
        if payoff.half_line is not None:
            if none := lacking(model, "variance_path"):
                return f"{none} to condition on"
        elif payoff.positive_part is None or line_of(payoff.positive_part) is None:
            return f"no closed form for {payoff.variant} along one direction"
        if missing := missing_parameter(model, greek):
            return missing
        if certain := model.no_average():
            return certain
        if payoff.half_line is None and model.still:
            return "nothing is random, so there is no direction to average over"
        if greek == "volga" and (payoff.half_line is not None or lacking(model, "second_tangent")):
            return "conditional gives no volga"
        moved = _moved(greek)
        if self.stepped(model, greek) and model.step_scale(moved, payoff.dates()) <= 0.0:
            return f"no room for a central difference in the parameter of {moved}, at the end of its range"
        return None

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """The step, where the conditional value is bumped."""
        if not self.stepped(model, greek):
            return "ok", ""
        moved, step = next(iter(self.steps(payoff, model, greek, bump).items()))
        name = PARAMETERS.get(moved, moved)
        return "ok", (
            f"Feller ratio {model.feller_ratio:.3g}: central difference of the conditional value, "
            f"bump of {step:.4g} in {name}"
        )

    def stepped(self, model: Model, greek: str) -> bool:
        """Whether a Greek is taken by difference: full truncation has no tangents, nor have they light tails near 0."""
        if greek in _DIRECT:
            return False
        ratio = model.feller_ratio
        return model.no_tangent(_moved(greek)) is not None or (
            ratio is not None and ratio < 1.0 and greek != "correlation"
        )

    def controlled(self, model: Model) -> bool:
        """Where the variance is random, and means along its path are known."""
        return "known_means" in model.gives

    def exact_if_equal(self, payoff: Payoff) -> bool:
        """Of a weighted sum the part that is met with small probability is in the closed form of every path."""
        return payoff.half_line is None

    def steps(self, payoff: Payoff, model: Model, greek: str, bump: float) -> dict[str, float]:
        """Step of the parameter, where the conditional value is bumped."""
        if not self.stepped(model, greek):
            return {}
        moved = _moved(greek)
        return {moved: bump * _FRACTION * model.step_scale(moved, payoff.dates())}

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (V_mu dmu + V_v dv + c V) for each Greek."""
        sample, out = valuation.sample, self._plain(valuation, greeks, bump)
        if sample.controls and self.controlled(sample.model):
            steps = [self.steps(valuation.payoff, sample.model, greek, bump) for greek in greeks]
            moves = tuple(
                Moved(*next(iter(step.items()))) if step else Moved("" if greek in _DIRECT else _moved(greek))
                for greek, step in zip(greeks, steps, strict=True)
            )
            take_off(valuation, greeks, moves, bump, self._plain, out)
        return [Terms.of_rows(out)]

    def _plain(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> Array:
        """Contributions before anything is taken off them."""
        if valuation.payoff.half_line is None:
            return self._of_sums(valuation, greeks, bump)
        sample, n = valuation.sample, valuation.sample.paths.count
        paths: Any = sample.paths
        model = sample.model
        along = [not self.stepped(model, greek) and paths.slope_of(_moved(greek))[0] >= 0 for greek in greeks]
        slopes = paths.slopes if any(along) else None  # before the moments, which come with them
        rows = self._rows(valuation, sample, "conditional")
        out = sample.workspace.array("conditional/greeks", len(greeks), valuation.stride)
        maturity, spot = valuation.payoff.maturity, model.spot
        discount = valuation.discount()
        for target, greek in zip(out, greeks, strict=True):
            if self.stepped(model, greek):
                self._difference(valuation, greek, bump, target)
                continue
            if greek == "gamma":
                combine_row(rows, rows[0], rows[0], 0.0, 0.0, 0.0, discount / spot**2, n, target)
                continue
            if greek == "vanna":
                self._vanna(valuation, rows, target)
                continue
            row, factor, drift = paths.slope_of(greek)
            direct = {"delta": 1.0 / spot, "rho": maturity, "dividend_rho": -maturity}.get(greek, drift)
            carry = 1.0 if greek == "price" else valuation.carry(greek)
            pair = (slopes[0][row, 0], slopes[1][row, 0]) if slopes and row >= 0 else (rows[0], rows[0])
            combine_row(rows, *pair, discount * factor, discount * direct, discount * carry, 0.0, n, target)
        return out

    def _of_sums(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> Array:
        """Contributions of a payment on a weighted sum of spots."""
        sample, n = valuation.sample, valuation.sample.paths.count
        smooth = [greek for greek in greeks if not self.stepped(sample.model, greek)]
        first = tuple(dict.fromkeys(
            "vega" if greek in ("vanna", "volga") else greek for greek in smooth if greek not in _BY_SPOT
        ))  # fmt: skip
        cross, square = (first.index("vega") if greek in smooth else -1 for greek in ("vanna", "volga"))
        line = line_of(valuation.payoff.positive_part)
        assert line is not None
        rows = integrated(sample, line, first, cross, square, valuation.stride, "conditional")
        without_linear(sample, line, first, cross, square, rows)
        place = {"price": 0, "delta": 1, "gamma": 2, "vanna": 3 + len(first), "volga": len(rows) - 1}
        place.update({greek: 3 + number for number, greek in enumerate(first)})
        power = {"delta": 1, "gamma": 2, "vanna": 1}
        out = sample.workspace.array("conditional/greeks", len(greeks), valuation.stride)
        discount = valuation.discount()
        for target, greek in zip(out, greeks, strict=True):
            if greek not in smooth:
                self._difference(valuation, greek, bump, target)
                continue
            scaled(rows[place[greek]], discount / sample.model.spot ** power.get(greek, 0), n, target)
            if greek != "price" and (carry := valuation.carry(greek)) != 0.0:
                add_scaled(rows[0], discount * carry, n, target)
        return out

    def bias(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """(D(2h) - D(h)) / 3, path by path: the mean is the bias of D(h) but for terms of order h^4."""
        workspace, n = valuation.sample.workspace, valuation.sample.paths.count
        out = workspace.array("conditional/bias", len(greeks), valuation.stride)
        near = workspace.array("conditional/near", valuation.stride)
        for target, greek in zip(out, greeks, strict=True):
            self._difference(valuation, greek, 2.0 * bump, target)
            self._difference(valuation, greek, bump, near)
            scaled(target, 1 / 3, n, target)
            add_scaled(near, -1 / 3, n, target)
        return [Terms.of_rows(out)]

    def _vanna(self, valuation: Valuation, rows: Array, out: Array) -> None:
        """D / S_0 (V_mu_mu dmu + V_mu_v dv), along the variance path."""
        sample, form = valuation.sample, valuation.payoff.half_line
        paths: Any = sample.paths
        row, factor, _ = paths.slope_of("vega")
        mean, variance = paths.moments
        vanna_row(
            rows, mean[0], variance[0], paths.slopes[0][row, 0], paths.slopes[1][row, 0],
            self._forward(valuation, sample), form.strike, log(form.strike), form.sign, form.asset, form.cash,
            form.factor, valuation.discount() * factor / sample.model.spot, paths.count, out,
        )  # fmt: skip

    def _difference(self, valuation: Valuation, greek: str, bump: float, out: Array) -> None:
        """Central difference of the conditional value; for vanna of the conditional delta."""
        sample, n = valuation.sample, valuation.sample.paths.count
        moved, step = next(iter(self.steps(valuation.payoff, sample.model, greek, bump).items()))
        up, down = (sample.shifted((moved, move)) for move in (step, -step))
        high, low = (self._rows(valuation, side, f"conditional/{i}") for i, side in enumerate((up, down)))
        row, scale = (1, 2 * step * sample.model.spot) if greek == "vanna" else (0, 2 * step)
        difference_row(high[row], low[row], valuation.discount(up) / scale, valuation.discount(down) / scale, n, out)

    def _forward(self, valuation: Valuation, sample: Sample) -> float:
        """Log-spot at the maturity but for what the variance path adds."""
        model, paths = sample.model, sample.paths
        last: float = paths.dates[-1]  # type: ignore[attr-defined]
        return log(model.spot) + (float(model.rate) - float(model.dividend_yield)) * last

    def _rows(self, valuation: Valuation, sample: Sample, name: str) -> Array:
        """Value and V_mu of each path, then V_v and V_mu_mu - V_mu of a payment on one spot, undiscounted."""
        payoff, paths = valuation.payoff, sample.paths
        if payoff.half_line is None:
            line = line_of(payoff.positive_part)
            assert line is not None
            return integrated(sample, line, (), -1, -1, valuation.stride, name)
        rows = sample.workspace.array(name, 4, valuation.stride)
        mean, variance = paths.moments  # type: ignore[attr-defined]
        forward, form = self._forward(valuation, sample), payoff.half_line
        conditional_rows(
            mean[0], variance[0], forward, form.strike, log(form.strike), form.sign, form.asset, form.cash, form.factor,
            paths.count, rows,
        )  # fmt: skip
        return rows
