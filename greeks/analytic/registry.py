"""Closed forms and semi-analytic references by (product, model): what fills ``reference`` and ``z_score``."""

from __future__ import annotations

from collections.abc import Callable
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
        return {}
    past = payoff.past_fixings_sum, payoff.past_fixings_count
    contract = payoff.option_type, payoff.average_of, payoff.future_fixings(), payoff.strike or 1.0, payoff.maturity
    return geometric_asian(*contract, *past, model.spot, model.rate, model.dividend_yield, model.volatility)


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


REFERENCES: dict[tuple[str, str], Reference] = {
    ("european", "gbm"): _european_gbm,
    ("digital", "gbm"): _digital_gbm,
    ("asian", "gbm"): _asian_gbm,
    ("european", "heston"): _european_heston,
    ("digital", "heston"): _digital_heston,
}


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Exact price and Greeks in raw units; empty where none is known, or none to full accuracy."""
    function = REFERENCES.get((payoff.kind, model.kind))
    try:
        return function(payoff, model) if function else {}
    except ArithmeticError:  # a quadrature that missed its accuracy: no reference rather than a doubtful one
        return {}
