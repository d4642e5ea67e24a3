"""What the estimators of contracts that live between levels share: what they refuse, their rows, and their scratch."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from greeks.core.moments import Index
from greeks.core.rows import fill
from greeks.core.workspace import Array
from greeks.estimators.base import Estimator, missing_parameter
from greeks.estimators.kernels import Terms
from greeks.estimators.survival_draws import SECOND, SLOPES, STATE
from greeks.estimators.survival_payments import PAYMENT, PAYMENT_SLOPES
from greeks.estimators.survival_table import Table, survival_table, unconditional
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.models.laws import Returns
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff
from greeks.payoffs.forms import Survival

NOTHING_DRAWN = "exact: one date is left, and the return to it is averaged over"


class OfSurvival(Estimator):
    """Base class of estimators of contracts that end at levels on dates, of models whose log-returns are normal."""

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Contracts and models of another kind, and what the estimator itself cannot."""
        if payoff.survival is None:
            return f"{payoff.variant} is not said to live between levels at its dates"
        if greek != "price" and (missing := missing_parameter(model, greek)):
            return missing
        return model.no_density("delta", payoff.dates()) or self._unfit(model, greek)

    def _unfit(self, model: Model, greek: str) -> str | None:
        """Why a model of normal log-returns, or a Greek of it, is refused."""
        raise NotImplementedError

    def certain(self, payoff: Payoff, model: Model) -> bool:
        """With one date left: the return to it is averaged over, and its variance is given."""
        return len(payoff.dates()) == 1 and "variance_path" not in model.gives


def parameters(greeks: tuple[str, ...]) -> tuple[str, ...]:
    """First-order Greeks that all of them are made of."""
    return tuple(dict.fromkeys(part for greek in greeks for part in parts_of(greek)))


class SurvivalRows:
    """Rows that a pass over the dates adds to, one pass for each contract that the payment is a sum of.

    Attributes
    ----------
    out : numpy.ndarray
        The mean payment, its derivative along each of ``first``, and those of second order along each of ``pairs``.
    places : numpy.ndarray
        Among ``first``, the two parameters of each pair.
    start_second : numpy.ndarray
        Second derivatives of the logarithm of the spot now.
    """

    def __init__(self, valuation: Valuation, first: tuple[str, ...], greeks: tuple[str, ...]) -> None:
        """``first`` are the :func:`parameters` of the Greeks, in any order."""
        self.valuation, self.first, self.greeks = valuation, first, greeks
        self.pairs = tuple(greek for greek in greeks if greek in SECOND_ORDER)
        self.places = _places(first, self.pairs)
        spot = valuation.sample.model.spot
        self.start_second = np.array([-1.0 / spot**2 if pair == "gamma" else 0.0 for pair in self.pairs])
        self._names = ("price", *first, *self.pairs)
        self.out = valuation.sample.workspace.array("survival/rows", len(self._names), valuation.stride)
        fill(0.0, self.out.size, self.out.reshape(-1))

    def contracts(self, returns: Returns) -> Iterator[tuple[Survival, Returns]]:
        """Each contract with the returns that it depends on; what is paid whatever happens is one without levels."""
        forms = self.valuation.payoff.survival
        for form in forms if isinstance(forms, tuple) else (forms,):
            yield form, returns
            if form.always:
                whole = returns.joined()
                yield unconditional(form, len(whole.drift)), whole

    def table(self, form: Survival) -> Table:
        """The contract as arrays."""
        sample = self.valuation.sample
        model, maturity = sample.model, self.valuation.payoff.maturity
        return survival_table(form, model.rate, maturity, sample.elapsed, self.first, model.first_rate)

    def scratch(self) -> tuple[Array, Array, Array, Array, Array]:
        """State of a tile of paths, its derivatives of first and second order, a payment and its derivatives."""
        array = self.valuation.sample.workspace.array
        return (
            array("survival/state", STATE),
            array("survival/slopes", len(self.first), SLOPES),
            array("survival/second", len(self.pairs), SECOND),
            array("survival/payment", PAYMENT),
            array("survival/paid", len(self.first), PAYMENT_SLOPES),
        )

    def terms(self) -> list[Terms]:
        """The rows of the Greeks."""
        index = np.array([self._names.index(greek) for greek in self.greeks], dtype=np.int64)
        return [Terms(self.out[0], self.out, index, np.zeros(len(self.greeks)))]


@lru_cache(maxsize=256)
def _places(first: tuple[str, ...], pairs: tuple[str, ...]) -> Index:
    found = np.array([[first.index(part) for part in parts_of(pair)] for pair in pairs], dtype=np.int64)
    return found.reshape(len(pairs), 2)
