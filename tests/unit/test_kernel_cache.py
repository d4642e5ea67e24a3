"""A damaged file of Numba's cache, or a disk that is full, ends no run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

MODULE = """
import sys
import numpy as np
from greeks.compiler import jit

@jit.kernel
def double(values):
    for i in range(len(values)):
        values[i] *= 2.0

values = np.arange(3.0)
if sys.argv[1:] == ["full"]:
    store = double.dispatcher._cache
    def full(path):
        raise OSError(28, "No space left on device", path)
    store._cache_file._open_for_write = full
double(values)
double(np.arange(3))  # another signature
print(values.tolist(), sum(double.dispatcher.stats.cache_hits.values()))
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[str, str]]:
    """Run the kernel in a process of its own: what it prints, which ends in the cache hits, and stderr."""
    (tmp_path / "doubling.py").write_text(MODULE)
    paths = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])

    def call(*arguments: str) -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, str(tmp_path / "doubling.py"), *arguments],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip(), done.stderr

    return call


def entries(folder: Path, extension: str) -> list[Path]:
    found = sorted((folder / "cache").rglob(f"*{extension}"))
    assert found
    return found


def flipped(content: bytes) -> bytes:
    """One bit of what is likely machine code."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "short": lambda content: content[:-1],
    "other": lambda content: b"\x00 no pickle" * 50,
}


@pytest.mark.slow
def test_damaged_files_are_dropped_and_compiled_anew(run: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
    assert run() == ("[0.0, 2.0, 4.0] 0", "")
    assert run() == ("[0.0, 2.0, 4.0] 2", "")
    cases = [(extension, damage) for extension in (".nbi", ".nbc") for damage in DAMAGE.values()]
    for extension, damage in [*cases, (".nbc", flipped)]:
        for path in entries(tmp_path, extension):
            path.write_bytes(damage(path.read_bytes()))
        out, err = run()
        assert out == "[0.0, 2.0, 4.0] 0"
        assert err.count("RuntimeWarning: damaged files among the compiled kernels in") == 1
        assert run() == ("[0.0, 2.0, 4.0] 2", "")


@pytest.mark.slow
def test_a_damaged_file_is_said_once(run: Callable[..., tuple[str, str]], tmp_path: Path) -> None:
    run()
    for path in entries(tmp_path, ".nbc"):
        path.write_bytes(path.read_bytes()[:-1])
    out, err = run()
    assert out == "[0.0, 2.0, 4.0] 0"
    assert err.count("RuntimeWarning: damaged files") == 1
    assert run() == ("[0.0, 2.0, 4.0] 2", "")


def test_a_full_disk_ends_no_run(run: Callable[..., tuple[str, str]]) -> None:
    out, err = run("full")
    assert out == "[0.0, 2.0, 4.0] 0"
    assert err.count("RuntimeWarning: compiled kernels cannot be kept in") == 1
    assert "No space left on device" in err
