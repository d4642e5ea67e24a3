"""Text that a spreadsheet would evaluate is written so that it does not, and comes back unchanged."""

from __future__ import annotations

import csv
import io
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from greeks.text.csv_cells import csv_bytes, guarded, unguarded

DANGEROUS = "=+-@\t\r\n＝＋－＠"
texts = st.text(
    st.sampled_from([*DANGEROUS, "'", '"', ",", "a", "1", " ", "é"]) | st.characters(codec="utf-8"), max_size=8
)


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"])
def test_a_formula_is_text(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "SPX", "'", "'a", "a=b", "1-2", "don't", " =1"])
def test_other_text_is_as_it_was(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.lists(texts, min_size=1, max_size=4, unique=True), texts)
def test_round_trip_through_a_file(names: list[str], cell: str) -> None:
    data = csv_bytes([dict.fromkeys(names, cell)])
    header, row = csv.reader(io.StringIO(data.decode(), newline=""))
    assert not [written for written in (*header, *row) if written[:1] and written[:1] in DANGEROUS]
    assert [unguarded(name) for name in header] == names
    assert [unguarded(written) for written in row] == [cell] * len(names)


def test_numbers_are_no_text() -> None:
    rows = [{"a": -1.5, "b": np.float64(-0.1), "c": -3, "d": nan}, {"a": -inf, "e": None}]
    assert csv_bytes(rows).decode() == "a,b,c,d,e\n-1.5,-0.1,-3,,\n-inf,,,,\n"
