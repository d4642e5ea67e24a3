"""Moments and nets from one pass against the contributions themselves."""

from __future__ import annotations

import numpy as np
import pytest

from greeks.core.moments import MOMENT_COLUMNS
from greeks.core.workspace import Workspace
from greeks.estimators.kernels import Accumulator, Terms, accumulate, evaluate

WIDTH, SIZES = 4096, [1, 7, 8, 33, 1023, 1024, 1025, 2055, 4096]
RANDOM = np.random.default_rng(7)
VALUES, MATRIX = RANDOM.lognormal(4.6, 0.2, WIDTH), RANDOM.standard_normal((3, WIDTH))
INDEX, SHIFT = np.array([-1, 2, 0]), np.array([1.0, 0.0, -0.7])
CALL, PUT = (1.0, -100.0, 0.0), (-1.0, 95.0, 0.0)


def exact(x):
    d = x - x.mean(axis=1, keepdims=True)
    return np.stack([np.full(len(x), x.shape[1]), x.mean(axis=1), *((d**k).sum(axis=1) for k in (2, 3, 4))], axis=1)


def run(n, trades, positions, rows=(0, 1, 2)):
    net, moments = np.full((3, WIDTH), np.nan), np.empty((3 * len(trades), MOMENT_COLUMNS))
    sums = Accumulator(n, net, Workspace(), moments)
    for number, (terms, position) in enumerate(zip(trades, positions, strict=True)):
        sums.add(terms, position, rows, (number == 0,) * 3)
    sums.finish()
    assert sums.row == len(moments)
    return net[:, :n], moments


def contributions(terms, n):
    out = np.empty((3, WIDTH))
    evaluate([terms], n, out)
    return out[:, :n]


def product(ramp, scale=0.9):
    return Terms(VALUES, MATRIX, INDEX, SHIFT, scale, product=True, ramp=ramp)


ALL = {
    "ramp": product(CALL),
    "product": Terms(VALUES, MATRIX, INDEX, SHIFT, -0.9, product=True),
    "sum": Terms(VALUES, MATRIX, INDEX, SHIFT, 0.9),
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", ALL)
def test_moments_and_nets(kind, n):
    terms = ALL[kind]
    each = contributions(terms, n)
    net, moments = run(n, [terms, terms], [2.0, -0.5])
    for half in (moments[:3], moments[3:]):
        np.testing.assert_allclose(half[:, :3], exact(each)[:, :3], rtol=1e-11, atol=1e-9)
        size = (np.abs(each - each.mean(axis=1, keepdims=True)) ** 3).sum(axis=1)
        assert (abs(half[:, 3] - exact(each)[:, 3]) <= 1e-10 * size + 1e-9).all()
        np.testing.assert_allclose(half[:, 4], exact(each)[:, 4], rtol=1e-10, atol=1e-9)
    np.testing.assert_allclose(net, 1.5 * each, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", SIZES)
def test_contributions_are_what_they_say(n):
    pay = np.maximum(VALUES[:n] - 100.0, 0.0)
    by_hand = 0.9 * pay * np.stack([np.ones(n), MATRIX[2, :n], MATRIX[0, :n] - 0.7])
    np.testing.assert_allclose(contributions(ALL["ramp"], n), by_hand, rtol=1e-13, atol=1e-13)
    by_hand = 0.9 * np.stack([VALUES[:n], MATRIX[2, :n], MATRIX[0, :n] - 0.7 * VALUES[:n]])
    np.testing.assert_allclose(contributions(ALL["sum"], n), by_hand, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("kind", ALL)
def test_moments_are_those_of_the_contributions_to_the_bit(kind):
    rows, stored = np.ascontiguousarray(contributions(ALL[kind], 2055)), np.empty((3, MOMENT_COLUMNS))
    off = np.full(3, -1), np.zeros(3, dtype=bool)
    accumulate(Terms.of_rows(rows), 2055, 1.0, *off, MATRIX, Workspace(), stored)
    assert run(2055, [ALL[kind]], [1.0])[1].tobytes() == stored.tobytes()


def test_company_does_not_change_a_bit():
    trades = [product(CALL), product(PUT), product(CALL), ALL["sum"], product(PUT, scale=0.8), product(PUT)]
    _, together = run(2055, trades, [1.0, -2.0, 3.0, 1.0, 2.0, 1.0])
    for number, terms in enumerate(trades):
        alone = np.empty((3, MOMENT_COLUMNS))
        accumulate(terms, 2055, 1.0, np.full(3, -1), np.zeros(3, dtype=bool), MATRIX, Workspace(), alone)
        assert together[3 * number : 3 * number + 3].tobytes() == alone.tobytes()


def test_nets_of_unlike_neighbours():
    trades, positions = [product(CALL), product(PUT), ALL["sum"], product(PUT)], [1.0, -2.0, 0.5, 4.0]
    net, _ = run(1025, trades, positions)
    expected = sum(p * contributions(terms, 1025) for terms, p in zip(trades, positions, strict=True))
    np.testing.assert_allclose(net, expected, rtol=1e-11, atol=1e-11)


def test_a_price_needs_no_weights_and_rows_may_be_left_out():
    terms = Terms(VALUES, np.full((1, 1), np.nan), np.array([-1]), np.array([1.0]), 0.9, product=True, ramp=CALL)
    net, moments = np.zeros((1, WIDTH)), np.empty((1, MOMENT_COLUMNS))
    sums = Accumulator(1000, net, Workspace(), moments)
    sums.add(terms, 1.0, (0,), (True,))
    sums.finish()
    np.testing.assert_allclose(net[0, :1000], 0.9 * np.maximum(VALUES[:1000] - 100.0, 0.0), rtol=1e-13)
    untouched, _ = run(100, [product(CALL)], [1.0], rows=(-1, 1, -1))
    assert np.isnan(untouched[[0, 2]]).all()
    assert np.isfinite(untouched[1]).all()
