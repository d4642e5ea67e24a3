"""The cells of the coverage panel: both models, every payoff, with the Greeks of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import greeks as gk

GBM = gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.2)
_HESTON: dict[str, float] = {"spot": 100.0, "rate": 0.03, "dividend_yield": 0.01}
MILD = gk.Heston(
    **_HESTON, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.3, correlation=-0.7
)
VIOLATED = gk.Heston(
    **_HESTON, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04, vol_of_vol=1.0, correlation=-0.9
)


@dataclass(frozen=True)
class Contract:
    """One payoff under one model; ``twin`` is the payoff whose closed form a custom one has."""

    name: str
    model: Any
    payoff: Any
    twin: Any = None


def _asset_or_nothing(spots: Any) -> float:
    return spots[0] if spots[0] > 95.0 else 0.0  # type: ignore[no-any-return]


def _call(spots: Any) -> float:
    return max(spots[0] - 100.0, 0.0)  # type: ignore[no-any-return]


def _custom(function: Any, maturity: float) -> Any:
    return gk.Custom(function, times=(maturity,), maturity=maturity)


def _asset(maturity: float) -> Any:
    return gk.Digital("call", strike=95.0, maturity=maturity, payout="asset")


CONTRACTS = (
    Contract("gbm european call 100", GBM, gk.European("call", strike=100.0, maturity=1.0)),
    Contract("gbm european put 80", GBM, gk.European("put", strike=80.0, maturity=0.25)),
    Contract("gbm digital call 100", GBM, gk.Digital("call", strike=100.0, maturity=1.0)),
    Contract("gbm digital asset 95", GBM, _asset(0.5)),
    Contract("gbm digital call 125", GBM, gk.Digital("call", strike=125.0, maturity=0.25)),
    Contract("gbm digital 5 days", GBM, gk.Digital("put", strike=100.0, maturity=5 / 365)),
    Contract("gbm custom asset 95", GBM, _custom(_asset_or_nothing, 0.5), _asset(0.5)),
    Contract("gbm custom call", GBM, _custom(_call, 0.5), gk.European("call", strike=100.0, maturity=0.5)),
    Contract("gbm geometric 12", GBM, gk.Asian("call", strike=100.0, maturity=1.0, fixings=12, averaging="geometric")),
    Contract(
        "gbm geometric strike",
        GBM,
        gk.Asian("put", maturity=1.0, fixing_times=(0.3, 0.6), averaging="geometric", average_of="strike"),
    ),
    Contract("gbm arithmetic 4", GBM, gk.Asian("call", strike=100.0, maturity=0.5, fixings=4)),
    Contract(
        "gbm arithmetic seasoned",
        GBM,
        gk.Asian("put", strike=101.0, maturity=0.8, fixings=3, past_fixings_sum=297.0, past_fixings_count=3),
    ),
    Contract("mild european call 100", MILD, gk.European("call", strike=100.0, maturity=0.25)),
    Contract("mild digital call 100", MILD, gk.Digital("call", strike=100.0, maturity=0.25)),
    Contract("mild custom asset 95", MILD, _custom(_asset_or_nothing, 0.25), _asset(0.25)),
    Contract("mild arithmetic 2", MILD, gk.Asian("put", strike=100.0, maturity=0.25, fixings=2)),
    Contract("violated european put 95", VIOLATED, gk.European("put", strike=95.0, maturity=0.25)),
    Contract("violated digital call 100", VIOLATED, gk.Digital("call", strike=100.0, maturity=0.25)),
)
