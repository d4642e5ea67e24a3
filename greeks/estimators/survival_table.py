"""A contract that lives between levels, as arrays for the kernels: log-levels, pieces and their discounting."""

from __future__ import annotations

from functools import lru_cache
from math import exp, inf, log
from typing import TypeAlias

import numpy as np

from greeks.core.moments import Index
from greeks.core.workspace import Array
from greeks.estimators.survival_draws import FAR
from greeks.payoffs.forms import Survival

Table: TypeAlias = tuple[Array, Array, Array, Index, Array]


def unconditional(form: Survival, dates: int) -> Survival:
    """What is paid whatever happens, as a contract without levels."""
    nothing, ends = (0.0,) * dates, (inf,) * dates
    return Survival(nothing, ends, nothing, nothing, form.always)


@lru_cache(maxsize=256)
def survival_table(
    form: Survival, rate: float, maturity: float, elapsed: float, first: tuple[str, ...], by_day: float
) -> Table:
    """Log-levels; pieces (low, high, asset, cash), discounted, their dates and logarithmic slopes of discounting."""
    found: list[tuple[int, float, float, float, float, float]] = []
    last = len(form.lower) - 1
    for j, (low, high) in enumerate(zip(form.lower, form.upper, strict=True)):
        cash, paid = form.factor * form.exit_payment[j], form.exit_time[j]
        ends = ((0.0, low), (high, inf)) if cash else ()
        found += [(j, *end, 0.0, cash, paid) for end in ends if end[0] < end[1]]
        found += [
            (j, each.low, each.high, form.factor * each.asset, form.factor * each.cash, form.coupon_time[j])
            for each in (form.coupons[j] if form.coupons else ())
        ]
    found += [
        (last, each.low, each.high, form.factor * each.asset, form.factor * each.cash, maturity) for each in form.pieces
    ]
    pieces = np.array(
        [
            (_log(low), _log(high), exp(-rate * (paid - elapsed)) * asset, exp(-rate * (paid - elapsed)) * cash)
            for _, low, high, asset, cash, paid in found
        ]
    ).reshape(len(found), 4)
    slopes = {"rho": [-paid for *_, paid in found], "theta": [by_day] * len(found)}
    rates = np.array([slopes.get(greek, [0.0] * len(found)) for greek in first]).reshape(len(first), len(found))
    lower, upper = (np.array([_log(level) for level in side]) for side in (form.lower, form.upper))
    dates = np.array([piece[0] for piece in found], dtype=np.int64)
    return lower, upper, pieces, dates, rates


def _log(level: float) -> float:
    """Logarithm of a level; far away where there is none."""
    return -FAR if level <= 0.0 else min(log(level), FAR)
