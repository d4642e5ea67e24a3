"""A payoff given with its gradient has the slopes of the same payoff of this package; a wrong gradient is refused."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.errors import UsageError

ASIAN = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
TIMES = (0.25, 0.5, 0.75, 1.0)


def payment(s):
    return max(s.mean() - 100.0, 0.0)


@numba.njit
def slopes(s):
    return np.full(s.size, 1.0 / s.size if s.mean() > 100.0 else 0.0)


def custom(function, gradient):
    return gk.Custom(function, times=TIMES, maturity=1.0, gradient=gradient)


@pytest.mark.parametrize("kind", MODELS)
def test_the_slopes_are_those_of_the_same_payoff(kind):
    options = {"greeks": "all", "estimators": "pathwise,mixed", "paths": 4096, "steps_per_year": 8}
    mine, theirs = (gk.estimate(each, MODELS[kind], **options) for each in (custom(payment, slopes), ASIAN))
    compared = 0
    for key in theirs:
        if theirs[key].status != "na":
            assert mine[key].value == pytest.approx(theirs[key].value, rel=1e-9), key
            compared += 1
    assert compared >= 9


@pytest.mark.parametrize(
    ("function", "gradient", "words"),
    [
        (payment, lambda s: -slopes(s), "is not that of the payment"),
        (payment, lambda s: slopes(s) * np.array([1.0, 1.0, 1.001, 1.0]), "derivative to spot 2"),
        (payment, lambda s: np.zeros(4), "is not that of the payment"),
        (lambda s: 1.0 if s[3] > 100.0 else 0.0, lambda s: np.zeros(4), "the payment jumps near"),
        (payment, lambda s: np.zeros(3), "one number for each date"),
        (payment, lambda s: 0.25, "let it return an array"),
    ],
)
def test_a_wrong_gradient_is_refused(function, gradient, words):
    with pytest.raises(UsageError, match=words):
        gk.estimate(custom(function, gradient), MODELS["gbm"], greeks="delta", estimators="pathwise", paths=256)


def test_without_a_gradient_pathwise_is_refused():
    found = gk.estimate(custom(payment, None), MODELS["gbm"], greeks="delta", estimators="pathwise", paths=64)
    assert "no declared gradient" in found["delta"].reason
