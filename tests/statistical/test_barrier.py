"""Barriers and touches on dates against backward quadrature, by every estimator; continuous ones by closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

import greeks as gk
from greeks.payoffs.survival_values import survival_values
from tests.reference.quadrature import Date, Market, Piece, Quadrature
from tests.reference.quadrature_contracts import barrier

MODEL = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
TIMES = (0.25, 0.5, 0.75, 1.0)
SHARED = {"maturity": 1.0, "monitoring": "discrete", "fixing_times": TIMES}
GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta")
INFINITY = math.inf


def _touch(direction, level, amount, times, maturity, at_hit, one):
    """Dates of a one-touch or no-touch that pays cash (a number) or the asset (a function of the spot)."""
    low, high = {"up": (0.0, level), "down": (level, INFINITY), "double": level}[direction]
    dates = []
    for time in sorted({*times, maturity}):
        watched, final = time in times, time == maturity
        inside = (low, high) if watched else (0.0, INFINITY)
        beyond = [(a, b) for a, b in ((0.0, inside[0]), (inside[1], INFINITY)) if a < b]
        if at_hit:
            rows = [Piece(a, b, amount, paid=time) for a, b in beyond]
        elif final:
            rows = [Piece(a, b, amount if one else 0.0) for a, b in beyond]
        else:
            rows = [Piece(a, b, to=1) for a, b in beyond]
        kept = Piece(*inside, 0.0 if one else amount) if final else Piece(*inside, to=0)
        paid = Piece(0.0, INFINITY, amount if one else 0.0) if final else Piece(0.0, INFINITY, to=1)
        dates.append(Date(time, ((*rows, kept), (paid,))))
    return dates


def _asset(spot):
    return spot


CASES = {
    "up-and-out": (
        gk.Barrier("call", strike=100.0, barrier_type="up-and-out", barrier=130.0, **SHARED),
        barrier("call", 100.0, "up-and-out", 130.0, TIMES, 1.0),
    ),
    "rebate at hit": (
        gk.Barrier("call", strike=100.0, barrier_type="double-out", lower_barrier=85.0, upper_barrier=125.0,
                   rebate=4.0, rebate_at="hit", **SHARED),
        barrier("call", 100.0, "double-out", (85.0, 125.0), TIMES, 1.0, rebate=4.0, rebate_at="hit"),
    ),
    "in with rebate, cash": (
        gk.Barrier("put", strike=105.0, barrier_type="down-and-in", barrier=92.0, payout="cash", cash=10.0, rebate=3.0,
                   **SHARED),
        barrier("put", 105.0, "down-and-in", 92.0, TIMES, 1.0, payout="cash", cash=10.0, rebate=3.0),
    ),
    "window, asset": (
        gk.Barrier("call", strike=100.0, barrier_type="down-and-out", barrier=90.0, payout="asset",
                   maturity=1.0, monitoring="discrete", fixings=4, monitoring_start=0.4, monitoring_end=0.8),
        barrier("call", 100.0, "down-and-out", 90.0, (0.5, 0.75), 1.0, payout="asset"),
    ),
    "one-touch at hit": (
        gk.Touch(touch_type="one-touch", direction="up", barrier=115.0, cash=10.0, pay_at="hit", **SHARED),
        _touch("up", 115.0, 10.0, TIMES, 1.0, True, True),
    ),
    "one-touch asset at hit": (
        gk.Touch(touch_type="one-touch", lower_barrier=85.0, upper_barrier=120.0, payout="asset", pay_at="hit",
                 **SHARED),
        _touch("double", (85.0, 120.0), _asset, TIMES, 1.0, True, True),
    ),
    "one-touch asset": (
        gk.Touch(touch_type="one-touch", direction="down", barrier=88.0, payout="asset", **SHARED),
        _touch("down", 88.0, _asset, TIMES, 1.0, False, True),
    ),
    "no-touch": (
        gk.Touch(touch_type="no-touch", lower_barrier=80.0, upper_barrier=125.0, cash=10.0, **SHARED),
        _touch("double", (80.0, 125.0), 10.0, TIMES, 1.0, False, False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_estimator_against_quadrature(case):
    """|z| < 4.5; power: one step survival's price has an error below 1 % of it."""
    trade, dates = CASES[case]
    exact = Quadrature(dates, Market(100.0, 0.05, 0.02, 0.25)).greeks()
    found = gk.estimate(
        trade, MODEL, greeks=GREEKS, estimators=("one_step_survival", "likelihood_ratio"), paths=2**17, seed=5
    )
    for number in (found[greek, name] for greek in GREEKS for name in ("one_step_survival", "likelihood_ratio")):
        assert number.status == "ok", number
        assert abs(number.value - exact[number.greek]) < 4.5 * number.standard_error, (number, exact[number.greek])
    assert found["price", "one_step_survival"].standard_error < 0.01 * exact["price"]


