"""Functions with several payment dates that may stop: the contracts of this package written so have the same numbers."""

from __future__ import annotations

from math import exp, hypot

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.errors import UsageError

GBM = MODELS["gbm"]
PLAIN, MEMORY = PAYOFFS["autocallable"]
OPTIONS = {"greeks": "all", "steps_per_year": 8}


def as_function(note):
    """An autocallable as a function of the spots so far, which counts the coupons missed itself."""
    dates, last = note.dates(), len(note.dates())
    strike, called, coupon_level = note.strike, note.autocall_barrier, note.coupon_barrier
    protection, coupon, notional = note.protection_barrier, note.coupon, note.notional
    memory, remembered = note.memory, note.remembered

    def pays(s):
        missed = remembered
        for spot in s[:-1]:
            missed = 0 if spot >= coupon_level else missed + 1
        paid = coupon * notional * (1 + (missed if memory else 0)) if s[-1] >= coupon_level else 0.0
        if len(s) == last:
            return paid + (notional if s[-1] >= protection else notional * s[-1] / strike)
        return paid + (notional if s[-1] >= called else 0.0)

    return gk.Custom(
        pays, times=dates, maturity=note.maturity, payment_times=dates, stopping=lambda s: s[-1] >= called
    )  # fmt: skip


@pytest.mark.parametrize("note", [PLAIN, MEMORY], ids=["plain", "memory"])
@pytest.mark.parametrize("kind", MODELS)
def test_an_autocallable_on_the_same_paths_path_by_path(kind, note):
    """Every Greek by the estimators that both have: the payments are the same, and so is what weighs them."""
    names = ("likelihood_ratio", "additive", "finite_difference")
    mine, theirs = (
        gk.estimate(each, MODELS[kind], estimators=names, paths=4096, seed=3, **OPTIONS)
        for each in (as_function(note), note)
    )
    compared = 0
    for greek, name in theirs:
        one, other = mine[greek, name], theirs[greek, name]
        if name == "finite_difference" and greek not in ("price", "delta", "rho"):
            continue  # the step of what is not known to jump differs
        if other.status != "na":
            assert one.value == pytest.approx(other.value, rel=1e-9, abs=1e-9), (greek, name)
            assert one.standard_error == pytest.approx(other.standard_error, rel=1e-9), (greek, name)
            compared += 1
    assert compared >= 19


@pytest.mark.parametrize("note", [PLAIN, MEMORY], ids=["plain", "memory"])
def test_an_autocallable_by_an_independent_estimator(note):
    """|z| < 4.5 beside one-step survival on other paths; 2 % of the price and 40 % of vega would be seen."""
    mine = gk.estimate(as_function(note), GBM, greeks="all", estimators="additive", paths=2**16, seed=8)
    right = gk.estimate(note, GBM, greeks="all", estimators="one_step_survival", paths=2**14, seed=9)
    for greek, _ in mine:
        own, other = mine[greek], right[greek]
        spread = hypot(own.standard_error, other.standard_error)
        assert own.status != "na" and abs(own.value - other.value) < 4.5 * spread, (greek, own, other)
        assert 4.5 * spread < {"price": 0.02, "vega": 0.4}.get(greek, np.inf) * abs(other.value), greek


@pytest.mark.parametrize("kind", MODELS)
def test_payments_with_a_gradient_are_a_sum_of_options(kind):
    """Two calls that pay 0.1 years late, at two dates: every pathwise Greek is that of the sum, carried."""
    model, dates, late = MODELS[kind], (0.5, 1.0), 0.1

    def slope(s):
        out = np.zeros(s.size)
        out[-1] = 1.0 if s[-1] > 100.0 else 0.0
        return out

    strip = gk.Custom(
        lambda s: max(s[-1] - 100.0, 0.0), times=dates, maturity=1.2, payment_times=[0.6, 1.1], gradient=slope
    )
    names = "pathwise", "likelihood_ratio", "additive"
    found = gk.estimate(strip, model, estimators=names, paths=2**15, seed=5, **OPTIONS)
    right, late_discount = {}, exp(-model.rate * late)
    for date in dates:
        call = gk.estimate(gk.European("call", strike=100.0, maturity=date), model, greeks="all")
        for greek, _ in call:
            own = late_discount * (call[greek].value - (greek == "rho") * late * call["price"].value)
            right[greek] = right.get(greek, 0.0) + own
    compared = 0
    for greek, name in found:
        own = found[greek, name]
        if own.status == "na":
            continue
        grid = 0.01 * abs(right[greek]) if kind == "heston" else 0.0
        assert abs(own.value - right[greek]) < 4.5 * own.standard_error + grid, (greek, name, own, right[greek])
        compared += 1
    assert compared >= 20
    assert 4.5 * found["rho", "pathwise"].standard_error < 0.05 * abs(right["rho"])


