"""Totals in a reporting currency, from the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

Call = Callable[..., Any]
FEW = ("--paths", "4000")


def test_totals_in_one_currency(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    net = tmp_path / "net.csv"
    fx = Path(example[0]).with_name("fx.csv")
    got = greeks("run", *example, *FEW, "--greeks", "price", "--net", net)
    assert (got.code, "amounts in USD, EUR, JPY are not added: --fx FILE and --currency CODE" in got.err) == (0, True)
    own = [row["currency"] for row in csv.DictReader(io.StringIO(net.read_text())) if row["level"] == "book"]
    assert own == ["USD", "EUR", "JPY"]
    got = greeks("run", *example, *FEW, "--greeks", "price", "--net", net, "--fx", fx, "--currency", "EUR")
    assert got.code == 2 and "the rate of EUR is 1.085, and EUR is the reporting currency" in got.err
    got = greeks("run", *example, *FEW, "--greeks", "price", "--net", net, "--fx", fx, "--currency", "USD")
    assert got.code == 0 and "the rates of EUR, JPY as given: they are parameters" in got.err
    (total,) = [row for row in csv.DictReader(io.StringIO(net.read_text())) if row["level"] == "book"]
    assert (total["currency"], total["trades"]) == ("USD", "34")
    (tmp_path / "bad.csv").write_text("currency,rate\nEUR,-1\nJPY,x\n")
    got = greeks("run", *example, *FEW, "--fx", tmp_path / "bad.csv", "--currency", "USD")
    assert got.code == 3 and "bad.csv:2: column rate: -1 is not above 0" in got.err and "bad.csv:3" in got.err
