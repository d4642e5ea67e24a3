"""Every contribution of every estimator, path by path, against the naive implementation."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from reference import naive
from zoo import HELD, MODELS, PAYOFFS

import greeks as gk
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.estimators.kernels import evaluate
from greeks.estimators.registry import ESTIMATORS
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Draw
from greeks.names import SECOND_ORDER
from greeks.payoffs.registry import PAYOFFS as REGISTERED

WIDTH, COUNT, SEED = 64, 50, 11
WITHIN_A_WINDOW = gk.Touch(touch_type="one-touch", direction="up", barrier=112.0, maturity=1.0, monitoring_start=0.25,
                           monitoring_end=0.75, payout="asset", pay_at="hit")  # fmt: skip
# What is exercised early has no payment of a path alone; see tests/unit/test_longstaff_schwartz.py.
TRADES = [*(trade for kind in PAYOFFS.values() for trade in kind if not trade.early), WITHIN_A_WINDOW]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
NAMES = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield", "theta": "time"}


def test_the_zoo_holds_every_registered_payoff():
    assert {*PAYOFFS, *HELD} == set(REGISTERED)


def contributions(trade, estimator, greeks, bump=1.0):
    model = MODELS["gbm"]
    key = stream_key(SEED, "u", *trade.dates())
    sample = Sample(
        model,
        model.simulate(trade.dates(), Draw(key, first_of(128), WIDTH, COUNT), workspace := Workspace()),
        ESTIMATORS[estimator].weight_greeks(greeks, trade.explicit),
        workspace,
    )
    out = np.full((len(greeks), WIDTH), np.nan)
    evaluate(ESTIMATORS[estimator].contributions(Valuation(trade, sample, WIDTH), greeks, bump), COUNT, out)
    z = naive.normals(key, 128, len(trade.dates()), WIDTH)[:, :COUNT]
    return out[:, :COUNT], z, asdict(model)


def valid(trade, estimator):
    refuse = ESTIMATORS[estimator].refuse
    return tuple(greek for greek in GREEKS if refuse(trade, MODELS["gbm"], greek) is None)


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_likelihood_ratio(trade):
    greeks = valid(trade, "likelihood_ratio")
    assert set(greeks) >= set(GREEKS) - trade.unmoved
    found, z, parameters = contributions(trade, "likelihood_ratio", greeks)
    slow = naive.likelihood_ratio(trade, z, parameters)
    for row, greek in zip(found, greeks, strict=True):
        scale = max(np.abs(slow[greek]).max(), 1e-300)
        loose = 1e5 if trade.explicit and greek in SECOND_ORDER else 1e3 if trade.explicit else 1.0  # differences
        np.testing.assert_allclose(row, slow[greek], rtol=1e-9 * loose, atol=1e-11 * loose * scale, err_msg=greek)


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_pathwise_is_the_limit_of_a_difference(trade):
    greeks = valid(trade, "pathwise")
    assert ("delta" in greeks) == (trade.smoothness == "lipschitz")
    found, z, parameters = contributions(trade, "pathwise", greeks)
    for row, greek in zip(found, greeks, strict=True):
        f, slope = naive.price_and_difference(trade, z, parameters, NAMES.get(greek, "spot"), 1e-6)
        expected = f if greek == "price" else slope
        np.testing.assert_allclose(
            row, expected, rtol=2e-6, atol=max(2e-6 * np.abs(expected).max(), 4e-9 * np.abs(f).max())
        )


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_finite_difference_of_first_order(trade):
    greeks = tuple(greek for greek in valid(trade, "finite_difference") if greek not in SECOND_ORDER)
    found, z, parameters = contributions(trade, "finite_difference", greeks)
    steps = {g: ESTIMATORS["finite_difference"].steps(trade, MODELS["gbm"], g, 1.0) for g in greeks if g != "price"}
    for row, greek in zip(found, greeks, strict=True):
        step = steps[greek][greek] if greek != "price" else 1e-4
        f, slope = naive.price_and_difference(trade, z, parameters, NAMES.get(greek, "spot"), step)
        expected = f if greek == "price" else slope
        least = max(1e-9 * np.abs(expected).max(), 1e-11 * np.abs(f).max(), 1e-12)
        np.testing.assert_allclose(row, expected, rtol=1e-8, atol=least)


def same_spots(z, parameters, dates, spot, volatility):
    """The normals that lead to the same spots at the dates from another spot and volatility."""
    roots = np.sqrt(np.diff(np.array(dates), prepend=0.0))[:, None]
    old = parameters["volatility"]
    moved = (old * z + 0.5 * (volatility**2 - old**2) * roots) / volatility
    moved[0] -= np.log(spot / parameters["spot"]) / (volatility * roots[0])
    return moved


@pytest.mark.parametrize(("greek", "first", "second"), [
    ("gamma", "spot", "spot"), ("vanna", "spot", "volatility"), ("volga", "volatility", "volatility"),
])  # fmt: skip
@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_mixed_is_the_score_of_a_pathwise_derivative(trade, greek, first, second):
    """Its own derivative at fixed spots by a difference: the normals that lead to the same spots move."""
    if greek not in valid(trade, "mixed"):
        assert trade.smoothness == "discontinuous" or greek in trade.unmoved
        return
    (found,), z, parameters = contributions(trade, "mixed", (greek,))
    score = naive.scores(z, parameters, trade.dates())["delta" if second == "spot" else "vega"]

    def slope(step):
        moved = {**parameters, second: parameters[second] + step}
        normals = same_spots(z, parameters, trade.dates(), moved["spot"], moved["volatility"])
        return naive.price_and_difference(trade, normals, moved, first, 1e-6 * parameters[first] ** 0.5)[1]

    step = 1e-3 * parameters[second]
    expected = slope(0.0) * score + (slope(step) - slope(-step)) / (2 * step)
    np.testing.assert_allclose(found, expected, rtol=5e-5, atol=5e-5 * np.abs(expected).max())
