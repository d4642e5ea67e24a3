"""Files of one command are replaced together or not at all, and what dead processes left is removed."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from greeks.errors import UsageError
from greeks.system import files
from greeks.system.files import check_destinations, destination, destinations


@pytest.fixture
def targets(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in ("a", "b", "c")]
    for target in found:
        target.write_text(f"old {target.name}")
    return found


def write_all(targets: list[Path]) -> None:
    with destinations([str(target) for target in targets]) as writers:
        for write, target in zip(writers, targets, strict=True):
            write(f"new {target.name}".encode())


def failing(monkeypatch: pytest.MonkeyPatch, name: str, count: int) -> None:
    """The call number ``count`` of a function of the system fails, as on a disk that breaks; later ones do not."""
    plain, calls = getattr(os, name), iter(range(1, 1000))

    def broken(*arguments: object, **options: object) -> object:
        if next(calls) == count:
            raise OSError(errno.EIO, "Input/output error", "a temporary name")
        return plain(*arguments, **options)

    monkeypatch.setattr(os, name, broken)


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_all_are_replaced(targets: list[Path], tmp_path: Path) -> None:
    targets[0].chmod(0o640)
    write_all(targets)
    assert contents(tmp_path) == {name: f"new {name}" for name in "abc"}
    assert stat.S_IMODE(targets[0].stat().st_mode) == 0o640


@pytest.mark.parametrize(("call", "named"), [(1, "a"), (2, "b"), (3, "c")])
def test_an_error_at_a_replacement_leaves_every_file_as_it_was(
    call: int, named: str, targets: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "replace", call)
    with pytest.raises(OSError) as caught:
        write_all(targets)
    assert caught.value.filename == str(tmp_path / named)
    assert contents(tmp_path) == {name: f"old {name}" for name in "abc"}


def test_a_new_file_is_taken_back(targets: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    targets[0].unlink()
    failing(monkeypatch, "replace", 2)
    with pytest.raises(OSError):
        write_all(targets)
    assert contents(tmp_path) == {"b": "old b", "c": "old c"}


def test_a_file_system_without_second_names(
    targets: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*names: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    write_all(targets)
    assert contents(tmp_path) == {name: f"new {name}" for name in "abc"}
    failing(monkeypatch, "replace", 3)
    with pytest.raises(OSError):
        write_all(targets)
    assert contents(tmp_path) == {name: f"new {name}" for name in "abc"}


def test_an_error_while_writing_leaves_every_file_as_it_was(targets: list[Path], tmp_path: Path) -> None:
    def stop_early() -> None:
        with destinations([str(target) for target in targets]) as writers:
            writers[0](b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stop_early()
    assert contents(tmp_path) == {name: f"old {name}" for name in "abc"}


def left_over(target: Path, process: int) -> Path:
    """The name that a process gives its unfinished file."""
    return target.parent / f".{target.name}.{files._host()}-{process}-x1.part"


def test_the_names_are_those_that_are_looked_for(targets: list[Path], tmp_path: Path) -> None:
    with destination(str(targets[0])):
        (name,) = tmp_path.glob(".*.part")
        assert name.name.startswith(left_over(targets[0], os.getpid()).name.removesuffix("x1.part"))


def test_only_what_the_dead_left_is_removed(targets: list[Path], tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as done:
        done.wait()
    dead, live, other = left_over(targets[0], done.pid), left_over(targets[0], os.getpid()), tmp_path / ".a.x-1-2.part"
    for path in (dead, live, other, left_over(targets[1], done.pid)):
        path.write_text("half")
    with destination(str(targets[0])) as write:
        write(b"new")
    assert not dead.exists()
    assert live.exists() and other.exists() and left_over(targets[1], done.pid).exists()


@pytest.mark.skipif(os.name != "posix", reason="the lock is one of POSIX")
def test_a_lock_tells_the_living_whose_number_is_not_seen(targets: list[Path]) -> None:
    """In another container a process has another number, or one that nobody has here."""
    import fcntl

    with subprocess.Popen([sys.executable, "-c", ""]) as done:
        done.wait()
    held = left_over(targets[0], done.pid)
    with held.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with destination(str(targets[0])):
            assert held.exists()
    with destination(str(targets[0])):
        assert not held.exists()


def test_a_check_changes_nothing(targets: list[Path], tmp_path: Path) -> None:
    check_destinations([str(tmp_path / name) for name in ("a", "b", "new")])
    assert contents(tmp_path) == {name: f"old {name}" for name in "abc"}
    with pytest.raises(UsageError, match="input file"):
        check_destinations([str(targets[0])], [str(targets[0])])
    with pytest.raises(OSError) as caught:
        check_destinations([str(tmp_path / "nowhere" / "x")])
    assert caught.value.filename == str(tmp_path / "nowhere" / "x")


def test_a_signal_waits_until_the_files_have_moved(
    targets: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import signal

    plain: Callable[..., None] = os.replace

    def replace(*names: str) -> None:
        signal.raise_signal(signal.SIGINT)
        plain(*names)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(os, "replace", replace)
    try:
        with pytest.raises(KeyboardInterrupt):
            write_all(targets)
    finally:
        signal.signal(signal.SIGINT, before)
    assert contents(tmp_path) == {name: f"new {name}" for name in "abc"}
