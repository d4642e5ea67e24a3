"""A quote too many costs its own row: it never swallows the trades that follow, and never silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import HEADER, MARKET

from greeks.errors import PortfolioError
from greeks.portfolio import read_portfolio
from greeks.portfolio.records import records

Call = Callable[..., Any]


def rows(count: int) -> list[str]:
    return [f"A{i},SPX,european,call,{90 + i % 20},1,x" for i in range(2, count + 2)]


@pytest.fixture
def skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Trades read with ``skip``, and the problems."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(MARKET)

    def call(lines: list[str], ends: str = "\n") -> tuple[set[str], list[str]]:
        (tmp_path / "b.csv").write_bytes(ends.join([f"{HEADER},note", *lines, ""]).encode())
        book = read_portfolio("b.csv", market="m.csv", on_error="skip")
        return {trade.trade_id for trade in book.trades}, [str(issue) for issue in book.rejected]

    return call


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_an_unclosed_quote_on_line_2_of_many(skipped: Call, ends: str) -> None:
    lines = rows(20_000)
    lines[0] = 'A2,"SPX,european,call,100,1,x'
    trades, problems = skipped(lines[: 20_000 if ends == "\n" else 500], ends)
    assert len(trades) == (19_999 if ends == "\n" else 499)
    assert problems == ["b.csv:2: a quoted cell that starts in this row is never closed"]


def test_two_stray_quotes_50_rows_apart(skipped: Call) -> None:
    lines = rows(100)
    lines[10] = lines[10].replace("SPX", '"SPX')
    lines[60] = lines[60].replace(",x", ',"x')
    trades, problems = skipped(lines)
    assert len(trades) == 98
    assert problems == [
        "b.csv:12: a quoted cell that starts in this row ends on line 62 and would swallow the next 50 lines: "
        "close it in its row, or remove the quote",
        "b.csv:62: a quoted cell that starts in this row is never closed",
    ]


@pytest.mark.parametrize("gap", [1, 2, 7])
@pytest.mark.parametrize("where", ["A3", "SPX", "european", "call", "1,x", "x"])
@pytest.mark.parametrize("second", ['"x', 'x"', '"x"'])
def test_no_other_trade_is_lost(skipped: Call, gap: int, where: str, second: str) -> None:
    """Wherever two quotes stand: every row without one is read, and every row with an odd one is named."""
    lines = rows(12)
    lines[1] = lines[1].replace(where, f'"{where}', 1)
    lines[1 + gap] = lines[1 + gap].replace(",x", f",{second}")
    trades, problems = skipped(lines)
    lost = {f"A{i}" for i in range(2, 14)} - trades
    named = {int(problem.split(":")[1]) for problem in problems}
    assert {"A3"} <= lost <= {"A3", f"A{3 + gap}"}
    assert {int(name[1:]) for name in lost} <= named


def test_a_line_break_in_a_label_or_an_id(skipped: Call) -> None:
    lines = rows(5)
    lines[1] = 'A3,SPX,european,call,100,1,"two\n\nmore, or three"'
    lines[3] = '"A5\nb",SPX,european,call,100,1,x'
    assert skipped(lines) == (
        {"A2", "A4", "A6"},
        [
            "b.csv:3: column note: the cell holds a line break, lines 3 to 5 being one row: write it in one line",
            "b.csv:7: column trade_id: the cell holds a line break, lines 7 to 8 being one row: write it in one line",
        ],
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ('underlying,spot,"rate,volatility', "a quoted cell that starts in this row is never closed"),
        (
            'underlying,spot,"rate\n%",volatility',
            "the cell holds a line break, lines 1 to 2 being one row: write it in one line",
        ),
        (
            'underlying,spot,"rate"x,volatility',
            'text follows a closing quote: write "" for a quote inside a quoted cell',
        ),
    ],
)
@pytest.mark.parametrize("which", ["b.csv", "m.csv"])
def test_a_header_with_a_quote_is_no_header(tmp_path: Path, header: str, message: str, which: str) -> None:
    (tmp_path / "b.csv").write_text(f"{HEADER}\nA1,SPX,european,call,100,1\n")
    (tmp_path / "m.csv").write_text(MARKET)
    (tmp_path / which).write_text(f"{header}\nSPX,100,0.05,0.2\n")
    for on_error in ("fail", "skip"):
        with pytest.raises(PortfolioError) as caught:
            read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", on_error=on_error)
        assert [str(issue) for issue in caught.value.issues] == [f"{tmp_path / which}:1: {message}"]


def test_quotes_that_mean_what_they_should() -> None:
    text = '"a","b ""c""","d,e"\r\n5\'6",x"y, " z"\n\n"",\'\',"\t"'
    assert [(line, cells) for line, cells, *_ in records(text)] == [
        (1, ["a", 'b "c"', "d,e"]),
        (2, ["5'6\"", 'x"y', '" z"']),
        (3, []),
        (4, ["", "''", ""]),
    ]
