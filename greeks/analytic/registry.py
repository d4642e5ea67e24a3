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
    return geometric_asian(
        payoff.option_type, payoff.average_of, payoff.future_fixings(), payoff.strike or 1.0, payoff.maturity,
        payoff.past_fixings_sum, payoff.past_fixings_count, model.spot, model.rate, model.dividend_yield, model.volatility,
    )  # fmt: skip


REFERENCES: dict[tuple[str, str], Reference] = {
    ("european", "gbm"): _european_gbm,
    ("digital", "gbm"): _digital_gbm,
    ("asian", "gbm"): _asian_gbm,
}


def reference(payoff: Any, model: Any) -> dict[str, float]:
    """Exact price and Greeks in raw units; empty where no closed form is known."""
    function = REFERENCES.get((payoff.kind, model.kind))
    return function(payoff, model) if function else {}
