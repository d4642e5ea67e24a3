"""A book that validates runs: whatever row or file the reader accepts gives numbers with a status, and no exception."""

from __future__ import annotations

import io
from math import isfinite

import pytest
from csv_tables import as_csv
from hypothesis import given, settings
from hypothesis import strategies as st

import greeks as gk
from greeks.errors import PortfolioError
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio import template
from greeks.portfolio.columns import columns

PATHS = 64
AS_OF = "2026-06-30T17:30:00Z"
# Texts of cells by kind of column: plain ones, ends of ranges, and what is refused.
NUMBERS = [
    "1",
    "100",
    "0.2",
    "0.04",
    "0.5",
    "2",
    "-0.5",
    "0",
    "1e-12",
    "1e15",
    "1e-8",
    "1e-6",
    "4",
    "16",
    "1e-320",
    "99.5",
]
TEXTS = {
    "number": st.sampled_from(NUMBERS) | st.floats(0.001, 200.0).map(lambda x: f"{x:.6g}"),
    "whole": st.sampled_from(["1", "2", "3", "12", "0", "-1", "1e6"]),
    "list": st.lists(st.sampled_from(["0.1", "0.25", "0.5", "1", "1e-8", "2", "100", "90.5"]), min_size=1, max_size=4).map(";".join),
    "dates": st.sampled_from(["2026-06-30", "2026-06-30;2026-07-01", "2026-07-01;2027-01-04", "2026-06-30T17:30:01Z"]),
    "date": st.sampled_from(["2026-06-30", "2026-07-01", "2026-12-30"]),
    "moment": st.sampled_from(["0.25", "0.5", "0", "2026-07-01", "2026-12-30", "2026-06-30T17:30:01Z"]),
    "flag": st.sampled_from(["true", "false"]),
    "text": st.sampled_from(["a", "b"]),
}  # fmt: skip
TYPICAL = {"strike": "100", "maturity": "1", "spot": "100", "volatility": "0.2", "rate": "0.03", "dividend_yield": "0.01",
           "initial_variance": "0.04", "long_run_variance": "0.04", "mean_reversion": "1.5", "vol_of_vol": "0.5",
           "correlation": "-0.7", "fixings": "3", "past_fixings_sum": "300", "past_fixings_count": "3",
           "strike_volatility": "0.2", "notional": "100", "cap": "0.5", "lower": "90", "upper": "110", "start": "0.5",
           "autocall_barrier": "110", "coupon": "0.05", "coupon_barrier": "90", "protection_barrier": "70", "barrier": "120",
           "trigger": "105", "exponent": "2", "local_cap": "0.1", "local_floor": "-0.1", "global_cap": "0.3", "global_floor": "0"}  # fmt: skip


@st.composite
def rows(draw, registry, extra):
    """Cells of a row of any class of a registry: mostly typical ones, some arbitrary or blank."""
    kind = draw(st.sampled_from(sorted(registry)))
    cells = {}
    for name, column in columns(registry[kind]).items():
        choice = draw(st.integers(0, 9))
        if choice < 3 and not column.required and name not in ("maturity", "fixings"):
            continue
        if choice < 9 and name in TYPICAL:
            if column.required or name == "maturity" or draw(st.booleans()):
                cells[name] = TYPICAL[name]
        elif column.choices:
            cells[name] = draw(st.sampled_from(column.choices))
        elif column.required or choice > 7:
            cells[name] = draw(TEXTS[column.kind])
    for name, texts in extra.items():
        if draw(st.integers(0, 3)) == 0:
            cells[name] = draw(texts)
    if "expiry" in cells:
        cells.pop("maturity", None)
    return kind, cells


contracts = rows(
    PAYOFFS,
    {
        "expiry": st.sampled_from(["2026-06-30", "2026-06-30T17:30:00Z", "2026-06-30T18:00:00+00:00", "2026-07-01", "2027-06-30"]),
        "quantity": st.sampled_from(["0", "-1", "1e15", "-1e-12", "3"]),
        "multiplier": st.sampled_from(["1e15", "1e-12", "100"]),
    },
)  # fmt: skip
markets = rows(MODELS, {})


def read(portfolio, market):
    """A book of the good rows, or None where there are none."""
    try:
        return gk.read_portfolio(io.BytesIO(portfolio), market=io.BytesIO(market), as_of=AS_OF, on_error="skip")
    except PortfolioError:
        return None


def check_runs(book, estimators):
    result = gk.run(book, paths=PATHS, greeks="all", estimators=estimators)
    assert set(result.trades.trade_id) == {trade.trade_id for trade in book.trades}
    for table in (result.trades, result.net):
        shown = table[table.status != "na"]
        assert shown.value.map(isfinite).all(), shown[~shown.value.map(isfinite)].to_string()
        assert shown.standard_error.map(isfinite).all(), shown[~shown.standard_error.map(isfinite)].to_string()
        assert (table.reason[table.status != "ok"] != "").all()


