"""Every contribution of every estimator, path by path, against the naive implementation."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest
from reference import naive
from zoo import MODELS, PAYOFFS

from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.estimators.kernels import evaluate
from greeks.estimators.registry import ESTIMATORS
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Draw
from greeks.names import SECOND_ORDER
from greeks.payoffs.registry import PAYOFFS as REGISTERED

WIDTH, COUNT, SEED = 64, 50, 11
TRADES = [trade for kind in PAYOFFS.values() for trade in kind]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
NAMES = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield", "theta": "time"}


def test_the_zoo_holds_every_registered_payoff():
    assert set(PAYOFFS) == set(REGISTERED)


def contributions(trade, estimator, greeks, bump=1.0):
    model = MODELS["gbm"]
    key = stream_key(SEED, "u", *trade.dates())
    sample = Sample(
        model,
        model.simulate(trade.dates(), Draw(key, first_of(128), WIDTH, COUNT), workspace := Workspace()),
        ESTIMATORS[estimator].weight_greeks(greeks),
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
    found, z, parameters = contributions(trade, "likelihood_ratio", GREEKS)
    slow = naive.likelihood_ratio(trade, z, parameters)
    for row, greek in zip(found, GREEKS, strict=True):
        scale = max(np.abs(slow[greek]).max(), 1e-300)
        np.testing.assert_allclose(row, slow[greek], rtol=1e-9, atol=1e-11 * scale, err_msg=greek)


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_pathwise_is_the_limit_of_a_difference(trade):
    greeks = valid(trade, "pathwise")
    assert ("delta" in greeks) == (trade.kind != "digital")
    found, z, parameters = contributions(trade, "pathwise", greeks)
    for row, greek in zip(found, greeks, strict=True):
        f, slope = naive.price_and_difference(trade, z, parameters, NAMES.get(greek, "spot"), 1e-6)
        expected = f if greek == "price" else slope
        np.testing.assert_allclose(row, expected, rtol=2e-6, atol=2e-6 * max(np.abs(expected).max(), 1e-12))


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_finite_difference_of_first_order(trade):
    greeks = tuple(greek for greek in valid(trade, "finite_difference") if greek not in SECOND_ORDER)
    found, z, parameters = contributions(trade, "finite_difference", greeks)
    steps = {g: ESTIMATORS["finite_difference"].steps(trade, MODELS["gbm"], g, 1.0) for g in greeks if g != "price"}
    for row, greek in zip(found, greeks, strict=True):
        step = steps[greek][greek] if greek != "price" else 1e-4
        f, slope = naive.price_and_difference(trade, z, parameters, NAMES.get(greek, "spot"), step)
        expected = f if greek == "price" else slope
        np.testing.assert_allclose(row, expected, rtol=1e-8, atol=1e-9 * max(np.abs(expected).max(), 1e-3))


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_mixed_is_the_score_of_the_pathwise_delta(trade):
    if "gamma" not in valid(trade, "mixed"):
        assert trade.kind == "digital"
        return
    found, z, parameters = contributions(trade, "mixed", ("gamma", "vanna"))
    _, delta = naive.price_and_difference(trade, z, parameters, "spot", 1e-6)
    score = {k: v for k, v in naive.likelihood_ratio(trade, z, parameters).items() if k in ("delta", "vega")}
    f = naive.likelihood_ratio(trade, z, parameters)["price"]
    pays = f > 0
    s_delta, s_vega = score["delta"][pays] / f[pays], score["vega"][pays] / f[pays]
    expected = delta[pays] * (s_delta - 1 / parameters["spot"]), delta[pays] * s_vega
    for row, value in zip(found, expected, strict=True):
        np.testing.assert_allclose(row[pays], value, rtol=5e-6, atol=5e-6 * np.abs(value).max())
        assert not row[~pays].any()
