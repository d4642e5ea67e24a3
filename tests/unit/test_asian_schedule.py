"""Fixing dates, past fixings and the last day: a schedule by dates is the one by years, and no fixing is dropped."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pandas as pd
import pytest

import greeks as gk

MODEL = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.01, volatility=0.2)
DATES = ["2026-04-18", "2026-05-18", "2026-06-18", "2026-07-18", "2026-12-18"]
BASE = {"strike": 100.0, "expiry": "2026-12-18", "as_of": "2026-06-01"}


def asian(**changes):
    return gk.Asian("call", **{**BASE, **changes})


def test_dates_are_years_and_values_are_sum_and_count():
    found = asian(fixing_dates=DATES, past_fixings=[99, 101])
    assert found.fixing_times == (17 / 365, 47 / 365, 200 / 365)
    assert (found.past_fixings_sum, found.past_fixings_count) == (200.0, 2)
    assert found == asian(fixing_dates=pd.DatetimeIndex(DATES), past_fixings=np.array([99, 101]))
    assert asian(fixing_times=np.array([0.1, 0.2])).fixing_times == (0.1, 0.2)
    assert found == gk.Asian(
        "call",
        strike=100,
        maturity=200 / 365,
        fixing_times=found.fixing_times,
        past_fixings_sum=200,
        past_fixings_count=2,
    )
    logs = asian(fixing_dates=DATES, past_fixings=[99, 101], averaging="geometric")
    assert logs.past_fixings_sum == pytest.approx(log(99) + log(101))
    assert asian(fixing_dates=DATES[2:], past_fixings=[99, 101]).fixing_times == found.fixing_times
    assert asian(fixing_dates=DATES[2:]).past_fixings_count == 0
    assert asian(fixing_dates=DATES, past_fixings_sum=200, past_fixings_count=2).fixing_times == found.fixing_times
    timed = asian(
        fixing_dates=["2026-06-01T16:00-04:00"], as_of="2026-06-01T10:00-04:00", expiry="2026-06-01T17:00-04:00"
    )
    assert timed.fixing_times == pytest.approx((6 / 24 / 365,))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"fixing_dates": DATES}, "2 of the fixing dates are past on 2026-06-01 (2026-04-18 to 2026-05-18) and no past fixings"),
        ({"fixing_dates": DATES, "past_fixings": [99]}, "and 1 past fixings are given"),
        ({"fixing_dates": DATES[::-1]}, "ascending order"), ({"fixing_dates": []}, "non-empty"),
        ({"fixing_dates": ["2026-12-19"]}, "is after the maturity"), ({"fixing_dates": "2026-12-18"}, "write a list of dates"),
        ({"fixing_dates": ["2026-12-18"], "expiry": "2026-12-18T16:00Z", "as_of": "2026-06-01T17:00Z"}, "with a time of day too"),
        ({"fixing_dates": 3}, "write a list of dates"), ({"fixing_dates": DATES[3:], "fixings": 2}, "exactly one of"),
        ({"fixing_dates": DATES[3:], "fixing_times": [0.1]}, "exactly one of"), ({}, "exactly one of"),
        ({"fixings": 2, "fixing_times": [0.1]}, "exactly one of"), ({"fixings": 0}, "exactly one of"),
        ({"fixings": 2, "past_fixings": [99], "past_fixings_count": 1}, "not both"),
        ({"fixings": 2, "past_fixings": [99, -1]}, "item 2 of the list"), ({"fixings": 2, "past_fixings": 99}, "list"),
        ({"fixing_dates": ["2026-12-1"]}, "fixing_dates: cannot read '2026-12-1'"),
        ({"maturity": 0.5, "expiry": None, "as_of": None, "fixing_dates": DATES[3:]}, "write as_of="),
        ({"fixing_dates": ["2026-06-01", "2026-12-18"]}, "the fixing of today, 2026-06-01, is still open: write it and as_of with times"),
        ({"fixing_dates": ["2026-06-01", "2026-12-18"], "past_fixings": [99]}, "may be among the 1 past fixings or not"),
        ({"fixing_dates": [*DATES[:2], "2026-06-01", "2026-12-18"], "past_fixings": [99, 98]}, "is still open"),
        ({"expiry": "2026-06-01", "fixings": 2, "past_fixings": [99]}, "at most one fixing is open"),
    ],
    ids=str,
)  # fmt: skip
def test_schedules_that_contradict_themselves(changes, words):
    with pytest.raises(gk.UsageError) as caught:
        asian(**changes)
    assert words in str(caught.value)


def test_a_fixing_of_today_that_is_known_is_past():
    found = asian(fixing_dates=[*DATES[:2], "2026-06-01", "2026-12-18"], past_fixings=[99, 98, 97])
    assert found.fixing_times == (200 / 365,)
    assert found.past_fixings_count == 3


@pytest.mark.parametrize("averaging", ["arithmetic", "geometric"])
@pytest.mark.parametrize("average_of", ["price", "strike"])
def test_the_last_day_keeps_its_open_fixing(averaging, average_of):
    """Eleven fixings at 90 and one still to come today, at 110: the twelfth is not dropped."""
    spot, past = 110.0, [90.0] * 11
    mean = (990 + spot) / 12 if averaging == "arithmetic" else exp((11 * log(90) + log(spot)) / 12)
    pays = mean - 80 if average_of == "price" else spot - mean
    terms = {"averaging": averaging, "average_of": average_of, "strike": 80 if average_of == "price" else None}
    dates = [f"2026-{month:02d}-01" for month in range(1, 12)]
    for schedule in (
        {"maturity": 0, "fixings": 1},
        {"expiry": "2026-12-01", "as_of": "2026-12-01", "fixing_dates": [*dates, "2026-12-01"]},
    ):
        trade = gk.Asian("call", **terms, **schedule, past_fixings=past)
        found = gk.estimate(trade, gk.GBM(spot=spot, volatility=0.2), greeks="price,delta")
        assert found["price"].value == pytest.approx(pays)
        assert found["delta"].status == "na"
        assert found["price"].status == ("ok" if "maturity" in schedule else "warn")
    known = gk.Asian("call", **terms, maturity=0, past_fixings=past)
    all_known = 10.0 if average_of == "price" else 20.0
    assert gk.estimate(known, gk.GBM(spot=spot, volatility=0.2), greeks="price")["price"].value == pytest.approx(
        all_known
    )


def test_all_fixings_known_and_payment_later():
    trade = gk.Asian("call", strike=100, maturity=0.02, past_fixings_sum=1215, past_fixings_count=12)
    found = gk.estimate(trade, gk.GBM(spot=100, rate=0.05, volatility=0.2), greeks="price,delta,gamma,vega,rho,theta")
    assert found["price"].value == pytest.approx(1.24875, abs=5e-6)
    assert [found[greek].value for greek in ("delta", "gamma", "vega")] == [0.0, 0.0, 0.0]
    assert found["rho"].value == pytest.approx(-0.02 * found["price"].value)
    assert found["theta"].value == pytest.approx(0.05 * found["price"].value)
    assert {found[greek].status for greek in ("price", "delta", "rho")} == {"ok"}
    assert (
        gk.estimate(trade, gk.GBM(spot=100, rate=0.05, volatility=0.2), greeks="price", estimators="lr")["price"].value
        == found["price"].value
    )
    same = gk.Asian(
        "call", strike=100, fixing_dates=DATES[:2], past_fixings=[100, 102.5], expiry="2026-06-18", as_of="2026-06-01"
    )
    assert same.settled(100.0) == 1.25


@pytest.mark.parametrize("averaging", ["arithmetic", "geometric"])
def test_an_average_strike_that_is_known_is_a_european(averaging):
    trade = gk.Asian("call", maturity=0.5, average_of="strike", averaging=averaging, past_fixings=[95.0, 95.0])
    plain = gk.European("call", strike=95, maturity=0.5)
    options = {"greeks": "price,delta,vega", "paths": 8192, "estimators": "lr,pw,fd"}
    mine, theirs = (gk.estimate(contract, MODEL, **options) for contract in (trade, plain))
    for key in theirs:
        assert mine[key].value == pytest.approx(theirs[key].value, rel=1e-9)
