"""The search for jumps over every contract of the package: what is continuous has none, what jumps is found."""

from __future__ import annotations

from math import exp, sqrt
from types import SimpleNamespace

import numba
import numpy as np
import pytest

import greeks as gk
from greeks.core.workspace import Workspace
from greeks.payoffs import jump_search
from tests.zoo import MODELS, PAYOFFS

ON_DATES = [each for kind in PAYOFFS.values() for each in kind if each.reads == {"dates"}]
SPOT, VOLATILITY = 100.0, 0.25


def as_functions(payoff):
    """Values of a contract of this package at any points, and slopes: of the two differences the one without the jump."""

    def payments(points):
        count = points.shape[1]
        spot = np.full((len(points), -(-count // 8) * 8), SPOT)
        spot[:, :count] = points
        out = np.zeros(spot.shape[1])
        paths = SimpleNamespace(spot=spot, log_spot=np.log(spot), count=spot.shape[1], model=MODELS["gbm"])
        payoff.values(paths, Workspace(), out)
        return out[:count].copy()

    def slopes(points):
        out, base = np.empty_like(points), payments(points)
        for j in range(len(points)):
            sides = []
            for sign in (1.0, -1.0):
                moved, step = points.copy(), sign * 1e-6 * points[j]
                moved[j] += step
                sides.append((payments(moved) - base) / step)
            out[j] = np.where(np.abs(sides[0]) < np.abs(sides[1]), *sides)
        return out

    return payments, slopes


def test_the_zoo_has_both_kinds():
    assert {each.smoothness for each in ON_DATES} == {"lipschitz", "discontinuous"} and len(ON_DATES) >= 25


@pytest.mark.parametrize("deviation", [0.25, *(pytest.param(size, marks=pytest.mark.slow) for size in (0.05, 1.0))])
@pytest.mark.parametrize("payoff", ON_DATES, ids=lambda payoff: payoff.kind)
def test_a_jump_is_found_where_there_is_one_and_nowhere_else(payoff, deviation, monkeypatch):
    monkeypatch.setattr(jump_search, "_EVALUATIONS", 10_000)
    monkeypatch.setattr(jump_search, "_BASES", 2)
    monkeypatch.setattr(jump_search, "_FEWEST", 64)
    found = jump_search.find_jump(*as_functions(payoff), SPOT, deviation, len(payoff.dates()))
    assert (found is not None) == (payoff.smoothness == "discontinuous"), found


def with_jump(date, dates, level, size):
    """An average-price call, and its gradient, with a jump where one spot is beyond a level."""

    @numba.njit
    def payment(s):
        beyond = s[date] > level if level > 100.0 else s[date] < level
        return max(s.mean() - 100.0, 0.0) + (size if beyond else 0.0)

    @numba.njit
    def slopes(s):
        return np.full(s.size, 1.0 / s.size if s.mean() > 100.0 else 0.0)

    times = [(j + 1.0) / dates for j in range(dates)]
    return gk.Custom(payment, times=times, maturity=1.0, gradient=slopes)


def delta(payoff):
    return gk.estimate(payoff, MODELS["gbm"], greeks="delta", estimators="pathwise", paths=256)["delta"]


@pytest.mark.parametrize("deviations", [-5.5, -4.0, 3.3, 5.5])
@pytest.mark.parametrize(("date", "dates"), [(0, 1), (0, 3), (1, 3), (2, 3), (20, 52)])
def test_a_jump_planted_far_out_is_found(date, dates, deviations):
    """Of 3.3 deviations it is 0.0074 of a delta of 0.58: 6 standard errors of 2^18 paths."""
    level = SPOT * exp(deviations * VOLATILITY * sqrt((date + 1) / dates))
    with pytest.raises(gk.UsageError, match="the payment jumps near"):
        delta(with_jump(date, dates, level, 1.0))


def test_a_jump_that_no_path_reaches_is_none():
    assert delta(with_jump(0, 12, SPOT * exp(12.0 * VOLATILITY / sqrt(12.0)), 1.0)).status == "ok"


def test_a_narrow_band_is_found():
    @numba.njit
    def payment(s):
        return 1.0 if 180.0 < s[0] < 180.4 else 0.0

    with pytest.raises(gk.UsageError, match="the payment jumps near"):
        delta(gk.Custom(payment, times=[1.0], maturity=1.0, gradient=numba.njit(lambda s: np.zeros(1))))


def test_a_cap_far_out_that_the_gradient_forgets_is_found():
    payment, slopes = numba.njit(lambda s: min(s[0], 250.0)), numba.njit(lambda s: np.ones(1))
    with pytest.raises(gk.UsageError, match="is not that of the payment"):
        delta(gk.Custom(payment, times=[1.0], maturity=1.0, gradient=slopes))


@pytest.mark.parametrize("level", [100.0, 100.0 * exp(0.25), 137.123])
def test_kinks_ramps_and_roots_are_no_jumps(level):
    """A kink at a point of the search, a ramp of a ten-thousandth of the spot, and a root of infinite slope."""
    for payment, slopes in (
        (lambda s: max(level - s[0], 0.0), lambda s: np.full(1, -1.0 if s[0] < level else 0.0)),
        (
            lambda s: min(max((s[0] - level) / 0.01, 0.0), 1.0),
            lambda s: np.full(1, 100.0 if level < s[0] < level + 0.01 else 0.0),
        ),
        (
            lambda s: np.sqrt(max(s[0] - level, 0.0)),
            lambda s: np.full(1, 0.5 / np.sqrt(s[0] - level) if s[0] > level else 0.0),
        ),
    ):
        made = gk.Custom(numba.njit(payment), times=[1.0], maturity=1.0, gradient=numba.njit(slopes))
        assert delta(made).status != "na"


def test_a_kink_that_every_halving_keeps_is_no_jump():
    """At a third of a segment, and so at a third of each half that holds it: half of the remainder is always left."""
    base, places = next(jump_search._bases(SPOT, 0.25, 1))[0], np.linspace(-6.0, 6.0, jump_search._MOST + 1)
    level = exp(base + 0.25 * (2.0 * places[4700] + places[4701]) / 3.0)

    def payments(points):
        return np.maximum(points[0] - level, 0.0)

    def slopes(points):
        return np.where(points > level, 1.0, 0.0)

    assert jump_search.find_jump(payments, slopes, SPOT, 0.25, 1) is None
    assert jump_search.find_jump(lambda points: payments(points) + slopes(points)[0], slopes, SPOT, 0.25, 1) is not None


def test_a_function_without_a_value_far_out_is_followed_as_far_as_it_has_one():
    table = np.linspace(0.0, 30.0, 31)

    @numba.njit
    def payment(s):
        place = int(s[0] // 10.0)
        return table[place] + (table[place + 1] - table[place]) * (s[0] / 10.0 - place)

    gradient = numba.njit(lambda s: np.full(1, 0.1))
    assert delta(gk.Custom(payment, times=[1.0], maturity=1.0, gradient=gradient)).value > 0.0
