"""Range accruals: the share of fixings inside a range, a sum of digitals that are all paid at the end.

Verified against backward quadrature (``tests/reference/quadrature_contracts.py``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from greeks.analytic.combination import combine, digital, money, paid_later


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of a range accrual with discrete fixings."""
    if not payoff.dates():
        return {}
    inside, past = payoff.inside(payoff.past_fixings), len(payoff.past_fixings)
    terms = payoff.lower, payoff.upper, payoff.future_fixings(), payoff.maturity, payoff.notional
    return range_accrual(*terms, inside, past, model)


def range_accrual(
    lower: float | None,
    upper: float | None,
    fixing_times: Sequence[float],
    maturity: float,
    notional: float,
    past_inside: float,
    past_count: int,
    model: Any,
) -> dict[str, float]:
    """Price and Greeks of notional times the share of fixings in (lower, upper), paid at ``maturity``.

    Parameters
    ----------
    lower, upper : float or None
        Levels of spot; None or 0 and None or infinity leave a side open.
    fixing_times : sequence of float
        Years to each fixing still to come, at most ``maturity``.
    maturity : float
        Years to payment.
    notional : float
        In currency.
    past_inside, past_count : float, int
        Of the fixings already made, the number inside and their number.
    model : GBM or Heston

    Returns
    -------
    dict of str to float
        All Greeks of the model's digitals. A fixing on a level today has no Greeks, and then the price alone is given.

    Raises
    ------
    ValueError
        For a fixing after the payment, or no fixing at all.
    """
    count = past_count + len(fixing_times)
    if count == 0 or (fixing_times and not max(fixing_times) <= maturity):
        raise ValueError("a range accrual needs fixings, none of them after its payment")
    share = notional / count
    low, high = lower or 0.0, math.inf if upper is None else upper
    legs = [(share * past_inside, money(model, maturity))]
    for time in fixing_times:
        for weight, leg in _inside(model, low, high, time):
            legs.append((share * weight, paid_later(leg, maturity - time, model.rate)))
    return combine(legs)


def _inside(model: Any, low: float, high: float, time: float) -> list[tuple[float, dict[str, float]]]:
    """1 paid at ``time`` where the spot is inside, in legs that are small where the whole is small."""
    if model.spot <= low:
        sides = [(1.0, "call", low), (-1.0, "call", high)]
    elif model.spot >= high:
        sides = [(1.0, "put", high), (-1.0, "put", low)]
    else:
        sides = [(-1.0, "put", low), (-1.0, "call", high)]
    legs = [(w, digital(model, side, "cash", x, time)) for w, side, x in sides if 0.0 < x < math.inf]
    return [(1.0, money(model, time)), *legs] if low < model.spot < high else legs
