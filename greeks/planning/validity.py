"""The one place that decides what is valid: which estimator gives which Greek of a payoff under a model, and what else.

Payoffs and models declare what they are, estimators say why they refuse; which others give the number is known here,
where all of them are. The plan, ``greeks info --validity`` and the table of the documentation ask here. Verified in the
tests by running every valid cell and by taking the advice of every refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from greeks.estimators.base import missing_parameter, unread
from greeks.estimators.registry import ANALYTIC, ESTIMATORS, in_order, refusal
from greeks.planning.bridges import approximate, on_steps
from greeks.planning.edges import crossing, without_greeks
from greeks.planning.exact import Analytic

_NAMED = 2  # alternatives in one message
_APPROXIMATE = (
    "approximate: between the time steps the path is taken for a Brownian bridge of their whole variance, see "
    "docs/continuous_monitoring.md; more steps_per_year come nearer"
)


@dataclass(frozen=True)
class Verdict:
    """Whether an estimator gives a number, before any path is drawn.

    Attributes
    ----------
    status : {"ok", "warn", "na"}
    reason : str
        Of "na" the cause and what to do instead, of "warn" the doubt; of "ok" a note such as the bump, or nothing.
    """

    status: Literal["ok", "warn", "na"]
    reason: str

    @property
    def valid(self) -> bool:
        """Whether the number is computed."""
        return self.status != "na"


def verdict(name: str, payoff: Any, model: Any, greek: str, bump: float = 1.0) -> Verdict:
    """Whether the estimator gives the Greek of a payoff that still depends on a future spot.

    Parameters
    ----------
    name : str
        Of an estimator, "analytic", or "auto" where nothing was found: why there is none.
    payoff, model
        Of the registries, or a user's.
    greek : str
    bump : float
        Multiplier of every finite-difference step.
    """
    payoff = on_steps(payoff, model)
    if missing := missing_parameter(model, greek):
        return Verdict("na", f"{missing}: leave it out for this underlying")
    lacking = unread(payoff, model)
    if lacking and Analytic().value(payoff, model, greek) is None:
        return Verdict("na", lacking)
    if lacking and name != ANALYTIC:
        return Verdict("na", f"{lacking}, or use {ANALYTIC}")
    if not lacking and greek != "price" and (edge := without_greeks(payoff, model)):
        return Verdict("na", edge)
    if cause := _cause(name, payoff, model, greek, bump):
        return Verdict("na", f"{cause}: {alternatives(name, payoff, model, greek, bump)}")
    if name == "auto":
        return Verdict("na", "no estimator is valid")
    found = Verdict(*_remark(name, payoff, model, greek, bump)) if name != ANALYTIC else None
    found = found or Verdict("ok", Analytic().source(payoff, model))
    if jump := payoff.one_sided_at(model.spot, greek):
        return Verdict("warn", "; ".join(part for part in (jump, found.reason) if part))
    return found


def alternatives(but: str, payoff: Any, model: Any, greek: str, bump: float) -> str:
    """What gives the number that the estimator ``but`` does not: others, without a doubt if there are, else exact."""
    ordered = in_order(payoff, model, greek)
    valid = [name for name in ordered if name != but and _cause(name, payoff, model, greek, bump) is None]
    preferred = [name for name in sound(payoff, model, greek, bump) if name != but]
    if not valid and but != ANALYTIC and Analytic().value(payoff, model, greek) is not None:
        return f"use {ANALYTIC}"
    return f"use {_listed(preferred or valid)}" if valid else "move the parameter off the end of its range"


def _remark(name: str, payoff: Any, model: Any, greek: str, bump: float) -> tuple[Literal["ok", "warn"], str]:
    """An estimator's status and reason before simulation; beside a doubt, the estimators without one."""
    status, reason = ESTIMATORS[name].remark(payoff, model, greek, bump)
    between = _APPROXIMATE if approximate(payoff, model) else ""
    if status == "ok":
        return ("warn", f"{between}; {reason}" if reason else between) if between else ("ok", reason)
    reason = f"{between}; {reason}" if between else reason
    others = [other for other in sound(payoff, model, greek, bump) if other != name]
    return "warn", f"{reason}; use {_listed(others)}" if others else reason


def _cause(name: str, payoff: Any, model: Any, greek: str, bump: float) -> str | None:
    if name == ANALYTIC:
        return Analytic().refuse(payoff, model, greek)
    # A difference needs least of all: what it lacks, no other has.
    least = "longstaff_schwartz" if payoff.early else "finite_difference"
    cause = refusal(least if name == "auto" else name, payoff, model, greek)
    if cause is None and name in ("auto", "finite_difference"):
        return crossing(payoff, model, greek, bump)
    return cause


def sound(payoff: Any, model: Any, greek: str, bump: float) -> list[str]:
    """Simulating estimators that give the number without a doubt, in the order of ``auto``."""
    ordered = in_order(payoff, model, greek)
    valid = (name for name in ordered if _cause(name, payoff, model, greek, bump) is None)
    return [name for name in valid if ESTIMATORS[name].remark(payoff, model, greek, bump)[0] == "ok"]


def _listed(names: list[str]) -> str:
    return " or ".join(names[:_NAMED])
