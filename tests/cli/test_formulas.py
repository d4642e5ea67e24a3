"""Identifiers and labels that a spreadsheet would evaluate, from file to file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_commands import FEW

Call = Callable[..., Any]
IDS = ("=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=quoted", "plain")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, str, Path]:
    book = [["trade_id", "underlying", "product", "option_type", "strike", "maturity", "=label"]]
    book += [[name, "=SPX", "european", "call", "100", "1", name] for name in IDS if name != "'=quoted"]
    with open(tmp_path / "b.csv", "w", newline="") as file:
        csv.writer(file).writerows(book)
    (tmp_path / "m.csv").write_text("underlying,spot,volatility\n=SPX,100,0.2\n")
    return tmp_path / "b.csv", "-m", tmp_path / "m.csv"


def test_results_hold_no_formula_and_come_back_unchanged(
    greeks: Call, files: tuple[Path, str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("pyarrow")
    group = ("--group-by", "=label", "--greeks", "price,delta")
    outputs = ("-o", tmp_path / "a.csv", "--net", tmp_path / "net.csv")
    assert greeks("run", *files, *FEW, *group, *outputs).code == 0
    for name in ("a.csv", "net.csv"):
        cells = [cell for row in csv.reader((tmp_path / name).read_text().splitlines()) for cell in row]
        texts = [cell for cell in cells if not _is_number(cell)]
        assert not [text for text in texts if text[:1] in tuple("=+-@\t\r")]
        assert "'=label" in cells and "'=cmd|' /C calc'!A0" in cells
    greeks("run", *files, *FEW, *group, "-o", tmp_path / "a.json", "--net", tmp_path / "net.json")
    greeks("run", *files, *FEW, *group, "-o", tmp_path / "a.parquet", "--net", tmp_path / "net.parquet")
    assert json.loads((tmp_path / "a.json").read_text())["trades"][0]["trade_id"] == IDS[0]
    for table, extension in (("a", "json"), ("a", "parquet"), ("net", "json"), ("net", "parquet")):
        got = greeks("compare", tmp_path / f"{table}.csv", tmp_path / f"{table}.{extension}", "--rtol", 0)
        assert got.code == 0, got.out
        assert " 0 differ" in got.out


def test_a_portfolio_of_guarded_text_is_the_same_portfolio(
    greeks: Call, files: tuple[Path, str, Path], tmp_path: Path
) -> None:
    guarded = files[0].read_text().replace("\n=", "\n'=").replace("\n+", "\n'+").replace(",=", ",'=")
    (tmp_path / "guarded.csv").write_text(guarded)
    greeks("run", *files, *FEW, "-o", tmp_path / "a.csv")
    greeks("run", tmp_path / "guarded.csv", *files[1:], *FEW, "-o", tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return not cell.startswith("+") and cell != "-1"
