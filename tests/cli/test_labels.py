"""Label columns: named on stderr, declared by ``--labels``, and never a term of a trade in disguise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import MARKET, european

Call = Callable[..., Any]


@pytest.fixture
def validate(greeks: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text(MARKET)

    def call(portfolio: str, *options: str) -> Any:
        (tmp_path / "b.csv").write_text(portfolio)
        return greeks("validate", "b.csv", "-m", "m.csv", *options)

    return call


def test_declared(validate: Call) -> None:
    book = european(side="BUY", desk="x")
    assert validate(book, "--labels", "desk,side").out == "ok: 1 trade on 1 underlying, labels side, desk\n"
    got = validate(book, "--labels", "side")
    assert (got.code, got.err.splitlines()[0]) == (
        3,
        "b.csv:1: column desk: is no column, and not among the declared labels: add it to --labels, or leave it out",
    )
    got = validate(book)
    assert (got.code, got.err.splitlines()[0]) == (
        3,
        "b.csv:1: column side: is not read: sign the quantity instead, 10 for a purchase and -10 for a sale "
        "(or declare it a label: --labels side)",
    )


@pytest.mark.parametrize("command", ["run", "validate", "report"])
def test_every_command_takes_them(command: str, greeks: Call, validate: Call) -> None:
    validate(european(desk="x"))
    more = ("-o", "folder") if command == "report" else ()
    got = greeks(command, "b.csv", "-m", "m.csv", "--labels", "team", *more)
    assert got.code == 3
    assert "column team: is declared as a label, and is missing from the header" in got.err
