"""``greeks run --shares``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
ROOT = Path(__file__).parents[2]
BOOK = (ROOT / "data" / "portfolio.csv", "--market", ROOT / "data" / "market.csv")
FEW = ("--greeks", "price,vega", "--paths", "8192", "--no-analytic", "-q")


def test_shares_go_to_stderr_and_change_nothing(greeks: Call, tmp_path: Path) -> None:
    plain, told = tmp_path / "plain.csv", tmp_path / "told.csv"
    before = greeks("run", *BOOK, *FEW, "-o", plain)
    got = greeks("run", *BOOK, *FEW, "-o", told, "--shares", 1)
    assert plain.read_bytes() == told.read_bytes()
    assert got.code == before.code and got.out == ""
    lines = got.err[got.err.index("Shares in the variance") :].splitlines()
    assert any(line.startswith("book") and "vega: " in line for line in lines)
    named = [line for line in lines if " %  " in line]
    assert len(named) == len([line for line in lines if " +- " in line and line[0] != " "]) > 0


@pytest.mark.parametrize("count", ["0", "-1", "2.5"])
def test_no_shares_are_refused(greeks: Call, count: str) -> None:
    got = greeks("run", *BOOK, "--shares", count)
    assert (got.code, got.out) == (2, "")
    assert "--shares" in got.err and "is not a positive whole number such as" in got.err
