"""Side by side with QuantLib, JAX and MKL in one run: ``python -m benchmarks``. Never a test.

Every time is the least of interleaved repeats, on one core unless the table says otherwise. A peer that is not
installed is reported as missing. Absolute numbers move from machine to machine; the ratios are what counts.
"""

from __future__ import annotations

import os

# Read by the libraries when they are loaded, hence before any other import: one thread each.
os.environ.update(MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", JAX_PLATFORMS="cpu")
os.environ["XLA_FLAGS"] = (
    os.environ.get("XLA_FLAGS", "") + " --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
)

import argparse
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks import asian, european, heston, memory, start_up, threads
from benchmarks.timing import Table, one_core
from greeks.system.machine import processor

_PACKAGES = ("numba", "numpy", "QuantLib", "jax", "mkl")
_TITLES = {
    "memory": "Memory of one European",
    "start-up": "Start-up, in seconds",
    "threads": "Two threads against one",
    "asian": "Asian call, 52 fixings, one core",
    "european": "European call, one step, one core",
    "marginal": "Europeans on the same paths, one core",
    "heston": "European call under Heston, QE-M, 32 steps, one core",
}


def versions() -> dict[str, str]:
    """Versions of what is compared."""
    found = {"Python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found


def main() -> None:
    """Run the workloads asked for; those that use several processors come before the others are pinned to one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(_TITLES)}; default all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers to this file too")
    parser.add_argument("--full", action="store_true", help="memory with 1e9 paths instead of 1e8")
    options = parser.parse_args()
    unknown = set(options.workloads) - set(_TITLES)
    if unknown:
        parser.error(f"no workload {', '.join(sorted(unknown))}: choose from {', '.join(_TITLES)}")
    record = {"processor": processor(), "versions": versions(), "load": list(os.getloadavg())}
    print(processor(), *(f"{name} {number}" for name, number in versions().items()), sep=", ")
    results: dict[str, dict[str, float | str]] = {}
    pinned = False
    for name, title in _TITLES.items():
        if options.workloads and name not in options.workloads:
            continue
        if not pinned and name in ("asian", "european", "marginal", "heston"):
            one_core()
            pinned = True
        table = Table(title)
        match name:
            case "memory":
                memory.run(table, 10**9 if options.full else 10**8)
            case "start-up":
                start_up.run(table)
            case "threads":
                threads.run(table)
            case "asian":
                asian.run(table)
            case "european":
                european.run(table)
            case "marginal":
                european.marginal(table)
            case "heston":
                heston.run(table)
        results[name] = table.values
    record["load_after"] = list(os.getloadavg())
    if options.json:
        options.json.write_text(json.dumps({**record, "results": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
