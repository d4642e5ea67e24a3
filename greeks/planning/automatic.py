"""What "auto" takes for each number: decided once, before any path is drawn, for the pilot and the plan alike.

A pilot may put another of the sound estimators in its place (:mod:`greeks.execution.pilot`); what is valid at all is
asked of :mod:`greeks.planning.validity`. Verified in the tests: what is taken is valid wherever anything is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greeks.book import Book
from greeks.estimators.base import missing_parameter, unread
from greeks.estimators.registry import ANALYTIC, ESTIMATORS, choose
from greeks.planning.bridges import bridged, on_steps
from greeks.planning.edges import without_greeks
from greeks.planning.exact import Analytic
from greeks.planning.settings import Settings
from greeks.planning.validity import sound

_UNMOVED = "nothing that is paid depends on the level of the spot"


@dataclass(frozen=True)
class Choice:
    """What "auto" takes for one number.

    Attributes
    ----------
    estimator : str
        Its name; "analytic" for an exact value, "auto" itself where nothing is valid.
    reason : str
        Why it is not another, or nothing.
    zero : bool
        Whether the exact value is that of what no spot moves, 0, for which no closed form is asked.
    """

    estimator: str
    reason: str = ""
    zero: bool = False


Choices = Mapping[tuple[int, str], Choice]  # by trade and Greek


def automatic(payoff: Any, model: Any, greek: str, analytic: bool = True) -> Choice:
    """What "auto" takes for a number, and why it passed over an estimator that it would rather take.

    The exact value where there is one and ``analytic`` allows it; "auto" itself where nothing is valid.
    """
    payoff = on_steps(payoff, model)
    lacking = unread(payoff, model)
    if not lacking and greek != "price" and without_greeks(payoff, model) is not None:
        return Choice("auto")
    if analytic and Analytic().value(payoff, model, greek) is not None:
        return Choice(ANALYTIC)
    found = None if lacking else choose(payoff, model, greek)
    if found is None:
        return Choice("auto")
    return Choice(ANALYTIC, _UNMOVED, zero=True) if analytic and greek in payoff.unmoved else Choice(*found)


def candidates(payoff: Any, model: Any, greek: str, taken: Choice, bump: float = 1.0) -> list[str]:
    """Estimators that a measurement may choose from: unbiased and without a doubt, what "auto" takes unmeasured first.

    None where "auto" takes an exact value or an estimator with a doubt: there is nothing sound to choose from then.
    """
    payoff, first = on_steps(payoff, model), taken.estimator
    if first in ("auto", ANALYTIC) or payoff.one_sided_at(model.spot, greek):
        return []
    found = [name for name in sound(payoff, model, greek, bump) if not ESTIMATORS[name].biased]
    return sorted(found, key=lambda name: name != first) if first in found else []


def decisions(book: Book, settings: Settings) -> Choices:
    """What "auto" takes unmeasured for each number that depends on a future spot; none where estimators are named."""
    if settings.estimators != ("auto",):
        return {}
    return {
        (number, greek): automatic(trade.payoff, model, greek, settings.analytic)
        for number, trade in enumerate(bridged(book, settings).trades)
        for model in [book.model_of(trade)]
        if trade.payoff.settled(model.spot) is None
        for greek in greeks_of(model, settings)
    }


def greeks_of(model: Any, settings: Settings) -> tuple[str, ...]:
    """The Greeks to report: those asked for by name, and of "all" those the model has."""
    if not settings.all_greeks:
        return settings.greeks
    return tuple(greek for greek in settings.greeks if missing_parameter(model, greek) is None)
