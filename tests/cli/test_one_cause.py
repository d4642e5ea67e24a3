"""One cause is one line: a bad cell of the market, a name written otherwise, files in each other's place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import GOOD, HEADER, MARKET

Call = Callable[..., Any]


@pytest.fixture
def validate(greeks: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Exit code and the lines of stderr, without the count, for two files."""
    monkeypatch.chdir(tmp_path)

    def call(portfolio: str, market: str, *options: str) -> tuple[int, list[str]]:
        (tmp_path / "b.csv").write_text(portfolio)
        (tmp_path / "m.csv").write_text(market)
        got = greeks("validate", "b.csv", "-m", "m.csv", *options)
        return got.code, [line for line in got.err.splitlines() if ": " in line and not line.startswith("note: ")]

    return call


def test_one_bad_market_cell(validate: Call) -> None:
    trades = "".join(f"A{i},{'SPX' if i % 3 else 'NDX'},european,call,100,1\n" for i in range(2, 3002))
    book, market = f"{HEADER}\n{trades}", MARKET.replace("0.2\n", "20\n") + "NDX,90,0.05,0.2\n"
    expected = [
        "b.csv:2: trade A2: column underlying: SPX cannot be used: line 2 of the market file is invalid "
        "(1999 more trades on it)",
        "m.csv:2: underlying SPX: column volatility: a volatility of 20 is 2000%: write 0.20 for 20 %",
    ]
    assert validate(book, market) == (3, expected)
    assert validate(book, market, "--on-error", "skip") == (4, expected)


def test_trades_on_an_underlying_that_is_not_there(validate: Call) -> None:
    book = GOOD + "A2,SPY,european,call,100,1\nA3,SPY,european,call,x,1\n"
    assert validate(book, MARKET) == (
        3,
        [
            "b.csv:3: trade A2: column underlying: 'SPY' is not in the market file; did you mean \"SPX\"? (1 more trade on it)",
            "b.csv:4: trade A3: column strike: cannot read 'x' as a number",
        ],
    )


@pytest.mark.parametrize("name", ["spx", "Spx", "^SPX", "SPX.", "spxx"])
def test_an_underlying_written_otherwise(name: str, validate: Call) -> None:
    _, lines = validate(GOOD.replace("SPX", name), MARKET)
    assert lines == [f"b.csv:2: trade A1: column underlying: '{name}' is not in the market file; did you mean \"SPX\"?"]


def test_swapped_files(validate: Call) -> None:
    code, lines = validate(MARKET, GOOD)
    assert code == 3
    assert lines == [
        "b.csv:1: is a market file, and m.csv a portfolio: swap the two (columns spot, rate, volatility here)"
    ]


def test_one_file_of_the_wrong_kind(validate: Call) -> None:
    assert validate(MARKET, MARKET) == (
        3,
        [
            "b.csv:1: is a market file, by its columns spot, rate, volatility: give the portfolio here, with trade_id and product"
        ],
    )
    assert validate(GOOD, GOOD) == (
        3,
        [
            "m.csv:1: is a portfolio, by its columns trade_id, product, option_type: give the market file here, with spot and volatility"
        ],
    )
