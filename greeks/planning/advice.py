"""What to write instead of a refused or doubtful estimator: asked of the estimators themselves, so that it is valid.

Estimators say why they refuse; which others give the number is known here, where all of them are. Verified in the tests
by taking the advice of every refusal.
"""

from __future__ import annotations

from typing import Any

from greeks.estimators.base import missing_parameter
from greeks.estimators.registry import ANALYTIC, ESTIMATORS, PREFERENCE
from greeks.planning.edges import crossing
from greeks.planning.exact import Analytic

_NAMED = 2  # alternatives in one message


def refusal(name: str, payoff: Any, model: Any, greek: str, bump: float) -> str | None:
    """Why an estimator does not give a number, and what does; None where it does.

    ``name`` may be ``auto``: why none of the simulating estimators gives the number.
    """
    missing = missing_parameter(model, greek)
    if missing:
        return f"{missing}: leave it out for this underlying"
    cause = _cause(name, payoff, model, greek, bump)
    if cause is None:
        return None
    return f"{cause}: {alternatives(name, payoff, model, greek, bump)}"


def alternatives(but: str, payoff: Any, model: Any, greek: str, bump: float) -> str:
    """What gives the number that the estimator ``but`` does not: others, without a doubt if there are, else exact."""
    valid = [name for name in PREFERENCE if name != but and _cause(name, payoff, model, greek, bump) is None]
    sound = [name for name in _sound(payoff, model, greek, bump) if name != but]
    if not valid and but != ANALYTIC and Analytic().value(payoff, model, greek) is not None:
        return f"use {ANALYTIC}"
    return f"use {_listed(sound or valid)}" if valid else "move the parameter off the end of its range"


def remark(name: str, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
    """An estimator's status and reason before simulation; beside a doubt, the estimators without one."""
    status, reason = ESTIMATORS[name].remark(payoff, model, greek, bump)
    if status == "ok":
        return status, reason
    sound = [other for other in _sound(payoff, model, greek, bump) if other != name]
    return status, f"{reason}; use {_listed(sound)}" if sound else reason


def _cause(name: str, payoff: Any, model: Any, greek: str, bump: float) -> str | None:
    if name == ANALYTIC:
        return Analytic().refuse(payoff, model, greek)
    # A difference needs least of all: what it lacks, no other has.
    cause: str | None = ESTIMATORS["finite_difference" if name == "auto" else name].refuse(payoff, model, greek)
    if cause is None and name in ("auto", "finite_difference"):
        return crossing(payoff, model, greek, bump)
    return cause


def _sound(payoff: Any, model: Any, greek: str, bump: float) -> list[str]:
    """Simulating estimators that give the number without a doubt, in the order of ``auto``."""
    valid = (name for name in PREFERENCE if _cause(name, payoff, model, greek, bump) is None)
    return [name for name in valid if ESTIMATORS[name].remark(payoff, model, greek, bump)[0] == "ok"]


def _listed(names: list[str]) -> str:
    return " or ".join(names[:_NAMED])
