"""The work of this version beside that of another: ``python -m benchmarks.versions CHECKOUT [MODEL ...]``.

It writes docs/versions.md. With models (gbm, heston, violated) only those are run, and the example book is not.
Each version runs the same contracts in a process of its own, which knows nothing but what both understand. Work is the
variance of a number times the processor time of a run for it alone, by ``auto`` without closed forms, at the paths of
the run; then the example book of that checkout, to 0.1 % of every Greek. A number that either version gives without an
error, or not at all, is left out and counted.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import greeks as gk

HOME = Path(__file__).resolve().parents[1]
PATHS = {"gbm": 2**16, "heston": 2**14, "violated": 2**14}
_SPOT: dict[str, float] = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02}
_VARIANCE = {"initial_variance": 0.04, "long_run_variance": 0.04}
MODELS: dict[str, Any] = {
    "gbm": gk.GBM(**_SPOT, volatility=0.2),
    "heston": gk.Heston(**_SPOT, **_VARIANCE, mean_reversion=1.5, vol_of_vol=0.3, correlation=-0.7),
    "violated": gk.Heston(**_SPOT, **_VARIANCE, mean_reversion=0.5, vol_of_vol=1.0, correlation=-0.9),
}
GREEKS = ("price", "delta", "gamma", "vega", "rho")
BOOK = ("--greeks", "all", "--target", "0.001", "--max-paths", "16777216", "--quiet")
_HEAD = """# This version beside an earlier one

Written by `python -m benchmarks.versions CHECKOUT`: work is the variance of a number times the processor time of a run for
it alone, by `auto` without closed forms (16,384 paths under Heston, 65,536 under GBM), for strikes one deviation below,
at and above the spot, and maturities of 0.1 and 1 years. `heston` has mild parameters (Feller ratio 1.3), `violated` a
Feller ratio of 0.04. "times less" is the work of the earlier version over this one's; in brackets the cells that count.
The versions run one after the other, on a machine that others may use. Where a run is a few milliseconds, as for a call
under GBM, this version's includes a pilot that the earlier one had not.
"""


def contracts() -> Iterator[tuple[str, Any]]:
    """What both versions understand."""
    for maturity in (0.1, 1.0):
        for away in (-1.0, 0.0, 1.0):
            strike = round(100.0 * (1.0 + 0.2 * sqrt(maturity) * away), 2)
            where = f"{strike:g}, {maturity:g} years"
            yield f"call {where}", gk.European("call", strike=strike, maturity=maturity)
            yield f"digital {where}", gk.Digital("call", strike=strike, maturity=maturity)
            for fixings in (12, 52, 252):
                yield (
                    f"Asian {fixings} {where}",
                    gk.Asian("call", strike=strike, maturity=maturity, fixings=fixings),
                )
        yield (
            f"average strike, {maturity:g} years",
            gk.Asian("call", maturity=maturity, fixings=52, average_of="strike"),
        )


def measure(sampler: str, models: Sequence[str]) -> None:
    """Print a line of JSON for each number of the version that is imported."""
    options: dict[str, Any] = {"analytic": False, "threads": 1}
    if sampler:
        options["sampler"] = sampler
    for model in models:
        for name, contract in contracts():
            for greek in GREEKS:
                best = float("inf")
                for _ in range(3):
                    start = process_time()
                    found = gk.estimate(contract, MODELS[model], greeks=[greek], paths=PATHS[model], **options)[greek]
                    best = min(best, process_time() - start)
                line = {
                    "cell": [model, name, greek], "value": found.value, "work": found.standard_error**2 * best,
                    "estimator": getattr(found, "estimator", ""),
                }  # fmt: skip
                print(json.dumps(line), flush=True)


def measured_by(checkout: Path, models: Sequence[str], sampler: str = "") -> dict[tuple[str, str, str], float]:
    """Work by cell of the version in a checkout."""
    call = [
        sys.executable,
        "-P",
        str(Path(__file__).resolve()),
        "--measure",
        sampler,
        *models,
    ]  # -P: not beside our coverage.py
    out = subprocess.run(call, env=_with(checkout), cwd=checkout, check=True, capture_output=True, text=True).stdout
    return {tuple(line["cell"]): line["work"] for line in map(json.loads, out.splitlines())}


def book(checkout: Path, example: Path) -> str:
    """Seconds on the clock and of the processors of the example book; the second run counts, the first compiles."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "greeks_cli").symlink_to(checkout / "cli")
        out = Path(folder) / "out.csv"
        files = [str(example / "portfolio.csv"), "--market", str(example / "market.csv")]
        call = [sys.executable, "-m", "greeks", "run", *files, *BOOK, "--output", str(out)]
        clock = own = 0.0
        for _ in range(2):
            before, start = sum(os.times()[2:4]), perf_counter()
            done = subprocess.run(call, env=_with(checkout, folder), cwd=checkout, capture_output=True, text=True)
            if done.returncode not in (0, 5):  # 5: a number that misses the target within the paths allowed
                raise RuntimeError(done.stderr)
            clock, own = perf_counter() - start, sum(os.times()[2:4]) - before
        with out.open(encoding="utf-8") as file:
            met = [row["target_met"] for row in csv.DictReader(file) if row["status"] != "na"]
    reached = sum(each.lower() == "true" for each in met)
    return f"{clock:.1f} s on the clock, {own:.1f} s of the processors; {reached} of {len(met)} numbers reach it"


