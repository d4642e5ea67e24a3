"""Coverage of the 95 % intervals, and what is warned of: ``python -m benchmarks.coverage``.

For every contract of the panel, estimator and number of paths, the run is repeated with 400 seeds. By then a coverage has
a standard deviation of 1.1 %, so of 900 cells that cover 95 % some are below 92 % by chance: every cell below 93 % that is
not warned of in most runs gets 1,600 more seeds, and all of its seeds count. A slice (one contract, estimator and number
of paths) is kept in a cache, so that the command can be stopped and called again; the table is written from the slices
that are there and have the rows of today's plan: after another change of the engine, delete them. With ``--merge`` the rows of
docs/coverage.csv stay for slices that are not there, and the document says which slices were run and which stayed.
Statuses are those of a run without a closed form: nothing may lean on the reference. Where there is none, the reference
is the mean over all seeds of the unbiased estimator with the least error.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.coverage_cells import CONTRACTS, Contract
from benchmarks.coverage_table import merged, slice_of, table_before, unmoved
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.trees import MomentTree
from greeks.core.workspace import Workspace
from greeks.estimators.registry import ESTIMATORS
from greeks.names import ORDER
from greeks.planning import Plan, Settings, plan
from greeks.results.estimate import Estimate
from greeks.results.trades import estimate_cell, known_cell
from greeks.simulation.block import run_block

DOCS = Path(__file__).parents[1] / "docs"
PATHS = (4096, 65536)
SEEDS, MORE = 400, 1600
_HEAD = """# Coverage of the intervals

Written by `python -m benchmarks.coverage`; the table is `coverage.csv`, one row a contract, Greek, estimator and number of
paths: `coverage` of all runs, the share `warned` of, `coverage_of_ok`, and `bias_in_errors`. Statuses are those of a run
without a closed form.

The standard deviation of a coverage by chance is 1.1 % at 400 seeds, so that of 900 cells some would be below 92 % by chance
alone. The rule, the same for every cell: one that covers less than 93 % of the first 400 seeds, and is not warned of in most
of those runs, gets 1,600 more, and is judged by all 2,000 (0.5 %), the first ones too. `coverage_of_first` is what the first
400 seeds alone say, `seeds` how many count. A cell is silent where it covers less than 92 % and most of its runs are not
warned of; its line ends with its bias, in standard errors, by the mean of all runs. A bias of 0.5 errors leaves a coverage of
92 %, one of 0.2 errors 94.6 %.
"""
_LOW = 0.93  # coverage below which a cell that is not warned of gets more seeds
_COMPARISON = "full_likelihood_ratio"  # warned of by design
_RESOLVED = 0.2  # of a cell's own error that the error of its reference may be


def layout(contract: Contract, estimator: str, paths: int, seed: int, greek: str = "") -> tuple[Book, Plan]:
    """The plan of one run, of every number or of one alone."""
    book = Book((Trade("trade", "panel", contract.payoff),), {"panel": contract.model})
    parts = {"delta": ("delta",), "gamma": ("delta",), "vanna": ("delta", "vega"), "volga": ("vega",)}
    known = ("price", *contract.model.greeks())
    greeks = tuple(name for name in ORDER if all(part in known for part in parts.get(name, (name,))))
    return book, plan(book, Settings((greek,) if greek else greeks, (estimator,), paths, seed))


def slices(paths: tuple[int, ...]) -> Iterator[tuple[Contract, str, int]]:
    """Every contract, estimator and number of paths."""
    for number in paths:
        for contract in CONTRACTS:
            for estimator in ESTIMATORS:
                if any(job.rows for job in layout(contract, estimator, number, 0)[1].jobs):
                    yield contract, estimator, number


def simulate(contract: Contract, estimator: str, paths: int, seeds: Iterable[int], greek: str = "") -> np.ndarray:
    """Moments of every row, by seed: those of the job, then those that measure its time-step bias.

    A number by itself has the bits that it has among others.
    """
    found, workspace = [], Workspace()
    for seed in seeds:
        totals = []
        for job, _, number in layout(contract, estimator, paths, seed, greek)[1].runs(paths):
            tree = MomentTree()
            for block in range(job.blocks(number)):
                tree.add(block, run_block(job, block, number, workspace))
            totals.append(tree.total())
        found.append(np.concatenate(totals))
    return np.stack(found)


def place(cache: Path, contract: Contract, estimator: str, paths: int, greek: str = "") -> Path:
    """The file of a slice, or of more seeds of one of its numbers."""
    return cache / f"{contract.name} {estimator} {paths}{' more ' * bool(greek)}{greek}.npy".replace(" ", "_")


def fits(file: Path, contract: Contract, estimator: str, paths: int, greek: str = "") -> bool:
    """Whether a file is there, with the rows and numbers of paths of today's plan."""
    if not file.exists():
        return False
    plan_ = layout(contract, estimator, paths, 0, greek)[1]
    rows, runs = plan_.jobs[0].rows, plan_.runs(paths)
    found = np.load(file)
    return found.shape[1] == rows * len(runs) and [int(n) for n in found[0, ::rows, 0]] == [run[2] for run in runs]