def book_of(held, market):
    """What the reader makes of contracts on one underlying each, and of their models."""
    trades = [
        {"trade_id": f"A{i}", "underlying": f"X{i % len(market)}", "product": product, **cells}
        for i, (product, cells) in enumerate(held)
    ]
    quotes = [{"underlying": f"X{i}", "model": model, **cells} for i, (model, cells) in enumerate(market)]
    return read(as_csv(trades).encode(), as_csv(quotes).encode())


def check_rows(held, market, estimators):
    if (book := book_of(held, market)) is not None:
        check_runs(book, estimators)


def check_file(data):
    """Some bytes of the example files are replaced, inserted or removed."""
    damaged = []
    for content in (template(), template("market")):
        raw = bytearray(content.encode())
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(raw) - 1))
            noise = data.draw(
                st.one_of(st.binary(max_size=2), st.sampled_from([b",", b'"', b"\n", b"0", b"9", b"-", b"e", b"."]))
            )
            raw[at : at + data.draw(st.integers(0, 2))] = noise
        damaged.append(bytes(raw))
    if (book := read(*damaged)) is not None:
        check_runs(book, "auto")


estimators = st.sampled_from(["auto", "all"])
books = st.lists(contracts, min_size=1, max_size=3), st.lists(markets, min_size=1, max_size=2)


@settings(max_examples=50)
@given(*books, estimators)
def test_any_row_that_validates_runs(held, market, estimators):
    check_rows(held, market, estimators)


@settings(max_examples=25)
@given(st.data())
def test_any_file_that_validates_runs(data):
    check_file(data)


@pytest.mark.slow
@settings(max_examples=600)
@given(*books, estimators)
def test_many_rows_that_validate_run(held, market, estimators):
    check_rows(held, market, estimators)


@pytest.mark.slow
@settings(max_examples=250)
@given(st.data())
def test_many_files_that_validate_run(data):
    check_file(data)


def test_enough_rows_validate():
    """The strategies reach books: otherwise the tests above hold of nothing."""
    seen = []

    @settings(max_examples=40)
    @given(*books)
    def look(held, market):
        seen.append(book_of(held, market))

    look()
    assert sum(book is not None for book in seen) > 10


@pytest.mark.slow
def test_a_book_at_the_ends_of_its_ranges_has_a_report(tmp_path):
    """Studies ask for contracts that no desk would: forwards of 100 years at a rate of 1, a day less than the least."""
    call = {"option_type": "call", "strike": "100"}
    held = [
        ("european", {**call, "maturity": "1e-8", "quantity": "1e15", "multiplier": "1e15"}),
        ("asian", {**call, "maturity": "100", "fixings": "2", "quantity": "0"}),
        ("digital", {**call, "strike": "1e15", "maturity": "1", "cash": "1e15"}),
    ]
    heston = {"spot": "1e15", "initial_variance": "0", "mean_reversion": "0", "long_run_variance": "0", "vol_of_vol": "5",
              "correlation": "1"}  # fmt: skip
    market = [("gbm", {"spot": "1e-12", "rate": "1", "volatility": "4"}), ("heston", heston),
              ("gbm", {"spot": "100", "volatility": "0"})]  # fmt: skip
    gk.write_report(book_of(held, market), tmp_path, effort="quick", paths=1024)
    assert (tmp_path / "report.html").exists()


# What validated and then ended in an internal error, or in a number that is none.
ASIAN = {"option_type": "call", "maturity": "0", "average_of": "strike", "averaging": "geometric"}
ONCE = [
    ("asian", {**ASIAN, "fixings": "1"}, {}),
    ("asian", {**ASIAN, "fixings": "3"}, {}),
    ("asian", {**ASIAN, "fixings": "1", "average_of": "price", "strike": "100"}, {}),
    ("asian", {**ASIAN, "fixing_dates": "2026-06-30"}, {}),
    ("european", {"option_type": "put", "strike": "100", "maturity": "1", "quantity": "1e155"}, {}),
    ("european", {"option_type": "put", "strike": "100", "maturity": "1", "quantity": "1e154"}, {}),
    ("european", {"option_type": "put", "strike": "100", "maturity": "1"}, {"spot": "1e-200"}),
    ("european", {"option_type": "put", "strike": "100", "maturity": "1"}, {"volatility": "2e-309"}),
    ("asian", {"option_type": "put", "strike": "100", "maturity": "1e-320", "fixings": "3"}, {}),
]


@pytest.mark.parametrize(("product", "cells", "quotes"), ONCE)
@pytest.mark.parametrize("estimators", ["auto", "all"])
def test_rows_that_once_ended_in_an_error(product, cells, quotes, estimators):
    market = [("gbm", {"spot": "100", "volatility": "0.2", "rate": "0.03", **quotes})]
    check_rows([(product, cells)], market, estimators)
