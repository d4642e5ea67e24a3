"""``greeks report``."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

from report_book import make_book


def call(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greeks_cli.main", "report", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_report_from_the_command_line(tmp_path: Path) -> None:
    make_book(tmp_path)
    files = tmp_path / "book.csv", "--market", tmp_path / "market.csv"
    options = (
        "--quick",
        "--paths",
        "4096",
        "--deterministic",
        "--greeks",
        "price,delta,gamma",
        "--estimators",
        "lr,pw,fd",
    )
    got = call(*files, "-o", tmp_path / "out", *options)
    assert got.returncode == 0
    assert all(line.startswith("note: ") for line in got.stderr.splitlines())
    names = [tmp_path / "out" / name for name in ("report.html", "report.json", "tables")]
    assert got.stdout.splitlines() == [str(name) for name in names]
    text = names[0].read_text(encoding="utf-8")
    assert "--estimators lr,pw,fd" in text
    assert "--quick" in text
    before = names[0].read_bytes()
    assert call(*files, "-o", tmp_path / "out", *options, "-q").stdout == ""
    assert names[0].read_bytes() == before


def test_bad_calls(tmp_path: Path) -> None:
    make_book(tmp_path)
    files = tmp_path / "book.csv", "--market", tmp_path / "market.csv"
    assert call(*files).returncode == 2
    got = call(*files, "-o", tmp_path / "out", "--quick", "--thorough")
    assert (got.returncode, "exclude each other" in got.stderr) == (2, True)
    (tmp_path / "file").write_text("in the way")
    got = call(*files, "-o", tmp_path / "file", "--quick")
    assert got.returncode == 1
    assert "file" in got.stderr
    assert "Traceback" not in got.stderr
    (tmp_path / "book.csv").write_text("trade_id\n")
    got = call(*files, "-o", tmp_path / "out", "--quick")
    assert got.returncode == 3
    assert not (tmp_path / "out").exists()


def test_totals_in_one_currency_and_a_gate(tmp_path: Path) -> None:
    trade = "european,call,100,1"
    rows = f"trade_id,underlying,product,option_type,strike,maturity,quantity\nA,X,{trade},1\nB,Y,{trade},1\n"
    (tmp_path / "book.csv").write_text(rows + "C,X,european,call,100,31,0\n")
    (tmp_path / "market.csv").write_text(
        "underlying,currency,spot,rate,volatility\nX,USD,100,0.05,0.2\nY,EUR,100,0.05,0.2\n"
    )
    (tmp_path / "fx.csv").write_text("currency,rate\nEUR,1.25\n")
    files = tmp_path / "book.csv", "--market", tmp_path / "market.csv", "-o", tmp_path / "out"
    options = "--quick", "--paths", "4096", "--greeks", "price", "--estimators", "lr,fd", "--deterministic"
    reporting = "--fx", tmp_path / "fx.csv", "--currency", "USD"
    got = call(*files, *options, *reporting, "--fail-on", "warn")
    assert got.returncode == 5
    assert "--fail-on warn" in got.stderr
    with (tmp_path / "out/tables/net.csv").open() as file:
        book = next(row for row in csv.DictReader(file) if row["level"] == "book")
    assert (book["currency"], book["group"]) == ("USD", "book, USD")
    assert abs(float(book["value"]) - 2.25 * 10.450584) < 1e-4
    assert f"--fx {tmp_path / 'fx.csv'} --currency USD" in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert call(*files, *options, *reporting, "--fail-on", "na").returncode == 0
    got = call(*files, *options, "--fx", tmp_path / "fx.csv")
    assert (got.returncode, "add currency, such as USD" in got.stderr) == (2, True)
