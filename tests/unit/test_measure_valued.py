"""Measure-valued derivatives: the laws of the moved returns, the cells they give, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.estimators.measure_kernels import displace

DIGITAL = gk.Digital("put", strike=92.0, maturity=0.5, cash=20.0)
DATED = gk.Asian("put", strike=102.0, maturity=1.0, fixing_times=(0.4, 0.7, 0.9), averaging="geometric")


def test_the_laws_of_a_moved_return():
    """Rayleigh on either side, and a double-sided Maxwell that keeps its side and is further out than the normal."""
    n, rng = 400_000, np.random.default_rng(3)
    z, u, s, mean = rng.standard_normal(n), rng.random(n), 0.3, 0.1
    moved = []
    for kind in range(3):
        out = np.empty(n)
        law = np.array([mean]), np.array([s * s]), 0.05, 4.6
        displace(4.6 + mean + 0.05 + s * z, z, False, *law, u, kind, n, out)
        moved.append((out + s * z) / s)
    up, down, wide = moved
    np.testing.assert_allclose(down, -up)
    assert (wide * z > 0).all() and (abs(wide) > abs(z)).all()
    error = 4.0 / np.sqrt(n)
    assert abs(up.mean() - np.sqrt(np.pi / 2)) < error and abs((up**2).mean() - 2.0) < 2 * error
    assert abs((wide**2).mean() - 3.0) < 4 * error and abs((wide**4).mean() - 15.0) < 40 * error


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("trade", [DIGITAL, DATED], ids=["digital", "dated"])
def test_every_cell_beside_the_likelihood_ratio(model, trade):
    """Right, and with at most half of the error: a coupling that is lost, or a forgotten law, fails one or the other."""
    names, options = ("measure_valued", "likelihood_ratio"), {"greeks": "all", "paths": 2**16}
    found, score = (
        gk.estimate(trade, MODELS[model], estimators=name, seed=i, **options) for i, name in enumerate(names)
    )
    for greek in (*MODELS[model].greeks(), "gamma"):
        own, other = found[greek, names[0]], score[greek, names[1]]
        exact = own.reference if own.reference == own.reference else other.value
        error = np.hypot(own.standard_error, 0.0 if own.reference == own.reference else other.standard_error)
        assert abs(own.value - exact) < 4.5 * error + 0.004 * abs(exact), greek
        assert own.standard_error < 0.6 * other.standard_error, greek


def test_what_is_refused_names_what_works():
    model, many = MODELS["gbm"], gk.Asian("call", strike=100.0, maturity=1.0, fixings=33)
    found = gk.estimate(many, model, greeks="delta,gamma,theta,vega,vanna", estimators="mvd", paths=64)
    assert {greek for greek, _ in found if found[greek].status == "na"} == {"vega", "vanna"}
    assert (
        found["vega"].reason == "vega would move each of 33 returns on its own: 32 at most: use conditional or pathwise"
    )
    still = gk.GBM(spot=100.0, volatility=0.0)
    assert "no density" in gk.estimate(DIGITAL, still, greeks="delta", estimators="mvd", paths=64)["delta"].reason
