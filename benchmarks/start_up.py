"""The command line as a user meets it: help, the first run after installation, and a run after that."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from benchmarks.timing import Missing, Table

_DATA = Path(__file__).parents[1] / "data"
_RUNS = {
    "one European": ["one", "european", "call", "--spot=100", "--strike=100", "--maturity=1", "--volatility=0.2"],
    "the example book": ["run", str(_DATA / "portfolio.csv"), "--market", str(_DATA / "market.csv"), "-q"],
}


def run(table: Table) -> None:
    """Each run starts once with an empty cache of compiled code, then again with the cache it left."""
    if find_spec("greeks_cli") is None:
        table.missing("command line", "greeks_cli is not installed")
        return
    _measure(table, "greeks --help", ["--help"], 0.15, 7, dict(os.environ))
    for name, arguments in _RUNS.items():
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
            _measure(table, f"first run: {name}", arguments, 15.0, 1, environment)
            _measure(table, f"warm run: {name}", arguments, 1.5, 5, environment)


def _measure(
    table: Table, name: str, arguments: list[str], bound: float, repeats: int, environment: dict[str, str]
) -> None:
    try:
        best = min(_seconds(arguments, environment) for _ in range(repeats))
    except Missing as reason:
        table.missing(name, reason)
        return
    table.target(name, best, bound, unit="s")


def _seconds(arguments: list[str], environment: dict[str, str]) -> float:
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "greeks_cli.main", *arguments], capture_output=True, text=True, env=environment
    )
    took = perf_counter() - start
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise Missing(f"exit code {done.returncode}: {lines[-1] if lines else 'no message'}")
    return took
