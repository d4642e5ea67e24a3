"""What is made of the moments of a book: estimates, what is doubtful about each, and whether a target was met.

Each estimate is set beside what is known of it, its exact value, the plausibility of its trade and the target, in that
order, each of which may add a warning and none of which takes one away. Verified in the tests of each warning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from greeks.book import Book
from greeks.core.workspace import Array
from greeks.planning import Plan
from greeks.results.estimate import Estimate
from greeks.results.not_finite import explained
from greeks.results.scale import uncertainty
from greeks.results.status import TARGET, Known, missed
from greeks.results.trades import doubted, estimate_cell, judged, known_cell, references, scale_of


@dataclass(frozen=True)
class Judgement:
    """By cell of the plan, but for ``exact``.

    Attributes
    ----------
    known : sequence of Known or None
        What is known beside the moments; None where nothing is simulated.
    estimates : sequence of Estimate
        Before the target is looked at.
    marked : sequence of Estimate
        Those that missed the target with a warning.
    errors : sequence of float
        Relative; nan where there is no number.
    met : sequence of bool or None
        Whether the target was; None where none was set.
    exact : sequence of mapping
        Exact values by trade and Greek.
    """

    known: Sequence[Known | None]
    estimates: Sequence[Estimate]
    marked: Sequence[Estimate]
    errors: Sequence[float]
    met: Sequence[bool | None]
    exact: Sequence[Mapping[str, float]]


def judgement(book: Book, layout: Plan, totals: Sequence[Array], target: float | None) -> Judgement:
    """The judgement of a book from the moments of its jobs."""
    exact = references(book)
    known = [known_cell(book, layout, totals, index) for index in range(len(layout.cells))]
    found = [estimate_cell(cell, totals, own) for cell, own in zip(layout.cells, known, strict=True)]
    found = explained(book, layout, found)
    found = doubted(book, layout, judged(book, layout, found, exact))
    errors = [relative(book, layout, totals, index, each) for index, each in enumerate(found)]
    marked, met = aimed(layout, found, errors, target)
    return Judgement(known, found, marked, errors, met, exact)


def relative(book: Book, layout: Plan, totals: Sequence[Array], index: int, found: Estimate) -> float:
    """Relative error of one cell; 0 for an exact value, nan where there is no number."""
    if layout.cells[index].job < 0:
        return found.standard_error
    return uncertainty(found.standard_error, found.value, scale_of(book, layout, totals, index))


def aimed(
    layout: Plan, estimates: Sequence[Estimate], errors: Sequence[float], target: float | None
) -> tuple[list[Estimate], list[bool | None]]:
    """The estimates, those that missed the target with a warning; and whether each has met it.

    None where no target was set, and for what is refused rather than missed.
    """
    if target is None:
        return list(estimates), [None] * len(estimates)
    found: list[Estimate] = []
    met: list[bool | None] = []
    for cell, estimate, error in zip(layout.cells, estimates, errors, strict=True):
        if cell.job < 0 and cell.exact is None:
            found.append(estimate)
            met.append(None)
            continue
        reached = error <= target
        met.append(reached and estimate.status == "ok")
        keep = reached or estimate.status == "na"
        found.append(estimate if keep else estimate.warned(missed(target, error), TARGET))
    return found, met
