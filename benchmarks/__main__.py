"""Side by side with QuantLib, JAX and MKL in one run: ``python -m benchmarks``. Never a test.

Every time is the least of interleaved repeats on one core; a peer that is not installed is reported as missing.
"""

from __future__ import annotations

import os

# One thread each; these are read when the libraries are loaded.
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.update(MKL_NUM_THREADS="1", OMP_NUM_THREADS="1", JAX_PLATFORMS="cpu")

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import ours, peers
from benchmarks.timing import ASIAN, Missing, fastest, one_core

HESTON_GREEKS = (
    "price", "delta", "rho", "dividend_rho",
    "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation",
)  # fmt: skip
RESULTS: dict[str, dict[str, float | str]] = {}


def table(title: str, unit: str, work: dict[str, Callable[[], ours.Work]], baseline: str) -> None:
    """Time every candidate together and print ns per unit and the ratio to the first."""
    print(f"\n{title}\n{'-' * len(title)}")
    ready, absent = {}, {}
    for name, make in work.items():
        try:
            ready[name] = make()
        except Missing as reason:
            absent[name] = str(reason)
    seconds = fastest({name: run for name, (run, _) in ready.items()})
    each = {name: seconds[name] / ready[name][1] * 1e9 for name in ready}
    RESULTS[title] = {**each, **absent}
    for name in work:
        if name in absent:
            print(f"  {name:58s} missing: {absent[name]}")
        else:
            ratio = f"{each[name] / each[baseline]:8.2f} x" if baseline in each else ""
            print(f"  {name:58s} {each[name]:9.2f} ns per {unit} {ratio}")


def single_core() -> None:
    lr, pw = ("likelihood_ratio",), ("likelihood_ratio", "pathwise")
    own = "ours: price, delta, vega, rho by likelihood ratio"
    table(
        "Asian, 52 fixings",
        "path-step",
        {
            own: lambda: ours.asian(lr),
            "ours: the same with pathwise beside it": lambda: ours.asian(pw),
            "MKL floor: normals and exp": peers.mkl_floor,
            "JAX: price": lambda: peers.jax_asian(gradient=False),
            "JAX: price and gradient": lambda: peers.jax_asian(gradient=True),
            "QuantLib: price": peers.quantlib_asian,
        },
        own,
    )
    own = "ours: price, delta, gamma, vega, rho"
    table(
        "European, one step",
        "path",
        {own: lambda: ours.european(1), "QuantLib: price": peers.quantlib_european},
        own,
    )
    table(
        "Europeans on shared paths",
        "path",
        {"ours: 2 trades": lambda: ours.european(2), "ours: 12 trades": lambda: ours.european(12)},
        "ours: 2 trades",
    )
    two, twelve = (RESULTS["Europeans on shared paths"][f"ours: {n} trades"] for n in (2, 12))
    print(f"  one more trade, netted: {(float(twelve) - float(two)) / 10:.2f} ns per path")
    own = "ours: price by QE-M"
    table(
        "Heston, 32 steps a year",
        "path-step",
        {
            own: lambda: ours.heston(("price",), ("pathwise",)),
            "ours: price and 8 Greeks, likelihood ratio": lambda: ours.heston(HESTON_GREEKS, lr),
            "ours: price and 8 Greeks, pathwise": lambda: ours.heston(HESTON_GREEKS, ("pathwise",)),
            "QuantLib: price by QE-M": peers.quantlib_heston,
        },
        own,
    )


def threads() -> None:
    """One thread against two, through the public API."""
    import greeks as gk

    print("\nTwo threads against one\n-----------------------")
    if len(os.sched_getaffinity(0)) < 2:
        print("  missing: this process may use one processor only")
        return
    model = gk.GBM(**ours.GBM)
    trades = {
        "Asian, 52 fixings": (
            gk.Asian("call", strike=ASIAN["strike"], maturity=1.0, fixings=52),
            2**21,
            ours.FIRST_ORDER,
        ),
        "European": (gk.European("call", strike=100.0, maturity=1.0), 2**27, (*ours.FIRST_ORDER, "gamma")),
    }
    for name, (trade, paths, greeks) in trades.items():

        def run(count: int, trade: object = trade, paths: int = paths, greeks: tuple[str, ...] = greeks) -> object:
            return gk.estimate(trade, model, greeks=greeks, estimators="lr", paths=paths, threads=count)

        seconds = fastest({"1": lambda run=run: run(1), "2": lambda run=run: run(2)}, repeats=3)
        RESULTS[f"threads: {name}"] = {"1": seconds["1"], "2": seconds["2"]}
        print(f"  {name:58s} {seconds['1'] / seconds['2']:9.2f} times as fast")


def memory(largest: int) -> None:
    """Peak resident memory of one European."""
    print("\nMemory of one European\n----------------------")
    code = (
        "import sys, resource, greeks as gk; gk.estimate(gk.European('call', strike=100.0, maturity=1.0), "
        "gk.GBM(spot=100.0, volatility=0.2), greeks='price,delta', paths=int(sys.argv[1])); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    for paths in (10**6, largest):
        done = subprocess.run([sys.executable, "-c", code, str(paths)], capture_output=True, text=True, check=True)
        RESULTS.setdefault("memory", {})[f"{paths:.0e}"] = float(done.stdout)
        print(f"  {paths:.0e} paths: {float(done.stdout):8.1f} MiB")


def start_up() -> None:
    """The command line, as a user meets it."""
    print("\nStart-up\n--------")
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "greeks_cli.main"]
    book = ["run", str(root / "data" / "portfolio.csv"), "--market", str(root / "data" / "market.csv"), "-q"]
    one = ["one", "european", "call", "--spot", "100", "--strike", "100", "--maturity", "1", "--volatility", "0.2"]
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        for name, arguments, repeats in (
            ("greeks --help", ["--help"], 5),
            ("first run of the example after installation", book, 1),
            ("warm run of the example", book, 3),
            ("warm run of one European", one, 3),
        ):
            best = float("inf")
            for _ in range(repeats):
                start = time.perf_counter()
                subprocess.run([*command, *arguments], capture_output=True, check=True, env=environment)
                best = min(best, time.perf_counter() - start)
            RESULTS.setdefault("start-up", {})[name] = best
            print(f"  {name:58s} {best:9.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the numbers to this file too")
    parser.add_argument("--full", action="store_true", help="memory with 1e9 paths instead of 1e8")
    options = parser.parse_args()
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}"
    )
    everyone = os.sched_getaffinity(0)
    memory(10**9 if options.full else 10**8)
    start_up()
    threads()
    one_core()
    single_core()
    os.sched_setaffinity(0, everyone)
    if options.json:
        options.json.write_text(json.dumps(RESULTS, indent=2))


if __name__ == "__main__":
    main()
