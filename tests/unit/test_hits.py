"""The laws of hits: every derivative that they state is that of a difference."""

from __future__ import annotations

import numpy as np
import pytest

from greeks.models.hits import exact_hits, halfway_hits

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
