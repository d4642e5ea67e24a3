"""A book from paths, open files and DataFrames is the same book, and its problems name the place they are in."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import greeks as gk

TRADES = (
    "trade_id,underlying,product,option_type,strike,maturity,quantity,fixings,fixing_times,past_fixings,desk\n"
    "A,X,european,call,100,1,10,,,,7\nB,X,asian,put,95.5,0.5,-2,12,,,8\nC,X,asian,put,95.5,0.5,-2,,0.25;0.5,99;101,8\n"
)
MARKET = "underlying,spot,rate,volatility\nX,100,0.05,0.2\n"


def frames():
    trades = pd.DataFrame(
        {
            "trade_id": ["A", "B", "C"],
            "underlying": "X",
            "product": pd.Categorical(["european", "asian", "asian"]),
            "option_type": ["call", "put", "put"],
            "strike": [100, 95.5, 95.5],
            "maturity": np.array([1.0, 0.5, 0.5], dtype=np.float32),
            "quantity": np.array([10, -2, -2]),
            "fixings": [np.nan, 12, None],
            "fixing_times": [None, pd.NA, [0.25, 0.5]],
            "past_fixings": [None, None, np.array([99, 101])],
            "desk": [7, 8, 8],
        }
    )
    market = pd.DataFrame({"underlying": ["X"], "spot": [100], "rate": [0.05], "volatility": [0.2]})
    return trades, market


def test_every_source_gives_the_same_book(tmp_path):
    (tmp_path / "t.csv").write_text(TRADES)
    (tmp_path / "m.csv").write_text(MARKET)
    plain = gk.read_portfolio(str(tmp_path / "t.csv"), market=tmp_path / "m.csv")
    books = [
        gk.read_portfolio(io.StringIO(TRADES), market=io.BytesIO(b"\xef\xbb\xbf" + MARKET.encode())),
        gk.read_portfolio(*frames()),
        gk.Book.from_frame(*frames()),
        gk.Book.from_frames(frames()[0].set_index("trade_id"), frames()[1].set_index("underlying")),
    ]
    with Path(tmp_path / "t.csv").open() as text, Path(tmp_path / "m.csv").open("rb") as data:
        books.append(gk.read_portfolio(text, market=data))
    for book in books:
        assert book.trades == plain.trades
        assert book.models == plain.models
        assert book.label_columns == ("desk",)
        assert all(len(digest) == 64 for digest in book.sources.values())
    assert list(books[0].sources) == ["<portfolio>", "<market>"]
    assert str(tmp_path / "t.csv") in books[-1].sources


@pytest.mark.parametrize(
    "expiry",
    [
        [pd.Timestamp("2026-12-18"), pd.Timestamp("2027-06-18")], pd.to_datetime(["2026-12-18", "2027-06-18"]),
        [date(2026, 12, 18), date(2027, 6, 18)], ["2026-12-18", "2027-06-18"],
        np.array(["2026-12-18", "2027-06-18"], dtype="datetime64[D]"),
    ],
    ids=str,
)  # fmt: skip
def test_dates_of_a_frame(expiry):
    trades = pd.DataFrame({"trade_id": ["a", "b"], "underlying": "X", "product": "european", "option_type": "call"})
    trades = trades.assign(strike=100, expiry=expiry)
    book = gk.Book.from_frame(trades, frames()[1], as_of=pd.Timestamp("2026-06-18"))
    assert [trade.payoff.maturity for trade in book.trades] == [183 / 365, 1.0]
    zoned = trades.assign(
        expiry=pd.to_datetime(["2026-06-18T16:00", "2026-06-19T16:00"]).tz_localize("America/New_York")
    )
    book = gk.Book.from_frame(zoned, frames()[1], as_of=pd.Timestamp("2026-06-18T15:00Z"))
    assert [trade.payoff.maturity * 365 * 24 for trade in book.trades] == pytest.approx([5.0, 29.0])


def test_problems_name_the_row_and_the_column():
    trades, market = frames()
    trades.index = ["first", "second", "third"]
    trades["strike"] = trades["strike"].astype(object)
    trades.loc["second", "strike"] = "9o"
    trades.loc["third", "trade_id"] = "A"
    trades["quantity"] = [10, -2, np.inf]
    with pytest.raises(gk.PortfolioError) as caught:
        gk.Book.from_frame(trades, market)
    assert str(caught.value).splitlines() == [
        "<portfolio> row second: trade B: column strike: cannot read '9o' as a number",
        "<portfolio> row third: trade A: column trade_id: A is already on row first",
        "<portfolio> row third: trade A: column quantity: cannot read 'inf' as a number: "
        "a finite number is needed; leave the cell blank for none",
    ]
    market = market.assign(volatility=20)
    kept = frames()[0]
    with pytest.raises(gk.PortfolioError, match="<market> row 0: underlying X: column volatility") as caught:
        gk.Book.from_frame(kept, market)
    assert "line" not in str(caught.value)
    kept.loc[1, "strike"] = -1
    assert [issue.row for issue in gk.Book.from_frame(kept, frames()[1], on_error="skip").rejected] == ["1"]


def test_cells_with_line_breaks_keep_the_count_of_rows():
    trades, market = frames()
    trades["strike"] = [100, 95.5, -1]
    trades["desk"] = ["two\r\nlines", "8", "8"]
    with pytest.raises(gk.PortfolioError) as caught:
        gk.Book.from_frame(trades, market)
    assert any("row 2: trade C: column strike" in line for line in str(caught.value).splitlines())


@pytest.mark.parametrize("what", [5, [1, 2]])
def test_what_is_no_source_is_refused(what):
    with pytest.raises(gk.UsageError, match="market is .*: write a path, an open file or a DataFrame"):
        gk.read_portfolio(io.StringIO(TRADES), market=what)


def test_sources_that_cannot_be_read(tmp_path):
    closed = io.StringIO(MARKET)
    closed.close()
    for source, word in (
        (closed, "closed file"), (tmp_path / "none.csv", "No such file"), (MARKET, "write io.StringIO"),
        (pd.DataFrame(), "empty"), (io.BytesIO(b""), "empty"),
    ):  # fmt: skip
        with pytest.raises(gk.PortfolioError, match=word):
            gk.read_portfolio(io.StringIO(TRADES), market=source)
