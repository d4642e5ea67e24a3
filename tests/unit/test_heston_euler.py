"""Full truncation path by path: where the variance is cut off, and which random number drives what."""

from __future__ import annotations

import numpy as np
import pytest
from reference.naive import threefry

import greeks as gk
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.models.base import Draw

DATES, STEPS, WIDTH, COUNT = (0.4, 1.0), 10, 32, 20
VARIANCE, SPOT = 2**32, 2**33  # first counters of the two Brownian motions; the dates' own count from 0
# Feller strongly violated, so that truncation bites on nearly every path.
MODEL = gk.Heston(
    spot=100.0,
    rate=0.05,
    dividend_yield=0.02,
    initial_variance=0.04,
    mean_reversion=0.5,
    long_run_variance=0.05,
    vol_of_vol=1.0,
    correlation=-0.9,
    scheme="full_truncation",
)
KEY = stream_key(3, "h", *DATES)


def normals(first_row, rows):
    """Box-Muller on the naive generator, from a given counter on."""
    out = np.empty((rows, WIDTH))
    for row in range(rows):
        for m in range(WIDTH // 2):
            a, b = threefry(KEY, (m, first_row + row))
            radius = np.sqrt(-2.0 * np.log(1.0 - (a >> 12) * 2.0**-52))
            angle = 2.0 * np.pi * ((b >> 12) * 2.0**-52)
            out[row, m], out[row, m + WIDTH // 2] = radius * np.cos(angle), radius * np.sin(angle)
    return out[:, :COUNT]


def slow(orthogonal):
    """Mean (without drift), variance and, given orthogonal normals for every step, the log-return of each interval."""
    zv, h = normals(VARIANCE, STEPS), 0.1
    root = np.sqrt(1.0 - MODEL.correlation**2)
    v, rows, hits = np.full(COUNT, MODEL.initial_variance), [], 0
    for steps in (range(4), range(4, 10)):
        mean, variance, change = np.zeros(COUNT), np.zeros(COUNT), np.zeros(COUNT)
        for n in steps:
            positive = np.where(v > 0.0, v, 0.0)
            hits += int((v < 0.0).sum())
            shock = np.sqrt(positive * h) * zv[n]
            mean += -0.5 * positive * h + MODEL.correlation * shock
            variance += root**2 * positive * h
            change += -0.5 * positive * h + MODEL.correlation * shock + root * np.sqrt(positive * h) * orthogonal[n]
            v = v + MODEL.mean_reversion * (MODEL.long_run_variance - positive) * h + MODEL.vol_of_vol * shock
        rows.append((mean, variance, change))
    assert hits > 10  # a negative variance is kept, and pulled back from where it is
    return [np.array(part) for part in zip(*rows, strict=True)]


@pytest.fixture
def paths():
    return MODEL.simulate(DATES, Draw(KEY, first_of(0), WIDTH, COUNT, STEPS), Workspace())


def test_the_moments_of_each_log_return(paths):
    mean, variance, _ = slow(np.zeros((STEPS, COUNT)))
    np.testing.assert_allclose(paths.moments[0][:, :COUNT], mean, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(paths.moments[1][:, :COUNT], variance, rtol=1e-10, atol=1e-13)


def test_the_spots_of_the_conditional_simulation(paths):
    mean, variance, _ = slow(np.zeros((STEPS, COUNT)))
    drift = (MODEL.rate - MODEL.dividend_yield) * np.diff(DATES, prepend=0.0)[:, None]
    returns = mean + drift + np.sqrt(variance) * normals(0, 2)
    np.testing.assert_allclose(paths.spot[:, :COUNT], 100.0 * np.exp(np.cumsum(returns, axis=0)), rtol=1e-10)


def test_the_joint_scheme_has_two_independent_drivers(paths):
    _, _, change = slow(normals(SPOT, STEPS))
    drift = (MODEL.rate - MODEL.dividend_yield) * np.diff(DATES, prepend=0.0)[:, None]
    expected = 100.0 * np.exp(np.cumsum(change + drift, axis=0))
    np.testing.assert_allclose(paths.scored().spot[:, :COUNT], expected, rtol=1e-10)
