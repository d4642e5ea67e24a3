"""What is probably a slip is told, and what must be one is refused, alike by files and in Python."""

from __future__ import annotations

import io
from math import log

import pytest

import greeks as gk

HEADER = "trade_id,underlying,product,option_type,strike,maturity"
FLAT = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)


def read(rows, market, header=HEADER):
    return gk.read_portfolio(
        io.StringIO(f"{header}\n{rows}"), market=io.StringIO(f"underlying,spot,rate,volatility\n{market}")
    )


def test_long_maturities_high_rates_and_no_volatility_are_noted_once_each():
    rows = (
        "".join(f"T{i},X,european,call,100,45\n" for i in range(5)) + "A,Y,european,put,100,30\nB,Z,european,put,1,1\n"
    )
    book = read(rows, "X,100,0.6,0.2\nY,100,0.5,0.2\nZ,100,0,0\n")
    slips = [
        note for note in book.notes if " is above 30" in note or "0.6" in note or "volatility is exactly 0" in note
    ]
    assert len(slips) == 3
    assert "trades T0, T1, T2 and 2 more: a maturity of 45 years" in slips[0] and "0.1233 years" in slips[0]
    assert "underlying X: a rate of 0.6 is 60% a year" in slips[1] and "0.006 as a decimal" in slips[1]
    assert "underlying Z: the volatility is exactly 0, which is missing data" in slips[2]
    assert not any("Y" in note.split(":")[0] for note in slips)


def test_a_doubtful_contract_has_doubtful_numbers():
    found = gk.estimate(gk.European("call", strike=100, maturity=45), FLAT, greeks="price,delta")
    assert {found[greek].status for greek in ("price", "delta")} == {"warn"}
    assert "is it in days" in found["price"].reason
    for days, day in ((20270718, "2027-07-18"), (46221, "2026-07-18")):
        with pytest.raises(gk.UsageError, match=f"{days} is the date {day}, .* write it as expiry"):
            gk.European("call", strike=100, maturity=days)
    assert found.notes and "45 years" in found.notes[0]
    assert gk.estimate(gk.European("call", strike=100, maturity=30), FLAT, greeks="price")["price"].status == "ok"
    high = gk.GBM(spot=100, rate=0.05, dividend_yield=0.6, volatility=0.2)
    assert "per cent" in gk.estimate(gk.European("call", strike=100, maturity=1), high, greeks="price")["price"].reason
    out = gk.run(read("A,X,european,call,100,45\n", "X,100,0.05,0.2\n"), greeks="price")
    assert set(out.trades.status) == set(out.net.status) == {"warn"}


GEOMETRIC = {"averaging": "geometric", "strike": 100, "maturity": 0.25, "fixings": 3, "past_fixings_count": 9}


@pytest.mark.parametrize(
    ("contract", "words"),
    [
        ({**GEOMETRIC, "past_fixings_sum": 912.5}, "the sum of the logarithms, about 41.57"),
        ({**GEOMETRIC, "averaging": "arithmetic", "past_fixings_sum": 41.5}, "the sum of the spots, about 905"),
    ],
)
def test_spots_for_logarithms_are_refused_with_the_sum_to_write(contract, words):
    trade = gk.Asian("call", **contract)
    with pytest.raises(gk.UsageError) as caught:
        gk.estimate(trade, FLAT, greeks="price")
    assert words in str(caught.value) and "past_fixings" in str(caught.value)
    header = f"{HEADER},averaging,fixings,past_fixings_sum,past_fixings_count"
    row = f"A,X,asian,call,100,0.25,{contract['averaging']},3,{contract['past_fixings_sum']},9\n"
    with pytest.raises(gk.PortfolioError, match="trade A: column past_fixings_sum: the mean") as caught:
        read(row, "X,100,0.05,0.2\n", header)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "past",
    [{"past_fixings_sum": 1e300, "past_fixings_count": 3}, {"past_fixings_sum": 1e14, "past_fixings_count": 10**30}],
)
@pytest.mark.parametrize("averaging", ["arithmetic", "geometric"])
def test_a_mean_that_is_no_price_is_refused(past, averaging):
    trade = gk.Asian("call", strike=100, maturity=0.25, fixings=1, averaging=averaging, **past)
    if averaging == "geometric" and past["past_fixings_count"] > 3:
        assert gk.estimate(trade, FLAT, greeks="price", paths=1024)["price"].status == "warn"  # a mean of 1
        return
    with pytest.raises(gk.UsageError, match="no spot is of that size"):
        gk.estimate(trade, FLAT, greeks="price")


def test_the_sum_that_the_message_names_is_right():
    """912.5 over nine fixings of one spot: the geometric sum is nine logarithms, and the values may be given."""
    logs = gk.Asian("call", **{**GEOMETRIC, "past_fixings_sum": 9 * log(912.5 / 9)})
    del (values := dict(GEOMETRIC))["past_fixings_count"]
    listed = gk.Asian("call", **values, past_fixings=[912.5 / 9] * 9)
    price = [gk.estimate(trade, FLAT, greeks="price")["price"] for trade in (logs, listed)]
    assert price[0].value == pytest.approx(price[1].value, rel=1e-12)
    assert [found.status for found in price] == ["ok", "ok"]


def test_other_means_far_from_the_spot_are_a_warning():
    mean = gk.Asian("call", strike=100, maturity=0.25, fixings=3, past_fixings_sum=101.0, past_fixings_count=9)
    found = gk.estimate(mean, FLAT, greeks="price", paths=1024)["price"]
    assert found.status == "warn" and "if 101 is their mean, the sum is 909" in found.reason
    crashed = gk.Asian("call", strike=100, maturity=0.25, fixings=3, past_fixings=[90.0, 95.0])
    low = gk.GBM(spot=10, volatility=0.5)
    assert "check them" in gk.estimate(crashed, low, greeks="price", paths=1024)["price"].reason
    book = read(
        "A,X,asian,call,100,0.25,3,101,9\n", "X,100,0.05,0.2\n", f"{HEADER},fixings,past_fixings_sum,past_fixings_count"
    )
    assert any("trade A: the mean of the past fixings is 11.2222" in note for note in book.notes)