def estimates(
    contract: Contract, estimator: str, paths: int, moments: np.ndarray, alone: str = ""
) -> dict[str, list[Estimate]]:
    """What a run would say, by Greek and seed."""
    book, plan_ = layout(contract, estimator, paths, 0, alone)
    cells = {cell.greek: index for index, cell in enumerate(plan_.cells) if cell.job >= 0}

    def said(one: np.ndarray, index: int) -> Estimate:
        totals = np.split(one, len(one) // plan_.jobs[0].rows)
        return estimate_cell(plan_.cells[index], totals, known_cell(book, plan_, totals, index))

    return {
        greek: [said(one, index) for one in moments]
        for greek, index in cells.items()
        if greek != "price" or estimator in ("likelihood_ratio", "conditional")  # the others average the same payments
    }


def exact_values(
    contract: Contract, found: dict[tuple[str, int, str], list[Estimate]]
) -> dict[str, tuple[float, float]]:
    """Closed form, or pooled mean, and its error, by Greek."""
    closed = reference(contract.twin or contract.payoff, contract.model)
    known = {greek: (value, 0.0) for greek, value in closed.items() if value == value}
    for (estimator, _, greek), runs in found.items():
        if greek in closed or ESTIMATORS[estimator].biased or estimator == "full_likelihood_ratio":
            continue
        values = np.array([run.value for run in runs])
        error = float(values.std(ddof=1) / np.sqrt(len(values)))
        if greek not in known or error < known[greek][1]:
            known[greek] = float(values.mean()), error
    return known


def table(cache: Path, paths: tuple[int, ...], more: bool = True) -> list[dict[str, Any]]:
    """One row a cell: what its intervals cover, and how often it is warned of; doubtful ones with more seeds if asked."""
    rows = []
    for contract in CONTRACTS:
        found: dict[tuple[str, int, str], list[Estimate]] = {}
        for other, estimator, number in slices(paths):
            file = place(cache, contract, estimator, number)
            if other is contract and fits(file, contract, estimator, number):
                for greek, runs in estimates(contract, estimator, number, np.load(file)).items():
                    found[estimator, number, greek] = runs
        exact = exact_values(contract, found)
        for (estimator, number, greek), runs in found.items():
            value, own = exact.get(greek, (np.nan, np.inf))
            error = float(np.std([run.value for run in runs], ddof=1))
            if not own <= _RESOLVED * error:
                continue
            inside, warned = judged(runs, value)
            first = inside.mean()
            file = place(cache, contract, estimator, number, greek)
            if more and doubtful(first, warned.mean()) and fits(file, contract, estimator, number, greek):
                runs = [*runs, *estimates(contract, estimator, number, np.load(file), greek)[greek]]
                inside, warned = judged(runs, value)
            sound = inside[~warned]
            rows.append(
                {
                    "contract": contract.name,
                    "greek": greek,
                    "estimator": estimator,
                    "paths": number,
                    "seeds": len(runs),
                    "coverage_of_first": first,
                    "coverage": inside.mean(),
                    "warned": warned.mean(),
                    "coverage_of_ok": sound.mean() if len(sound) else np.nan,
                    "bias_in_errors": (np.mean([run.value for run in runs]) - value) / error if error else 0.0,
                }
            )
    return rows


def keep(
    cache: Path, only: str, contract: Contract, estimator: str, paths: int, seeds: Iterable[int], greek: str = ""
) -> None:
    """Simulate what the cache lacks, if ``only`` is in its name, and keep it."""
    file = place(cache, contract, estimator, paths, greek)
    if only not in file.name or fits(file, contract, estimator, paths, greek):
        return
    start = time.perf_counter()
    np.save(file, simulate(contract, estimator, paths, seeds, greek))
    print(f"{file.stem}: {time.perf_counter() - start:.1f} s", flush=True)


def judged(runs: list[Estimate], value: float) -> tuple[np.ndarray, np.ndarray]:
    """Whether each interval covers the value, and whether each run is warned of."""
    low, high = np.array([run.ci() for run in runs]).T
    return (low <= value) & (value <= high), np.array([run.status != "ok" for run in runs])


def doubtful(coverage: float, warned: float) -> bool:
    """Whether a cell gets more seeds."""
    return coverage < _LOW and warned <= 0.5


def summary(rows: list[dict[str, Any]]) -> list[str]:
    """What the table says in a few lines; the full likelihood ratio, always warned of by design, in a line of its own."""
    compared = [row for row in rows if row["estimator"] == _COMPARISON]
    rows = [row for row in rows if row["estimator"] != _COMPARISON]
    again = [row for row in rows if row["seeds"] > SEEDS]
    low = [row for row in again if row["coverage_of_first"] < 0.92]
    good = [row for row in rows if 0.93 <= row["coverage"] <= 0.97]
    poor = [row for row in rows if row["coverage"] < 0.92]
    over = [row for row in good if row["warned"] > 0.5]
    silent = [row for row in poor if row["warned"] <= 0.5]
    hits = sum(row["coverage_of_ok"] * row["seeds"] * (1 - row["warned"]) for row in rows if row["warned"] < 1.0)
    runs = sum(row["seeds"] * (1 - row["warned"]) for row in rows)
    return [
        f"{len(rows)} cells; intervals of rows that are ok cover {hits / max(runs, 1):.2%} of {runs:.0f} runs",
        f"{len(good)} cells cover 93 to 97 %, of which {len(over)} ({len(over) / max(len(good), 1):.1%}) are warned of "
        "in most runs",
        f"{len(poor)} cells cover less than 92 %, of which {len(silent)} are not warned of in most runs",
        f"{len(again)} cells got more seeds; of {len(low)} that covered less than 92 % of the first {SEEDS} and were not "
        f"warned of in most, {sum(row['coverage'] < 0.92 for row in low)} cover less than 92 % of all",
        f"left out of these counts: {len(compared)} cells of {_COMPARISON}, of which "
        f"{sum(0.93 <= row['coverage'] <= 0.97 for row in compared)} cover 93 to 97 % and "
        f"{sum(row['coverage'] < 0.92 for row in compared)} less than 92 %: it is there for comparison, `auto` never takes "
        "it, and each of its rows says so as a warning",
        *(
            f"  silent: {row['contract']} {row['greek']} {row['estimator']} {row['paths']}: covers {row['coverage']:.1%}, "
            f"warned {row['warned']:.0%}, bias {row['bias_in_errors']:.2f}"
            for row in silent
        ),
    ]


def main() -> None:
    """Run the slices that are missing, then write the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("build/coverage"), help="folder of the slices")
    parser.add_argument("--paths", type=int, nargs="+", default=PATHS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--more", type=int, default=MORE, help="seeds that doubtful cells get beside")
    parser.add_argument("--only", default="", help="contracts and estimators that contain this text")
    parser.add_argument("--merge", action="store_true", help="keep the rows of the table for slices that are not there")
    parser.add_argument("--table", action="store_true", help="write the table of what is there; simulate nothing")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    paths = tuple(options.paths)
    if not options.table:
        for each, name, n in slices(paths):
            keep(options.cache, options.only, each, name, n, range(options.seeds))
        contracts = {contract.name: contract for contract in CONTRACTS}
        seeds = range(options.seeds, options.seeds + options.more)
        for row in table(options.cache, paths, more=False):
            if doubtful(row["coverage"], row["warned"]) and seeds:
                contract, name, n = contracts[row["contract"]], row["estimator"], row["paths"]
                keep(options.cache, options.only, contract, name, n, seeds, row["greek"])
    rows = table(options.cache, paths)
    if not rows:
        parser.error(f"there is no slice to write a table of: --only {options.only!r} names none")
    ran, before = {slice_of(row) for row in rows}, table_before(DOCS / "coverage.csv") if options.merge else []
    again, same, rows = len(rows), unmoved(rows, before), merged(rows, before)
    with (DOCS / "coverage.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: f"{v:.4g}" if isinstance(v, float) else v for k, v in row.items()} for row in rows)
    if options.merge:
        stayed = {slice_of(row) for row in rows} - ran
        lines = [
            *summary(rows),
            f"the rows of {len(stayed)} slices (a contract, an estimator and a number of paths) are those of an earlier "
            f"run, on the engine of that time; {len(ran)} slices were run again on that of today, and in {same} of their "
            f"{again} rows the first {options.seeds} seeds cover as much as in the table before, so that what differs is "
            "what is warned of:",
            *(f"run again: {' '.join(map(str, each))}" for each in sorted(ran)),
        ]
    else:
        absent = [
            f"{each.name} {name} {n}"
            for each, name, n in slices(paths)
            if not fits(place(options.cache, each, name, n), each, name, n)
        ]
        lines = [*summary(rows), *(f"not run: {name}" for name in absent)]
    print(*lines, sep="\n")
    (DOCS / "coverage.md").write_text("\n".join([_HEAD, *(f"- {line.strip()}" for line in lines), ""]))


if __name__ == "__main__":
    main()
