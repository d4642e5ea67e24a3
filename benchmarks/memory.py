"""Peak resident memory of one European, each run in a process of its own."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.timing import Table

_CODE = """
import resource, sys
import greeks as gk
gk.estimate(gk.European("call", strike=100.0, maturity=1.0), gk.GBM(spot=100.0, volatility=0.2), paths=int(sys.argv[1]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 2**20))
"""


def run(table: Table, largest: int) -> None:
    """A million paths, and many more."""
    peak = {}
    _peak(1000)  # compiles, so that neither measured process does
    for paths in (10**6, largest):
        peak[paths] = _peak(paths)
        table.line(f"peak with {paths:.0e} paths", peak[paths], "MiB")
    table.target("added by the larger number", peak[largest] - peak[10**6], 64.0, unit="MiB")


def _peak(paths: int) -> float:
    done = subprocess.run([sys.executable, "-c", _CODE, str(paths)], capture_output=True, text=True, check=True)
    return float(done.stdout)
