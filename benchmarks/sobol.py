"""Error of scrambled Sobol points: slope, gain and coverage. ``python -m benchmarks.sobol`` writes docs/sobol.md.

The slope is that of log error against log points of a replicate, fitted to errors whose squares are averaged over
seeds. The factor is the variance of pseudo-random paths over that of as many points. Coverage is that of the 95 %
interval, of the closed form or of a run with 256 times as many points.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

import greeks as gk
from benchmarks.documents import GBM, MILD, write_table

GREEKS = ("price", "delta", "gamma", "vega")
REPLICATES = 16
POINTS = tuple(2**k for k in range(6, 15, 2))  # of a replicate
SEEDS, REPEATS, COVERED = 8, 1000, 2**8


@dataclass(frozen=True)
class Case:
    """One contract under one model, by one estimator."""

    name: str
    trade: Any
    model: Any
    estimator: str = "auto"


def _asian(fixings: int) -> Any:
    return gk.Asian("call", strike=100.0, maturity=1.0, fixings=fixings)


CASES = (
    Case("European call", gk.European("call", strike=100.0, maturity=1.0), GBM),
    Case("digital call", gk.Digital("call", strike=100.0, maturity=1.0), GBM),
    Case("Asian call, 12 fixings", _asian(12), GBM),
    Case("Asian call, 12 fixings", _asian(12), GBM, "likelihood_ratio"),
    Case("Asian call, 52 fixings", _asian(52), GBM),
    Case("Asian call, 52 fixings", _asian(52), GBM, "pathwise"),
    Case("European call, Heston", gk.European("call", strike=100.0, maturity=1.0), MILD),
    Case("Asian call, 12 fixings, Heston", _asian(12), MILD),
)
_HEAD = f"""# What Sobol points gain

Written by `python -m benchmarks.sobol`. `--sampler sobol` takes scrambled Sobol points along Brownian bridges, in
{REPLICATES} replicates; 100 at the money, one year, volatility 20 % or mild Heston parameters with 32 steps.

- slope: of the error against the points of a replicate, {POINTS[0]} to {POINTS[-1]}; pseudo-random numbers have -0.5;
- factor: variance of as many pseudo-random paths over that of {POINTS[-1]} points in each replicate, uncertain by a tenth;
- coverage: of the 95 % interval, over {REPEATS} seeds at {COVERED} points a replicate (chance: 0.7 %).

Where the means of replicates are skewed, as where the points furthest out carry the error, the error bar is widened;
and where a path is one random number, by what one point may decide, since a jump then lies between two points: there
intervals are too wide rather than too narrow. Under Heston the interval is one of the value on the time grid.
"""


def run(case: Case, points: int, seed: int, sampler: str = "sobol") -> Any:
    """One run."""
    return gk.estimate(
        case.trade, case.model, greeks=GREEKS, estimators=case.estimator, analytic=False, threads=1,
        paths=REPLICATES * points, seed=seed, sampler=sampler,
    )  # fmt: skip


def numbers(found: Any) -> dict[str, Any]:
    """Estimates by Greek, of those that have a value."""
    return {greek: found[greek] for greek in GREEKS if found[greek].status != "na"}


def slopes(case: Case) -> dict[str, tuple[str, float, float]]:
    """Of each Greek: its estimator, the slope, and the factor."""
    errors: dict[str, list[float]] = {}
    for points in POINTS:
        runs = [numbers(run(case, points, seed)) for seed in range(SEEDS)]
        for greek in runs[0]:
            square = float(np.mean([one[greek].standard_error ** 2 for one in runs]))
            errors.setdefault(greek, []).append(sqrt(square))
    pseudo = numbers(run(case, POINTS[-1], 0, "pseudo"))
    return {
        greek: (
            pseudo[greek].estimator,
            float(np.polyfit(np.log(POINTS), np.log(series), 1)[0]),
            (pseudo[greek].standard_error / series[-1]) ** 2,
        )
        for greek, series in errors.items()
    }


def coverage(case: Case) -> dict[str, float]:
    """Of each Greek, over many seeds."""
    exact = {}
    for greek, found in numbers(run(case, 256 * COVERED, 10**6)).items():
        known = found.reference == found.reference and case.model is GBM
        exact[greek] = found.reference if known else found.value
    hits = dict.fromkeys(exact, 0)
    for seed in range(REPEATS):
        for greek, found in numbers(run(case, COVERED, seed)).items():
            low, high = found.ci()
            hits[greek] += low <= exact[greek] <= high
    return {greek: count / REPEATS for greek, count in hits.items()}


def rows() -> Iterator[list[str]]:
    """One for each case and Greek."""
    for case in CASES:
        found, covered = slopes(case), coverage(case)
        for greek, (estimator, slope, factor) in found.items():
            yield [case.name, greek, estimator, f"{slope:.2f}", f"{factor:.2g}", f"{covered[greek]:.3f}"]


def main() -> None:
    """Write the table."""
    write_table("sobol", _HEAD, ("contract", "Greek", "estimator", "slope", "factor", "coverage"), rows())


if __name__ == "__main__":
    main()
