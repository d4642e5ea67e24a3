from __future__ import annotations

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

from greeks.compiler.jit import kernel
from greeks.core.elementary import exp_array, inverse_normal_array, log_array, normal_cdf_array, sin_cos_turn

RNG = np.random.default_rng(20240101)


@kernel
def sine_cosine(x, out):
    for i in range(x.shape[0]):
        s, c = sin_cos_turn(x[i])
        out[0, i] = s
        out[1, i] = c


def apply(function, x):
    out = np.empty_like(x)
    function(x, out)
    return out


def worst_ulp(function, exact, x):
    worst = 0.0
    with mp.workdps(40):
        for value, result in zip(x, apply(function, x), strict=True):
            true = exact(mpf(float(value)))
            worst = max(worst, abs(float((mpf(float(result)) - true) / mpf(float(np.spacing(abs(float(true))))))))
    return worst


def test_exp_is_within_two_units():
    x = np.concatenate([RNG.uniform(-707, 708, 3000), RNG.normal(size=2000), RNG.normal(size=500) * 1e-8, [0.0, 1.0]])
    assert worst_ulp(exp_array, mpmath.exp, x) <= 2.0


def test_exp_edges():
    np.testing.assert_array_equal(
        apply(exp_array, np.array([-1e9, -708.5, 0.0, 709.5, 1e300])), [0, 0, 1, np.inf, np.inf]
    )


def test_log_is_within_two_units():
    x = np.concatenate(
        [
            10 ** RNG.uniform(-307, 308, 3000),
            RNG.uniform(0.5, 2, 3000),
            1 + RNG.normal(size=1000) * 1e-4,
            [1.0, 2.0, 0.5],
        ]
    )
    assert worst_ulp(log_array, mpmath.log, x) <= 2.0
    assert apply(log_array, np.array([1.0]))[0] == 0.0


def test_sine_and_cosine():
    x = np.concatenate([RNG.uniform(0, 1, 4000), np.arange(9) / 8])
    out = np.empty((2, x.size))
    sine_cosine(x, out)
    with mp.workdps(40):
        exact = [(float(mpmath.sinpi(2 * mpf(float(v)))), float(mpmath.cospi(2 * mpf(float(v))))) for v in x]
    np.testing.assert_allclose(out.T, exact, rtol=0, atol=3e-16)


def test_normal_cdf_keeps_relative_accuracy_in_the_tail():
    x = np.concatenate([RNG.uniform(-37, 8, 2000), RNG.uniform(-6, 6, 2000), [0.0]])
    with mp.workdps(40):
        exact = np.array([float(mpmath.erfc(-mpf(float(v)) / mpmath.sqrt(2)) / 2) for v in x])
    np.testing.assert_allclose(apply(normal_cdf_array, x), exact, rtol=2e-15)


@pytest.mark.parametrize("low", [1e-300, 1e-12, 1e-3])
def test_inverse_normal_inverts(low):
    u = np.concatenate([10 ** RNG.uniform(np.log10(low), -0.31, 500), RNG.uniform(0.01, 0.99, 500)])
    x = apply(inverse_normal_array, u)
    with mp.workdps(40):
        exact = np.array([float(-mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpf(float(v)))) for v in u[500:]])
    np.testing.assert_allclose(x[500:], exact, rtol=1e-14, atol=1e-15)
    # An error of one unit in x becomes x^2 units of Phi(x).
    assert (np.abs(apply(normal_cdf_array, x) / u - 1) < 6e-16 * (4 + x**2)).all()