def test_a_barrier_that_was_hit_is_the_plain_option_or_its_rebate():
    shared = {"strike": 100.0, "maturity": 1.0, "barrier": 90.0, "already_hit": True}
    vanilla = gk.estimate(gk.European("call", strike=100.0, maturity=1.0), MODEL, greeks=("price", "delta"))
    came_in = gk.Barrier("call", barrier_type="down-and-in", **shared)
    for estimator in ("analytic", "one_step_survival"):
        found = gk.estimate(came_in, MODEL, greeks=("price", "delta"), estimators=estimator)
        for greek in ("price", "delta"):
            assert found[greek].value == pytest.approx(
                vanilla[greek].value, abs=1e-9 + 4.5 * found[greek].standard_error
            )
    ended = gk.Barrier("call", barrier_type="down-and-out", rebate=5.0, **shared)
    assert gk.estimate(ended, MODEL).to_frame().value.iloc[0] == pytest.approx(5.0 * math.exp(-0.05))
    paid = gk.Barrier("call", barrier_type="down-and-out", rebate=5.0, rebate_at="hit", **shared)
    assert gk.estimate(paid, MODEL).to_frame().value.iloc[0] == 0.0


CONTINUOUS = {
    "up-and-out": gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=130.0),
    "down-and-in with rebate": gk.Barrier("put", strike=100.0, maturity=1.0, barrier_type="down-and-in", barrier=85.0,
                                          rebate=3.0),
    "double-out": gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="double-out", lower_barrier=80.0,
                             upper_barrier=125.0),
    "double-in with rebate": gk.Barrier("put", strike=100.0, maturity=1.0, barrier_type="double-in",
                                        lower_barrier=80.0, upper_barrier=125.0, rebate=1.0),
    "cash": gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=130.0, payout="cash",
                       cash=10.0),
    "asset": gk.Barrier("put", strike=100.0, maturity=1.0, barrier_type="down-and-in", barrier=85.0, payout="asset"),
    "one-touch": gk.Touch(touch_type="one-touch", direction="up", barrier=120.0, cash=10.0, maturity=1.0),
    "one-touch asset": gk.Touch(touch_type="one-touch", direction="down", barrier=85.0, payout="asset", maturity=1.0),
    "double no-touch": gk.Touch(touch_type="no-touch", lower_barrier=80.0, upper_barrier=125.0, cash=10.0,
                                maturity=1.0),
}  # fmt: skip
EVERY = ("price", "delta", "gamma", "vega", "theta", "rho", "dividend_rho", "vanna", "volga")


@pytest.mark.parametrize("case", CONTINUOUS)
def test_the_survival_of_the_bridge_against_closed_forms(case):
    """Every Greek; |z| < 4.5. Power: the price's error is below 1 % of it, and delta's below a tenth of a unit."""
    methods = ("likelihood_ratio", "pathwise", "mixed", "finite_difference")
    found = gk.estimate(CONTINUOUS[case], MODEL, greeks=EVERY, estimators=("analytic", *methods), paths=2**17, seed=3)
    seen = 0
    for greek in EVERY:
        exact = found[greek, "analytic"]
        assert exact.status == "ok", exact
        for method in methods:
            number = found[greek, method]
            if number.status == "na" or (method == "finite_difference" and number.status != "ok"):
                continue
            seen += 1
            assert abs(number.value - exact.value) < 4.5 * number.standard_error, (number, exact)
    assert seen >= 15, seen
    assert found["price", "likelihood_ratio"].standard_error < 0.01 * found["price", "analytic"].value


def test_a_window_of_nearly_the_whole_life_is_worth_what_the_closed_form_says():
    """Two intervals, of which the first is not watched."""
    shared = {"strike": 100.0, "maturity": 1.0, "barrier_type": "up-and-out", "barrier": 130.0}
    whole = gk.estimate(gk.Barrier("call", **shared), MODEL, greeks=("price", "vega"))
    late = gk.Barrier("call", monitoring_start=1e-6, **shared)
    found = gk.estimate(late, MODEL, greeks=("price", "vega"), estimators="pathwise", paths=2**17)
    for greek in ("price", "vega"):
        assert abs(found[greek].value - whole[greek].value) < 4.5 * found[greek].standard_error, greek


