"""The generated code: no C library, the same bits on every processor, a cache that notices every edit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORK = """
import sys
sys.path[:0] = [{tests!r}]
from zoo import MODELS, PAYOFFS
import hashlib, greeks as gk
digest = hashlib.blake2b(digest_size=8)
for model in MODELS.values():
    for kind in PAYOFFS.values():
        for trade in kind:
            r = gk.estimate(trade, model, greeks="all", estimators="all", paths=3000, threads=1)
            digest.update(r.to_frame()[["value", "standard_error", "kurtosis"]].to_numpy().tobytes())
print(digest.hexdigest())
"""
SMALL = """
import greeks as gk
print(repr(gk.estimate(gk.European("call", strike=100.0, maturity=1.0),
      gk.GBM(spot=100.0, volatility=0.2), greeks="price", paths=2000, analytic=False)["price"].value))
"""
LIBM = re.compile(r"\b(?:exp|log|log1p|expm1|sin|cos|tan|pow|erf|erfc|fma|exp2|log2|cbrt|hypot)f?\b")


def run(code, where=ROOT, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(where), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done


INSPECT = """
import re
from greeks.compiler.jit import KERNELS
seen = 0
for name, kernel in KERNELS.items():
    if kernel._dispatcher is None or kernel.inline:
        continue
    for text in kernel.dispatcher.inspect_asm().values():
        seen += 1
        for line in text.splitlines():
            call = re.search(r"\\b(?:call|jmp)q?\\s+\\*?([A-Za-z_][\\w.@]*)", line)
            if call:
                print("CALL", name, call.group(1))
            target = re.search(r"movabsq\\s+\\$([A-Za-z_]\\w*)", line)
            if target:
                print("CALL", name, target.group(1))
print("SEEN", seen)
"""


@pytest.mark.slow
def test_same_bits_on_every_processor_and_no_call_of_the_c_library(tmp_path):
    """One test, since each processor compiles every kernel anew, which is what takes its time."""
    flags = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    work = WORK.format(tests=str(ROOT / "tests"))
    host, *out = run(work + INSPECT, NUMBA_CACHE_DIR=str(tmp_path / "host")).stdout.splitlines()
    assert int(re.search(r"SEEN (\d+)", out[-1])[1]) >= 15
    bad = [line for line in out if line.startswith("CALL") and LIBM.search(line.split()[2])]
    assert not bad
    compared = 0
    for name, needs in (("x86-64-v3", "avx2"), ("x86-64-v4", "avx512vl")):
        if needs in flags:
            compared += 1
            other = run(work, NUMBA_CPU_NAME=name, NUMBA_CPU_FEATURES="", NUMBA_CACHE_DIR=str(tmp_path / name)).stdout
            assert other.strip() == host, name
    if not compared:
        pytest.skip("this processor has neither x86-64-v3 nor x86-64-v4")


def copy(tmp_path):
    shutil.copytree(ROOT / "greeks", tmp_path / "greeks", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_the_cache_notices_an_edit_in_another_file(tmp_path):
    where = copy(tmp_path)
    cache = {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    before = run(SMALL, where, **cache).stdout
    assert run(SMALL, where, **cache).stdout == before
    path = where / "greeks" / "core" / "elementary.py"
    text = path.read_text()
    changed = text.replace("p = fma(p, r, 0.5)", "p = fma(p, r, 0.6)")
    assert changed != text
    path.write_text(changed)
    assert run(SMALL, where, **cache).stdout != before


def test_without_a_place_for_the_cache_there_is_one_warning(tmp_path):
    where = copy(tmp_path)
    (tmp_path / "file").write_text("")
    nowhere = str(tmp_path / "file" / "below")  # below a file nothing can be made, not even by root
    code = (
        """
import numba.core.caching as caching
def refuse(self):
    raise OSError("read-only")
for locator in caching.CacheImpl._locator_classes:
    locator.ensure_cache_path = refuse
"""
        + SMALL
    )
    done = run(code, where, NUMBA_CACHE_DIR="", HOME=nowhere, XDG_CACHE_HOME=nowhere)
    assert done.stderr.count("RuntimeWarning") == 1, done.stderr
    assert "NUMBA_CACHE_DIR" in done.stderr
    assert done.stdout == run(SMALL, where, NUMBA_CACHE_DIR=str(tmp_path / "cache")).stdout
