"""Heston below the Feller condition: an interval between two dates may pass without variance, which has no density."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference

MONTHS = tuple(i / 12 for i in range(1, 13))
MODEL = gk.Heston(
    spot=100.0, rate=0.03, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.5,
    correlation=-0.7,
)  # fmt: skip  # Feller ratio 0.48
MILD = replace(MODEL, vol_of_vol=0.3)
EVERY = ("rho", "dividend_rho", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")


@pytest.mark.parametrize("model", [MODEL, MILD, replace(MODEL, vol_of_vol=1.0), replace(MODEL, initial_variance=0.0)])
def test_every_score_is_finite_and_one_that_is_not_there_says_why(model):
    found = gk.sample_paths(model, times=MONTHS, paths=2**15, seed=1)
    for greek, score in found.scores.items():
        assert np.isfinite(score).all(), greek
    assert set(found.scores) >= (set(model.greeks()) if model is MILD else set())
    if model is MODEL:
        assert set(found.scores) == {*model.greeks(), "gamma", "vanna"} - set(EVERY)
        with pytest.raises(KeyError, match=r"no score for rho: the variance \(Feller ratio 0.48\) may be 0"):
            _ = found.scores["rho"]
    with pytest.raises(KeyError, match="choose from"):
        _ = found.scores["speed"]


def test_auto_takes_an_estimator_that_works():
    """The same payment given as a function of twelve dates and as a European, whose value is known."""
    call = gk.Custom(lambda spots: max(spots[11] - 100.0, 0.0), times=MONTHS, maturity=1.0)
    exact = reference(gk.European("call", strike=100.0, maturity=1.0), MODEL)
    for greek in ("rho", "correlation"):
        found = gk.estimate(call, MODEL, greeks=[greek], paths=2**15)[greek]
        assert found.status == "ok"
        assert abs(found.value - exact[greek]) < 4.5 * found.standard_error + 0.01 * abs(exact[greek])
        refused = gk.estimate(call, MODEL, greeks=[greek], estimators="lr", paths=64)[greek]
        assert refused.status == "na"
        assert "finite_difference" in refused.reason
    assert gk.estimate(call, MILD, greeks=["rho"], estimators="lr", paths=2**12)["rho"].status == "ok"


def test_the_bound_is_that_of_the_scheme():
    """From 0, as many paths have no variance in the first interval, and so one return, as the bound says."""
    wild = replace(MODEL, vol_of_vol=1.0, initial_variance=0.0)
    spot = gk.sample_paths(wild, times=(1 / 32,), paths=2**15).spot[0]
    share = np.unique(spot, return_counts=True)[1].max() / spot.size
    assert wild.lull((1 / 32,)) == pytest.approx(share, abs=0.01)
    assert 0.1 < share < 0.2
    assert MODEL.lull((1.0,)) == MILD.lull(MONTHS) == 0.0
    assert MODEL.lull(MONTHS) == pytest.approx(11 * ((1 / 0.48 - 1) / (1 / 0.48 + 1)) ** 3)
