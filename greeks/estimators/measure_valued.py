"""Measure-valued (weak) derivatives: the derivative of a normal law as a difference of two laws, on coupled paths.

For a return of mean m and deviation s, d/dm E[g] = E[g(m + s R) - g(m - s R)] / (s sqrt(2 pi)) with R Rayleigh, and
d/ds E[g] = E[g(m + s D) - g(m + s Z)] / s with D a double-sided Maxwell. R^2 = -2 log U; D, the root of Z^2 + R^2
with the sign of Z, has that law and stays near Z, so that the differences are small. One return is moved at a time and
all later spots with it. Nothing is asked of the payment, which may jump; a date costs up to three payments more.

Source: Mohamed, Rosca, Figurnov and Mnih, Monte Carlo gradient estimation in machine learning (2020), section 6; Pflug,
Optimization of stochastic models (1996). Verified against closed forms, and against the likelihood ratio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi, sqrt

from greeks.core.rows import add_scaled, fill, scaled
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.measure_kernels import (
    add_over,
    add_slopes,
    apart,
    crossed,
    differences,
    displace,
    either,
    move,
)
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.models.laws import Returns
from greeks.names import parts_of
from greeks.payoffs.base import Payoff

_MOST = 32  # dates: each is moved on its own, and costs the payments of whole paths
_FEW = 4  # of them, up to which the work is no more than that of the likelihood ratio
_ALIKE = 0.05  # deviations from the median, within which less than one path in 800 differs from the others
_OUT = {"delta": 0.8, "rho": 0.5, "dividend_rho": 0.5}  # deviations out of the money, likewise
_ROW = 2**34  # counter of the first uniform
_ROOT = sqrt(2.0 * pi)
_FIRST = ("delta", "gamma")  # what moves the first return alone
_OF_MEANS = ("delta", "rho", "dividend_rho")  # what moves no variance


class MeasureValued(Estimator):
    """E[g under one law less g under another], return by return."""

    name, short = "measure_valued", "mvd"

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """First order and gamma, of payments that are functions of the spots at few dates."""
        if greek == "price":
            return None
        if missing := missing_parameter(model, greek):
            return missing
        if greek in ("vanna", "volga"):
            return f"measure_valued gives no {greek}"
        if payoff.reads != {"dates"}:
            return "the payment reads the path between its dates, which moves with every return"
        if payoff.explicit & set(parts_of(greek)):
            return f"the payment itself depends on the parameter of {greek}"
        dates = payoff.dates()
        if len(self._moved(model, greek, dates)) > _MOST:
            return f"{greek} would move each of {len(dates)} returns on its own: {_MOST} at most"
        return model.no_density(greek, dates)

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """A doubt where the model has one of its own tangents."""
        doubt = model.doubt(greek)
        return ("doubt", doubt) if doubt else ("ok", "")

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """Of random variances always; else where few of several returns move, and of one where its level allows.

        The work is that of the likelihood ratio at four returns, and a quarter of a deviation out of the money (0.8 for
        delta, a half for rho), and up to 3 times it one deviation out. At the median of the spot both laws lie on one
        side alike: the difference hardly ever varies, and no error bar is to be trusted.
        """
        if greek == "price" or "variance_path" in model.gives:
            return True
        dates, form = payoff.dates(), payoff.half_line
        if len(dates) != 1:
            return len(self._moved(model, greek, dates)) <= _FEW
        smooth = bool(payoff.smoothness == "lipschitz")
        if form is None or smooth:
            return smooth
        deviation = model.step_scale("delta", dates) / model.spot
        median = log(model.spot) + (model.rate - model.dividend_yield) * dates[0] - 0.5 * deviation**2
        out = form.sign * (log(form.strike) - median) / deviation
        return bool(abs(out) > _ALIKE and out < _OUT.get(greek, 0.25))

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """D (sum over dates of slopes times differences + c f)."""
        sample, stride, n = valuation.sample, valuation.stride, valuation.sample.paths.count
        workspace, discount, dates = sample.workspace, valuation.discount(), valuation.payoff.dates()
        out = workspace.array("measure/rows", len(greeks), stride)
        values = valuation.values()
        for row, greek in zip(out, greeks, strict=True):
            scaled(values, discount * (1.0 if greek == "price" else valuation.carry(greek)), n, row)
        wanted = {greek: self._moved(sample.model, greek, dates) for greek in greeks if greek != "price"}
        if not wanted:
            return [Terms.of_rows(out)]
        first = tuple(dict.fromkeys(part for greek in wanted for part in parts_of(greek)))
        returns, uniforms = sample.paths.returns(first), sample.paths.uniforms(_ROW)
        odd, even = workspace.array("measure/odd", stride), workspace.array("measure/even", stride)
        for date in sorted({date for moved in wanted.values() for date in moved}):
            self._differences(valuation, returns, uniforms[date], date, odd, even)
            for row, greek in zip(out, greeks, strict=True):
                if date in wanted.get(greek, ()):
                    self._add(returns, first, greek, date, odd, even, sample.model.spot, discount, n, row)
        return [Terms.of_rows(out)]

    def met(self, valuation: Valuation, greek: str, n: int, out: Array) -> None:
        """Whether a pair crossed a jump, at any date that a Greek moves: of up and down, and of near and far."""
        sample, workspace = valuation.sample, valuation.sample.workspace
        dates = self._moved(sample.model, greek, valuation.payoff.dates())
        for row in out:
            fill(0.0, n, row)
        for date in dates:
            if date not in valuation.met:
                odd, even = (workspace.array(f"measure/{name}", valuation.stride) for name in ("odd", "even"))
                returns = sample.paths.returns(())
                self._differences(valuation, returns, sample.paths.uniforms(_ROW)[date], date, odd, even)
            either(valuation.met[date][0], n, out[0])
            either(valuation.met[date][0 if greek in _OF_MEANS else 1], n, out[1])

    @staticmethod
    def _crossed(valuation: Valuation, side: Array, moved: Sequence[Array], date: int) -> None:
        """Keep which pairs of moved paths crossed a jump."""
        sample, n = valuation.sample, valuation.sample.paths.count
        found = valuation.met[date] = sample.workspace.array(f"measure/met{date}", 2, valuation.stride)
        values = valuation.values()
        for near, far, row, out in zip((side[0], values), (side[1], side[2]), moved, found, strict=True):
            crossed(near, far, values, row, n, out)

    @staticmethod
    def _moved(model: Model, greek: str, dates: tuple[float, ...]) -> tuple[int, ...]:
        """Returns that a parameter moves."""
        alone = greek in _FIRST or (greek == "theta" and "variance_path" not in model.gives)
        return (0,) if alone else tuple(range(len(dates)))

    @staticmethod
    def _differences(
        valuation: Valuation, returns: Returns, uniform: Array, date: int, odd: Array, even: Array
    ) -> None:
        """[g(R) - g(-R)] / (s sqrt(2 pi)) and g(D) - g(Z), with the return to a date moved."""
        sample, payoff = valuation.sample, valuation.payoff
        paths, workspace, n = sample.paths, sample.workspace, sample.paths.count
        shift, *distance = workspace.array("measure/shift", 3, valuation.stride)
        jumps = payoff.smoothness != "lipschitz"
        per_deviation = sample.model.spot / sample.model.step_scale("delta", payoff.dates())
        spot, log_spot = (workspace.array(f"measure/{name}", *paths.spot.shape) for name in ("spot", "log_spot"))
        side = workspace.array("measure/side", 3, valuation.stride)
        start, before = log(sample.model.spot), paths.log_spot[max(date - 1, 0)]
        law = returns.mean[date], returns.variance[date], float(returns.drift[date]), start if date == 0 else 0.0
        for kind, target in enumerate(side):
            displace(paths.log_spot[date], before, date > 0, *law, uniform, kind, n, shift)
            if jumps:
                apart(shift, per_deviation, kind, n, distance[kind // 2])
            move(paths.spot, paths.log_spot, shift, date, n, spot, log_spot)
            payoff.values(_Moved(sample.model, spot, log_spot, n), workspace, target)
        if jumps:
            MeasureValued._crossed(valuation, side, distance, date)
        differences(side, valuation.values(), returns.variance[date], 1.0 / _ROOT, n, odd, even)

    @staticmethod
    def _add(
        returns: Returns,
        first: tuple[str, ...],
        greek: str,
        date: int,
        odd: Array,
        even: Array,
        spot: float,
        discount: float,
        n: int,
        out: Array,
    ) -> None:
        """One date's part of a Greek."""
        if greek == "gamma":
            add_scaled(odd, -discount / spot**2, n, out)
            add_over(even, returns.variance[date], discount / spot**2, n, out)
            return
        place = first.index(greek)
        row, direct = int(returns.rows[place]), float(returns.by_interval[place, date])
        if row < 0:
            add_scaled(odd, discount * direct, n, out)
            return
        slopes = returns.mean_slopes[row, date], returns.variance_slopes[row, date], returns.variance[date]
        add_slopes(odd, even, *slopes, discount * float(returns.factors[place]), discount * direct, n, out)


@dataclass(frozen=True)
class _Moved:
    """Paths with one return moved: all that a payment on dates reads."""

    model: Model
    spot: Array
    log_spot: Array
    count: int
