"""Where no closed form exists the estimators must agree, on independent random numbers."""

from __future__ import annotations

import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference

GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna")
OPEN = [(m, t) for m in MODELS for kind in PAYOFFS.values() for t in kind if not reference(t, MODELS[m])]


@pytest.mark.parametrize(("model", "trade"), OPEN, ids=str)
def test_estimators_agree(model, trade):
    estimators = ("likelihood_ratio", "pathwise", "finite_difference", "mixed")
    runs = {
        name: gk.estimate(trade, MODELS[model], greeks=GREEKS, estimators=name, paths=2**20, seed=100 + i)
        for i, name in enumerate(estimators)
    }
    compared = 0
    for greek in GREEKS:
        found = [runs[name][greek, name] for name in estimators]
        found = [number for number in found if number.status != "na" and number.causes <= {"bias", "unresolved"}]
        for a in found:
            for b in found:
                compared += a is not b
                spread = (a.standard_error**2 + b.standard_error**2) ** 0.5
                assert abs(a.value - b.value) < 4.5 * spread + 2e-3 * abs(b.value), (greek, a, b)
    assert compared >= 2 * 15


def test_mean_of_the_forward_is_the_forward():
    """A call minus a put is a forward, and a call of strike near 0 the discounted asset: the martingale property."""
    model = MODELS["gbm"]
    asset = gk.European("call", strike=1e-9, maturity=2.0)
    found = gk.estimate(asset, model, greeks="price", estimators="pathwise", paths=2**20)["price"]
    exact = model.spot * 2.718281828459045 ** (-2.0 * model.dividend_yield)
    assert abs(found.value - exact) < 4.5 * found.standard_error
    assert found.standard_error < 1e-3 * exact
