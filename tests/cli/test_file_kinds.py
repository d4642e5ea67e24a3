"""What a user reads who gives a file of another kind, or one that a broker or a spreadsheet wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import GOOD, HEADER, MARKET
from file_kinds import KINDS

from greeks.portfolio import read_portfolio


@pytest.mark.parametrize("kind", KINDS)
def test_one_message_that_names_the_remedy(
    kind: str, greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, expected = KINDS[kind]
    monkeypatch.chdir(tmp_path)
    Path("b.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    Path("m.csv").write_text(MARKET)
    got = greeks("validate", "b.csv", "-m", "m.csv")
    assert got.err.splitlines()[:-1] == expected
    assert got.code == 3
    count = len(expected)
    assert got.err.splitlines()[-1] == f"{count} problem{'s' if count > 1 else ''} found; nothing was computed"


@pytest.mark.parametrize("kind", ["xlsx", "gzip", "utf-16", "web page"])
def test_a_market_file_too(
    kind: str, greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, expected = KINDS[kind]
    monkeypatch.chdir(tmp_path)
    Path("m.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    Path("b.csv").write_text(GOOD)
    got = greeks("validate", "b.csv", "-m", "m.csv")
    assert got.err.splitlines()[:-1] == [line.replace("b.csv", "m.csv") for line in expected]


def test_compare_names_the_kind_too(
    greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for kind in ("gzip", "xlsx", "utf-16"):
        content, expected = KINDS[kind]
        assert isinstance(content, bytes)
        Path("b.csv").write_bytes(content)
        got = greeks("compare", "b.csv", "b.csv")
        assert (got.code, got.err.splitlines()[:-1]) == (3, expected)


@pytest.mark.parametrize("extra", [",", "Total\n", "Total,,,,,\n", "Source: us\n", "# old\n"])
def test_with_skip_the_trades_are_read_and_what_is_none_is_named(extra: str, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(GOOD + (extra if extra != "," else ",,,,,\n"))
    (tmp_path / "m.csv").write_text(MARKET)
    book = read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", on_error="skip")
    assert len(book.trades) == 1
    assert len(book.rejected) == (extra != ",")


def test_what_is_like_one_of_these_and_is_none_is_read(tmp_path: Path) -> None:
    """A trade called Total, a label in Greek, identifiers that are symbols, a header in capitals."""
    (tmp_path / "b.csv").write_text(
        f"{HEADER.upper()},ταμείο,call_desk\nTotal return 1,SPX,european,call,100,1,α,x\n"
        "#2,SPX,european,call,100,1,α,x\nAAPL261218C00150000,SPX,european,put,100,1,β,\n",
        encoding="utf-8",
    )
    (tmp_path / "m.csv").write_text(MARKET)
    book = read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv")
    assert [trade.trade_id for trade in book.trades] == ["Total return 1", "#2", "AAPL261218C00150000"]