def _with(checkout: Path, *others: str) -> dict[str, str]:
    """The environment in which a checkout's package is imported."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout), *others])}


def table(new: dict[Any, float], old: dict[Any, float]) -> Iterator[str]:
    """Lines by model and kind of contract: the median, the least and the most of the ratios of work, by Greek."""
    yield "| model | contract | " + " | ".join(GREEKS) + " |"
    yield "|---" * (2 + len(GREEKS)) + "|"
    kinds = dict.fromkeys((model, " ".join(name.split(" ")[:2 if name.startswith(("Asian", "average")) else 1]))
                          for model, name, _ in new)  # fmt: skip
    for model, kind in kinds:
        cells = []
        for greek in GREEKS:
            ratios = sorted(
                old[key] / new[key]
                for key in new
                if key[0] == model and key[1].startswith(kind + (" " if kind[-1].isdigit() else ""))
                and key[2] == greek and new[key] > 0.0 and old.get(key, 0.0) > 0.0
            )  # fmt: skip
            cells.append(f"{median(ratios):.3g} ({len(ratios)}: {ratios[0]:.3g} to {ratios[-1]:.3g})" if ratios else "")
        yield f"| {model} | {kind.rstrip(',')} | " + " | ".join(cells) + " |"


def main(other: Path, models: Sequence[str]) -> None:
    """Measure both and write."""
    old, new, points = measured_by(other, models), measured_by(HOME, models), measured_by(HOME, models, "sobol")
    lines = [_HEAD]
    if left := [model for model in MODELS if model not in models]:
        lines += [f"Not run: {' and '.join(left)}, and the example book.", ""]
    for title, found in (("`auto`", new), ("`auto` with `--sampler sobol`", points)):
        both = [old[key] / found[key] for key in found if found[key] > 0.0 and old.get(key, 0.0) > 0.0]
        lines += [
            f"## {title}", "", f"Over {len(both)} of {len(found)} numbers the median is {median(both):.3g} times less work.",
            "", *table(found, old), "",
        ]  # fmt: skip
    if not left:
        lines += ["## The example book of the earlier version, to 0.1 % of every Greek, on two cores", ""]
        for name, checkout in (("earlier", other), ("this", HOME)):
            lines.append(f"- {name} version: {book(checkout, other / 'data')}")
    (HOME / "docs" / "versions.md").write_text("\n".join([*lines, ""]))
    print("\n".join(lines))


if __name__ == "__main__":
    if sys.argv[1] == "--measure":
        measure(sys.argv[2], sys.argv[3:])
    else:
        main(Path(sys.argv[1]).resolve(), sys.argv[2:] or list(MODELS))
