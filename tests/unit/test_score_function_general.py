"""Gradients of several parameters, controls, weights and clusters, against loops that leave out each draw in turn."""

from __future__ import annotations

import numpy as np
import pytest

import greeks as gk
from greeks.errors import UsageError


def normals(count, seed=1):
    """Draws of N(0, 1) with f = x + x^2 and the scores of mean (gradient 1) and standard deviation (gradient 2)."""
    x = np.random.default_rng(seed).normal(size=count)
    return x, x + x * x, np.column_stack((x, x * x - 1.0))


def slopes(y, z):
    return np.linalg.lstsq(np.column_stack((np.ones(y.size), z)), y, rcond=None)[0][1:]


def by_loop(y, z):
    keep = [np.arange(y.size) != i for i in range(y.size)]
    return np.array([y[i] - z[i] @ slopes(y[k], z[k]) for i, k in enumerate(keep)])


def test_controls_take_their_coefficients_from_the_other_draws():
    x, f, s = normals(60)
    extra = np.column_stack((x**3, x**3 * 2.0))  # the second adds nothing
    found = gk.score_function_estimate(f, s, baseline=True, controls=extra)
    rows = [by_loop(f * s[:, j], np.column_stack((s[:, j], x**3))) for j in range(2)]
    assert found.value == pytest.approx(np.mean(rows, axis=1), rel=1e-10)
    assert found.covariance == pytest.approx(np.cov(rows) / 60, rel=1e-9)
    assert found.standard_error == pytest.approx(np.sqrt(np.diag(found.covariance)), rel=1e-10)
    assert found.status == "warn"  # few draws


def test_one_draw_that_a_control_has_alone():
    _, f, s = normals(60)
    lonely = np.zeros(60)
    lonely[7] = 1.0
    found = gk.score_function_estimate(f, s[:, 0], controls=np.column_stack((s[:, 0], lonely)))
    rows = by_loop(f * s[:, 0], np.column_stack((s[:, 0], lonely)))
    assert found.value == pytest.approx(rows.mean(), rel=1e-9)


def in_sample(f, s):
    return np.mean(f * s) - np.sum(f * s * s) / np.sum(s * s) * np.mean(s)


@pytest.mark.parametrize(
    ("options", "count"), [({"baseline": True}, 20), ({"baseline": "all"}, 20), ({"controls": "x"}, 20)]
)
def test_honest_coefficients_leave_no_bias(options, count):
    """f = x has gradient 1 to the mean; a coefficient fitted on the same draws takes some 3/n of it."""
    runs, planted = [], []
    for seed in range(2000):
        x = np.random.default_rng(seed).normal(size=count)
        given = {**options, "controls": x} if "controls" in options else options
        runs.append(gk.score_function_estimate(x, x, **given).value)
        planted.append(in_sample(x, x))
    error = np.std(runs) / 2000**0.5
    assert abs(np.mean(runs) - 1.0) < 4.0 * error
    assert np.mean(planted) < 1.0 - 10.0 * error


@pytest.mark.parametrize("technique", ["plain", "own", "all", "controls", "weights", "normalised", "clusters", "every"])
def test_intervals_cover(technique):
    """95 % intervals, 1,000 replications of 4,000 draws of sin x + cos x: exp(-1/2) to the mean, minus that to sigma."""
    inside = np.zeros(2)
    for seed in range(1000):
        x = np.random.default_rng(seed).normal(size=4000)
        options = {"baseline": "all" if technique == "all" else technique != "plain"}
        if technique in ("weights", "normalised", "every"):
            x = x * 1.2
            options["weights"] = 1.2 * np.exp(-0.5 * x * x + 0.5 * (x / 1.2) ** 2)
            options["normalised"] = technique == "normalised"
        if technique in ("clusters", "every"):  # each draw twice: without clusters intervals are too short
            x[2000:] = x[:2000]
            options["clusters"] = np.tile(np.arange(2000), 2)
            options["weights"] = np.tile(options["weights"][:2000], 2) if technique == "every" else None
        if technique in ("controls", "every"):
            options["controls"] = np.column_stack((x**3 - 3.0 * x, x))
        found = gk.score_function_estimate(np.sin(x) + np.cos(x), np.column_stack((x, x * x - 1.0)), **options)
        inside += abs(found.value - np.array([1.0, -1.0]) * np.exp(-0.5)) < 1.96 * found.standard_error
    assert np.all((inside >= 930) & (inside <= 970)), inside


