"""What people expect of any command line: completion, devices, pipes, dates of today, python -m, and quiet help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from test_commands import COLUMNS, FEW, ONE, rows

from greeks.book import Book

Call = Callable[..., Any]
LATER = {"run": ("cluster",), "one": ("cluster", "checkpoint", "resume")}


@pytest.mark.parametrize("command", ["run", "one"])
def test_help_shows_no_option_that_is_not_there(greeks: Call, command: str) -> None:
    text = greeks(command, "--help").out
    assert not [name for name in LATER[command] if f"--{name}" in text]
    assert "--variance-reduction" in text


def test_a_slip_of_an_option_is_named_and_never_one_that_is_hidden(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, "--estimator", "lr")
    assert got.code == 2 and "--estimators" in got.err
    got = greeks("run", *example, "--clustr", "x")
    assert got.code == 2 and "--cluster" not in got.err


def test_a_device_needs_no_extension(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    got = greeks("run", *example, *FEW, "-o", os.devnull, "--net", os.devnull)
    assert (got.code, got.out) == (0, "")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        assert greeks("run", *example, *FEW, "-o", pipe).code == 0
        assert reader.stdout is not None
        assert reader.stdout.read().startswith(COLUMNS)


def test_stdout_has_a_name_too(process: Call, example: tuple[str, ...]) -> None:
    got = process("run", *example, *FEW, "-q", "-o", "/dev/stdout")
    assert (got.code, got.err) == (0, "")
    assert got.out.startswith(COLUMNS)


def test_net_goes_to_stdout_when_the_trades_do_not(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    got = greeks("run", *example, *FEW, "-o", tmp_path / "out.csv", "--net", "-")
    assert got.code == 0
    assert {row["greek"] for row in rows(got.out)} == {"price", "delta", "gamma", "vega", "rho"}
    assert "trade_id" not in got.out
    got = greeks("run", *example, *FEW, "--net", "-")
    assert (got.code, got.out) == (2, "")
    assert "add -o FILE" in got.err
    assert greeks("run", *example, "-o", tmp_path / "a.csv", "--net", tmp_path / "a.csv").code == 2


def test_python_m_greeks() -> None:
    done = subprocess.run([sys.executable, "-m", "greeks", "--version"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("greeks ")


def test_today_is_told_and_kept(greeks: Call, example: tuple[str, ...], tmp_path: Path) -> None:
    before = date.today()
    got = greeks("run", *example, *FEW, "--as-of", "today", "-o", tmp_path / "a.json")
    told = json.loads((tmp_path / "a.json").read_text())["manifest"]["as_of"]
    assert before <= date.fromisoformat(told[:10]) <= date.today()
    assert f"--as-of today is {told[:10]}" in got.err
    assert "--as-of today is" in greeks("one", "european", "call", *ONE[3:], *FEW, "--as-of", "today").err


@pytest.mark.parametrize("command", ["run", "validate"])
def test_notes_of_the_files_are_told(
    greeks: Call, example: tuple[str, ...], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import greeks.portfolio as portfolio

    read = portfolio.read_portfolio

    def noted(*arguments: Any, **options: Any) -> Book:
        book = read(*arguments, **options)
        object.__setattr__(book, "notes", ("no column quantity: 1 for every trade",))
        return book

    monkeypatch.setattr(import_module("greeks.portfolio"), "read_portfolio", noted)
    simulation = FEW if command == "run" else ()
    assert "note: no column quantity: 1 for every trade\n" in greeks(command, *example, *simulation).err
    assert greeks(command, *example, *simulation, "-q").err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(greeks: Call, shell: str) -> None:
    got = greeks("--show-completion", shell)
    assert (got.code, got.err) == (0, "")
    assert f"_GREEKS_COMPLETE={shell}_complete" in got.out
    assert "bash|zsh|fish" in greeks("--show-completion", "tcsh").err


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("greeks va", "validate"),
        ("greeks run --fail", "--fail-on"),
        ("greeks one european call --mean", "--mean-reversion"),
    ],
)
def test_completion(process: Call, monkeypatch: pytest.MonkeyPatch, words: str, found: str) -> None:
    monkeypatch.setenv("_GREEKS_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert process().out == f"plain,{found}\n"
