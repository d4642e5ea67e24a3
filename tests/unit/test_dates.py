"""An expiry may carry a time of day; what is ambiguous is refused with what to write, and hours unknown are a warning."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

import greeks as gk
from greeks.market.dates import moment, valuation, years_between

NEW_YORK = timezone(timedelta(hours=-5))
HOURS = 6.5 / 24 / 365


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-18", date(2026, 12, 18)), (" 2026-12-18 ", date(2026, 12, 18)),
        ("2026-12-18T16:00:00-05:00", datetime(2026, 12, 18, 16, tzinfo=NEW_YORK)),
        ("2026-12-18 16:00:00-05:00", datetime(2026, 12, 18, 16, tzinfo=NEW_YORK)),
        ("2026-12-18 16:00 -0500", datetime(2026, 12, 18, 16, tzinfo=NEW_YORK)),
        ("2026-12-18T21:00Z", datetime(2026, 12, 18, 21, tzinfo=UTC)),
        ("2026-12-18T00:00:00", datetime(2026, 12, 18)),
        (date(2026, 12, 18), date(2026, 12, 18)), (datetime(2026, 12, 18), date(2026, 12, 18)),
        (pd.Timestamp("2026-12-18"), date(2026, 12, 18)), (np.datetime64("2026-12-18"), date(2026, 12, 18)),
    ],
    ids=str,
)  # fmt: skip
def test_forms_of_a_date(value, expected):
    found = moment(value)
    assert found == expected
    assert isinstance(found, datetime) == isinstance(expected, datetime)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("07/18/2025", "write 2025-07-18"), ("18.07.2025", "write 2025-07-18"), ("2025/7/18", "write 2025-07-18"),
        ("20250718", "write 2025-07-18"), ("07/08/2025", "write 2025-07-08 or 2025-08-07, whichever is meant"), ("2025-02-30", "not a day of the calendar"),
        ("2025-02-03T25:00", "time of the day"), ("soon", "write YYYY-MM-DD"), ("", "write YYYY-MM-DD"),
        ("2025-07-18T16:00 EST", "write YYYY-MM-DD"), (20250718, "no date"), (20250718.0, "no date"), (True, "no date"),
        (None, "no date"), ([2025], "no date"), (pd.NaT, "date"), (np.datetime64("NaT"), "date"), ("x\x1b[2J", "'x\\x1b"),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_date_says_what_to_write(value, words):
    with pytest.raises(gk.UsageError) as caught:
        moment(value)
    assert words in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_as_of_may_be_today_when_that_is_written():
    assert valuation("today") == date.today()
    assert valuation(None) is None
    for wrong in (20260618, 1.5, ["2026-06-18"], "tomorrow"):
        with pytest.raises(gk.UsageError, match="^as_of: "):
            gk.read_portfolio(io.StringIO("x"), market=io.StringIO("y"), as_of=wrong)


def test_time_passes_across_zones():
    as_of, day = moment("2026-12-18T09:30:00-05:00"), moment("2026-12-18T21:00:00Z")
    assert years_between(as_of, day) == pytest.approx(HOURS)
    assert years_between(as_of, date(2026, 12, 20)) == 2 / 365  # a date alone counts whole days


@pytest.mark.parametrize(
    ("as_of", "expiry", "words"),
    [
        ("2026-12-18T09:30", "2026-12-18T16:00-05:00", "as_of 2026-12-18T09:30:00 has no time zone"),
        ("2026-12-18T09:30Z", "2026-12-18T16:00", "expiry 2026-12-18T16:00:00 has no time zone"),
        ("2026-12-18", "2026-12-18T16:00-05:00", "write as_of with a time too, such as 2026-12-18T09:30:00-05:00"),
        ("2026-12-18T17:00-05:00", "2026-12-18T16:00-05:00", "before the valuation date"),
        ("2026-12-18T16:00Z", "2026-12-18T16:00:00.1Z", "out of range"),
        ("2026-12-18", "2026-12-17", "before the valuation date"), ("2026-12-18", "2227-12-17", "more than 100 years"),
    ],
)  # fmt: skip
def test_times_that_cannot_be_compared(as_of, expiry, words):
    with pytest.raises(gk.UsageError, match="European: ") as caught:
        gk.European("call", strike=100, expiry=expiry, as_of=as_of)
    assert words in str(caught.value)


def test_an_expiry_is_a_maturity_in_python_as_in_the_file():
    assert gk.European("call", strike=100, expiry="2026-12-18", as_of="2026-06-18").maturity == 183 / 365
    assert (
        gk.Digital("put", strike=1, expiry=date(2026, 12, 18), as_of=pd.Timestamp("2026-06-18")).maturity == 183 / 365
    )
    assert gk.Custom(len, times=[0.1], expiry="2027-06-18", as_of="2026-06-18").maturity == 1.0
    for keywords, words in (
        ({}, "exactly one of maturity"), ({"maturity": 1, "expiry": "2026-12-18", "as_of": "2026-06-18"}, "exactly one"),
        ({"expiry": "2026-12-18"}, "write as_of="), ({"maturity": 1, "as_of": "2026-06-18"}, "leave it out"),
        ({"expiry": 20261218, "as_of": "2026-06-18"}, "expiry: 20261218 is no date"), ({"maturity": None}, "write a number"),
        ({"expiry": "2026-12-18", "as_of": 20260618}, "as_of: 20260618 is no date"),
    ):  # fmt: skip
        with pytest.raises(gk.UsageError) as caught:
            gk.European("call", strike=100, **keywords)
        assert words in str(caught.value)


MARKET = "underlying,spot,rate,volatility\nX,100,0.05,0.2\n"


def book(rows, as_of, market=MARKET, header="trade_id,underlying,product,option_type,strike,expiry"):
    return gk.read_portfolio(io.StringIO(f"{header}\n{rows}"), market=io.StringIO(market), as_of=as_of)


def test_hours_left_have_a_value_and_a_date_alone_a_warning():
    timed = book("A,X,european,call,100,2026-12-18T16:00:00-05:00\n", "2026-12-18 09:30-05:00")
    assert timed.as_of == "2026-12-18T09:30:00-05:00"
    found = gk.run(timed, greeks="price,delta").trades
    assert found.value[0] == pytest.approx(0.2192, abs=5e-5)
    assert set(found.status) == {"ok"}
    alone = gk.run(book("A,X,european,call,90,2026-12-18\n", "2026-12-18"), greeks="price,delta")
    assert alone.trades.value[0] == 10.0
    assert list(alone.trades.status) == ["warn", "na"]
    assert all("write expiry and as_of with times" in reason for reason in alone.trades.reason)
    assert set(alone.net.status) == {"warn", "na"}
    trade = gk.European("call", strike=90, expiry="2026-12-18", as_of="2026-12-18")
    assert gk.estimate(trade, gk.GBM(spot=100, volatility=0.2), greeks="price")["price"].status == "warn"
    exact = gk.European("call", strike=90, maturity=0.0)
    assert gk.estimate(exact, gk.GBM(spot=100, volatility=0.2), greeks="price")["price"].status == "ok"
