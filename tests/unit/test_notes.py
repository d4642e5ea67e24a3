"""Every label and every default is told: nothing about a number has to be guessed from what a file leaves out."""

from __future__ import annotations

from pathlib import Path

import greeks as gk

ROOT = Path(__file__).parents[2]


def notes(folder, book, market="underlying,spot,volatility\nX,100,0.2\n"):
    (folder / "b.csv").write_text(book)
    (folder / "m.csv").write_text(market)
    return gk.read_portfolio(folder / "b.csv", market=folder / "m.csv").notes


def test_every_default(tmp_path):
    book = (
        "trade_id,underlying,product,option_type,strike,maturity,fixings,desk\n"
        "A,X,european,call,100,1,,d\nB,X,digital,call,100,1,,d\nC,X,asian,call,100,1,12,d\n"
    )
    assert notes(tmp_path, book) == (
        "label columns, which change no number: desk",
        "no column quantity: 1 for every trade",
        "no column multiplier: 1 for every trade",
        "no column payout: cash for every digital",
        "no column cash: 1 for every digital",
        "no column averaging: arithmetic for every asian",
        "no column average_of: price for every asian",
        "no column past_fixings_count: 0 for every asian",
        "no column rate: 0 for every underlying",
        "no column dividend_yield: 0 for every underlying",
        "no column model: gbm for every underlying",
    )


def test_blank_cells(tmp_path):
    book = (
        "trade_id,underlying,product,option_type,strike,maturity,quantity,multiplier,payout,cash\n"
        "A,X,european,call,100,1,,,,\nB,X,digital,call,100,1,3,,asset,\nC,Y,digital,call,100,1,,,,\n"
    )
    market = "underlying,model,spot,rate,q,vol\nX,gbm,100,,0.1,0.2\nY,,90,0.1,0.1,0.2\n"
    assert notes(tmp_path, book, market) == (
        "column quantity is blank: 1 for 2 of 3 trade rows",
        "column multiplier is blank: 1 for every trade",
        "column payout is blank: cash for 1 of 2 digital rows",
        "column cash is blank: 1 for 1 of 2 digital rows",
        "column rate is blank: 0 for 1 of 2 underlying rows",
        "column model is blank: gbm for 1 of 2 underlying rows",
    )


def test_a_file_that_says_everything(tmp_path):
    book = (
        "trade_id,underlying,product,option_type,strike,maturity,quantity,multiplier,averaging,average_of,fixings,past_fixings\n"
        "A,X,european,call,100,1,1,1,,,,\nC,X,asian,call,100,1,1,1,arithmetic,price,12,\n"
    )
    assert notes(tmp_path, book, "underlying,model,spot,r,q,vol\nX,gbm,100,0,0,0.2\n") == ()
    example = gk.read_portfolio(ROOT / "data/portfolio.csv", market=ROOT / "data/market.csv")
    assert example.notes == ("label columns, which change no number: desk, strategy",)


def test_a_row_that_is_refused_takes_no_default(tmp_path):
    (tmp_path / "b.csv").write_text(
        "trade_id,underlying,product,option_type,strike,maturity,quantity,multiplier\n"
        "A,X,european,call,100,1,1,1\nB,X,european,call,x,1,,\n"
    )
    (tmp_path / "m.csv").write_text("underlying,model,spot,r,q,vol\nX,gbm,100,0,0,0.2\n")
    assert gk.read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", on_error="skip").notes == ()
