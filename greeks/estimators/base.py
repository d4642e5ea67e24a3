"""What an estimator declares and computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from greeks.estimators.kernels import Terms
from greeks.estimators.valuation import Valuation
from greeks.names import parts_of


def missing_parameter(model: Any, greek: str) -> str | None:
    """Why a model has no such Greek, or None where it has."""
    if all(part in model.greeks() for part in parts_of(greek)):
        return None
    return f"{model.kind} has no parameter for {greek}"


def foreign(estimator: Any, model: Any) -> str | None:
    """What an estimator needs that the model has not, whatever the payoff and the Greek; None where it has."""
    if getattr(estimator, "needs_variance", False) and not hasattr(model, "feller_ratio"):
        return f"{model.kind} has no variance path"
    return None


class Estimator(Protocol):
    """Turns a block of paths into per-path contributions whose mean is the estimate."""

    name: str
    short: str
    biased: bool  # whether something that no number of paths removes is missing from the error bar
    # Optional: ``needs_variance = True`` where paths of the variance are needed, see :func:`foreign`; where differences
    # are taken ``stepped``, ``steps`` and ``bias``, as :class:`greeks.estimators.finite_difference.FiniteDifference`.

    def refuse(self, payoff: Any, model: Any, greek: str) -> str | None:
        """Why this Greek cannot be estimated so; None when it can. What to use instead, the planner says."""
        ...

    def remark(self, payoff: Any, model: Any, greek: str, bump: float) -> tuple[str, str]:
        """Status ("ok" or "warn") known before simulation, and its reason or a note such as the bump."""
        ...

    def weight_greeks(self, greeks: Sequence[str]) -> tuple[str, ...]:
        """Greeks whose likelihood-ratio weights are needed."""
        ...

    def contributions(self, valuation: Valuation, greeks: tuple[str, ...], bump: float) -> list[Terms]:
        """Discounted contributions, in the order of ``greeks``; ``bump`` scales the step of differences."""
        ...
