"""The command line, called as a user calls it, in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    code: int
    out: str
    err: str


@pytest.fixture
def greeks(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    from greeks_cli.main import main

    def call(*arguments: object) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as done:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(int(done.value.code or 0), captured.out, captured.err)

    return call


@pytest.fixture
def process() -> Callable[..., Outcome]:
    def call(*arguments: object, stdin: bytes = b"") -> Outcome:
        done = subprocess.run(
            [sys.executable, "-m", "greeks_cli.main", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture
def example() -> tuple[str, str, str]:
    """The example files, as arguments."""
    return str(ROOT / "data/portfolio.csv"), "--market", str(ROOT / "data/market.csv")
