"""The example books are read without a word of a slip, and what they price has no absent number."""

from __future__ import annotations

from pathlib import Path

import pytest

import greeks as gk
from greeks.portfolio.notes import label_note

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("name", ["portfolio.csv", "exotics.csv"])
def test_an_example_book_is_valued(name):
    book = gk.read_portfolio(DATA / name, market=DATA / "market.csv")
    assert [note for note in book.notes if note.startswith(("trade", "underlying"))] == []
    assert set(label_note(book.label_columns)) <= set(book.notes)
    priced = gk.run(book, greeks="price", paths=4096).trades
    assert set(priced["status"]) <= {"ok", "warn"}
    assert (priced["value"] > 0).all()


def test_the_book_of_a_desk_is_read_valued_and_netted():
    """Curves, smiles, dividends and past fixings together: nothing is told but labels, defaults and the model."""
    desk = DATA / "desk"
    files = {name: desk / f"{name}.csv" for name in ("market", "curves", "vols", "dividends", "fixings")}
    book = gk.read_portfolio(desk / "portfolio.csv", as_of="2026-06-15", **files)
    assert [
        note for note in book.notes if note.startswith(("trade", "underlying", "curves", "quotes", "fixings"))
    ] == []
    assert len(book.currencies) == 4 and set(book.terms) == {"ACME", "EURX", "OILZ6"}
    options = {"greeks": "price,delta,vega,rho", "paths": 4096, "buckets": "3m,6m,1y"}
    result = gk.run(book, fx=desk / "fx.csv", currency="USD", **options)
    assert set(result.trades.status) <= {"ok", "warn"}
    rho = result.net[(result.net.level == "book") & (result.net.greek == "rho")]
    assert rho[rho.bucket != ""].value.sum() == pytest.approx(rho[rho.bucket == ""].value.iloc[0], rel=1e-9)
    drawn = gk.run(book, analytic=False, **options).trades
    known = result.trades.set_index(["trade_id", "greek"])
    for line in drawn.itertuples():
        exact = known.loc[(line.trade_id, line.greek)]
        if exact.estimator == "analytic" and line.status == "ok" and line.standard_error > 0.0:
            assert abs(line.value - exact.value) < 4.5 * line.standard_error + abs(
                line.bias if line.bias == line.bias else 0
            )
