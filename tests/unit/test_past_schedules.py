"""Schedules that are past in part or whole: what they leave open is asked for, and what is known is valued so."""

from __future__ import annotations

from math import exp

import pytest

import greeks as gk
from greeks.errors import UsageError

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
SWAP = {"strike_volatility": 0.2, "notional": 1000.0, "expiry": "2026-12-31", "as_of": "2026-06-30"}
WHOLE = ("2026-03-30", "2026-05-30", "2026-06-30", "2026-12-31")
PAST = (95.0, 103.0, 100.0)


@pytest.mark.parametrize("kind", [gk.VarianceSwap, gk.VolatilitySwap])
def test_past_fixings_without_their_dates_need_the_years_since_the_first(kind):
    """Their squared returns were counted over no time at all."""
    with pytest.raises(UsageError, match="needs the years to the first of them"):
        kind(fixing_dates=WHOLE[-1:], past_fixings=PAST, **SWAP)
    dated = kind(fixing_dates=WHOLE, past_fixings=PAST, **SWAP)
    stated = kind(fixing_dates=WHOLE[-1:], past_fixings=PAST, start=dated.start, **SWAP)
    assert stated == dated
    with pytest.raises(UsageError, match="says it: leave it blank"):
        kind(fixing_dates=WHOLE, past_fixings=PAST, start=-0.25, **SWAP)


@pytest.mark.parametrize("start", [0.0, -1e-9])
def test_two_past_fixings_at_one_time(start):
    with pytest.raises(UsageError, match="leaves no time between the 3 past fixings"):
        gk.VarianceSwap(strike_volatility=0.2, maturity=0.5, fixings=2, past_fixings=PAST, start=start)


@pytest.mark.parametrize(("last", "paid"), [(70.0, 70.0), (80.0, 100.0), (110.0, 100.0)])
def test_a_note_after_its_last_fixing_is_a_known_payment(last, paid):
    """A fixing at the maturity was made up."""
    note = gk.Autocallable(
        strike=100.0, autocall_barrier=105.0, coupon=0.05, coupon_barrier=95.0, memory=True, protection_barrier=80.0,
        expiry="2026-07-20", as_of="2026-06-30", fixing_dates=["2026-03-31", "2026-06-25"], past_fixings=[90.0, last],
    )  # fmt: skip
    found = gk.estimate(note, GBM, greeks="price,delta,rho", paths=64)
    assert found["price"].value == pytest.approx(paid * exp(-0.05 * note.maturity), rel=1e-12)
    assert found["price"].status == "ok" and found["delta"].value == 0.0
    with pytest.raises(UsageError, match="none where past_fixings holds every fixing"):
        gk.Autocallable(
            strike=100.0,
            autocall_barrier=105.0,
            coupon=0.05,
            coupon_barrier=95.0,
            protection_barrier=80.0,
            maturity=1.0,
        )


def test_a_greek_to_a_spot_that_nothing_depends_on_is_0():
    """A difference of rounding over a squared step of a small spot was 0.003 +- 0.0001."""
    low = gk.GBM(spot=0.00136, rate=0.0, dividend_yield=0.2, volatility=0.25)
    trade = gk.Cliquet(
        local_floor=-0.038, local_cap=0.169, global_floor=0.0, maturity=10.0, fixings=5, notional=224394.0
    )
    found = gk.estimate(trade, low, greeks="delta,gamma,vanna", paths=1024)
    for greek, name in found:
        number = found[greek, name]
        assert (number.value, number.standard_error, number.status, name) == (0.0, 0.0, "ok", "analytic"), greek


def test_a_note_is_held_to_the_rules_of_every_schedule():
    """Four fixings open on one day are three too many, and a past fixing of another size is doubted."""
    terms = {
        "strike": 100.0, "autocall_barrier": 105.0, "coupon": 0.05, "coupon_barrier": 95.0, "protection_barrier": 80.0,
    }  # fmt: skip
    with pytest.raises(UsageError, match="at most one fixing is open"):
        gk.Autocallable(**terms, maturity=0.0, fixings=4)
    note = gk.Autocallable(**terms, maturity=1.0, fixings=2, past_fixings=[9.8, 99.0])
    assert note.unlike(100.0) == ("the past fixing 9.8 is not within a factor of 5 of the spot, 100", False)
    assert note.scaled(0.01).unlike(1.0) == ("the past fixing 0.098 is not within a factor of 5 of the spot, 1", False)