HESTON = gk.Heston(
    spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "barrier", "exact", "bias"),
    [("up-and-out", 120.0, 2.251, 0.03), ("down-and-out", 90.0, 7.238, 0.012)],
)
def test_bridges_of_the_whole_variance_under_heston(kind, barrier, exact, bias):
    """Of a solution of the differential equation; those of the variance left would be off by +3.9 % and +3.6 %."""
    trade = gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type=kind, barrier=barrier)
    found = gk.estimate(trade, HESTON, greeks="price", estimators="pathwise", paths=2**17, steps_per_year=52, seed=4)
    number = found["price"]
    assert number.status == "warn"
    assert "approximate" in number.reason
    assert abs(number.value - exact) < bias * exact + 2.0 * number.standard_error


def test_every_derivative_of_the_bridges_under_heston():
    """Likelihood ratio, pathwise derivative and difference, of the same approximation: |z| < 4.5.

    The pathwise derivative and the difference are of the same paths: they agree to a part of their error.
    """
    trade = gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=135.0, rebate=4.0)
    greeks = ("delta", "vega", "rho", "theta", *HESTON.greeks()[5:])
    methods = ("likelihood_ratio", "pathwise", "finite_difference")
    found = gk.estimate(trade, HESTON, greeks=greeks, estimators=methods, paths=2**16, steps_per_year=8, seed=4)
    for greek in greeks:
        score, path, difference = (found[greek, method] for method in methods)
        error = math.hypot(score.standard_error, path.standard_error)
        assert abs(score.value - path.value) < 4.5 * error, (score, path)
        assert abs(path.value - difference.value) < 0.6 * path.standard_error, (path, difference)
    for greek in ("gamma", "vanna"):
        score, mixed = (
            gk.estimate(trade, HESTON, greeks=greek, estimators=method, paths=2**16, steps_per_year=8, seed=seed)[greek]
            for method, seed in (("likelihood_ratio", 5), ("mixed", 6))
        )
        assert abs(score.value - mixed.value) < 4.5 * math.hypot(score.standard_error, mixed.standard_error)


def test_a_correlation_of_one_leaves_no_bridge():
    model = gk.Heston(
        spot=100.0, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.3, correlation=-1.0
    )
    trade = gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=120.0)
    number = gk.estimate(trade, model, greeks="price")["price"]
    assert number.status == "na"
    assert "monitoring=discrete" in number.reason


def test_no_path_on_dates_is_taken_for_continuous_monitoring():
    trade = gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=130.0)
    found = gk.estimate(trade, MODEL, greeks="price")
    assert found["price"].value == pytest.approx(2.133507, abs=1e-6)
    number = gk.estimate(trade, MODEL, greeks="price", estimators="one_step_survival")["price"]
    assert number.status == "na"
    assert "use pathwise" in number.reason


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"barrier": None}, "barrier"),
        ({"lower_barrier": 80.0}, "double"),
        ({"cash": 5.0}, "payout"),
        ({"fixings": 4}, "monitoring=discrete"),
        ({"monitoring": "discrete"}, "fixings"),
        ({"barrier_type": "double-out"}, "lower_barrier"),
        ({"barrier_type": "up-and-in", "rebate": 2.0, "rebate_at": "hit"}, "expiry"),
        ({"monitoring_start": 0.8, "monitoring_end": 0.2}, "window"),
    ],
)
def test_contradictions_are_refused_with_what_to_write(changed, said):
    fields = {"strike": 100.0, "maturity": 1.0, "barrier_type": "up-and-out", "barrier": 130.0, **changed}
    with pytest.raises(gk.UsageError, match=said):
        gk.Barrier("call", **fields)


def test_a_spot_at_a_level_has_touched_it():
    """On the last day, and at a fixing."""
    last = {"strike": 100.0, "maturity": 0.0, "barrier_type": "up-and-out", "barrier": 130.0, "rebate": 2.0}
    assert [gk.Barrier("call", **last).settled(spot) for spot in (129.0, 130.0, 131.0)] == [29.0, 2.0, 2.0]
    touch = gk.Touch(touch_type="one-touch", direction="down", barrier=88.0, cash=10.0, maturity=0.0)
    assert [touch.settled(spot) for spot in (87.0, 88.0, 89.0)] == [10.0, 10.0, 0.0]
    spot, alive, out = np.array([[88.0, 89.0, 125.0, 124.0]]), np.empty(4), np.empty(4)
    levels = np.array([88.0]), np.array([125.0]), np.array([3.0])
    survival_values(spot, *levels, np.array([[0.0, math.inf, 0.0, 1.0, 1.0]]), np.array([0]), 4, alive, out)
    assert alive.tolist() == [0.0, 1.0, 0.0, 1.0]
    assert out.tolist() == [4.0, 1.0, 4.0, 1.0]
