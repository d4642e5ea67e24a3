"""How much a report measures: quick, default or thorough."""

from __future__ import annotations

from dataclasses import dataclass

from greeks.errors import UsageError


@dataclass(frozen=True)
class Budget:
    """Sizes of the studies.

    Attributes
    ----------
    name : str
    paths : int
        Of each trade's study and of the run that gives the book totals.
    replicate : int
        Paths of one short run of the coverage study.
    panels : int
        Most small plots in a figure.
    trades : int
        Most trades that are studied; see :mod:`greeks.report.picking`.
    """

    name: str
    paths: int
    replicate: int
    panels: int
    trades: int


BUDGETS = {
    "quick": Budget("quick", 2**16, 512, 4, 60),
    "default": Budget("default", 2**18, 1024, 6, 120),
    "thorough": Budget("thorough", 2**21, 2048, 9, 240),
}


def budget(name: str) -> Budget:
    """The budget of a name.

    Raises
    ------
    UsageError
        With the names there are.
    """
    if name not in BUDGETS:
        raise UsageError(f"effort is {name!r}: choose from {', '.join(BUDGETS)}")
    return BUDGETS[name]
