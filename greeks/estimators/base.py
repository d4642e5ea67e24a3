"""What an estimator declares and computes."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import ClassVar

from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.models.base import Model
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.base import Payoff

_LACKING = {
    "variance_path": "has no variance path",
    "second_tangent": "has no tangent of second order",
    "drifted": "has no normals that are moved with their density",
}

_RATES = ("rho", "dividend_rho")
_NEAR, _NEARER = 2.25, 1.6  # deviations of the last spot; of a random variance
_EARLY = 0.25  # of the last date: a score of an earlier first interval varies more
_WHATEVER_IS_PAID = ("maximum", "minimum", "survival")  # between dates; what else there is, is of payments at a hit


def missing_parameter(model: Model, greek: str) -> str | None:
    """Why a model has no such Greek, or None where it has."""
    if all(part in model.greeks() for part in parts_of(greek)):
        return None
    return f"{model.kind} has no parameter for {greek}"


def foreign(estimator: Estimator | None, model: Model) -> str | None:
    """What an estimator needs that the model has not, whatever the payoff and the Greek; None where it has."""
    return lacking(model, *sorted(estimator.needs)) if estimator is not None else None


def lacking(model: Model, *needs: str) -> str | None:
    """The first of ``needs`` that the model cannot give, in words; None where it gives them all."""
    return next((f"{model.kind} {_LACKING[need]}" for need in needs if need not in model.gives), None)


def unread(payoff: Payoff, model: Model) -> str | None:
    """What a payoff reads of a path that the model does not give, and what to write instead; None where it does."""
    lacking = sorted(payoff.reads - model.gives - {"dates"})
    if not lacking:
        return None
    if lacking[0] == "exercise":
        return f"when to exercise is not known under {model.kind}: take the trade out, or value it under gbm or black76"
    what = lacking[0].replace("_", " ")
    at_hit = "" if lacking[0] in _WHATEVER_IS_PAID else ", or what is paid at hit at expiry"
    return f"{model.kind} does not give the {what} between dates: write monitoring=discrete, with fixings{at_hit}"


def unlike_parts(payoff: Payoff, greek: str) -> str | None:
    """Why a score of second order is wrong: a parameter moves the payment itself, and by how much is not given."""
    if greek in SECOND_ORDER and payoff.explicit & set(parts_of(greek)) and greek not in payoff.explicit:
        return f"the parameter of {greek} moves the payment of a {payoff.variant} beside the spots"
    return None


def scores_win(payoff: Payoff, model: Model, greek: str) -> bool:
    """Whether the likelihood ratio is measured to have less work than derivatives along the path.

    Of a payment that is lost where it is largest, at levels not far away. Along the path large contributions of both
    signs nearly cancel there, while what the score multiplies is small and bounded. Of random variances, whose score
    is that of the first time step or of many, for the rates alone. See ``docs/choice.md``.
    """
    if greek == "price" or not payoff.lost_at:
        return False
    dates, random = payoff.dates(), "variance_path" in model.gives
    reach = (_NEARER if random else _NEAR) * model.step_scale("delta", dates) / model.spot
    if any(abs(log(level / model.spot)) > reach for level in payoff.lost_at):
        return False
    if model.no_density(greek, dates) or model.doubt(greek):
        return False
    return greek in _RATES if random else dates[0] >= _EARLY * dates[-1]


class Estimator:
    """Turns a block of paths into per-path contributions whose mean is the estimate; the base of every one.

    Attributes
    ----------
    name, short : str
    biased : bool
        Whether something that no number of paths removes is missing from the error bar.
    needs : frozenset of str
        What a model must give, see :class:`greeks.models.base.Model`.
    pairs : {"both", "itself"}
        How an antithetic pair of spot normals is averaged over: by asking for the contributions on either path, or by
        one call on the first, of estimators that do it themselves or do not see those normals.
    early : bool
        Whether it values what is exercised early, and nothing else.
    own_paths : bool
        Whether its paths are not those of the other trades of a group, so that a hedge does not cancel its noise.
    """

    name: ClassVar[str]
    short: ClassVar[str]
    biased: ClassVar[bool] = False
    needs: ClassVar[frozenset[str]] = frozenset()
    pairs: ClassVar[str] = "both"
    own_paths: ClassVar[bool] = False
    early: ClassVar[bool] = False

    def refuse(self, payoff: Payoff, model: Model, greek: str) -> str | None:
        """Why this Greek cannot be estimated so; None when it can. What to use instead, the planner says."""
        raise NotImplementedError

    def remark(self, payoff: Payoff, model: Model, greek: str, bump: float) -> tuple[str, str]:
        """Status known before simulation, and its reason or a note such as the bump.

        "ok", "warn", or "doubt": a tail that may be too heavy, which enough paths show or refute.
        """
        return "ok", ""

    def preferred(self, payoff: Payoff, model: Model, greek: str) -> bool:
        """Whether ``auto`` takes it in the place of its order: where its work is measured to be above that of the
        likelihood ratio, it comes after all others; see ``docs/choice.md``.
        """
        return True

    def weight_greeks(self, greeks: Sequence[str], explicit: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Greeks whose likelihood-ratio weights are needed, given what is explicit in the payment; none are."""
        return ()

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Discounted contributions, in the order of ``greeks``; ``bump`` scales the step of differences."""
        raise NotImplementedError

    def stepped(self, model: Model, greek: str) -> bool:
        """Whether a Greek is a difference, whose bias :meth:`bias` measures."""
        return False

    def controlled(self, model: Model) -> bool:
        """Whether what is explained by functions of known mean is taken off the contributions."""
        return False

    def exact_if_equal(self, payoff: Payoff) -> bool:
        """Whether contributions that do not differ are the number itself, not paths that met nothing."""
        return False

    def certain(self, payoff: Payoff, model: Model) -> bool:
        """Whether nothing is left to draw, so that every contribution is the number itself, as a closed form's is."""
        return False

    def steps(self, payoff: Payoff, model: Model, greek: str, bump: float) -> dict[str, float]:
        """Step of each parameter that is differenced, by its first-order Greek."""
        return {}

    def bias(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Bias of a difference, path by path."""
        raise NotImplementedError
