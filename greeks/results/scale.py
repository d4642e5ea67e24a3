"""Orders of magnitude: how large a number of its kind is, how its error compares, and what rounding leaves of it."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Any

from greeks.names import parts_of

NEAR_ZERO = 0.01  # fraction of the natural scale below which a number counts as zero in a relative error
_POINT = 0.01  # natural step of a parameter that is 0
_ROUNDING = 1e-12  # of the natural scale: an error of its own where nothing else is
_OF_ITERATED = 1e-7  # the same, beside the value of what is exercised early
_GRAIN = 32 * 2.0**-52  # relative rounding error of one contribution: some tens of operations


def natural_scale(payoff: Any, model: Any, greek: str, payment: float = 0.0) -> float:
    """Order of magnitude of a number: that of a price at the money, per natural step of each parameter.

    Parameters
    ----------
    payoff, model
    greek : str
    payment : float, optional
        Size of a discounted payment, where it was measured because nothing is known of the payoff.
    """
    discount = exp(-model.rate * payoff.maturity)
    dates = payoff.dates()
    scale: float = discount * model.spot
    if payoff.smoothness == "lipschitz":
        if payoff.amount > 0.0:
            scale = discount * payoff.amount
        scale *= min(model.step_scale("delta", dates) / model.spot, 1.0) * payoff.open_share
    elif payment > 0.0:
        scale = payment
    elif payoff.amount > 0.0:
        scale = discount * payoff.amount
    for part in parts_of(greek):
        step = model.step_scale(part, dates) if part in model.greeks() else 0.0
        scale /= step or _POINT
    return scale


def rounding(payoff: Any, model: Any, greek: str, steps: Mapping[str, float]) -> float:
    """Rounding error of one contribution: that of a payment, per step of each parameter.

    Parameters
    ----------
    payoff, model
    greek : str
    steps : mapping of str to float
        Steps of a difference by first-order Greek; the natural step counts for those that are not in it.
    """
    discount = exp(-model.rate * payoff.maturity)
    largest = max(model.spot, payoff.level, payoff.amount)
    noise: float = _GRAIN * discount * largest
    for part in parts_of(greek):
        natural = model.step_scale(part, payoff.dates()) if part in model.greeks() else 0.0
        noise /= steps.get(part) or natural or _POINT
    return noise


def uncertainty(error: float, value: float, scale: float) -> float:
    """Standard error over the size of the value, or over 1 % of the natural scale where that is larger.

    What a target is met by, and what tables are sorted by; :func:`relative_error` is what they show.
    """
    return error / max(abs(value), NEAR_ZERO * scale)


def relative_error(error: float, value: float, scale: float) -> float | None:
    """Standard error over the size of the value; None for a number so near to zero that it would say nothing."""
    return error / abs(value) if abs(value) >= NEAR_ZERO * scale and value else None


def z_score(value: float, error: float, exact: float, scale: float, iterated: bool = False) -> float:
    """Distance to the exact value in standard errors, rounding counted as one.

    An ``iterated`` exact value, and Greeks that are differences of it, have fewer digits than a closed form.
    """
    return (value - exact) / max(error, (_OF_ITERATED if iterated else _ROUNDING) * scale)
