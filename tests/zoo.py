"""Instances of every payoff and model, for tests that run over the registries; a new kind must be added here."""

from __future__ import annotations

import greeks as gk

MODELS = {
    "gbm": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25),
    "black76": gk.Black76(spot=101.0, rate=0.05, volatility=0.25),
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
    "american": [gk.American("put", strike=104.0, maturity=0.75)],
    "bermudan": [
        gk.Bermudan("put", strike=103.0, maturity=1.0, exercises=4),
        gk.Bermudan("put", strike=99.0, maturity=0.8, exercise_times=(0.3, 0.5)),
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
    "lookback": [
        gk.Lookback(
            "call", lookback_type="fixed", strike=100.0, maturity=1.0, monitoring="discrete", fixings=12, past_max=108.0
        ),
        gk.Lookback("put", lookback_type="floating", maturity=1.0, monitoring="discrete", fixing_times=(0.2, 0.5)),
    ],
    "autocallable": [
        gk.Autocallable(
            strike=100.0,
            maturity=2.0,
            autocall_barrier=105.0,
            coupon=0.04,
            coupon_barrier=85.0,
            protection_barrier=70.0,
            fixings=4,
        ),
        gk.Autocallable(
            strike=95.0,
            maturity=1.0,
            autocall_barrier=110.0,
            coupon=0.02,
            coupon_barrier=95.0,
            memory="yes",
            protection_barrier=80.0,
            fixing_times=(0.3, 0.6, 1.0),
            past_fixings=(90.0,),
        ),
    ],
    "barrier": [
        gk.Barrier(
            "call",
            strike=100.0,
            maturity=1.0,
            barrier_type="down-and-out",
            barrier=85.0,
            monitoring="discrete",
            fixings=4,
        ),
        gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=135.0),
        gk.Barrier(
            "put",
            strike=102.0,
            maturity=1.0,
            barrier_type="down-and-in",
            barrier=88.0,
            rebate=2.0,
            monitoring_start=0.5,
            monitoring_end=0.9,
        ),
    ],
    "touch": [
        gk.Touch(
            touch_type="one-touch",
            direction="up",
            barrier=118.0,
            maturity=0.5,
            cash=10.0,
            monitoring="discrete",
            fixings=3,
        ),
        gk.Touch(
            touch_type="no-touch",
            lower_barrier=85.0,
            upper_barrier=150.0,
            maturity=0.75,
            monitoring_end=0.5,
            cash=10.0,
        ),
        gk.Touch(
            touch_type="one-touch",
            direction="up",
            barrier=135.0,
            maturity=1.0,
            payout="asset",
            pay_at="hit",
        ),
    ],
    "gap": [
        gk.Gap("call", strike=100.0, trigger=106.0, maturity=0.75),
        gk.Gap("put", strike=98.0, trigger=102.0, maturity=0.5),
    ],
    "power": [
        gk.Power("call", strike=10500.0, exponent=2.0, maturity=0.5),
        gk.Power("put", strike=9.8, exponent=0.5, maturity=1.0),
    ],
    "forward_start": [
        gk.ForwardStart("call", start=0.4, moneyness=1.05, maturity=1.0),
        gk.ForwardStart("put", start=0.25, moneyness=0.95, maturity=0.75),
    ],
    "range_accrual": [
        gk.RangeAccrual(lower=90.0, upper=112.0, notional=100.0, maturity=1.0, fixings=6),
        gk.RangeAccrual(
            lower=96.0, notional=50.0, maturity=0.8, fixing_times=(0.2, 0.45, 0.7), past_fixings=(99.0, 95.0)
        ),
    ],
    "cliquet": [
        gk.Cliquet(local_floor=-0.08, local_cap=0.1, notional=100.0, maturity=1.0, fixings=4),
        gk.Cliquet(
            local_cap=0.12,
            global_floor=0.0,
            notional=100.0,
            maturity=0.75,
            fixing_times=(0.35, 0.55, 0.7),
            past_fixings=(96.0, 99.0, 104.0),
        ),
    ],
    "variance_swap": [
        gk.VarianceSwap(strike_volatility=0.22, notional=10_000.0, maturity=1.0, fixings=6),
        gk.VarianceSwap(
            strike_volatility=0.16, notional=5_000.0, cap=0.3, maturity=0.75, fixing_times=(0.25, 0.5, 0.7)
        ),
        gk.VarianceSwap(
            strike_volatility=0.2,
            notional=8_000.0,
            maturity=0.5,
            fixing_times=(0.1, 0.3, 0.5),
            past_fixings=(104.0, 97.0, 103.0),
            start=-0.4,
        ),
    ],
    "volatility_swap": [
        gk.VolatilitySwap(strike_volatility=0.15, notional=500.0, maturity=1.0, fixings=6),
        gk.VolatilitySwap(
            strike_volatility=0.1,
            notional=500.0,
            cap=0.35,
            maturity=0.5,
            fixing_times=(0.1, 0.3, 0.5),
            past_fixings=(104.0, 97.0, 103.0),
            start=-0.4,
        ),
    ],
    "forward": [gk.Forward(strike=97.0, maturity=0.75)],
    "future": [gk.Future(strike=102.0, maturity=0.5)],
}

HELD = {"stock": [gk.Stock()], "cash": [gk.Cash(cash=250.0)]}  # of which nothing is ever simulated
