"""The laws of hits: every derivative that they state is that of a difference, or of the formula in many digits."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp

from greeks.compiler.jit import kernel
from greeks.models.hits import exact_hits, halfway_hits
from greeks.payoffs.hits import delayed

STEP = 1e-5
DATES = (0.25, 0.5, 1.0)


@pytest.mark.parametrize("greek", ["rho", "theta", "vega"])
def test_halfway_through_an_interval(greek):
    """Theta shortens the first interval alone: too little for a simulation to tell."""

    def factor(step):
        dates = [date - step for date in DATES] if greek == "theta" else DATES
        return halfway_hits(0.05 + (step if greek == "rho" else 0.0), dates, ()).factor

    (slope,) = halfway_hits(0.05, DATES, (greek,)).factor_slopes
    difference = (factor(STEP) - factor(-STEP)) / (2.0 * STEP)
    np.testing.assert_allclose(slope, difference, atol=1e-9)
    assert (np.abs(slope) > 1e-3).sum() == {"rho": 3, "theta": 1, "vega": 0}[greek]


@pytest.mark.parametrize("place", range(3))
def test_of_a_certain_volatility(place):
    greek = ("rho", "dividend_rho", "vega")[place]

    def law(step):
        terms = [0.05, 0.02, 0.25]
        terms[place] += step
        found = exact_hits(*terms, 1, (greek,))
        return np.array([found.tilt, found.growth]), np.array(found.slopes[0])

    slopes, second = law(0.0)[1], exact_hits(0.05, 0.02, 0.25, 1, (greek,)).second
    np.testing.assert_allclose(slopes, (law(STEP)[0] - law(-STEP)[0]) / (2.0 * STEP), rtol=1e-6, atol=1e-9)
    if greek == "vega":
        np.testing.assert_allclose(second, (law(STEP)[1] - law(-STEP)[1]) / (2.0 * STEP), rtol=1e-6)


@kernel
def law_of_hits(x, out):
    found = delayed(
        x[0, 0], x[0, 1], x[0, 2], x[0, 3], x[1, 0], x[2, 0], x[1, 1], x[2, 1], x[1, 2], x[2, 2], x[1, 3], x[2, 3],
        x[3, 0],
    )  # fmt: skip
    for k in range(4):
        out[k] = found[k]


def formula(y, a, b, drift):
    """f(y), of a strong drift with the smaller root alone, in the digits of the context."""
    w = mp.sqrt(a * a + b)
    if drift:
        return mp.exp((drift * w - a) * y)
    return mp.re(mp.exp(-a * y) * (mp.cosh(w * y) + a * mp.sinh(w * y) / w))


@pytest.mark.parametrize(
    ("y", "a", "b", "drift"),
    [
        (0.1, 0.3, 1.6, 0),  # a series of few terms
        (-0.55, 0.3, 1.6, 0),
        (0.4, -0.2, -2.5, 0),  # trigonometric
        (-2.5, 0.4, -9.0, 0),
        (0.9, 1.2, 3.0, 0),  # exponentials
        (-1.4, -0.8, 2.0, 0),
        (0.3, 2.5, 1.5, 1),  # one root
        (-0.3, -2.5, 1.5, -1),
    ],
)
def test_the_function_and_its_derivatives_in_many_digits(y, a, b, drift):
    """Every part moves along both directions, and bends along both."""
    rows = np.array([[y, 0.7, -0.4, 0.3], [a, -0.5, 0.6, 0.2], [b, 0.9, 0.35, -0.8], [drift, 0.0, 0.0, 0.0]])
    out = np.empty(4)
    law_of_hits(rows, out)
    with mp.workdps(40):

        def along(s, t):
            return formula(*(row[0] + row[1] * s + row[2] * t + row[3] * s * t for row in rows.tolist()[:3]), drift)

        exact = [along(mp.mpf(0), mp.mpf(0))] + [mp.diff(along, (0, 0), order) for order in ((1, 0), (0, 1), (1, 1))]
        exact = [float(each) for each in exact]
    np.testing.assert_allclose(out, exact, rtol=1e-12, atol=1e-13)
