"""The estimators by name: a new estimator that simulates is one file and one line here."""

from __future__ import annotations

from collections.abc import Iterable

from greeks.errors import UsageError
from greeks.estimators.additive import Additive
from greeks.estimators.base import Estimator
from greeks.estimators.conditional import Conditional
from greeks.estimators.finite_difference import FiniteDifference
from greeks.estimators.first_return import FirstReturn
from greeks.estimators.full_likelihood_ratio import FullLikelihoodRatio
from greeks.estimators.importance_sampling import ImportanceSampling
from greeks.estimators.likelihood_ratio import LikelihoodRatio
from greeks.estimators.longstaff_schwartz import LongstaffSchwartz
from greeks.estimators.measure_valued import MeasureValued
from greeks.estimators.mixed import Mixed
from greeks.estimators.one_step_survival import OneStepSurvival
from greeks.estimators.pathwise import Pathwise
from greeks.estimators.smoothed import Sigmoid, Smoothed
from greeks.estimators.split import Split
from greeks.models.base import Model
from greeks.payoffs.base import Payoff

ESTIMATORS: dict[str, Estimator] = {
    estimator.name: estimator
    for estimator in (
        LikelihoodRatio(),
        Pathwise(),
        FiniteDifference(),
        Mixed(),
        Conditional(),
        OneStepSurvival(),
        FirstReturn(),
        MeasureValued(),
        Additive(),
        Split(),
        ImportanceSampling((Pathwise(), Mixed(), LikelihoodRatio())),
        Smoothed(),
        Sigmoid(),
        FullLikelihoodRatio(),
        LongstaffSchwartz(),
    )
}

# The value known without simulation: the planner's, see greeks.planning.exact, for no path is drawn.
ANALYTIC = "analytic"

# What `auto` tries, in this order, those that are preferred for the number first: the first that is not refused and has
# no warning.
PREFERENCE = (
    "conditional", "first_return", "one_step_survival", "pathwise", "mixed", "split", "additive", "measure_valued",
    "likelihood_ratio", "importance_sampling", "finite_difference", "longstaff_schwartz",
)  # fmt: skip


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
    if unknown or not full:
        choices = ", ".join(f"{name} ({ESTIMATORS[name].short})" for name in ESTIMATORS)
        what = f"unknown estimator {', '.join(map(repr, unknown))}" if unknown else "no estimator is named"
        raise UsageError(f"{what}: choose from auto, all, {ANALYTIC}, {choices}")
    return tuple(dict.fromkeys(full))


def refusal(name: str, payoff: Payoff, model: Model, greek: str) -> str | None:
    """Why an estimator does not give a Greek; None where it does. What is exercised early has estimators of its own."""
    estimator = ESTIMATORS[name]
    if payoff.early and not estimator.early:
        return f"what {payoff.variant} pays depends on when it is exercised, which {name} does not decide"
    return estimator.refuse(payoff, model, greek)


def in_order(payoff: Payoff, model: Model, greek: str) -> list[str]:
    """The estimators that give a number, as ``auto`` tries them; of what does not jump a difference comes last."""
    valid = [name for name in PREFERENCE if refusal(name, payoff, model, greek) is None]
    last = "finite_difference" if payoff.smoothness == "lipschitz" else ""
    return sorted(valid, key=lambda name: name == last or not ESTIMATORS[name].preferred(payoff, model, greek))


def choose(payoff: Payoff, model: Model, greek: str) -> tuple[str, str] | None:
    """The estimator ``auto`` takes for one number, and why it passed over one it would rather take.

    None when every one refuses. A difference of a payoff that may jump is the last resort, whatever is doubtful about
    the others (a jump that no path meets is in neither its value nor its error), unless the likelihood ratio's weight
    is predicted to cost many times its error.
    """
    passed_over = ""
    valid = in_order(payoff, model, greek)
    costly = LikelihoodRatio().costly(payoff, greek)
    if payoff.smoothness != "lipschitz" and len(valid) > 1 and not costly:
        valid = [name for name in valid if name != "finite_difference"]
    for name in valid:
        status, reason = ESTIMATORS[name].remark(payoff, model, greek, 1.0)
        whole = name == "likelihood_ratio" or (name == "additive" and payoff.payments.reads == "path")
        if whole and costly and len(valid) > 1:
            status, reason = "warn", costly
        if status == "ok":
            return name, passed_over
        passed_over = passed_over or f"auto passed over {name}: {reason}"
    return (valid[0], "") if valid else None