def test_scores_of_another_density_are_warned_of():
    _, f, s = normals(1000)
    for wrong in (s[:, 0] + 1.0, np.ones(1000)):
        found = gk.score_function_estimate(f, wrong, baseline=True)
        assert (found.status, "not 0" in found.reason) == ("warn", True)
    assert "not 0" not in gk.score_function_estimate(f, s[:, 0]).reason
    found = gk.score_function_estimate(f, s, controls=s[:, 0] ** 2)
    assert all("controls have mean" in one.reason for one in found.estimates)


def test_weights_and_clusters_by_hand():
    _, f, s = normals(400)
    w = np.random.default_rng(2).uniform(0.5, 1.5, 400)
    plain = gk.score_function_estimate(f, s[:, 0], weights=w)
    assert plain.value == pytest.approx(np.mean(w * f * s[:, 0]), rel=1e-12)
    y = f * s[:, 0]
    ratio = np.sum(w * y) / np.sum(w)
    scaled = gk.score_function_estimate(f, s[:, 0], weights=7.0 * w, normalised=True)
    assert scaled.value == pytest.approx(ratio, rel=1e-12)
    assert scaled.standard_error == pytest.approx(
        np.sqrt(np.sum((w * (y - ratio)) ** 2) / 399 * 400) / w.sum(), rel=1e-9
    )
    names = np.random.default_rng(3).integers(0, 250, 400).astype(str)
    robust = gk.score_function_estimate(f, s[:, 0], clusters=names)
    sums = np.array([np.sum((y - y.mean())[names == name]) for name in np.unique(names)])
    groups = sums.size
    assert robust.value == pytest.approx(y.mean(), rel=1e-12)
    assert robust.standard_error == pytest.approx(np.sqrt(groups / (groups - 1) * np.sum(sums**2)) / 400, rel=1e-9)


def test_few_effective_draws_are_warned_of():
    _, f, s = normals(1000)
    w = np.full(1000, 1e-6)
    w[:50] = 1.0
    found = gk.score_function_estimate(f, s[:, 0], weights=w, normalised=True)
    assert (found.status, "50 draws are few" in found.reason) == ("warn", True)


def test_values_that_depend_on_the_parameter():
    x, _, _ = normals(20_000)
    theta = 0.7  # f = theta x^2, x of mean m = 0: to theta 1, in the pathwise term alone
    found = gk.score_function_estimate(theta * x * x, np.zeros(20_000), pathwise=x * x)
    assert abs(found.value - 1.0) < 4.0 * found.standard_error


def test_what_is_not_finite_is_no_gradient():
    _, f, s = normals(1000)
    s[5, 1] = np.inf
    found = gk.score_function_estimate(f, s)
    assert found.status == "na"
    assert np.isnan(found.value).all() and np.isnan(found.covariance).all()
    assert "(the first is inf at 5, 1)" in found.estimates[0].reason


@pytest.mark.parametrize(
    "options",
    [
        {"controls": np.ones(99)},
        {"controls": np.ones((100, 11))},
        {"weights": -np.ones(100)},
        {"weights": np.zeros(100)},
        {"weights": np.ones((100, 1))},
        {"normalised": True},
        {"clusters": np.zeros(100)},
        {"clusters": np.zeros(99)},
        {"clusters": np.full(100, np.nan)},
        {"pathwise": np.ones(100)},
        {"baseline": "some"},
    ],
)
def test_what_does_not_fit_is_refused(options):
    _, f, s = normals(100)
    with pytest.raises(UsageError, match=r"do not go|controls|weights|clusters|baseline"):
        gk.score_function_estimate(f, s, **options)
