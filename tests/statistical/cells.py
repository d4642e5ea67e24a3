"""What each number of a contract under a model is compared with: the references of the table of what is valid.

A cell is one Greek by one estimator. Its reference is the closed form where there is one, else what is independent of it:
the slow implementation's payment on other paths for the price, another estimator on other random numbers, or for a
second derivative the difference of a first one on the same random numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, hypot, sqrt

import numpy as np
from reference import naive

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.names import SECOND_ORDER
from greeks.planning.validity import verdict
from greeks.results.scale import natural_scale
from greeks.spec import shifted

OWN, OTHER = 20240501, 77  # seeds of what is compared, and of what it is compared with
BIASED = 1.5  # what taking its measured bias from a number does to its error, at most
BIAS_ERROR = 0.5  # of a bias measured by a second grid, stated where it is no noisier than that
LEAST = 0.25  # of the natural scale: what a fault is relative to where the number is smaller
GRID = 0.004  # time-step bias of a scheme, of its numbers' scale; see docs/heston_tables.md
SMALLEST = 1e-9  # of the scale: rounding


@dataclass(frozen=True)
class Reference:
    """A value, its error, and where it is from."""

    value: float
    error: float
    source: str


@dataclass(frozen=True)
class Comparison:
    """A cell beside its reference: the distance in errors, and the relative fault that would be seen."""

    greek: str
    estimator: str
    value: float
    reference: Reference
    error: float
    z: float
    fault: float

    def __str__(self) -> str:
        found = f"{self.greek} by {self.estimator}: {self.value:.6g} +- {self.error:.2g}"
        return f"{found}, {self.reference.source} {self.reference.value:.6g}: z {self.z:.2f}, sees {self.fault:.0%}"


class Cells:
    """All cells of a contract under a model.

    Parameters
    ----------
    trade, model
    paths : int
    """

    def __init__(self, trade, model, paths):
        self.trade, self.model, self.paths = trade, model, paths
        self.exact = reference(trade, model)
        self._own = self._run(OWN)
        self._other = None
        self._differences = {}

    def _run(self, seed):
        found = gk.estimate(
            self.trade, self.model, greeks="all", estimators="all", paths=self.paths, seed=seed, threads=2
        ).to_frame()
        return {(cell.greek, cell.estimator): cell for cell in found.itertuples()}

    @property
    def claimed(self):
        """Cells whose verdict has no doubt: a number that claims to be right, but for a bias that it states."""
        return [key for key, cell in self._own.items() if key[1] != ANALYTIC and self._sound(*key) and is_number(cell)]

    @property
    def refused(self):
        """Cells without a number, and the reason of each."""
        return {key: cell.reason for key, cell in self._own.items() if cell.status == "na"}

    def gives(self, greek, estimator):
        """Whether a cell has a number."""
        return is_number(self._own[greek, estimator])

    def _sound(self, greek, estimator):
        return verdict(estimator, self.trade, self.model, greek).status == "ok"

    def compare(self, greek, estimator):
        """A cell beside the best reference that is independent of it; None where there is none."""
        found = self.reference(greek, estimator)
        if found is None:
            return None
        value, own = self._corrected(self._own[greek, estimator], estimator)
        scale = max(abs(found.value), LEAST * natural_scale(self.trade, self.model, greek))
        error = max(hypot(own, found.error), SMALLEST * scale)
        allowed = GRID * scale if self.model.kind == "heston" and found.source == "closed form" else 0.0
        z = max(abs(value - found.value) - allowed, 0.0) / error
        return Comparison(greek, estimator, value, found, error, z, 6.5 * error / scale)

    def _corrected(self, cell, estimator):
        """Less the bias that was measured, where the estimator states one."""
        if ESTIMATORS[estimator].stepped(self.model, cell.greek) and cell.bias == cell.bias:
            return cell.value - cell.bias, hypot(BIASED * cell.standard_error, BIAS_ERROR * cell.bias)
        return cell.value, cell.standard_error

    def reference(self, greek, estimator):
        """See :meth:`compare`."""
        if greek in self.exact:
            return Reference(self.exact[greek], 0.0, "closed form")
        if greek in self.trade.unmoved:
            return Reference(0.0, 0.0, "no level matters")
        found = [self._payments()] if greek == "price" else self._of_others(greek, estimator)
        if greek in SECOND_ORDER and not found:
            found = self._difference(greek)
        return min((each for each in found if each), key=lambda each: each.error, default=None)

    def _of_others(self, greek, estimator):
        if self._other is None:
            self._other = self._run(OTHER)
        found = []
        for (name, other), cell in self._other.items():
            if name == greek and other not in (estimator, ANALYTIC) and self._sound(greek, other) and is_number(cell):
                found.append(Reference(*self._corrected(cell, other), other))
        return found

    def _payments(self):
        """The slow implementation on other paths."""
        if (
            self.trade.early
            or not self.trade.reads <= {"dates", "survival", "hitting_time"}
            or (self.trade.reads != {"dates"} and self.model.kind == "heston")
        ):
            return None
        if "price" not in self._differences:
            count = max(self.paths // 8, 1)
            rate = self.model.rate
            spots = gk.sample_paths(self.model, times=self.trade.dates(), paths=count, seed=OTHER).spot
            volatility = getattr(self.model, "volatility", 0.0)
            variances = volatility**2 * np.diff(self.trade.dates(), prepend=0.0)
            law = variances, self.model.dividend_yield, volatility
            payments = naive.payment(self.trade, spots, rate, self.model.spot, *law)
            paid = exp(-rate * naive.years_of_discount(self.trade)) * payments
            found = Reference(paid.mean(), paid.std(ddof=1) / sqrt(count), "slow implementation")
            self._differences["price"] = found
        return self._differences["price"]

    def _difference(self, greek):
        """A first derivative, differenced in the other parameter; its error from independent parts."""
        if greek not in self._differences:
            first, along = SECOND_ORDER[greek]
            names = [name for name in ESTIMATORS if name != "finite_difference" and self._sound(first, name)]
            self._differences[greek] = [self._differenced(names[0], first, along)] if names else []
        return self._differences[greek]

    def _differenced(self, estimator, greek, along, parts=16):
        sides = [moved(self.model, along, step) for step in (1e-2, -1e-2)]
        width = sides[0][1] - sides[1][1]
        found = []
        for part in range(parts):
            high, low = (
                gk.estimate(
                    self.trade, model, greeks=greek, estimators=estimator, paths=max(self.paths // parts, 2),
                    seed=OTHER + part, threads=2,
                )[greek].value
                for model, _ in sides
            )  # fmt: skip
            found.append((high - low) / width)
        return Reference(np.mean(found), np.std(found, ddof=1) / sqrt(parts), f"difference of {estimator}")


def is_number(cell):
    """Whether a cell has a value."""
    return cell.status != "na" and cell.value == cell.value


def moved(model, greek, share):
    """A model with a Greek's parameter moved by a share of it, and the parameter's value."""
    if greek == "delta":
        return shifted(model, "spot", share * model.spot), (1 + share) * model.spot
    if model.kind == "heston":  # vega's is the initial volatility
        volatility = (1 + share) * sqrt(model.initial_variance)
        return shifted(model, "initial_variance", volatility**2 - model.initial_variance), volatility
    return shifted(model, "volatility", share * model.volatility), (1 + share) * model.volatility
