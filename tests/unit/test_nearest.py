"""The nearest names are those of difflib, and a file full of slips is not compared name by name."""

from __future__ import annotations

from difflib import SequenceMatcher, get_close_matches

import pytest
from hypothesis import given
from hypothesis import strategies as st

import greeks as gk
from greeks.text.nearest import nearest

WORDS = st.text(st.sampled_from("abcdeé_1 本\U0001f600"), max_size=12)


@given(WORDS, st.lists(WORDS, max_size=12), st.sampled_from([0.3, 0.6, 0.8, 0.88]), st.integers(1, 3))
def test_as_difflib(word, choices, cutoff, n):
    assert nearest(word, choices, n, cutoff) == get_close_matches(word, choices, n, cutoff)


def slips(monkeypatch):
    """Counts whole comparisons, which are what takes time."""
    made = []
    ratio = SequenceMatcher.ratio
    monkeypatch.setattr(SequenceMatcher, "ratio", lambda self: made.append(1) or ratio(self))
    return made


def test_a_header_of_many_labels(tmp_path, monkeypatch):
    """Each label is held against the columns, and of those only against the few that can be near."""
    made, count = slips(monkeypatch), 2000
    labels = [f"book_{number}x" for number in range(count)]
    (tmp_path / "book.csv").write_text(
        "trade_id,underlying,product,option_type,strike,maturity,"
        + ",".join(labels)
        + "\nT,U,european,call,100,1"
        + ",a" * count
    )
    (tmp_path / "market.csv").write_text("underlying,spot,rate,volatility\nU,100,0.03,0.2\n")
    assert len(gk.read_portfolio(tmp_path / "book.csv", market=tmp_path / "market.csv").label_columns) == count
    assert len(made) < 2 * count


@pytest.mark.parametrize("count", [300])
def test_a_file_whose_underlyings_are_all_misspelled(tmp_path, monkeypatch, count):
    """The market is searched for the first of them; every one is told."""
    made = slips(monkeypatch)
    names = [f"UND{number:05}" for number in range(count)]
    rows = "".join(f"{name},{name.replace('N', 'M')},european,call,100,1\n" for name in names)
    (tmp_path / "book.csv").write_text("trade_id,underlying,product,option_type,strike,maturity\n" + rows)
    market = "".join(f"{name},100,0.03,0.2\n" for name in names)
    (tmp_path / "market.csv").write_text("underlying,spot,rate,volatility\n" + market)
    with pytest.raises(gk.PortfolioError) as caught:
        gk.read_portfolio(tmp_path / "book.csv", market=tmp_path / "market.csv")
    issues = caught.value.issues
    assert len(issues) == count
    assert 'did you mean "UND00000"?' in issues[0].message
    assert "is not in the market file" in issues[-1].message
    assert len(made) <= 100 * count
