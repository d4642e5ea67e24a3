"""Measures beside a number: rows of moments that say how far it can be trusted, from the same paths.

``bias`` is what a difference is off by its step (Richardson). ``crossings`` counts, for a payoff that may jump, the
paths on which the sides of a difference lie on different sides of a jump or a kink, and how far the paths are moved: a
difference whose sides never met the jump says nothing of it, and nothing in its spread tells. ``kinks`` counts the
same for a second difference of an option, which is made of the paths that its step moves into or out of the money, and
``unpaid`` the paths that end out of the money, where few are expected to. ``measure_valued/crossings`` counts the pairs
of moved paths that lie on different sides of a jump.

Verified in the tests against closed forms of bumped prices and against counts by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greeks.compiler.jit import kernel
from greeks.core.rows import fill, scaled
from greeks.core.workspace import Array
from greeks.estimators.finite_difference import FiniteDifference
from greeks.estimators.kernels import Terms
from greeks.estimators.measure_valued import MeasureValued
from greeks.estimators.registry import ESTIMATORS
from greeks.estimators.valuation import Sample, Valuation
from greeks.names import parts_of

_SHARE = 0.5  # of a payment: more than this at once is no smooth change, however far the path was moved
_STEEP = 4.0  # relative change of a payment, per standard deviation of the spot, that a smooth payment may show


class _Measure:
    """Rows beside a number; no likelihood-ratio weight is needed."""

    name = ""
    rows = 1  # a Greek, which is named as often
    pairs = "first"  # a measure of the first path of a pair

    def controlled(self, model: Any) -> bool:
        """Nothing is taken off a measure."""
        return False

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """None are needed."""
        return ()


class StepBias(_Measure):
    """Bias of an estimator's differences, path by path."""

    def __init__(self, estimator: Any) -> None:
        self.name, self._estimator = f"{estimator.name}/bias", estimator

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """One row a Greek."""
        found: list[Terms] = self._estimator.bias(valuation, greeks, bump)
        return found


class Crossings(_Measure):
    """Two rows a Greek, which is named twice: whether a path crossed, and how far it was moved.

    The latter is the largest relative move of a spot in standard deviations of the last log-spot, at most 1: its mean
    times the density of a normal at its centre, 0.4, is about the chance that a path is moved over a given level.
    """

    name = "finite_difference/crossings"
    rows = 2

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Pairs of rows."""
        sample, payoff = valuation.sample, valuation.payoff
        model, n, workspace = sample.model, sample.paths.count, sample.workspace
        deviation = model.step_scale("delta", payoff.dates()) / model.spot
        out = workspace.array("crossings", len(greeks), valuation.stride)
        low, high = workspace.array("crossings/range", 2, valuation.stride)
        for row in range(0, len(greeks), 2):
            crossed, moved = out[row], out[row + 1]
            fill(0.0, n, moved)
            for shifted in _range_of(valuation, greeks[row], bump, low, high):
                if shifted is not sample:
                    furthest(shifted.paths.spot, sample.paths.spot, 1.0 / deviation, n, moved)
            crossing(low, high, moved, n, crossed)
        return [Terms.of_rows(out)]


class Pairs(_Measure):
    """Two rows a Greek, which is named twice: whether a pair of moved paths crossed, of either kind that it needs.

    A Greek of the mean alone needs the first kind only, which then stands in both rows.
    """

    name = "measure_valued/crossings"
    rows = 2

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Pairs of rows of ones and zeros."""
        n = valuation.sample.paths.count
        out = valuation.sample.workspace.array("pairs", len(greeks), valuation.stride)
        for row in range(0, len(greeks), 2):
            MeasureValued().met(valuation, greeks[row], n, out[row : row + 2])
        return [Terms.of_rows(out)]


class Payment(_Measure):
    """Size of the discounted payment, for payoffs of which nothing is known."""

    name = "payment"

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """One row."""
        out = valuation.sample.workspace.array("payment", 1, valuation.stride)
        magnitude(valuation.values(), valuation.discount(), valuation.sample.paths.count, out[0])
        return [Terms.of_rows(out)]


