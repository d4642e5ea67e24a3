"""A jump spread over a width: biased, and the bias is measured."""

from __future__ import annotations

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk

TRADES = [
    gk.Digital("put", strike=92.0, maturity=0.5, cash=20.0),
    gk.Digital("call", strike=95.0, maturity=0.5, payout="asset"),
]


SHAPES = {"smoothed": "call spread of width", "sigmoid": "sigmoid of scale"}


@pytest.mark.parametrize("estimator", SHAPES)
@pytest.mark.parametrize("trade", TRADES, ids=["cash", "asset"])
def test_the_value_less_its_bias_is_right(trade, estimator):
    """At a width of eight times the usual the bias of delta is many errors, and the measure takes it away."""
    options = {"greeks": "price,delta,vega,rho", "estimators": estimator, "paths": 2**18}
    found = gk.estimate(trade, MODELS["gbm"], bump=4.0, **options)
    for greek in ("price", "delta", "vega", "rho"):
        own = found[greek]
        assert abs(own.value - own.bias - own.reference) < 6.0 * own.standard_error + 0.2 * abs(own.bias), greek
        assert SHAPES[estimator] in own.reason
    assert max(abs(found[g].bias) / found[g].standard_error for g in ("price", "delta", "vega", "rho")) > 2.0
    usual = gk.estimate(trade, MODELS["gbm"], **options)
    for greek in ("price", "delta", "vega", "rho"):
        own = usual[greek]
        assert abs(own.value - own.bias - own.reference) < 4.5 * own.standard_error, greek


def test_refusals():
    call = gk.European("call", strike=100.0, maturity=1.0)
    assert (
        "no jump" in gk.estimate(call, MODELS["gbm"], greeks="delta", estimators="smoothed", paths=64)["delta"].reason
    )
    found = gk.estimate(TRADES[0], MODELS["gbm"], greeks="gamma", estimators="smoothed", paths=64)["gamma"]
    assert found.status == "na" and "use likelihood_ratio" in found.reason and np.isnan(found.value)


def test_both_have_the_same_bias_to_first_order():
    """The levels that they average over have one deviation; a logistic law has the heavier tails."""
    found = gk.estimate(TRADES[0], MODELS["gbm"], greeks="delta,vega", estimators=list(SHAPES), paths=2**18)
    for greek in ("delta", "vega"):
        spread, logistic = (found[greek, name] for name in SHAPES)
        assert logistic.bias == pytest.approx(
            spread.bias, abs=4.0 * max(spread.standard_error, logistic.standard_error)
        )
        assert logistic.standard_error == pytest.approx(spread.standard_error, rel=0.15)


def test_a_sigmoid_far_from_its_level_is_flat():
    far = gk.Digital("call", strike=1.0, maturity=0.01, cash=1.0)
    found = gk.estimate(far, gk.GBM(spot=100.0, volatility=0.1), greeks="price,delta", estimators="sigmoid", paths=64)
    assert found["price"].value == pytest.approx(1.0, abs=1e-12) and abs(found["delta"].value) < 1e-12
