"""Conditional Monte Carlo: given the variance path the spot is lognormal, so its average is taken in closed form.

Price = E[Black-Scholes with the path's own mean and variance], and every Greek is the derivative of that smooth
expression along the variance path. The lowest variance of all for European and digital payoffs. Where the Feller
condition fails, derivatives along the variance path have heavy tails; the conditional value is then bumped instead, on
common random numbers, with the step in the reason.

Source: Romano and Touzi, Contingent claims and market completeness in a stochastic volatility model (1997); Willard,
Calculating prices and sensitivities for path-independent derivatives securities in multifactor models (1997).
Verified against the semi-analytic values.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt
from typing import Any

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp, normal_cdf, normal_density
from greeks.core.rows import add_scaled, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import foreign, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Sample, Valuation
from greeks.names import PARAMETERS

_FRACTION = 0.02  # step of the bumped conditional value, as a fraction of the parameter's natural shift
_DIRECT = ("price", "delta", "gamma", "rho", "dividend_rho")  # no derivative of the variance path is needed


class Conditional:
    """E[value given the variance path], and its derivatives."""

    name, short = "conditional", "cond"
    biased = False
    needs_variance = True

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """European and digital payoffs of models that are normal given their variance."""
        if lacking := foreign(self, model):
            return f"{lacking} to condition on"
        if payoff.kind not in ("european", "digital"):
            return f"no closed form for {payoff.kind} given the variance path"
        if missing := missing_parameter(model, greek):
            return missing
        if abs(model.correlation) == 1.0:
            return "at a correlation of +-1 nothing is left to average over"
        if greek in ("vanna", "volga"):
            return f"conditional gives no {greek}"
        if self.stepped(model, greek) and model.step_scale(greek, payoff.dates()) <= 0.0:
            return f"no room for a central difference in the parameter of {greek}, at the end of its range"
        return None

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """The step, where the conditional value is bumped."""
        if not self.stepped(model, greek):
            return "ok", ""
        step = bump * _FRACTION * model.step_scale(greek, payoff.dates())
        name = PARAMETERS.get(greek, greek)
        return "ok", (
            f"Feller ratio {model.feller_ratio:.3g}: central difference of the conditional value, "
            f"bump of {step:.4g} in {name}"
        )

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """None are needed."""
        return ()

    def stepped(self, model: Any, greek: str) -> bool:
        """Whether a Greek is taken by difference: full truncation has no tangents, nor have they light tails near 0."""
        if greek in _DIRECT:
            return False
        return model.no_tangent(greek) is not None or (model.feller_ratio < 1.0 and greek != "correlation")

    def steps(self, payoff: Any, model: Any, greek: str, bump: float) -> dict[str, float]:
        """Step of the parameter, where the conditional value is bumped."""
        if not self.stepped(model, greek):
            return {}
        return {greek: bump * _FRACTION * model.step_scale(greek, payoff.dates())}

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (V_mu dmu + V_v dv + c V) for each Greek."""
        sample, n = valuation.sample, valuation.sample.paths.count
        paths: Any = sample.paths
        model = sample.model
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
            row, factor, drift = paths.slope_of(greek)
            direct = {"delta": 1.0 / spot, "rho": maturity, "dividend_rho": -maturity}.get(greek, drift)
            carry = 1.0 if greek == "price" else valuation.carry(greek)
            slopes = (paths.slopes[0][row, 0], paths.slopes[1][row, 0]) if row >= 0 else (rows[0], rows[0])
            combine_row(rows, *slopes, discount * factor, discount * direct, discount * carry, 0.0, n, target)
        return [Terms.of_rows(out)]

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

    def _difference(self, valuation: Valuation, greek: str, bump: float, out: Array) -> None:
        """Central difference of the conditional value."""
        sample, n = valuation.sample, valuation.sample.paths.count
        step = bump * _FRACTION * sample.model.step_scale(greek, valuation.payoff.dates())
        up, down = (sample.shifted((greek, move)) for move in (step, -step))
        high, low = (self._rows(valuation, moved, f"conditional/{i}") for i, moved in enumerate((up, down)))
        weights = valuation.discount(up) / (2 * step), valuation.discount(down) / (2 * step)
        difference_row(high[0], low[0], *weights, n, out)

    def _rows(self, valuation: Valuation, sample: Sample, name: str) -> Array:
        """Value, V_mu, V_v and V_mu_mu - V_mu of each path, undiscounted."""
        payoff, model, paths = valuation.payoff, sample.model, sample.paths
        rows = sample.workspace.array(name, 4, valuation.stride)
        mean, variance = paths.moments  # type: ignore[attr-defined]
        forward = log(model.spot) + (model.rate - model.dividend_yield) * paths.dates[-1]  # type: ignore[attr-defined]
        digital = payoff.kind == "digital"
        asset = 1.0 if not digital or payoff.payout == "asset" else 0.0
        cash = payoff.amount if digital else -payoff.strike
        conditional_rows(
            mean[0], variance[0], forward, payoff.strike, log(payoff.strike), payoff.sign, asset, cash, digital,
            paths.count, rows,
        )  # fmt: skip
        return rows


@kernel
def conditional_rows(
    mean: Array,
    variance: Array,
    forward: float,
    strike: float,
    log_strike: float,
    sign: float,
    asset: float,
    cash: float,
    digital: bool,
    n: int,
    out: Array,
) -> None:
    """Rows of :meth:`Conditional._rows` for a payment of (asset S + cash) where sign (S - K) > 0.

    A vanilla is ``sign`` times one asset and minus the strike in cash.
    """
    value, by_mean, by_variance, curvature = out[0], out[1], out[2], out[3]
    factor = 1.0 if digital else sign
    for i in range(n):
        v = max(variance[i], 1e-300)
        s = sqrt(v)
        mu = mean[i] + forward
        d2 = (mu - log_strike) / s
        d1 = d2 + s
        f = exp(fma(0.5, v, mu))
        density = normal_density(d2)
        inside_asset, inside_cash = normal_cdf(sign * d1), normal_cdf(sign * d2)
        value[i] = factor * fma(asset * f, inside_asset, cash * inside_cash)
        # The jump at the strike: what is paid there, (asset K + cash), times the density of log S at the strike.
        jump = factor * sign * (asset * strike + cash) * density / s
        smooth = factor * asset * f * inside_asset
        kink = factor * sign * asset * strike * density / s
        by_mean[i] = smooth + jump
        by_variance[i] = 0.5 * (smooth + kink - jump * d2 / s)
        curvature[i] = kink - jump * (d2 / s + 1.0)


@kernel
def combine_row(
    rows: Array,
    mean_slope: Array,
    variance_slope: Array,
    factor: float,
    direct: float,
    carry: float,
    curvature: float,
    n: int,
    out: Array,
) -> None:
    """``V_mu (factor dm + direct) + V_v factor dv + carry V + curvature (V_mu_mu - V_mu)``."""
    value, by_mean, by_variance, second = rows[0], rows[1], rows[2], rows[3]
    for i in range(n):
        out[i] = fma(carry, value[i], direct * by_mean[i]) + curvature * second[i]
    if factor != 0.0:
        for i in range(n):
            out[i] += factor * fma(by_mean[i], mean_slope[i], by_variance[i] * variance_slope[i])


@kernel
def difference_row(up: Array, down: Array, up_weight: float, down_weight: float, n: int, out: Array) -> None:
    """``up_weight up - down_weight down``."""
    for i in range(n):
        out[i] = fma(up_weight, up[i], -down_weight * down[i])