class Kinks(_Measure):
    """One row a Greek: whether a path ends in the money on some sides of a difference only."""

    name = "finite_difference/kinks"

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Ones and zeros."""
        sample, n = valuation.sample, valuation.sample.paths.count
        out = sample.workspace.array("kinks", len(greeks), valuation.stride)
        low, high = sample.workspace.array("kinks/range", 2, valuation.stride)
        for row, greek in zip(out, greeks, strict=True):
            _range_of(valuation, greek, bump, low, high)
            paid_on_one_side(low, high, n, row)
        return [Terms.of_rows(out)]


class Unpaid(_Measure):
    """Whether a path ends out of the money, for an option that nearly all paths exercise."""

    name = "unpaid"

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """One row of ones and zeros."""
        out = valuation.sample.workspace.array("unpaid", 1, valuation.stride)
        nothing(valuation.values(), valuation.sample.paths.count, out[0])
        return [Terms.of_rows(out)]


def _range_of(valuation: Valuation, greek: str, bump: float, low: Array, high: Array) -> list[Sample]:
    """Take the payments on every side of a difference into a range, path by path; the samples of the sides."""
    base, n = valuation.sample, valuation.sample.paths.count
    stencil = FiniteDifference().stencil(valuation.payoff, base.model, greek, bump)
    sides = [base.shifted(*shifts) for _, shifts in stencil]
    for position, side in enumerate(sides):
        values = valuation.values(side)
        if position == 0:
            scaled(values, 1.0, n, low)
            scaled(values, 1.0, n, high)
        else:
            widen(values, n, low, high)
    return sides


MEASURES: dict[str, Any] = {
    measure.name: measure
    for measure in (
        StepBias(ESTIMATORS["finite_difference"]),
        StepBias(ESTIMATORS["conditional"]),
        StepBias(ESTIMATORS["smoothed"]),
        StepBias(ESTIMATORS["sigmoid"]),
        Crossings(),
        Pairs(),
        Payment(),
        Kinks(),
        Unpaid(),
    )
}
WORKERS: dict[str, Any] = {**ESTIMATORS, **MEASURES}  # whatever turns a block of paths into rows


def measures_of(estimator: str, payoff: Any, model: Any, greek: str) -> tuple[str, ...]:
    """Measures that go with a number."""
    method = ESTIMATORS[estimator]
    if estimator == MeasureValued.name and greek != "price" and payoff.smoothness != "lipschitz":
        return (Pairs.name,)
    if not method.stepped(model, greek):
        return ()
    bias = f"{estimator}/bias"
    if estimator == "finite_difference" and payoff.smoothness != "lipschitz":
        return bias, Crossings.name
    if estimator == "finite_difference" and len(parts_of(greek)) == 2 and payoff.one_sided:
        return bias, Kinks.name
    return (bias,)


@kernel
def magnitude(values: Array, factor: float, n: int, out: Array) -> None:
    """``factor |values|``."""
    for i in range(n):
        out[i] = factor * abs(values[i])


@kernel
def widen(values: Array, n: int, low: Array, high: Array) -> None:
    """Take values into a range, path by path."""
    for i in range(n):
        low[i] = min(low[i], values[i])
        high[i] = max(high[i], values[i])


@kernel
def furthest(spot: Array, base: Array, factor: float, n: int, out: Array) -> None:
    """``max(out, factor |spot / base - 1|)`` over all dates, at most 1."""
    for j in range(spot.shape[0]):
        row, old = spot[j], base[j]
        for i in range(n):
            out[i] = min(max(out[i], factor * abs(row[i] / old[i] - 1.0)), 1.0)


@kernel
def crossing(low: Array, high: Array, moved: Array, n: int, out: Array) -> None:
    """1 where a payment changes by more than a smooth one would, else 0.

    Measured by the payment itself, or by the mean of those that are not 0 where that is larger: at a kink the payment
    is near 0, and every change is a large part of it.
    """
    total, paid = 0.0, 0
    for i in range(n):
        most = max(abs(low[i]), abs(high[i]))
        out[i] = most
        total += most
        paid += 1 if most > 0.0 else 0
    mean = total / max(paid, 1)
    for i in range(n):
        smooth = min(_STEEP * moved[i], _SHARE) * max(out[i], mean)
        out[i] = 1.0 if high[i] - low[i] > smooth else 0.0


@kernel
def paid_on_one_side(low: Array, high: Array, n: int, out: Array) -> None:
    """1 where the least payment is none and the largest is one, else 0."""
    for i in range(n):
        out[i] = 1.0 if low[i] <= 0.0 and high[i] > 0.0 else 0.0


@kernel
def nothing(values: Array, n: int, out: Array) -> None:
    """1 where nothing is paid, else 0."""
    for i in range(n):
        out[i] = 1.0 if values[i] == 0.0 else 0.0
