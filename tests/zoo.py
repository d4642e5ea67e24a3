"""Instances of every payoff and model, for tests that run over the registries; a new kind must be added here."""

from __future__ import annotations

import greeks as gk

MODELS = {
    "gbm": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25),
    "heston": gk.Heston(
        spot=100.0,
        rate=0.05,
        dividend_yield=0.02,
        initial_variance=0.05,
        mean_reversion=2.0,
        long_run_variance=0.04,
        vol_of_vol=0.3,
        correlation=-0.6,
    ),
}

PAYOFFS = {
    "european": [
        gk.European("call", strike=105.0, maturity=1.0),
        gk.European("put", strike=95.0, maturity=0.5),
    ],
    "digital": [
        gk.Digital("call", strike=100.0, maturity=0.75),
        gk.Digital("put", strike=92.0, maturity=0.5, cash=20.0),
        gk.Digital("call", strike=95.0, maturity=0.5, payout="asset"),
    ],
    "asian": [
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=12, averaging="geometric"),
        gk.Asian(
            "put",
            strike=102.0,
            maturity=1.0,
            fixing_times=(0.4, 0.7, 0.9),
            averaging="geometric",
            past_fixings_sum=9.2,
            past_fixings_count=2,
        ),
        gk.Asian("put", maturity=1.0, fixing_times=(0.3, 0.6), averaging="geometric", average_of="strike"),
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=4),
        gk.Asian("put", strike=101.0, maturity=0.8, fixings=3, past_fixings_sum=297.0, past_fixings_count=3),
        gk.Asian("call", maturity=1.0, fixing_times=(0.25, 0.5), average_of="strike"),
    ],
}
