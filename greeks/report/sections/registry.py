"""The sections in the order of the page; a new one is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable

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
    manifest.build,
)
