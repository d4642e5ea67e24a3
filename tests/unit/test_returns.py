"""Contracts on returns between fixings, and accruals: terms, dates, what is past, and what today's spot does."""

from __future__ import annotations

from math import exp, log

import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.errors import UsageError

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
SWAP = {"strike_volatility": 0.2, "notional": 1000.0}


def swap(**terms):
    return gk.VarianceSwap(**{**SWAP, **terms})


def test_dates_say_what_years_say():
    """Past dates are those of the past fixings, and the first of them is the start."""
    dated = swap(
        expiry="2026-07-02", as_of="2026-01-01", past_fixings=(98.0, 101.0),
        fixing_dates=["2025-10-02", "2025-12-01", "2026-03-02", "2026-07-01"],
    )  # fmt: skip
    plain = swap(maturity=182 / 365, fixing_times=(60 / 365, 181 / 365), past_fixings=(98.0, 101.0), start=-91 / 365)
    assert dated == plain
    done = swap(
        expiry="2026-01-03", as_of="2026-01-01", past_fixings=(98.0, 101.0, 99.0),
        fixing_dates=["2025-10-02", "2025-12-01", "2025-12-31"],
    )  # fmt: skip
    squares = log(101 / 98) ** 2 + log(99 / 101) ** 2
    assert done.settled(120.0) == pytest.approx(1000.0 * (squares * 365 / 90 - 0.04))


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"maturity": 1.0, "fixings": 4, "past_fixings": (99.0,)}, "start.*needs the years to the first"),
        ({"maturity": 1.0, "fixings": 4, "start": -0.5}, "start.*today's spot is the first fixing"),
        ({"maturity": 1.0, "fixings": 4, "cap": 0.2}, "cap.*not above strike_volatility 0.2"),
        ({"maturity": 1.0, "fixings": 4, "fixing_times": (0.5,)}, "exactly one of fixings"),
        ({"maturity": 1.0}, "none where past_fixings holds every fixing"),
        ({"maturity": 0.0, "fixings": 1}, "a return needs two fixings"),
        ({"maturity": 1.0, "past_fixings": (99.0,), "start": -0.5}, "a return needs two fixings"),
        ({"maturity": 1.0, "fixings": 4, "strike_volatility": 20.0}, "write 0.20"),
        ({"maturity": 0.9, "fixing_times": (0.5, 1.0)}, "after the maturity"),
    ],
)
def test_terms_that_make_no_swap(terms, message):
    with pytest.raises(UsageError, match=message):
        swap(**terms)


def test_levels_that_make_no_contract():
    schedule = {"maturity": 1.0, "fixings": 4}
    for terms, message in (
        ({"local_cap": 5.0}, "local_cap.*write 0.05 for 5 %"),
        ({"global_floor": 8.0}, "global_floor.*write 0.08 for 8 %"),
        ({"local_floor": 0.05, "local_cap": 0.02}, "local_floor.*not below local_cap 0.02"),
    ):
        with pytest.raises(UsageError, match=message):
            gk.Cliquet(**terms, **schedule)
    for terms, message in (({}, "give lower, upper or both"), ({"lower": 110.0, "upper": 90.0}, "not below upper 90")):
        with pytest.raises(UsageError, match=message):
            gk.RangeAccrual(**terms, **schedule)


def test_the_last_day():
    """An open fixing of today is today's spot."""
    today = {"maturity": 0.0, "fixings": 1}
    vol = gk.VolatilitySwap(**SWAP, past_fixings=(98.0, 101.0), start=-0.5, **today)
    assert vol.settled(103.0) == pytest.approx(1000.0 * ((2 * (log(101 / 98) ** 2 + log(103 / 101) ** 2)) ** 0.5 - 0.2))
    cliquet = gk.Cliquet(local_cap=0.02, global_floor=0.0, notional=50.0, past_fixings=(98.0, 101.0), **today)
    assert cliquet.settled(100.0) == pytest.approx(50.0 * (0.02 + 100 / 101 - 1))
    accrual = gk.RangeAccrual(lower=95.0, upper=105.0, notional=90.0, past_fixings=(94.0, 95.0), **today)
    assert accrual.settled(100.0) == 30.0
    assert accrual.settled(105.0) == 0.0  # a fixing on a level does not count


def test_a_past_that_ends_today_has_the_price_of_no_past():
    """With today's spot fixed the same is paid, but a later spot moves the first return."""
    fresh = swap(maturity=1.0, fixings=4)
    fixed = swap(maturity=1.0, fixings=4, past_fixings=(100.0,), start=0.0)
    options = {"greeks": "price,delta,vega", "estimators": "pathwise", "paths": 2**12, "seed": 3}
    one, other = (gk.estimate(trade, GBM, **options) for trade in (fresh, fixed))
    for greek in ("price", "vega"):
        assert one[greek].value == pytest.approx(other[greek].value, rel=1e-12)
    assert abs(one["delta"].value) < 1e-12
    right = reference(fixed, GBM)["delta"]
    assert right == pytest.approx(exp(-0.05) * 2000.0 * (0.03 - 0.5 * 0.0625) * 0.25 / 100.0)
    assert abs(other["delta"].value - right) < 4.5 * other["delta"].standard_error


def test_a_change_of_currency_changes_nothing_but_the_amount():
    model = gk.GBM(spot=1.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
    for trade in (
        swap(maturity=1.0, fixings=3, past_fixings=(97.0, 102.0), start=-0.3, cap=0.4),
        gk.VolatilitySwap(**SWAP, maturity=1.0, fixings=3),
        gk.Cliquet(local_cap=0.1, global_floor=-0.05, notional=100.0, maturity=1.0, fixings=3, past_fixings=(99.0,)),
        gk.RangeAccrual(lower=90.0, notional=100.0, maturity=1.0, fixings=3, past_fixings=(99.0, 80.0)),
    ):
        options = {"greeks": "price", "estimators": "likelihood_ratio", "paths": 256}
        one, other = gk.estimate(trade, GBM, **options), gk.estimate(trade.scaled(0.01), model, **options)
        assert other["price"].value == pytest.approx(0.01 * one["price"].value, rel=1e-9)


def test_each_fixing_of_an_accrual_is_weighted_by_its_own_score():
    """The error of vega and delta is a small part of that by the score of the path, and auto takes it."""
    accrual = gk.RangeAccrual(lower=90.0, upper=110.0, notional=100.0, maturity=1.0, fixings=52)
    found = gk.estimate(accrual, GBM, greeks="delta,vega", estimators="additive,likelihood_ratio", paths=2**14)
    for greek, part in (("delta", 0.25), ("vega", 0.1)):
        own = found[greek, "additive"]
        assert abs(own.value - reference(accrual, GBM)[greek]) < 4.5 * own.standard_error
        assert own.standard_error < part * found[greek, "likelihood_ratio"].standard_error
    taken = gk.estimate(accrual, GBM, greeks="delta,gamma,vega,rho", paths=1024, analytic=False)
    assert {name for _, name in taken} == {"additive"}


def test_a_fixing_far_from_the_spot_is_doubted():
    assert "past fixing 9.9" in swap(maturity=1.0, fixings=3, past_fixings=(9.9, 99.0), start=-0.3).unlike(100.0)[0]
