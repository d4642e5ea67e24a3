"""``greeks run --checkpoint --resume``: processes that are interrupted and killed, and the bytes of one that was not."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
PORTFOLIO = "trade_id,underlying,product,option_type,strike,maturity\na,x,european,call,100,1\n"
MARKET = "underlying,model,spot,rate,volatility\nx,gbm,100,0.03,0.2\n"
OPTIONS = ("--greeks", "price", "--no-analytic", "--no-pilot", "--paths", "2e7", "--threads", "2", "--format", "json")
# The command line as it is, but it writes more often, and a task takes longer: sleeping costs no processor.
SLOW = """
import time
from greeks.execution import checkpoint, threads
from greeks_cli.main import main
checkpoint._SECONDS, threads._TASK_DOUBLES, genuine = 0.05, 2**18, threads.run_block
threads.run_block = lambda *given: (time.sleep(0.03), genuine(*given))[1]
main()
"""


@pytest.fixture
def book(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "book.csv").write_text(PORTFOLIO)
    (tmp_path / "market.csv").write_text(MARKET)
    return str(tmp_path / "book.csv"), "--market", str(tmp_path / "market.csv")


def stopped(folder: Path, given: tuple[str, ...], sent: signal.Signals) -> tuple[int, str, str]:
    """Code and output of a process that got a signal after it had written something more."""
    before = written(folder)
    # A test runner started in the background ignores the signal, and its children would too.
    running = subprocess.Popen(
        [sys.executable, "-c", SLOW, "run", *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        end = time.monotonic() + 60.0
        while written(folder) == before:
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        running.send_signal(sent)
        out, err = running.communicate(timeout=600)
    finally:
        running.kill()
    return running.returncode, out, err


def written(folder: Path) -> list[tuple[str, int]]:
    return sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*.npz"))


def test_a_run_that_is_interrupted_and_killed_ends_with_the_same_bytes(
    greeks: Call, book: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greeks.execution import threads

    done: list[int] = []
    genuine = threads.run_block
    monkeypatch.setattr(threads, "run_block", lambda *given: done.append(1) or genuine(*given))
    whole = greeks("run", *book, *OPTIONS)
    total = len(done)
    folder = tmp_path / "kept"
    kept = (*book, *OPTIONS, "--checkpoint", str(folder))
    code, out, err = stopped(folder, kept, signal.SIGINT)
    assert (code, out) == (130, "")
    assert "interrupted" in err and "Traceback" not in err
    first = written(folder)
    assert stopped(folder, (*kept, "--resume"), signal.SIGKILL)[:2] == (-signal.SIGKILL, "")
    assert written(folder) != first
    done.clear()
    again = greeks("run", *kept, "--resume")
    assert (again.code, again.out) == (whole.code, whole.out)
    assert 0 < len(done) < total
    done.clear()
    assert greeks("run", *kept, "--resume").out == whole.out
    assert not done


def test_refusals_name_the_options(greeks: Call, book: tuple[str, ...], tmp_path: Path) -> None:
    few = (*book, "--greeks", "price", "--no-analytic", "--paths", "4000", "-q")
    folder = tmp_path / "kept"
    assert greeks("run", *few, "--checkpoint", folder).code == 0
    for options, told in [
        (("--resume",), "--resume needs the folder of an earlier run: add --checkpoint"),
        (("--checkpoint", folder), f"--checkpoint {folder} holds a run already: add --resume"),
        (("--checkpoint", ""), "--checkpoint is ''"),
        (("--checkpoint", folder, "--resume", "--time-budget", 1), "--checkpoint does not go with --time-budget"),
        (("--checkpoint", folder, "--resume", "--seed", 1), f"--checkpoint {folder} is of another run: seed was 42"),
    ]:
        got = greeks("run", *few, *options)
        assert (got.code, got.out) == (2, "")
        assert got.err.startswith(f"Error: {told}")
    (folder / "run.json").write_bytes(b"{")
    assert "run.json is damaged" in greeks("run", *few, "--checkpoint", folder, "--resume").err
    got = greeks("run", *few, "--checkpoint", book[0])
    assert (got.code, got.out) == (1, "") and "book.csv" in got.err and "Traceback" not in got.err


def test_what_is_damaged_or_absent_is_told(greeks: Call, book: tuple[str, ...], tmp_path: Path) -> None:
    few = (*book, "--greeks", "price", "--no-analytic", "--paths", "4000", "--checkpoint", tmp_path / "kept")
    got = greeks("run", *few, "--resume")
    assert got.code == 0 and f"note: checkpoint {tmp_path / 'kept'} holds no run" in got.err
    (path,) = (tmp_path / "kept").glob("*.npz")
    path.write_bytes(b"")
    again = greeks("run", *few, "--resume")
    assert (again.code, again.out) == (0, got.out)
    assert f"note: checkpoint file {path} is damaged" in again.err
