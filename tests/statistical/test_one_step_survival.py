"""One-step survival and the first return: against backward quadrature, differences on the same random numbers, and others."""

from __future__ import annotations

from math import inf, sqrt

import pytest

import greeks as gk
from greeks.estimators import one_step_survival
from greeks.payoffs.forms import Piece, Survival
from greeks.spec import shifted
from tests.reference.quadrature import Market, Quadrature
from tests.reference.quadrature_contracts import barrier
from tests.survivor import Survivor

TIMES = tuple((i + 1) / 12 for i in range(12))
NONE, ENDLESS = (0.0,) * 12, (inf,) * 12
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
CALL, PUT = Piece(100.0, inf, 1.0, -100.0), Piece(0.0, 100.0, -1.0, 100.0)
UP = Survival(NONE, (120.0,) * 12, NONE, TIMES, (Piece(100.0, 120.0, 1.0, -100.0),))
DOWN = Survival((90.0,) * 12, ENDLESS, (3.0,) * 12, TIMES, (CALL,))
DOUBLE = Survival((80.0,) * 12, (130.0,) * 12, (2.0,) * 12, (1.0,) * 12, (Piece(100.0, 130.0, 1.0, -100.0),))
IN = Survival((90.0,) * 12, ENDLESS, NONE, TIMES, (Piece(90.0, 100.0, -1.0, 100.0),), (PUT,), -1.0)
COUPONS = Survival(
    (80.0,) * 12, (125.0,) * 12, (2.0,) * 12, (1.0,) * 12, (Piece(80.0, 100.0, 0.3, 0.0),),
    coupons=((Piece(95.0, inf, 0.0, 1.0),),) * 12, coupon_time=TIMES,
)  # fmt: skip
EXACT = {
    "up and out": (UP, barrier("call", 100.0, "up-and-out", 120.0, TIMES, 1.0)),
    "rebate at hit": (DOWN, barrier("call", 100.0, "down-and-out", 90.0, TIMES, 1.0, rebate=3.0, rebate_at="hit")),
    "double": (DOUBLE, barrier("call", 100.0, "double-out", (80.0, 130.0), TIMES, 1.0, rebate=2.0)),
    "in": (IN, barrier("put", 100.0, "down-and-in", 90.0, TIMES, 1.0)),
}
MILD = gk.Heston(
    spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip
VIOLATED = gk.Heston(
    spot=118.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04,
    vol_of_vol=1.0, correlation=-0.9,
)  # fmt: skip


def estimate(form, model, greeks, paths, estimator="one_step_survival", seed=3):
    trade = Survivor(form, TIMES, model.rate)
    return gk.estimate(trade, model, greeks=greeks, estimators=estimator, paths=paths, seed=seed)


def greeks_of(estimator):
    return GREEKS if estimator == "one_step_survival" else tuple(greek for greek in GREEKS if greek != "volga")


@pytest.mark.parametrize("estimator", ["one_step_survival", "first_return"])
@pytest.mark.parametrize("name", EXACT)
def test_every_greek_against_quadrature(name, estimator):
    """|z| < 4.5; power: an error of 3 % of the price, delta, gamma or vega is beyond 4.5 standard errors or near it."""
    form, dates = EXACT[name]
    exact = Quadrature(dates, Market(100.0, 0.05, 0.02, 0.25)).greeks()
    found = estimate(form, GBM, greeks_of(estimator), 2**18, estimator)
    for greek, _ in found:
        number = found[greek]
        assert number.status == "ok", (greek, number.reason)
        assert abs(number.value - exact[greek]) < 4.5 * number.standard_error, (greek, number, exact[greek])
    assert found["price"].standard_error < 0.005 * exact["price"]
    assert found["gamma"].standard_error < 0.02 * abs(exact["gamma"])
    assert found["vega"].standard_error < 0.015 * abs(exact["vega"])


@pytest.mark.parametrize("estimator", ["one_step_survival", "first_return"])
@pytest.mark.parametrize("form", [UP, DOWN, DOUBLE, IN, COUPONS], ids=["up", "down", "double", "in", "coupons"])
def test_derivatives_are_those_of_the_value_on_the_same_numbers(form, estimator):
    """Smooth but for dates that change places, so a difference on the same random numbers agrees to its small bias."""
    found = estimate(form, GBM, greeks_of(estimator), 2**12, estimator)
    steps = {"delta": ("spot", 1e-3), "vega": ("volatility", 1e-7), "rho": ("rate", 1e-7),
             "dividend_rho": ("dividend_yield", 1e-7)}  # fmt: skip

    def difference(greek, of):
        name, step = steps[greek]
        high, low = (
            estimate(form, shifted(GBM, name, move), (of,), 2**12, estimator)[of].value for move in (step, -step)
        )
        return (high - low) / (2.0 * step)

    for greek in steps:
        assert found[greek].value == pytest.approx(difference(greek, "price"), rel=1e-5, abs=1e-5)
    for greek, along, of in (("gamma", "delta", "delta"), ("vanna", "vega", "delta"), ("volga", "vega", "vega")):
        if greek in greeks_of(estimator):
            assert found[greek].value == pytest.approx(difference(along, of), rel=1e-5, abs=1e-5), greek


@pytest.mark.parametrize(("model", "form"), [(MILD, DOWN), (MILD, COUPONS), (VIOLATED, UP)], ids=["1", "2", "3"])
def test_heston_against_independent_estimators(model, form):
    own = estimate(form, model, ("price", "delta", "gamma", "dividend_rho", "vol_of_vol", "correlation"), 2**17)
    other = estimate(form, model, tuple(greek for greek, _ in own), 2**18, "finite_difference", 5)
    scores = estimate(form, model, ("delta", "gamma"), 2**18, "likelihood_ratio", 6)
    for greek, _ in own:
        if greek in ("delta", "gamma"):
            check(own[greek], scores[greek], greek)
        if greek != "gamma":  # the difference of a jump twice taken has a bias beyond its error
            check(own[greek], other[greek], greek)


def check(own, other, greek):
    spread = sqrt(own.standard_error**2 + other.standard_error**2)
    assert abs(own.value - other.value) < 4.5 * spread + 0.01 * abs(other.value), (greek, own, other)


def test_without_carriers_it_is_wrong(monkeypatch):
    """A return of no variance is a hidden jump: the check above sees the delta off by many errors."""
    scores = estimate(UP, VIOLATED, ("delta",), 2**18, "likelihood_ratio", 6)["delta"]
    monkeypatch.setattr(one_step_survival, "CARRIER", 0.0)
    plain = estimate(UP, VIOLATED, ("delta",), 2**17)["delta"]
    with pytest.raises(AssertionError):
        check(plain, scores, "delta")


def test_gamma_has_a_fifth_of_the_error_of_a_difference():
    own, other = estimate(UP, GBM, ("gamma",), 2**14), estimate(UP, GBM, ("gamma",), 2**14, "finite_difference")
    assert own["gamma"].standard_error < 0.2 * other["gamma"].standard_error


def test_what_cannot_be_given_names_what_can():
    found = estimate(UP, MILD, ("volga",), 2**10)["volga"]
    assert found.status == "na"
    assert "use finite_difference" in found.reason
    still = gk.GBM(spot=100.0, rate=0.05, volatility=0.0)
    assert estimate(UP, still, ("delta",), 2**10)["delta"].status == "na"
    european = gk.estimate(gk.European("call", strike=100.0, maturity=1.0), GBM, greeks=["delta"], estimators="oss")
    assert "use" in european["delta"].reason


def test_auto_takes_the_first_return_unless_it_is_short_or_of_random_variance():
    def taken(times, model):
        trade = Survivor(UP, times, model.rate)
        return gk.estimate(trade, model, greeks=["price", "gamma", "volga"], paths=2**10)

    found = taken(TIMES, GBM)
    assert [name for _, name in found] == ["first_return", "first_return", "one_step_survival"]
    found = taken((0.01, *TIMES[1:]), GBM)
    assert [name for _, name in found] == ["first_return", "one_step_survival", "one_step_survival"]
    assert "the first return, of 3.65 days, is short beside the mean of 30.4" in found["gamma"].reason
    assert {name for greek, name in taken(TIMES, MILD) if greek != "volga"} == {"one_step_survival"}


def test_a_knock_in_leaves_no_error_but_that_of_its_knock_out():
    """What is paid whatever happens is exact."""
    out = Survival(IN.lower, IN.upper, NONE, TIMES, IN.pieces)
    own, other = (estimate(form, GBM, ("price", "vega"), 2**12, "first_return") for form in (IN, out))
    for greek in ("price", "vega"):
        assert own[greek].standard_error == pytest.approx(other[greek].standard_error, rel=1e-9)
