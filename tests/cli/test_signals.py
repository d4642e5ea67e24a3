"""A signal ends a command within seconds, with its own exit code; no file is half written, none left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LONG = ("--paths", "1e9", "--progress")
GENEROUS = 400.0  # seconds; an answer takes two at most, but a busy machine starts a process in its own time


@contextmanager
def running(
    example: tuple[str, ...], folder: Path, *ignored: signal.Signals
) -> Iterator[tuple[subprocess.Popen[bytes], list[Path]]]:
    """A long run with two outputs that have an older content, from when both places are held."""
    targets = [folder / "out.csv", folder / "net.json"]
    for target in targets:
        target.write_text(f"before {target.name}")

    def hear() -> None:  # a test runner in the background, or under nohup, ignores signals that its children hear here
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN if number in ignored else signal.SIG_DFL)

    command = [sys.executable, "-m", "greeks_cli.main", "run", *example, *LONG]
    command += ["-o", str(targets[0]), "--net", str(targets[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear) as process:
        try:
            until(lambda: len(parts(folder)) == 2 or process.poll() is not None)
            assert process.poll() is None
            yield process, targets
        finally:
            process.kill()


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + GENEROUS
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.02)


def parts(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


def check(process: subprocess.Popen[bytes], targets: list[Path], number: signal.Signals) -> None:
    out, err = process.communicate(timeout=GENEROUS)
    assert (process.returncode, out) == (128 + number, b"")
    assert err.endswith(b"interrupted\n" if number == signal.SIGINT else b"terminated\n")
    assert err.count(b"interrupted") + err.count(b"terminated") == 1
    assert b"Traceback" not in err and b"Exception ignored" not in err
    assert [target.read_text() for target in targets] == [f"before {target.name}" for target in targets]
    assert sorted(targets[0].parent.iterdir()) == sorted(targets)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_as_soon_as_the_places_are_held(
    number: signal.Signals, example: tuple[str, ...], tmp_path: Path
) -> None:
    """While modules and kernels are loaded, where a callback of the compiler may swallow an exception."""
    with running(example, tmp_path) as (process, targets):
        process.send_signal(number)
        check(process, targets, number)


@pytest.mark.slow  # it waits for every kernel
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_simulation(number: signal.Signals, example: tuple[str, ...], tmp_path: Path) -> None:
    with running(example, tmp_path) as (process, targets):
        assert process.stderr is not None
        assert any(line.startswith(b"simulating") for line in iter(process.stderr.readline, b""))
        process.send_signal(number)
        process.send_signal(number)  # whoever is impatient breaks nothing
        check(process, targets, number)


def test_a_signal_that_is_ignored_stays_ignored(example: tuple[str, ...], tmp_path: Path) -> None:
    with running(example, tmp_path, signal.SIGHUP) as (process, targets):
        process.send_signal(signal.SIGHUP)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2.0)
        process.send_signal(signal.SIGTERM)
        check(process, targets, signal.SIGTERM)


DEAF = """
import sys, time
from greeks.system.ending import endings
from greeks.system.files import destination
with endings(), destination(sys.argv[1]):
    while True:
        try:
            print("held", flush=True)
            time.sleep(900)
        except BaseException:
            pass
"""


def test_a_main_thread_that_hears_nothing_is_ended(tmp_path: Path) -> None:
    """As in a compiler, whose callbacks swallow exceptions."""
    command = [sys.executable, "-c", DEAF, str(tmp_path / "out.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"held\n"
            assert len(parts(tmp_path)) == 1
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=600)  # shorter than the sleep
        finally:
            process.kill()
    assert (process.returncode, err) == (143, b"terminated\n")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_run_leaves_goes_with_the_next(
    greeks: Callable[..., object], example: tuple[str, ...], tmp_path: Path
) -> None:
    with running(example, tmp_path) as (process, targets):
        process.kill()
        process.wait(GENEROUS)
    assert len(parts(tmp_path)) == 2
    greeks("run", *example, "--paths", 512, "-q", "-o", targets[0], "--net", targets[1])
    assert sorted(tmp_path.iterdir()) == sorted(targets)
    assert all(not target.read_text().startswith("before") for target in targets)


@pytest.mark.slow  # two runs
def test_a_full_device_is_named(process: Callable[..., object], example: tuple[str, ...]) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    got = process("run", *example, "--paths", 512, "-q", "-o", "/dev/full")
    assert got.code == 1
    assert got.err.splitlines()[-1] == "Error: /dev/full: No space left on device"
    command = [sys.executable, "-m", "greeks_cli.main", "run", *example, "--paths", "512", "-q"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == b"Error: stdout: No space left on device"
