"""Lookbacks: every estimator against the closed form (all times) or backward quadrature (dates).

Power: an error of 1 % of delta, vega and price is caught by the pathwise derivative, whose error is below 0.2 % of them;
each planted bug below moves its number by more than ten errors.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from reference.quadrature import Market
from reference.quadrature_lookback import Lookback as Quadrature

import greeks as gk
from greeks.analytic.registry import reference
from greeks.payoffs.lookback import Lookback

MODEL = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
HESTON = gk.Heston(
    spot=100.0, rate=0.05, initial_variance=0.05, mean_reversion=2.0, long_run_variance=0.04, vol_of_vol=0.3,
    correlation=-0.6,
)  # fmt: skip
FIRST = ("price", "delta", "vega", "rho", "dividend_rho", "theta")
GREEKS = (*FIRST, "gamma", "vanna", "volga")
ALWAYS = [
    gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=1.0, past_max=108.0),
    gk.Lookback("call", lookback_type="fixed", strike=90.0, maturity=1.0),
    gk.Lookback("put", lookback_type="fixed", strike=95.0, maturity=0.5),
    gk.Lookback("call", lookback_type="floating", maturity=1.0, past_min=90.0),
    gk.Lookback("put", lookback_type="floating", maturity=1.0),
]
DATES = [
    gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=1.0, monitoring="discrete", fixings=12,
                past_max=108.0),
    gk.Lookback("put", lookback_type="fixed", strike=98.0, maturity=1.0, monitoring="discrete",
                fixing_times=(0.2, 0.5, 0.9)),
    gk.Lookback("call", lookback_type="floating", maturity=1.0, monitoring="discrete", fixings=4, past_min=95.0),
    gk.Lookback("put", lookback_type="floating", maturity=1.0, monitoring="discrete", fixings=12),
]  # fmt: skip


def quadrature(trade):
    market = Market(MODEL.spot, MODEL.rate, MODEL.dividend_yield, MODEL.volatility)
    past = trade.past_max or trade.past_min
    terms = {"strike": trade.strike, "past_extreme": past}
    return Quadrature(trade.option_type, trade.lookback_type, trade.dates(), trade.maturity, market, **terms).greeks()


def estimate(trade, greeks=GREEKS, estimators="all", model=MODEL, paths=2**18, **options):
    return gk.estimate(trade, model, greeks=greeks, estimators=estimators, paths=paths, seed=7, **options).to_frame()


def scores(trade, exact, **options):
    """Distance of each number in errors; a difference may be off by its measured bias."""
    frame = estimate(trade, **options)
    found = {}
    for cell in frame[(frame.status != "na") & (frame.estimator != "analytic")].itertuples():
        bias = 3e-3 * abs(exact[cell.greek]) if cell.estimator == "finite_difference" else 0.0
        gap = max(abs(cell.value - exact[cell.greek]) - bias, 0.0)
        found[cell.greek, cell.estimator] = gap / max(cell.standard_error, 1e-9)
    return found


@pytest.mark.parametrize("trade", ALWAYS, ids=str)
@pytest.mark.parametrize("antithetic", [False, True])
def test_all_times(trade, antithetic):
    options = {"variance_reduction": "antithetic"} if antithetic else {}
    found = scores(trade, reference(trade, MODEL), **options)
    names = ("pathwise", "likelihood_ratio", "finite_difference")
    assert {(greek, name) for greek in FIRST for name in names} | {("gamma", "mixed")} <= set(found)
    assert max(found.values()) < 4.5, found


@pytest.mark.parametrize("trade", DATES, ids=str)
def test_dates(trade):
    found = scores(trade, quadrature(trade))
    assert {("gamma", "mixed"), ("vanna", "mixed"), ("volga", "likelihood_ratio")} <= set(found)
    assert max(found.values()) < 4.5, found


@pytest.mark.parametrize("trade", [ALWAYS[0], ALWAYS[3], DATES[0]], ids=str)
def test_power(trade):
    frame = estimate(trade, greeks=("price", "delta", "vega"), estimators="pathwise")
    assert (frame.standard_error < 0.005 * abs(frame.value)).all()


@pytest.mark.parametrize(
    "window", [{"monitoring_start": 0.3}, {"monitoring_end": 0.6}, {"monitoring_start": 0.2, "monitoring_end": 0.7}]
)
@pytest.mark.parametrize("kind", ["fixed", "floating"])
def test_a_window_is_between_dates_and_all_times_and_estimators_agree(window, kind):
    terms = {"lookback_type": kind, "strike": 100.0 if kind == "fixed" else None, "maturity": 1.0}
    trade = gk.Lookback("call", **terms, **window)
    frame = estimate(trade, greeks=FIRST).set_index(["greek", "estimator"])
    for greek in FIRST:
        a, b = (frame.loc[(greek, name)] for name in ("pathwise", "likelihood_ratio"))
        assert abs(a.value - b.value) < 4.5 * (a.standard_error**2 + b.standard_error**2) ** 0.5
    dense = gk.Lookback("call", **terms, monitoring="discrete", fixings=1000, **window)
    below = estimate(dense, greeks="price", estimators="pathwise", paths=2**14).iloc[0]
    above = frame.loc[("price", "pathwise")]
    assert -4.5 * below.standard_error < above.value - below.value < 0.06 * above.value + 4.5 * below.standard_error


def test_second_order_of_all_times_is_refused_where_the_weight_would_be_wrong():
    frame = estimate(ALWAYS[0], greeks=("gamma", "vanna", "volga"), estimators=("lr", "mixed"))
    assert (frame.status == "na").sum() == 5 and set(frame[frame.status == "ok"].greek) == {"gamma"}
    early = gk.Lookback("call", lookback_type="floating", maturity=1.0, monitoring_end=0.6)
    frame = pd.concat([frame[frame.status == "na"], estimate(early, greeks=("gamma",), estimators=("mixed",))])
    assert (frame.status == "na").all()
    assert frame.reason.str.contains("use (?:mixed or )?finite_difference").all()


def test_gamma_of_all_times_is_by_its_own_score():
    """Power: the error is below 0.5 %."""
    for trade in (ALWAYS[0], gk.Lookback("put", lookback_type="floating", maturity=1.0, past_max=110.0)):
        gamma = estimate(trade, greeks="gamma", estimators="mixed").iloc[0]
        assert abs(gamma.value - gamma.reference) < 4.5 * gamma.standard_error
        assert gamma.standard_error < 0.005 * gamma.reference


def test_a_model_without_extremes_says_what_to_write():
    frame = estimate(ALWAYS[0], greeks="price", model=replace(HESTON, correlation=1.0), estimators="auto")
    assert frame.status[0] == "na"
    assert "monitoring=discrete" in frame.reason[0]


def worst(trade, exact, greeks, estimators):
    return max(scores(trade, exact, greeks=greeks, estimators=estimators).values())


def test_a_score_without_what_the_spot_does_to_the_extreme_is_caught(monkeypatch):
    monkeypatch.setattr(Lookback, "explicit", frozenset())
    exact = reference(ALWAYS[0], MODEL)
    assert worst(ALWAYS[0], exact, ("delta",), ("lr",)) > 10.0
    assert worst(ALWAYS[0], exact, ("vega",), ("pathwise",)) > 10.0


def test_todays_spot_as_a_fixing_is_caught(monkeypatch):
    exact = quadrature(DATES[3])
    monkeypatch.setattr(Lookback, "_past", property(lambda self: MODEL.spot))
    assert worst(DATES[3], exact, ("price",), ("pathwise",)) > 10.0
    assert worst(DATES[3], exact, ("delta",), ("pathwise",)) > 10.0


def test_the_last_spot_for_the_extreme_is_caught(monkeypatch):
    """The weight of the final spot alone, as of a European."""
    exact = quadrature(DATES[0])
    monkeypatch.setattr(Lookback, "_monitored", property(lambda self: (self.maturity,)))
    assert worst(DATES[0], exact, ("delta",), ("lr",)) > 10.0


def test_the_same_bits_for_any_number_of_threads():
    one, two = (estimate(ALWAYS[0], paths=2**16, threads=threads).value for threads in (1, 2))
    assert one.equals(two)


@pytest.mark.parametrize("trade", [ALWAYS[0], ALWAYS[3]], ids=str)
def test_all_times_under_heston(trade):
    """Approximate, and said to be; likelihood ratio, pathwise derivative and difference give the same: |z| < 4.5."""
    greeks = ("price", "delta", "vega", "rho", "theta", "vol_of_vol", "correlation")
    methods = ("likelihood_ratio", "pathwise", "finite_difference")
    frame = estimate(trade, greeks, methods, HESTON, 2**16, steps_per_year=8).set_index(["greek", "estimator"])
    assert set(frame.status) == {"warn"}
    assert frame.reason.str.contains("approximate").all()
    for greek in greeks:
        score, path, difference = (frame.loc[greek, method] for method in methods)
        error = (score.standard_error**2 + path.standard_error**2) ** 0.5
        assert abs(score.value - path.value) < 4.5 * error, greek
        assert abs(path.value - difference.value) < 0.6 * path.standard_error, greek


@pytest.mark.parametrize(
    ("trade", "direction", "level"),
    [
        (gk.Lookback("call", lookback_type="fixed", strike=105.0, maturity=1.0), "up", 105.0),
        (gk.Lookback("put", lookback_type="fixed", strike=95.0, maturity=1.0), "down", 95.0),
        (gk.Lookback("call", lookback_type="floating", maturity=1.0, past_min=96.0), "down", 96.0),
        (gk.Lookback("put", lookback_type="floating", maturity=1.0, past_max=108.0), "up", 108.0),
    ],
    ids=str,
)
def test_gamma_and_vanna_at_all_times_under_heston_by_those_of_a_touch(trade, direction, level):
    """The derivative to the strike, or to the extreme so far, is a touch of it; spot and it are homogeneous of degree 1.

    So with the touch of 1 at expiry gamma is level / spot times its delta, and vanna (vega + level times its vega) /
    spot, the same on the bridges of any grid: other kernels, no extreme sampled, and other paths. |z| < 4.5 of at
    least 1.5 % of gamma and 4 % of vanna.
    """
    options = {"model": HESTON, "paths": 2**16, "steps_per_year": 8}
    found = estimate(trade, ("gamma", "vanna"), "fd", **options).set_index("greek")
    touch = gk.Touch(touch_type="one-touch", direction=direction, barrier=level, maturity=1.0)
    vega, *slopes = (
        gk.estimate(each, HESTON, greeks=greek, estimators="pathwise", paths=2**16, steps_per_year=8, seed=seed)[greek]
        for each, greek, seed in ((trade, "vega", 8), (touch, "delta", 9), (touch, "vega", 9))
    )
    sign, spot = 1.0 if direction == "up" else -1.0, HESTON.spot
    exact = {
        "gamma": (sign * level * slopes[0].value / spot, level * slopes[0].standard_error / spot),
        "vanna": (
            (vega.value + sign * level * slopes[1].value) / spot,
            (vega.standard_error**2 + (level * slopes[1].standard_error) ** 2) ** 0.5 / spot,
        ),
    }
    for greek, share in (("gamma", 0.02), ("vanna", 0.04)):
        value, error = exact[greek]
        own = found.loc[greek]
        both = (own.standard_error**2 + error**2) ** 0.5
        assert abs(own.value - value) < 4.5 * both, (greek, own.value, value, both)
        assert both < share * abs(value), (greek, both, value)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_a_floating_one_from_now_on_is_proportional_to_the_spot_under_heston(option_type):
    """Gamma is 0, and vanna is vega over the spot: |z| < 4.5 of 1 % of it."""
    trade = gk.Lookback(option_type, lookback_type="floating", maturity=1.0)
    options = {"model": HESTON, "paths": 2**16, "steps_per_year": 8}
    found = estimate(trade, ("gamma", "vanna"), "fd", **options).set_index("greek")
    vega = gk.estimate(trade, HESTON, greeks="vega", estimators="pw", paths=2**16, steps_per_year=8, seed=8)["vega"]
    error = (found.standard_error.vanna**2 + (vega.standard_error / HESTON.spot) ** 2) ** 0.5
    assert abs(found.value.vanna - vega.value / HESTON.spot) < 4.5 * error < 0.05 * abs(found.value.vanna)
    assert abs(found.value.gamma) < 1e-9


def test_bridges_of_the_whole_variance_give_nearly_the_extreme_of_a_fine_grid():
    """Each step's variance whole; the extreme at the dates alone is far off at this number of steps."""
    trade = gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=1.0)
    dates = gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=1.0, monitoring="discrete", fixings=12)
    coarse, fine, alone = (
        estimate(each, ("price",), "pathwise", HESTON, 2**16, steps_per_year=steps).iloc[0]
        for each, steps in ((trade, 12), (trade, 384), (dates, 12))
    )
    error = (coarse.standard_error**2 + fine.standard_error**2) ** 0.5
    assert abs(coarse.value - fine.value) < 0.015 * fine.value + 2.0 * error
    assert fine.value - alone.value > 0.06 * fine.value
