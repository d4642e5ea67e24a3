"""Totals by currency, and in a reporting currency at given rates."""

from __future__ import annotations

import io
from math import hypot

import pandas as pd
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import PortfolioError, UsageError

CALL = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
MODEL = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
CODES = {"US": "USD", "EU": "EUR", "JP": "JPY", "U2": "USD"}
RATES = {"EUR": 1.25, "JPY": 0.01}
OPTIONS = {"greeks": "price,delta", "paths": 4096, "threads": 1}


def book(codes=CODES, names=("US", "EU", "JP", "U2")):
    trades = [Trade(f"T{name}", name, CALL, quantity=2.0, labels={"desk": "x"}) for name in names]
    return Book(tuple(trades), dict.fromkeys(names, MODEL), ("desk",), currencies=codes)


def prices(net, level="book"):
    return net[(net.level == level) & (net.greek == "price")].set_index("currency")


@pytest.fixture(scope="module")
def plain():
    return gk.run(book(), group_by="desk", **OPTIONS)


def test_without_rates_one_total_a_currency(plain):
    own = plain.trades[plain.trades.greek == "price"].set_index("underlying").position_value
    for level in ("book", "group"):
        found = prices(plain.net, level)
        assert list(found.index) == ["USD", "EUR", "JPY"]
        assert found.trades.tolist() == [2, 1, 1]
        assert found.value["USD"] == pytest.approx(own["US"] + own["U2"])
        assert found.value["EUR"] == pytest.approx(own["EU"])
    assert plain.notes == ("amounts in USD, EUR, JPY are not added: --fx FILE and --currency CODE give one total",)


def test_in_a_reporting_currency_values_and_variances_are_scaled(plain):
    found = gk.run(book(), fx=RATES, currency="USD", group_by="desk", **OPTIONS)
    own = plain.trades[plain.trades.greek == "price"].set_index("underlying")
    for level in ("book", "group"):
        total = prices(found.net, level)
        assert list(total.index) == ["USD"] and total.trades["USD"] == 4
        rates = {"US": 1.0, "EU": 1.25, "JP": 0.01, "U2": 1.0}
        assert total.value["USD"] == pytest.approx(sum(r * own.position_value[n] for n, r in rates.items()))
        error = hypot(*(r * own.position_standard_error[n] for n, r in rates.items()))
        assert total.standard_error["USD"] == pytest.approx(error)
        assert total.status["USD"] == "ok"
    assert prices(found.net, "underlying").equals(prices(plain.net, "underlying"))
    assert "rates of EUR, JPY as given: they are parameters" in found.notes[0]
    assert found.manifest["settings"]["currency"] == "USD"
    assert dict(found.manifest["settings"]["rates"]) == {"USD": 1.0, **RATES}


def test_the_total_covers_its_value():
    """95 % intervals of a converted total, over seeds, against a price known by many paths."""
    exact = gk.estimate(CALL, MODEL, greeks="price", paths=2**20)["price"].value * 2.0 * (2.0 + 1.25 + 0.01)
    inside = 0
    for seed in range(200):
        total = prices(gk.run(book(), fx=RATES, currency="USD", greeks="price", paths=1024, threads=1, seed=seed).net)
        inside += total.ci_low["USD"] <= exact <= total.ci_high["USD"]
    assert 181 <= inside <= 199  # 95 % of 200, 3 deviations


def test_exact_parts_and_bounds_are_converted_too():
    far = gk.European("call", strike=400.0, maturity=0.25)
    held = Book((Trade("a", "EU", far), Trade("b", "EU", gk.European("put", strike=100.0, maturity=0.0))), {"EU": MODEL},
                currencies={"EU": "EUR"})  # fmt: skip
    one, other = (
        gk.run(held, greeks="vega,price", paths=4096, analytic=False, **rates).net.set_index(["level", "greek"])
        for rates in ({}, {"fx": {**RATES, "USD": 1}, "currency": "USD"})
    )
    for column in ("value", "standard_error", "ci_low", "ci_high"):
        for greek in ("vega", "price"):
            assert other[column]["book", greek] == pytest.approx(1.25 * one[column]["book", greek])
    model = gk.GBM(spot=100, rate=0.03, volatility=0.2)
    trade = Trade("a", "EU", gk.European("call", strike=100.0, maturity=1.0))
    exact = gk.run(
        Book((trade,), {"EU": model}, currencies={"EU": "EUR"}), fx={**RATES, "USD": 1}, currency="USD", greeks="price"
    )
    assert prices(exact.net).value["USD"] == pytest.approx(1.25 * exact.trades.value[0])


