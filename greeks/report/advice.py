"""What to run next: the command that mends what is worst in a book's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10
from typing import Any

from greeks.models.base import on_grid
from greeks.names import DEFAULT
from greeks.report.context import Context
from greeks.report.tables import Kind
from greeks.report.totals import Row

_GOAL = 0.01  # relative error that a total should reach
_MOST = 10**8  # paths that are advised at most
_TAILS = 16  # times as many paths where an error bar itself is uncertain


@dataclass(frozen=True)
class Advice:
    """A command and, as the end of "Run next, ...", why."""

    command: str
    why: str
    values: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)


def advice(context: Context, warned: Sequence[Row], rows: Sequence[Row], run_command: str) -> Advice:
    """More steps where the time step shows, more paths where error bars are large or uncertain, else the results.

    Parameters
    ----------
    context : Context
    warned : sequence of mapping
        Rows of ``greeks run`` with a warning.
    rows : sequence of mapping
        From :func:`greeks.report.totals.totals`.
    run_command : str
        See :func:`greeks.report.verdict.verdict`.
    """
    settings = context.settings
    options: dict[str, Any] = {}
    whys: list[str] = []
    values: dict[str, Any] = {}
    if any("time-step bias" in line["reason"] for line in warned):
        models = [model for model in context.book.models.values() if on_grid(model)]
        used = settings.steps_per_year or max((model.steps((1.0,), None) for model in models), default=1)
        options["steps_per_year"] = 2 * used
        whys.append("for a smaller time-step bias")
    plain = [row["relative_error"] for row in rows if row["relative_error"] is not None]
    wanted = settings.paths * max([0.0, *plain]) ** 2 / _GOAL**2
    uncertain = [line for line in warned if "heavy tail" in line["reason"] or "path" in line["reason"]]
    if uncertain:
        wanted = max(wanted, float(_TAILS * settings.paths))
    if wanted > settings.paths:
        options["paths"] = _rounded(min(wanted, _MOST))
        goal = "for error bars that can be trusted" if uncertain else "for totals known to {goal}"
        whys.append(goal)
        values = {} if uncertain else {"goal": _GOAL}
    else:
        options["paths"] = settings.paths
    if settings.greeks != DEFAULT:
        options["greeks"] = ",".join(settings.greeks)
    if settings.seed != 42:
        options["seed"] = settings.seed
    if settings.steps_per_year is not None:
        options.setdefault("steps_per_year", settings.steps_per_year)
    why = " and ".join(whys) if whys else "for these numbers as files"
    return Advice(_command(options, run_command, not whys), why, values, dict.fromkeys(values, "percent"))


def _command(options: dict[str, Any], run_command: str, files: bool) -> str:
    """The options behind the command, or as keywords of a call."""
    if not run_command:
        return f"greeks.run(book, {', '.join(f'{name}={value!r}' for name, value in options.items())})"
    words = [f"--{name.replace('_', '-')} {value}" for name, value in options.items()]
    return " ".join([run_command, *words, *(["-o results.csv --net net.csv"] if files else [])])


def _rounded(number: float) -> int:
    """Up to two significant digits."""
    unit: int = 10 ** max(floor(log10(number)) - 1, 0)
    return unit * ceil(number / unit)
