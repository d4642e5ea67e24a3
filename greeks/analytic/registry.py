"""Closed forms and semi-analytic values by (product, model): the estimator ``analytic``, and the column ``reference``.

Each entry has a function and the source that a result names; the functions are verified in ``tests/reference``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from math import exp
from types import MappingProxyType
from typing import Any

Reference = Callable[[Any, Any], dict[str, float]]


def _european_gbm(payoff: Any, model: Any) -> dict[str, float]:
    from greeks.analytic.black_scholes import european

    return european(
        payoff.option_type,
        model.spot,
        payoff.strike,
        payoff.maturity,
        model.rate,
        model.dividend_yield,
        model.volatility,
    )


def _digital_gbm(payoff: Any, model: Any) -> dict[str, float]:
    from greeks.analytic.black_scholes import digital

    return digital(
        payoff.option_type, payoff.payout, payoff.amount, model.spot, payoff.strike, payoff.maturity,
        model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


def _asian_gbm(payoff: Any, model: Any) -> dict[str, float]:
    from greeks.analytic.geometric_asian import geometric_asian

    if payoff.averaging != "geometric":
        return _certain_average(payoff, model)
    past = payoff.past_fixings_sum, payoff.past_fixings_count
    contract = payoff.option_type, payoff.average_of, payoff.future_fixings(), payoff.strike or 1.0, payoff.maturity
    return geometric_asian(*contract, *past, model.spot, model.rate, model.dividend_yield, model.volatility)


def _certain_average(payoff: Any, model: Any) -> dict[str, float]:
    """An arithmetic average exercised for certain is linear: the past fixings suffice, or it is deep in the money.

    Where the past fixings suffice for the call, the put is worth nothing.
    """
    from greeks.analytic.linear import certainly_positive, linear

    if payoff.strike is None:
        return {}
    dates, sign = payoff.dates(), payoff.sign
    weights, constant = payoff.parity.weights, payoff.parity.constant
    fixed = sign * constant >= 0.0  # whatever the spots do
    if sign > 0.0 and not fixed:
        volatility, drift = getattr(model, "volatility", 0.0), model.rate - model.dividend_yield
        forwards = [model.spot * exp(drift * t) for t in dates]
        fixed = volatility > 0.0 and certainly_positive(weights, dates, constant, forwards, volatility)
    if not fixed:
        return {}
    market = payoff.maturity, model.spot, model.rate, model.dividend_yield
    known = linear(weights, dates, constant, *market) if sign > 0.0 else {}
    return {**dict.fromkeys(("price", *model.greeks(), "gamma", "vanna", "volga"), 0.0), **known}


_HESTON = (
    "spot", "strike", "maturity", "rate", "dividend_yield",
    "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation",
)  # fmt: skip


def _heston_arguments(payoff: Any, model: Any) -> list[float]:
    return [getattr(payoff if name in ("strike", "maturity") else model, name) for name in _HESTON]


def _european_heston(payoff: Any, model: Any) -> dict[str, float]:
    from greeks.analytic.heston import european

    return european(payoff.option_type, *_heston_arguments(payoff, model))


def _digital_heston(payoff: Any, model: Any) -> dict[str, float]:
    from greeks.analytic.heston import digital

    return digital(payoff.option_type, payoff.payout, payoff.amount, *_heston_arguments(payoff, model))


def _asian_heston(payoff: Any, model: Any) -> dict[str, float]:
    return _certain_average(payoff, model) if payoff.averaging == "arithmetic" else {}


_BLACK_SCHOLES = "closed form (Black and Scholes 1973)"
_LINEAR = "closed form: exercised for certain, the payment is linear in the spots"
_HESTON_1993 = "semi-analytic: Fourier integral to 1e-8 of its size (Heston 1993)"
REFERENCES: dict[tuple[str, str], tuple[Reference, str]] = {
    ("european", "gbm"): (_european_gbm, _BLACK_SCHOLES),
    ("digital", "gbm"): (_digital_gbm, "closed form (Reiner and Rubinstein 1991)"),
    ("asian", "gbm"): (_asian_gbm, "closed form of the geometric average (Kemna and Vorst 1990)"),
    ("asian", "heston"): (_asian_heston, _LINEAR),
    ("european", "heston"): (_european_heston, _HESTON_1993),
    ("digital", "heston"): (_digital_heston, _HESTON_1993),
}


def reference(payoff: Any, model: Any) -> Mapping[str, float]:
    """Exact price and Greeks in raw units; empty where none is known, or none to full accuracy."""
    if (payoff.kind, model.kind) not in REFERENCES:
        return {}
    return _computed(payoff, model)


def source(payoff: Any, model: Any) -> str:
    """What the exact values of a contract rest on; empty where there are none."""
    if not reference(payoff, model):
        return ""
    return _LINEAR if getattr(payoff, "averaging", "") == "arithmetic" else REFERENCES[payoff.kind, model.kind][1]


@lru_cache(maxsize=4096)  # the planner asks, and the table of results asks again
def _computed(payoff: Any, model: Any) -> Mapping[str, float]:
    function, _ = REFERENCES[payoff.kind, model.kind]
    try:
        return MappingProxyType(function(payoff, model))
    except ArithmeticError:  # a quadrature that missed its accuracy: no reference rather than a doubtful one
        return MappingProxyType({})
