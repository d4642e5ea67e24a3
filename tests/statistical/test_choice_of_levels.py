"""What `auto` simulates without a pilot, of levels that are watched all the time: by the score where the payment is lost at its largest."""

from __future__ import annotations

import math
from typing import Any

import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.registry import choose
from greeks.planning.bridges import on_steps

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
HESTON = gk.Heston(spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.0625, mean_reversion=1.5,
                   long_run_variance=0.0625, vol_of_vol=0.3, correlation=-0.7)  # fmt: skip
SCORED = ("delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
RATES = ("rho", "dividend_rho")


def up_and_out(barrier: float = 130.0, option_type: Any = "call", **terms: Any) -> gk.Barrier:
    return gk.Barrier(
        option_type, **{"strike": 100.0, "maturity": 1.0, "barrier_type": "up-and-out", "barrier": barrier, **terms}
    )


def double(option_type: Any, low: float, high: float) -> gk.Barrier:
    levels = {"lower_barrier": low, "upper_barrier": high}
    return gk.Barrier(option_type, strike=100.0, maturity=1.0, barrier_type="double-out", **levels)


def no_touch(low: float, high: float) -> gk.Touch:
    return gk.Touch(touch_type="no-touch", lower_barrier=low, upper_barrier=high, maturity=1.0)


LOST = {
    "call": up_and_out(),
    "small rebate": up_and_out(rebate=3.0, rebate_at="hit"),
    "late window": up_and_out(monitoring_start=0.5),
    "put": up_and_out(85.0, "put", barrier_type="down-and-out"),
    "double": double("call", 80.0, 130.0),
    "double, lower level far": double("call", 30.0, 130.0),
    "no-touch": no_touch(80.0, 125.0),
}
KEPT = {
    "far": up_and_out(180.0),
    "rebate": up_and_out(rebate=10.0),
    "not watched at the end": up_and_out(monitoring_end=0.8),
    "early window": up_and_out(monitoring_start=0.1),
    "out of the money": up_and_out(option_type="put"),
    "in": up_and_out(barrier_type="up-and-in"),
    "double, upper level far": double("call", 80.0, 200.0),
    "no-touch, far": no_touch(80.0, 200.0),
    "one-touch": gk.Touch(touch_type="one-touch", direction="up", barrier=120.0, maturity=1.0),
    "dates": up_and_out(monitoring="discrete", fixings=4),
    "no level": gk.European("call", strike=100.0, maturity=1.0),
}


@pytest.mark.parametrize("case", LOST)
def test_by_the_score(case):
    for greek in SCORED:
        assert choose(LOST[case], GBM, greek)[0] == "likelihood_ratio", greek
    assert choose(LOST[case], GBM, "price")[0] == "pathwise"


@pytest.mark.parametrize("case", KEPT)
def test_along_the_path_or_by_what_comes_before(case):
    for greek in SCORED:
        assert choose(KEPT[case], GBM, greek)[0] != "likelihood_ratio", greek


def test_under_heston_the_rates_alone():
    trade = on_steps(LOST["call"], HESTON)
    for greek in ("delta", "gamma", "vega", "theta", "vanna", "vol_of_vol", *RATES):
        assert (choose(trade, HESTON, greek)[0] == "likelihood_ratio") == (greek in RATES), greek


def test_along_the_path_where_no_score_is_left():
    """Feller ratio 0.04, with time steps without variance: no density, and a difference is no better."""
    strong = gk.Heston(spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=0.5,
                       long_run_variance=0.04, vol_of_vol=1.0, correlation=-0.9)  # fmt: skip
    trade = on_steps(up_and_out(120.0), strong)
    assert strong.no_density("rho", trade.dates())
    assert choose(trade, strong, "rho")[0] == "pathwise"


@pytest.mark.parametrize("case", [name for name in LOST if name != "late window"])
def test_it_has_the_smaller_error_and_the_exact_value(case):
    """Of delta and rho at least 2 times; of vega and theta 1.25 times at most, in less time; |z| < 4.5."""
    trade, least = LOST[case], {"delta": 2.0, "rho": 2.0, "vega": 0.8, "theta": 0.8}
    exact = reference(trade, GBM)
    options: dict[str, Any] = {"greeks": list(least), "paths": 2**14, "seed": 3, "analytic": False}
    auto, along = gk.estimate(trade, GBM, **options), gk.estimate(trade, GBM, estimators="pathwise", **options)
    for greek, factor in least.items():
        own = auto[greek]
        assert own.status == "ok", own.reason
        assert abs(own.value - exact[greek]) < 4.5 * own.standard_error, greek
        assert along[greek].standard_error > factor * own.standard_error, greek


def test_under_heston_too_it_has_the_smaller_error():
    options: dict[str, Any] = {"greeks": ["rho"], "paths": 2**13, "seed": 3}
    own, along = (gk.estimate(LOST["call"], HESTON, estimators=name, **options)["rho"] for name in ("lr", "pw"))
    assert along.standard_error > 2.0 * own.standard_error
    assert abs(own.value - along.value) < 4.5 * math.hypot(own.standard_error, along.standard_error)
