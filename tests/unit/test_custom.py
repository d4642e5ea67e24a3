"""Payoffs given as functions: every way they can fail has one message, and none reads what is not there."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.errors import PayoffIndexError, UsageError

MODEL = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)
TIMES = (0.25, 0.5, 1.0)


def value(function, paths=4096, **options):
    custom = gk.Custom(function, times=TIMES, maturity=1.0)
    return gk.estimate(custom, MODEL, **{"greeks": "price", "paths": paths, "threads": 1, **options})


@numba.njit
def pick(spots, index):
    return spots[index]


def factory(index):
    return lambda spots: pick(spots, index)


@pytest.mark.parametrize(
    ("function", "index"),
    [
        (lambda s: s[3], 3),
        (lambda s: s[-4], -4),
        (lambda s: s[12], 12),
        (numba.njit(lambda s: s[10**9]), 10**9),
        (lambda s: pick(s, 7), 7),
        (factory(8), 8),
        (lambda s: s[2] if s[0] < 150.0 else s[99], 99),  # on few paths only
        (numba.njit(fastmath=True)(lambda s: s[1] + s[5]), 5),
    ],
    ids=lambda value: str(value) if isinstance(value, int | str) else "f",
)
def test_an_index_out_of_range_is_an_error_with_the_index(function, index):
    for threads in (1, 2):
        with pytest.raises(
            PayoffIndexError, match=f"index {index} of the spots, out of range: there are 3 dates"
        ) as caught:
            value(function, paths=300_000, threads=threads)
    assert isinstance(caught.value, IndexError)
    assert isinstance(caught.value, UsageError)
    assert "indices 0 to 2" in str(caught.value)


def test_indices_in_range_work_from_both_ends():
    assert value(lambda s: s[-1])["price"] == value(lambda s: s[2])["price"]
    assert value(factory(-3))["price"] == value(lambda s: s[0])["price"]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda s: nowhere(s), "NameError: name 'nowhere' is not defined"),  # noqa: F821
        (lambda s: input(), "Untyped global name 'input'"),
        (lambda s: np.linalg.nothing(s), "has no attribute 'nothing'"),
        (lambda s, t: s[0], "takes 2 arguments"),
        (lambda s: None, "returns none"),
        (lambda s: s, "returns array"),
        (lambda s: 1j * s[0], "returns complex"),
        (lambda s: "x", "returns"),
        (lambda s: 1.0 / (len(s) - 3), "raised ZeroDivisionError"),
        (np.sin, "no function that Numba can compile"),
        (len, "no function that Numba can compile"),
    ],
    ids=lambda value: str(value) if isinstance(value, int | str) else "f",
)
def test_a_function_that_cannot_be_used_has_one_error_with_its_cause(function, words):
    with pytest.raises(UsageError) as caught:
        value(function)
    text = str(caught.value)
    assert words in text
    assert "\n" not in text
    assert "nopython" not in text


@pytest.mark.parametrize("estimators", ["auto", "lr", "fd", "all"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_payments_that_are_not_finite_are_counted(estimators, bad):
    function = numba.njit(lambda s: bad if s[2] > 140.0 else s[2])
    share = value(lambda s: 1.0 if s[2] > 140.0 else 0.0, paths=5000)["price"].value * np.exp(0.05)
    count = round(5000 * share)
    found = value(function, paths=5000, greeks="price,delta", estimators=estimators)
    for key in found:
        cell = found[key]
        assert cell.status == "na"
        assert np.isnan(cell.value)
        if cell.paths:  # not refused before simulation
            assert f"the payment is nan or infinite on {count} of 5000 paths (the first: {bad} on path " in cell.reason


def test_whole_and_true_numbers_are_numbers():
    assert value(lambda s: 1)["price"].value == pytest.approx(np.exp(-0.05))
    share = value(lambda s: s[2] > 100.0)["price"].value
    exact = gk.estimate(gk.Digital("call", strike=100.0, maturity=1.0), MODEL, greeks="price")["price"].value
    assert share == pytest.approx(exact, abs=0.03)


def test_a_global_is_frozen_when_the_function_is_first_compiled():
    strikes = [100.0]

    def build(strike):
        return lambda s: max(s[2] - strike, 0.0)

    low, high = (value(build(strike))["price"].value for strike in (strikes[0], 120.0))
    assert low > high


def test_the_paths_are_those_of_the_heston_model_too():
    custom = gk.Custom(lambda s: s[5], times=TIMES, maturity=1.0)
    with pytest.raises(IndexError):
        gk.estimate(custom, MODELS["heston"], greeks="price", paths=64)


class Unhashable:
    __hash__ = None

    def __call__(self, spots):
        return spots[-1]


@pytest.mark.parametrize("name", ["function", "gradient", "stopping"])
def test_a_function_without_a_hash_is_refused(name):
    given = {"function": lambda spots: spots[-1], "times": [0.5, 1.0], "maturity": 1.0, name: Unhashable()}
    with pytest.raises(gk.UsageError, match=f"{name} has no hash"):
        gk.Custom(**given)


@pytest.mark.parametrize("size", [1e160, 1e300])
@pytest.mark.parametrize("options", [{}, {"target": 0.01, "max_paths": 1000}, {"time_budget": 0.01}], ids=str)
def test_payments_beyond_the_range_of_their_squares_end_no_run(size, options):
    large = gk.Custom(lambda spots: size * spots[-1], times=[1.0], maturity=1.0)
    found = gk.estimate(large, MODEL, greeks="price,delta", paths=257, **options)
    assert {found[greek].status for greek in ("price", "delta")} == {"na"}
