"""Where results go: files replaced whole or not at all, formats, interruption, a reader that leaves."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from test_commands import COLUMNS, FEW

Call = Callable[..., Any]


def test_an_output_file_is_replaced_whole_or_not_at_all(
    greeks: Call, example: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    target.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(target)

    def failing(*_: Any, **__: Any) -> None:
        raise MemoryError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(import_module("greeks.api"), "run", failing)
        got = greeks("run", *example, *FEW, "-o", target)
        assert got.code == 1
        assert got.err.endswith("internal error: MemoryError: out of memory; add -v for the traceback\n")
        assert "Traceback" in greeks("run", *example, *FEW, "-o", target, "-v").err
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.csv", "out.csv"]
    assert greeks("run", *example, *FEW, "-o", link).code == 0
    assert link.is_symlink()
    assert target.read_text().startswith(COLUMNS)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert len(list(tmp_path.iterdir())) == 2


def test_places_that_cannot_be_written_are_known_before_computing(
    greeks: Call, example: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr(import_module("greeks.api"), "run", never)
    nowhere = tmp_path / "no/such/folder/out.csv"
    got = greeks("run", *example, "-o", nowhere)
    assert (got.code, got.err.splitlines(keepends=True)[-1]) == (1, f"Error: {nowhere}: No such file or directory\n")
    assert greeks("run", *example, "-o", tmp_path, "--format", "csv").code == 1
    copy = tmp_path / "m.csv"
    copy.write_bytes(Path(example[2]).read_bytes())
    got = greeks("run", example[0], "-m", copy, "-o", copy)
    assert got.code == 2
    assert "input file" in got.err


def test_parquet_without_pyarrow_is_code_6(
    greeks: Call, example: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    got = greeks("run", *example, "-o", tmp_path / "out.parquet")
    assert got.code == 6
    assert "pip install 'mc-greeks[parquet]'" in got.err


def test_interrupt(example: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    command = [sys.executable, "-m", "greeks_cli.main", "run", *example, "--paths", "1e9", "-o", str(target)]
    # A test runner started in the background ignores the signal, and its children would too.
    running = subprocess.Popen(
        [*command, "--progress"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert running.stderr is not None
        assert running.stderr.readline().startswith(b"note: ")
        while not running.stderr.readline().startswith(b"simulating"):
            pass  # the run has begun
        time.sleep(1.0)  # past the loading of kernels, in which a callback of the compiler may swallow a signal
        assert len(list(tmp_path.iterdir())) == 2
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 130
    assert out == b""
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_reader_that_stops_early_is_no_error(example: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "greeks_cli.main", "run", *example, *FEW, "-q"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
