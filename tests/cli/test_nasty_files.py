"""Files as spreadsheets, editors and accidents leave them: read as meant, or refused at the right line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import EXPIRY, GOOD, HEADER, MARKET

Call = Callable[..., Any]


@pytest.fixture
def validate(greeks: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Exit code and the lines of stderr, without notes and the count, for the content of b.csv."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(MARKET)

    def call(content: str | bytes, *options: str) -> tuple[int, list[str]]:
        (tmp_path / "b.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        got = greeks("validate", "b.csv", "-m", "m.csv", *options)
        assert "Traceback" not in got.err
        told = [line for line in got.err.splitlines() if not line.startswith("note: ")]
        return got.code, told[:-1]

    return call


def quoted(text: str) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines())


SAME = {
    "byte order mark and \\r\\n": "\ufeff" + GOOD.replace("\n", "\r\n"),
    "\\r alone": GOOD.replace("\n", "\r"),
    "quotes": quoted(GOOD),
    "no newline at the end": GOOD.rstrip("\n"),
    "spaces and capitals": "\n".join(" , ".join(line.upper().split(",")) for line in GOOD.splitlines()),
    "blank lines and bare commas": GOOD.replace("\n", "\n\n", 1) + ",,,,,\n\n",
    "columns without a name": "\n".join(line + ",," for line in GOOD.splitlines()),
}


@pytest.mark.parametrize("form", SAME)
def test_the_same_book_in_other_clothes(form: str, validate: Call, tmp_path: Path) -> None:
    from greeks.portfolio import read_portfolio

    assert validate(SAME[form]) == (0, [])
    (tmp_path / "plain.csv").write_text(GOOD)
    book = read_portfolio("b.csv", market="m.csv")
    assert book.trades == read_portfolio("plain.csv", market="m.csv").trades


def test_lines_are_counted_through_quoted_newlines(validate: Call) -> None:
    text = f'{HEADER},note\n"A\n1",SPX,european,call,100,1,"x\n\ny"\n\nA2,SPX,european,call,bad,1,z\n'
    for ends in ("\n", "\r\n", "\r"):
        assert validate(text.replace("\n", ends)) == (
            3,
            [
                "b.csv:2: column trade_id: the cell holds a line break, lines 2 to 5 being one row: write it in one line",
                "b.csv:7: trade A2: column strike: cannot read 'bad' as a number",
            ],
        )


NUMBERS = ["-1e400", "-inf", "+nan", "1d5", "1e5e", "--1", "1e+", "²", "１００", "1,5", "=1+1", "$5", "1/2"]
NOT_POSITIVE = ["1e-400", "0", "-0", "-1e-3"]


@pytest.mark.parametrize("text", NUMBERS + NOT_POSITIVE)
def test_not_a_strike(text: str, validate: Call) -> None:
    code, lines = validate(f'{HEADER}\nA1,SPX,european,call,"{text}",1\n')
    word = "must be greater than 0" if text in NOT_POSITIVE else "as a number"
    assert code == 3
    assert len(lines) == 1
    assert lines[0].startswith("b.csv:2: trade A1: column strike: ")
    assert repr(text) in lines[0] and word in lines[0]


@pytest.mark.parametrize("text", ["+5", "5.", ".5", "1e15", " 7 ", "1E2"])
def test_a_strike(text: str, validate: Call) -> None:
    assert validate(f'{HEADER}\nA1,SPX,european,call,"{text}",1\n') == (0, [])


def test_days_of_the_calendar(validate: Call) -> None:
    days = [
        "2028-02-29",
        "2027-02-29",
        "2100-02-29",
        "0000-01-01",
        "2026-02-28",
        "2027-1-1",
        "20270101",
        "2027-02-28T00:00",
    ]
    rows = "".join(f"A{i},SPX,european,call,100,,{day}\n" for i, day in enumerate(days))
    code, lines = validate(f"{EXPIRY}\n{rows}", "--as-of", "2026-02-28")
    assert code == 3
    assert [line.split(":")[1] for line in lines] == ["3", "4", "5", "7", "8", "9"]
    assert all("calendar" in line for line in lines[:3]) and all("write 2027-01-01" in line for line in lines[3:5])
    assert "write as_of with a time too" in lines[5]


def test_very_long_cells_are_cut_in_messages(validate: Call) -> None:
    code, lines = validate(f"{HEADER}\n{'A' * 5000},SPX,european,call,{'9' * 5000},1\n")
    assert code == 3
    assert max(map(len, lines)) < 250
    code, lines = validate(f"{HEADER}\n{'A' * 140_000},SPX,european,call,100,1\n")
    assert (code, lines) == (3, ["b.csv:2: a cell is longer than 131072 characters: is a quote missing?"])


def test_control_characters_do_not_reach_the_terminal(validate: Call) -> None:
    _, lines = validate(f"{HEADER}\n\x1b[31mA1,SPX,european,call,\x07,1\n")
    assert lines == [r"b.csv:2: trade \x1b[31mA1: column strike: cannot read '\x07' as a number"]


def test_shifted_columns(validate: Call) -> None:
    code, lines = validate(f"{HEADER}\nA1,european,call,100,1,SPX\n")
    assert code == 3
    columns = [line.split("column ")[1].split(":")[0] for line in lines]
    assert columns == ["underlying", "product", "option_type", "maturity"]


@pytest.mark.parametrize("name", ["mutiplier", "quantty", "payuot", "Trade ID", "maturty", "optiontype", "averagng"])
def test_names_close_to_a_column(name: str, validate: Call) -> None:
    lines = GOOD.splitlines()
    code, issues = validate(f"{lines[0]},{name}\n{lines[1]},\n")
    assert code == 3
    assert issues[0].startswith(f'b.csv:1: column {name}: is unknown: did you mean "')


def test_a_folder_a_file_without_permission_and_a_missing_name(greeks: Call, validate: Call, tmp_path: Path) -> None:
    validate(GOOD)
    (tmp_path / "folder").mkdir()
    got = greeks("validate", "folder", "-m", "m.csv")
    assert (got.code, got.err.splitlines()[0]) == (3, "folder: cannot read the file: Is a directory")
    got = greeks("validate", "b.csv", "-m", "folder")
    assert (got.code, got.err.splitlines()[0]) == (3, "folder: cannot read the file: Is a directory")
    assert greeks("validate", "", "-m", "m.csv").code == 3
    if os.geteuid():  # root may read anything
        (tmp_path / "b.csv").chmod(0)
        got = greeks("validate", "b.csv", "-m", "m.csv")
        assert (got.code, got.err.splitlines()[0]) == (3, "b.csv: cannot read the file: Permission denied")


def test_one_file_in_both_places(greeks: Call, validate: Call) -> None:
    validate(GOOD)
    got = greeks("validate", "b.csv", "-m", "b.csv")
    assert got.code == 3
    assert got.err.splitlines()[0] == (
        "b.csv:1: is a portfolio, by its columns trade_id, product, option_type: "
        "give the market file here, with spot and volatility"
    )
