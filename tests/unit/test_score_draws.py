"""Batches merge exactly, and a coefficient fitted on the draws themselves is seen."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import greeks as gk
import greeks.score_function as module
from greeks.errors import UsageError


@pytest.mark.parametrize("cuts", [[1], [300, 301], [100, 200, 999]])
def test_batches_are_one_call(cuts):
    rng = np.random.default_rng(1)
    x = rng.normal(size=1000)
    parts = {
        "values": x + x * x,
        "scores": np.column_stack((x, x * x - 1.0)),
        "controls": x**3 - 3.0 * x,
        "weights": rng.uniform(0.5, 1.5, 1000),
        "clusters": np.arange(1000) % 400,
    }
    draws = gk.ScoreDraws()
    for rows in np.split(np.arange(1000), cuts):
        draws.add(**{name: part[rows] for name, part in parts.items()})
    merged = draws.estimate(baseline=True, normalised=True)
    whole = gk.score_function_estimate(**parts, baseline=True, normalised=True)
    assert merged.estimates == whole.estimates
    assert_array_equal(merged.covariance, whole.covariance)


def test_a_refused_batch_leaves_nothing():
    draws = gk.ScoreDraws()
    with pytest.raises(UsageError, match="no draws"):
        draws.estimate()
    draws.add(np.ones(5), np.arange(5.0))
    for values, scores, given in [
        (np.ones(5), np.ones(4), {}),
        (np.ones(5), np.ones((5, 2)), {}),
        (np.ones(5), np.ones(5), {"weights": np.ones(5)}),
        (np.ones(5), np.ones(5), {"weight": np.ones(5)}),
        (1.0, 1.0, {}),
    ]:
        with pytest.raises(UsageError):
            draws.add(values, scores, **given)
    assert draws.estimate().paths == 5


def bias(seeds=2000, count=20):
    """Of x normal and f = x, in standard errors of the mean over runs."""
    runs = []
    for seed in range(seeds):
        x = np.random.default_rng(seed).normal(size=count)
        runs.append(gk.score_function_estimate(x, x, baseline=True).value)
    return (np.mean(runs) - 1.0) / (np.std(runs) / seeds**0.5)


def test_a_baseline_of_the_same_draws_is_seen(monkeypatch):
    assert abs(bias()) < 4.0
    monkeypatch.setattr(module, "scalar_control", lambda y, z: y - (y @ z) / (z @ z) * z)
    assert bias() < -10.0