def test_underlyings_without_a_currency():
    none = gk.run(book({}), **OPTIONS)
    assert prices(none.net).trades.to_dict() == {"": 4}
    assert none.notes[0].startswith("no currency is stated: amounts of all underlyings are added as if of one")
    assert gk.run(book({}, ("US",)), **OPTIONS).notes == ()
    some = gk.run(book({"US": "USD"}), **OPTIONS)
    assert prices(some.net).trades.to_dict() == {"USD": 1, "": 3}
    assert "no currency is stated for EU, JP, U2: their amounts have a total of their own" in some.notes[0]
    with pytest.raises(UsageError, match="no currency is stated for EU, JP, U2: fill the column currency"):
        gk.run(book({"US": "USD"}), fx=RATES, currency="USD", **OPTIONS)


@pytest.mark.parametrize("make", [dict, pd.Series, lambda r: pd.DataFrame({"Currency": list(r), "rate": list(r.values())}),
                                  lambda r: io.StringIO("currency,rate\n" + "".join(f"{c},{v}\n" for c, v in r.items()))])  # fmt: skip
def test_rates_come_from_anything(make):
    found = gk.run(book(), fx=make(RATES | {"USD": 1.0, "CHF": 1.1}), currency="USD", **OPTIONS)
    assert dict(found.manifest["settings"]["rates"]) == {"USD": 1.0, **RATES}


def test_a_book_of_one_currency_needs_no_rates():
    assert list(prices(gk.run(book(names=("US", "U2")), currency="USD", **OPTIONS).net).index) == ["USD"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fx": RATES}, "fx needs the reporting currency"),
        ({"fx": {"EUR": 1.25}, "currency": "USD"}, "fx: no rate of JPY to USD: add to the table JPY,<USD for one JPY>"),
        ({"currency": "EUR"}, "no rate of USD, JPY to EUR"),
        ({"fx": RATES, "currency": "usd"}, "currency: 'usd' is not the code of a currency: write USD"),
        ({"fx": RATES, "currency": 7}, "currency: 7 is no code"),
        ({"fx": {**RATES, "USD": 1.0}, "currency": "CHF"}, "CHF is neither in the book nor in the FX table: choose from USD"),
        ({"fx": {**RATES, "USD": 1.1}, "currency": "USD"}, "the rate of USD is 1.1, and USD is the reporting currency"),
        ({"fx": {"EUR": 0.0, "JPY": 1.0}, "currency": "USD"}, "the rate of EUR is 0.0: write a number above 0"),
        ({"fx": {"EUR": float("nan"), "JPY": 1.0}, "currency": "USD"}, "the rate of EUR is nan"),
        ({"fx": {"EUR": "1.1", "JPY": 1.0}, "currency": "USD"}, "the rate of EUR is '1.1'"),
        ({"fx": {"eur": 1.1}, "currency": "USD"}, "'eur' is not the code of a currency: write EUR"),
        ({"fx": 1.1, "currency": "USD"}, "fx is 1.1: write a path, an open file or a DataFrame"),
    ],
)  # fmt: skip
def test_rates_that_cannot_be_used(options, message):
    with pytest.raises(UsageError) as caught:
        gk.run(book(), **options, **OPTIONS)
    assert message in str(caught.value)


def test_every_problem_of_a_file_is_told_at_once():
    text = "ccy,rate,rate2\nEUR,1.1,\neur,1.1,\nEUR,1.2,\nJPY,-1,\n,2,\nCHF,5%,\nGBP,,\nGBp,1.2,\nSEK,1\n"
    with pytest.raises(PortfolioError) as caught:
        gk.run(book(), fx=io.StringIO(text), currency="USD", **OPTIONS)
    found = {(issue.line, issue.column): issue.message for issue in caught.value.issues}
    assert 'did you mean "currency"' in found[1, "ccy"]
    assert "write EUR" in found[3, "ccy"]
    assert found[4, "ccy"] == "EUR is already on line 2"
    assert found[5, "rate"].startswith("-1 is not above 0: write what one unit is worth")
    assert found[6, "ccy"] == "is blank"
    assert "write 0.05" in found[7, "rate"]
    assert found[8, "rate"].startswith("is blank")
    assert "pence" in found[9, "ccy"]
    assert "comma is missing" in found[10, ""]
