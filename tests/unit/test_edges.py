"""Without randomness: no Greek on a kink or jump, the exact one off it, whatever the payoff, model and estimator."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk

at_half = 100.0  # spot at half a year without rates
FLAT = gk.GBM(spot=100.0, volatility=0.0)
STILL = {
    "gbm": FLAT,
    "gbm, rates": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.0),
    "heston": replace(MODELS["heston"], rate=0.0, dividend_yield=0.0, initial_variance=0.0, long_run_variance=0.0),
    "heston, no pull": replace(MODELS["heston"], initial_variance=0.0, mean_reversion=0.0),
}


def at(model, maturity=1.0):
    return model.spot * exp((model.rate - model.dividend_yield) * maturity)


def on_the_edge(model):
    forward = at(model)
    average = sum(at(model, t) for t in (0.5, 1.0)) / 2.0
    root = (at(model, 0.5) * at(model, 1.0)) ** 0.5
    return {
        "european": gk.European("call", strike=forward, maturity=1.0),
        "put": gk.European("put", strike=forward, maturity=1.0),
        "digital": gk.Digital("call", strike=forward, maturity=1.0),
        "digital put": gk.Digital("put", strike=forward, maturity=1.0, cash=7.0),
        "asset": gk.Digital("put", strike=forward, maturity=1.0, payout="asset"),
        "asian": gk.Asian("call", strike=average, maturity=1.0, fixings=2),
        "geometric": gk.Asian("put", strike=root, maturity=1.0, fixings=2, averaging="geometric"),
        "custom": gk.Custom(lambda s: max(s[1] - s[0] - forward + at_half, 0.0), times=[0.5, 1.0], maturity=1.0),
        "custom jump": gk.Custom(lambda s: 1.0 if s[0] > forward else 0.0, times=[1.0], maturity=1.0),
    }


@pytest.mark.parametrize("name", STILL)
def test_on_a_kink_or_jump_no_greek_exists(name):
    model = STILL[name]
    trades = on_the_edge(model)
    if at(model, 0.5) != at_half:
        del trades["custom"]  # its kink is for rates of 0
    if at(model) == at(model, 0.5):
        trades["average strike"] = gk.Asian("call", maturity=1.0, fixings=2, average_of="strike")
    for what, trade in trades.items():
        for options in ({"estimators": "auto"}, {"estimators": "auto", "analytic": False}, {"estimators": "all"}):
            frame = gk.estimate(trade, model, greeks="all", paths=64, threads=1, **options).to_frame()
            for cell in frame.itertuples():
                if cell.greek == "price":
                    assert cell.status != "na" or cell.estimator not in ("auto", "pathwise"), (what, cell)
                else:
                    assert cell.status == "na", (what, cell)
                    assert "kink or jump" in cell.reason


@pytest.mark.parametrize("name", STILL)
@pytest.mark.parametrize("shift", [1.02, 0.98])
def test_off_it_the_greeks_are_those_of_the_payment(name, shift):
    model = STILL[name]
    for what, trade in on_the_edge(model).items():
        if trade.kind == "custom":
            continue
        moved = replace(trade, strike=trade.strike * shift)
        found = gk.estimate(moved, model, greeks="price,delta,gamma,rho", paths=64, threads=1)
        money = replace(model, spot=model.spot * 1.0001)
        price, up = found["price"], gk.estimate(moved, money, greeks="price", paths=64, threads=1)["price"]
        assert (found["delta"].status, found["delta"].standard_error) == ("ok", 0.0), what
        assert found["delta"].value == pytest.approx((up.value - price.value) / (0.0001 * model.spot), abs=1e-6), what
        assert found["gamma"].value == pytest.approx(0.0, abs=1e-3), what
        assert found["rho"].status == "ok"


def test_a_bump_does_not_reach_over_a_kink():
    near = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
    model = gk.GBM(spot=100.05, volatility=0.0)
    gamma = gk.estimate(near, model, greeks="gamma", paths=64)["gamma"]
    assert (gamma.status, "bump reaches over" in gamma.reason) == ("na", True)
    assert gk.estimate(near, model, greeks="gamma", paths=64, bump=0.1)["gamma"].value == pytest.approx(0.0, abs=1e-6)
    assert gk.estimate(near, model, greeks="delta", paths=64)["delta"].value == pytest.approx(1.0)


def test_smooth_payments_keep_their_greeks():
    square = gk.Custom(lambda s: s[0] * s[1], times=[0.5, 1.0], maturity=1.0)
    found = gk.estimate(square, FLAT, greeks="delta,gamma", paths=64)
    assert found["delta"].value == pytest.approx(200.0, rel=1e-6)
    assert found["gamma"].value == pytest.approx(2.0, rel=1e-6)
    assert np.isfinite(gk.estimate(square, MODELS["gbm"], greeks="gamma", paths=2000)["gamma"].value)
