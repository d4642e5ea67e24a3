"""Names that command a terminal, hide or forge a line: none acts, whatever command shows them."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
ESC, OSC, C1, BIDI, BLANK = "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\u202e", "\u200b"
ID, UNDERLYING, DESK = f"T{ESC}{OSC}", f"U{C1}{BIDI}", f"desk{ESC}{C1}"
VALUE = f"v{ESC}{OSC}{C1}{BIDI}{BLANK}"


def rows(*lines: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    header = ["trade_id", "underlying", "product", "option_type", "strike", "maturity", DESK]
    (tmp_path / "b.csv").write_bytes(
        rows(
            header,
            [ID, UNDERLYING, "european", "call", "100", "1", VALUE],
            [f"{ID}2", UNDERLYING, "digital", "put", "1", "0.01", VALUE],
        )
    )
    (tmp_path / "bad.csv").write_bytes(
        rows(
            [*header, f"stri{BLANK}ke", f"e{ESC}xpiry"],
            [ID, UNDERLYING, VALUE, VALUE, VALUE, VALUE, VALUE, VALUE, VALUE],
            [ID, VALUE, "european", VALUE, VALUE, VALUE, VALUE, VALUE, VALUE],
            [f"{ID}3", UNDERLYING, "european", "call", "100", "1"],
        )
    )
    (tmp_path / "m.csv").write_bytes(
        rows(["underlying", "spot", "rate", "volatility"], [UNDERLYING, "100", "0.05", "0.2"])
    )
    (tmp_path / "badm.csv").write_bytes(
        rows(["underlying", "model", "spot", f"ra{BIDI}te", "volatility"], [UNDERLYING, VALUE, VALUE, VALUE, VALUE])
    )
    return tmp_path


def harmless(got: Any) -> bool:
    shown = got.out + got.err
    hidden = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - {"\n"}
    assert not hidden, sorted(hidden)
    assert "Traceback" not in shown and "internal error" not in shown
    return bool(shown)


def test_good_files(greeks: Call, files: Path) -> None:
    run = ("run", "b.csv", "-m", "m.csv", "--paths", "1024", "--no-analytic")
    for more in ((), ("--estimators", "lr,pw"), ("--group-by", DESK)):
        got = greeks(*run, "--format", "table", *more)
        assert got.code == 0 and harmless(got)
        assert r"T\x1b[2J" in got.out
    got = greeks("validate", "b.csv", "-m", "m.csv", "-v")
    assert got.code == 0 and harmless(got) and r"desk\x1b[2J\x9b31m" in got.out
    got = greeks(*run, "--group-by", "no such column")
    assert got.code == 2 and harmless(got) and r"desk\x1b[2J\x9b31m" in got.err
    got = greeks(*run, "--group-by", f"none{ESC}")
    assert got.code == 2 and harmless(got)
    got = greeks(*run, "-o", "a.csv", "--net", "n.txt", "--group-by", DESK)
    assert got.code == 0 and "\x1b" not in (files / "n.txt").read_text()
    greeks(*run, "--seed", "7", "-o", "b.json", "--group-by", DESK)
    greeks(*run, "-o", "a.json", "--group-by", DESK)
    got = greeks("compare", "a.json", "b.json", "--sigmas", "0")
    assert got.code == 5 and harmless(got) and r"T\x1b[2J" in got.out


def test_a_report(greeks: Call, files: Path) -> None:
    got = greeks(
        "report",
        "b.csv",
        "-m",
        "m.csv",
        "-o",
        "out",
        "--quick",
        "--paths",
        "2048",
        "--estimators",
        "lr,pw",
        "--greeks",
        "price,delta",
    )
    assert got.code == 0 and harmless(got)
    page = (files / "out/report.html").read_text()
    assert r"T\x1b[2J" in page
    assert not {c for c in page if unicodedata.category(c) in ("Cc", "Cf")} - {"\n", "\t"}


def test_the_net_on_the_terminal(greeks: Call, files: Path) -> None:
    got = greeks(
        "run", "b.csv", "-m", "m.csv", "--paths", "1024", "-o", "t.csv", "--net", "n.txt", "--group-by", DESK, "--fail-on",
        "warn", "--target", "1e-9", "--max-paths", "2048", "--no-analytic",
    )  # fmt: skip
    assert harmless(got) and got.code == 5
    assert not {c for c in (files / "n.txt").read_text() if unicodedata.category(c) in ("Cc", "Cf")} - {"\n"}


@pytest.mark.parametrize("command", ["run", "validate"])
@pytest.mark.parametrize(("book", "market"), [("bad.csv", "m.csv"), ("b.csv", "badm.csv"), ("bad.csv", "badm.csv")])
@pytest.mark.parametrize("more", [(), ("--on-error", "skip")])
def test_bad_files(command: str, book: str, market: str, more: tuple[str, ...], greeks: Call, files: Path) -> None:
    got = greeks(command, book, "-m", market, *more)
    assert got.code == 3 and harmless(got)


def test_the_name_of_a_file(greeks: Call, files: Path) -> None:
    name = f"b{ESC}{OSC}.csv"
    assert harmless(greeks("validate", name, "-m", "m.csv"))
    (files / "b.csv").rename(files / name)
    assert harmless(greeks("validate", name, "-m", "m.csv", "-v"))
    assert harmless(greeks("run", name, "-m", "m.csv", "--paths", "1024", "-o", f"no{ESC}/x.csv"))
    assert harmless(greeks("compare", name, "m.csv"))


def test_a_line_break_in_a_header_forges_no_line(greeks: Call, files: Path) -> None:
    (files / "b.csv").write_bytes(
        rows(
            ["trade_id", "underlying", "product", "option_type", "strike", "maturity", "x\nb.csv:9: forged"],
            ["A1", UNDERLYING, "european", "call", "bad", "1", ""],
        )
    )
    got = greeks("validate", "b.csv", "-m", "m.csv")
    assert got.code == 3 and harmless(got)
    assert not any(line.startswith("b.csv:9") for line in got.err.splitlines())
