"""The bare score-function estimator: leave-one-out baseline, status of every number; and arrays that cannot be made."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.errors import UsageError

MU = 0.17
EXACT = NormalDist().cdf(MU)  # d/dmu E[max(x, 0)] of x normal with mean mu and variance 1: .567


def draws(count, seed=1):
    x = np.random.default_rng(seed).normal(MU, 1.0, count)
    return np.maximum(x, 0.0), x - MU


def test_sorted_draws_give_the_same_estimate():
    f, s = draws(20_000)
    order = np.argsort(s)
    plain, sorted_ = (gk.score_function_estimate(f[k], s[k], baseline=True) for k in (np.arange(f.size), order))
    assert sorted_.value == pytest.approx(plain.value, rel=1e-12)
    assert sorted_.standard_error == pytest.approx(plain.standard_error, rel=1e-12)
    assert sorted_.status == "ok"
    assert abs(sorted_.value - EXACT) < 4.5 * sorted_.standard_error
    assert sorted_.standard_error < 0.7 * gk.score_function_estimate(f, s).standard_error


def test_the_baseline_is_that_of_the_other_draws():
    f, s = draws(50)
    by_hand = [(f[i] - np.sum(np.delete(f * s**2, i)) / np.sum(np.delete(s**2, i))) * s[i] for i in range(f.size)]
    found = gk.score_function_estimate(f, s, baseline=True)
    assert found.value == pytest.approx(np.mean(by_hand), rel=1e-12)
    assert found.standard_error == pytest.approx(np.std(by_hand, ddof=1) / f.size**0.5, rel=1e-12)


@pytest.mark.parametrize("count", [20, 2000])
def test_unbiased_and_few_draws_are_warned_of(count):
    runs = [gk.score_function_estimate(*draws(count, seed), baseline=True) for seed in range(400)]
    z = np.array([(run.value - EXACT) / run.standard_error for run in runs])
    error = np.std([run.value for run in runs]) / 20.0
    assert abs(np.mean([run.value for run in runs]) - EXACT) < 4.0 * error
    assert np.mean(abs(z) < 1.96) > (0.92 if count > 200 else 0.80)
    assert count > 200 or all(run.status == "warn" for run in runs)
    assert count > 200 or "20 draws are few" in runs[0].reason


def test_one_draw_that_outweighs_all_others():
    f, s = draws(1000)
    s[7] = 1e9
    found = gk.score_function_estimate(f, s, baseline=True)
    by_hand = [(f[i] - np.sum(np.delete(f * s**2, i)) / np.sum(np.delete(s**2, i))) * s[i] for i in range(1000)]
    assert found.value == pytest.approx(np.mean(by_hand), rel=1e-9)
    assert (found.status, "heavy tail" in found.reason) == ("warn", True)


@pytest.mark.parametrize(("name", "value"), [("values", np.nan), ("scores", np.inf), ("scores", -np.inf)])
@pytest.mark.parametrize("baseline", [False, True])
def test_what_is_not_finite_is_no_number(name, value, baseline):
    f, s = draws(1000)
    (f if name == "values" else s)[[3, 500]] = value
    found = gk.score_function_estimate(f, s, baseline=baseline)
    assert found.status == "na"
    assert np.isnan(found.value) and np.isnan(found.standard_error)
    assert f"2 of 1000 {name} are not finite (the first is {value} at 3)" in found.reason


def test_no_spread_and_products_that_overflow():
    _, s = draws(1000)
    for baseline in (False, True):
        none = gk.score_function_estimate(np.zeros(1000), s, baseline=baseline)
        assert (none.value, none.status) == (0.0, "warn")
        assert none.standard_error > 0.0
        assert "no path differs" in none.reason
        assert gk.score_function_estimate(np.full(1000, 1e308), 1e3 * s, baseline=baseline).status == "na"
    constant = gk.score_function_estimate(np.full(1000, 7.0), s, baseline=True)
    assert (abs(constant.value) < 1e-12, constant.status) == (True, "warn")
    assert gk.score_function_estimate(np.ones(1000), np.zeros(1000), baseline=True).value == 0.0


@pytest.mark.parametrize(
    "given", [("abc", [1.0] * 4), ([1.0] * 4, [None, "x", 1, 2]), ([[1.0] * 4] * 2, [[1.0] * 4] * 2)]
)
def test_what_is_no_array_of_numbers(given):
    with pytest.raises(UsageError, match="numbers|alike"):
        gk.score_function_estimate(*given)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"times": [np.nan]}, "ascending"),
        ({"times": [1.0, np.nan, 2.0]}, "ascending"),
        ({"times": [np.inf]}, "ascending"),
        ({"times": []}, "ascending"),
        ({"times": 1.0}, "ascending"),
        ({"times": ["soon"]}, "ascending"),
        ({"times": [0.0, 1.0]}, "ascending"),
        ({"paths": 2**60}, "GiB"),
        ({"paths": 10**11}, "write at most"),
        ({"paths": np.nan}, "whole number"),
        ({"paths": 2.5}, "whole number"),
        ({"paths": True}, "whole number"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**64}, "seed is"),
        ({"seed": 1.5}, "whole number"),
        ({"model": "gbm"}, "no model"),
        ({"model": MODELS["heston"], "times": [1e9]}, "time steps"),
    ],
)
def test_paths_that_cannot_be_sampled(options, words):
    asked = {"model": MODELS["gbm"], "times": [0.5, 1.0], "paths": 10, **options}
    with pytest.raises(UsageError, match=words):
        gk.sample_paths(asked.pop("model"), **asked)


def test_counts_may_be_written_as_floats():
    assert gk.sample_paths(MODELS["gbm"], times=[1.0], paths=1e3).spot.shape == (1, 1000)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"paths": 2**60}, "years"), ({"threads": 10**6}, "at most"), ({"target": 0.1, "max_paths": 2**60}, "years")],
)
def test_runs_that_would_never_end(options, words):
    with pytest.raises(UsageError, match=words):
        gk.estimate(gk.European("call", strike=100.0, maturity=1.0), MODELS["gbm"], **options)