def test_a_knock_out_is_one_payment_that_is_stopped():
    """No payment dates: one payment at the maturity, of the paths that no earlier date stopped."""
    dates = (0.25, 0.5, 0.75, 1.0)
    out = gk.Barrier(
        "call", strike=100.0, maturity=1.0, barrier_type="down-and-out", barrier=85.0, monitoring="discrete", fixings=4
    )
    mine = gk.Custom(
        lambda s: max(s[-1] - 100.0, 0.0), times=dates, maturity=1.0, stopping=lambda s: s[-1] <= 85.0
    )  # fmt: skip
    ours, theirs = (
        gk.estimate(each, GBM, estimators="likelihood_ratio", paths=4096, greeks="all") for each in (mine, out)
    )
    for key in theirs:
        assert ours[key].value == pytest.approx(theirs[key].value, rel=1e-9), key
    assert ours["price"].value < gk.estimate(gk.European("call", strike=100.0, maturity=1.0), GBM)["price"].value - 0.1


def test_what_happens_after_the_end_is_never_asked():
    """The function is not called with spots after the end, where it would fail; nor is what stops asked again."""
    custom = gk.Custom(
        lambda s: 1.0 if len(s) == 1 else np.nan,
        times=[0.5, 1.0], maturity=1.0, payment_times=[0.5, 1.0], stopping=lambda s: s[0] > 0.0,
    )  # fmt: skip
    for threads in (1, 2):
        found = gk.estimate(custom, GBM, greeks="price", estimators="additive", paths=2048, threads=threads)
        assert found["price"].value == pytest.approx(exp(-0.025), rel=1e-12)


def test_a_function_may_change_its_array():
    """It has an array of its own at each payment."""

    def sorts(s):
        s.sort()
        return s[0]

    def ends(s):
        s[:] = 0.0
        return False

    options = {"times": [0.3, 0.6, 1.0], "maturity": 1.0, "payment_times": [0.6, 1.0]}
    one, other = (
        gk.estimate(custom, GBM, greeks="price", paths=512)["price"]
        for custom in (gk.Custom(sorts, stopping=ends, **options), gk.Custom(lambda s: s.min(), **options))
    )
    assert one == other


def custom(**changed):
    given = {"function": lambda s: s[-1], "times": [0.5, 1.0], "maturity": 1.0, "payment_times": [0.5, 1.0]}
    return gk.Custom(**{**given, **changed})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"payment_times": []}, "ascending"),
        ({"payment_times": [1.0, 0.5]}, "ascending"),
        ({"payment_times": [0.5, 0.5]}, "ascending"),
        ({"payment_times": [0.5, 1.5]}, "write maturity=1.5"),
        ({"payment_times": [0.2, 1.0]}, "no spot is known yet"),
        ({"payment_times": [0.5, 0.7, 1.0]}, "see the same spots"),
        ({"payment_times": [0.9]}, "no payment follows the date 1"),
        ({"payment_times": [0.5, np.nan]}, "payment_times"),
        ({"payment_times": [-0.5, 1.0]}, "payment_times"),
        ({"payment_times": 0.5}, "payment_times"),
        ({"payment_times": [0.5, np.inf]}, "payment_times"),
        ({"stopping": 3}, "stopping"),
        ({"stopping": lambda s: True, "gradient": lambda s: s}, "leave the gradient out"),
        ({"stopping": lambda s: True, "times": [1.0], "payment_times": None}, "there is one: leave it out"),
    ],
)
def test_dates_that_do_not_fit_are_refused_with_what_to_write(changed, words):
    with pytest.raises(UsageError, match=words):
        custom(**changed)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"stopping": lambda s: 1.0}, "the stopping function <lambda> returns float64: let it return True or False"),
        ({"stopping": lambda s: s > 1.0}, "returns array"),
        ({"stopping": lambda s: None}, "returns none"),
        (
            {"stopping": lambda s: s[1] > 1.0},
            "reads index 1 of the spots, out of range: there are 1 dates up to then, of 2",
        ),
        ({"function": lambda s: s[1]}, "the payoff function <lambda> reads index 1 of the spots, out of range"),
        ({"stopping": lambda s: 1 // (len(s) - 1) > 0}, "the stopping function <lambda> raised ZeroDivisionError"),
        ({"gradient": lambda s: np.ones(2)}, "the gradient <lambda> raised ValueError: it must return one number"),
        ({"gradient": lambda s: 2.0 * np.ones(s.size)}, "is not that of the payment"),
    ],
)
def test_functions_that_fail_have_one_message(changed, words):
    with pytest.raises(UsageError) as caught:
        gk.estimate(custom(**changed), GBM, greeks="delta", estimators="pathwise,likelihood_ratio", paths=64, threads=1)
    assert words in str(caught.value)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_payments_that_are_not_finite_make_no_number(bad):
    spoilt = custom(function=lambda s: bad if s[-1] > 130.0 else 1.0)
    found = gk.estimate(spoilt, GBM, greeks="price,delta", estimators="additive,likelihood_ratio", paths=2048)
    for key in found:
        assert found[key].status == "na"
        assert "not finite" in found[key].reason or "nan or infinite" in found[key].reason
