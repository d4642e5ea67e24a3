"""``greeks report``."""

from __future__ import annotations

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
