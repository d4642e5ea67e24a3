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
