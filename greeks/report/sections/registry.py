"""The sections; a new one is one file and one line here. On the page the worst come first."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from greeks.report.context import Context
from greeks.report.sections import (
    accuracy,
    agreement,
    book,
    bump,
    convergence,
    cost,
    coverage,
    first_fixing,
    identities,
    manifest,
    rejected,
    scope,
    scoreboard,
    tails,
    time_step,
)
from greeks.report.tables import Section

SECTIONS: tuple[Callable[[Context], Section], ...] = (
    book.build,
    scoreboard.build,
    accuracy.build,
    coverage.build,
    agreement.build,
    tails.build,
    convergence.build,
    bump.build,
    first_fixing.build,
    time_step.build,
    identities.build,
    cost.build,
    rejected.build,
    scope.build,
    manifest.build,
)

_FIRST, _LAST = ("book", "scoreboard"), ("scope", "manifest")  # the answer, and what it is the answer to
_RANK = {"unsound": 0, "doubtful": 1, "sound": 2, "note": 3}


def ordered(sections: Iterable[Section]) -> list[Section]:
    """Sections by their worst check, so that what is wrong is read first; those that are as bad in the order above."""

    def rank(section: Section) -> tuple[int, int]:
        worst = min((_RANK[check.status] for check in section.checks), default=3)
        return (0, 0) if section.key in _FIRST else (2, 0) if section.key in _LAST else (1, worst)

    return sorted(sections, key=rank)
