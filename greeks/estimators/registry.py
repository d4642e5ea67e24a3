"""The estimators by name: a new estimator that simulates is one file and one line here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from greeks.errors import UsageError
from greeks.estimators.conditional import Conditional
from greeks.estimators.finite_difference import FiniteDifference
from greeks.estimators.full_likelihood_ratio import FullLikelihoodRatio
from greeks.estimators.likelihood_ratio import LikelihoodRatio
from greeks.estimators.mixed import Mixed
from greeks.estimators.pathwise import Pathwise

ESTIMATORS: dict[str, Any] = {
    estimator.name: estimator
    for estimator in (
        LikelihoodRatio(),
        Pathwise(),
        FiniteDifference(),
        Mixed(),
        Conditional(),
        FullLikelihoodRatio(),
    )
}

# The value known without simulation: the planner's, see greeks.planning.exact, for no path is drawn.
ANALYTIC = "analytic"
# Estimators of a later version, by both names, and what to use instead.
_LATER = dict.fromkeys(("measure_valued", "mvd", "smoothed"), "use auto")

# What `auto` tries, in this order: the first that is not refused and has no warning.
PREFERENCE = ("conditional", "pathwise", "mixed", "likelihood_ratio", "finite_difference")


def parse_estimators(names: str | Iterable[str]) -> tuple[str, ...]:
    """Full estimator names; ``("auto",)`` stays, ``all`` becomes every one.

    Raises
    ------
    UsageError
        For an unknown name; the message lists the known ones.
    """
    given = names.split(",") if isinstance(names, str) else list(names)
    cleaned = [name.strip().lower().replace("-", "_") for name in given if name.strip()]
    if cleaned == ["auto"]:
        return ("auto",)
    if cleaned == ["all"]:
        return (ANALYTIC, *ESTIMATORS)
    short = {estimator.short: name for name, estimator in ESTIMATORS.items()}
    full = [short.get(name, name) for name in cleaned]
    unknown = [name for name in full if name not in (ANALYTIC, *ESTIMATORS)]
    for name in unknown:
        if name in ("auto", "all"):
            raise UsageError(f"{name} stands for a choice of estimators: write it alone, or names without it")
        if name in _LATER:
            raise UsageError(f"estimator {name} is not available in this version: {_LATER[name]}")
    if unknown or not full:
        choices = ", ".join(f"{name} ({ESTIMATORS[name].short})" for name in ESTIMATORS)
        what = f"unknown estimator {', '.join(map(repr, unknown))}" if unknown else "no estimator is named"
        raise UsageError(f"{what}: choose from auto, all, {ANALYTIC}, {choices}")
    return tuple(dict.fromkeys(full))


def choose(payoff: Any, model: Any, greek: str) -> tuple[str, str] | None:
    """The estimator ``auto`` takes for one number, and why it passed over one it would rather take.

    None when every one refuses. A difference of a payoff that may jump is the last resort, whatever is doubtful about
    the others (a jump that no path meets is in neither its value nor its error), unless the likelihood ratio's weight
    is predicted to cost many times its error.
    """
    passed_over = ""
    valid = [name for name in PREFERENCE if ESTIMATORS[name].refuse(payoff, model, greek) is None]
    costly = LikelihoodRatio().costly(payoff, greek)
    if payoff.smoothness != "lipschitz" and len(valid) > 1 and not costly:
        valid = [name for name in valid if name != "finite_difference"]
    for name in valid:
        status, reason = ESTIMATORS[name].remark(payoff, model, greek, 1.0)
        if name == "likelihood_ratio" and costly and len(valid) > 1:
            status, reason = "warn", costly
        if status == "ok":
            return name, passed_over
        passed_over = passed_over or f"auto passed over {name}: {reason}"
    return (valid[0], "") if valid else None
