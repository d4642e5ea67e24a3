"""Whether each technique's interval covers and its mean is right: ``python -m benchmarks.techniques``.

1,000 runs of few paths for each contract, technique and Greek, against an exact value, or one of an independent
estimator with 1/20 of the error of all runs together: coverage of the 95 % interval (chance: 0.7 %), the mean of all
runs in errors of that mean (unbiased: within 4), the mean error bar over the deviation of the runs, and how many runs
are warned of. Writes docs/techniques.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import greeks as gk
from benchmarks.documents import GBM, MILD, write_table

REPEATS = 1000
_ONE: dict[str, Any] = {"maturity": 1.0}
_BARRIER = gk.Barrier(
    "call", strike=100.0, barrier_type="down-and-out", barrier=85.0, monitoring="discrete", fixings=12, **_ONE
)
_NOTE = gk.Autocallable(
    strike=100.0, autocall_barrier=105.0, coupon=0.03, coupon_barrier=85.0, protection_barrier=75.0, fixings=4, **_ONE
)
_CALL, _DIGITAL = gk.European("call", strike=100.0, **_ONE), gk.Digital("call", strike=105.0, **_ONE)
_ASIAN = gk.Asian("call", strike=100.0, fixings=12, **_ONE)
_WING = gk.European("put", strike=70.0, **_ONE)
_HEAD = f"""# Intervals and means of every technique

Written by `python -m benchmarks.techniques`: {REPEATS} runs of 1,024 paths (Sobol: 16 replicates of 64 points; importance
sampling and the likelihood ratio 4,096) of each contract and Greek, against exact values, or where there are none against an
independent estimator with many paths. `coverage` of the 95 % interval (by chance: 0.7 %), `mean` of all runs less the exact
value in standard errors of that mean, `bar` the mean error bar over the deviation of the runs, `warned` of all runs. A
technique with a bias by its time grid is compared with the value on that grid.
"""


@dataclass(frozen=True)
class Technique:
    """A contract by an estimator and options, and the estimator whose long run is the value where none is exact."""

    name: str
    trade: Any
    model: Any
    greeks: tuple[str, ...]
    estimator: str
    options: dict[str, Any] = field(default_factory=dict)
    paths: int = 1024
    against: str = ""


_ANTITHETIC, _SOBOL = {"variance_reduction": "antithetic"}, {"sampler": "sobol"}
_FIRST = ("delta", "vega")
_BOTH = ("delta", "gamma", "vega")
TECHNIQUES = (
    Technique("plain", _CALL, GBM, ("price", *_FIRST), "pathwise"),
    Technique("plain", _DIGITAL, GBM, _BOTH, "likelihood_ratio", paths=4096),
    Technique("antithetic", _CALL, GBM, ("price", *_FIRST), "pathwise", _ANTITHETIC),
    Technique("antithetic", _DIGITAL, GBM, _BOTH, "likelihood_ratio", _ANTITHETIC, 4096),
    Technique("antithetic", _CALL, MILD, _FIRST, "conditional", _ANTITHETIC, against="conditional"),
    Technique("Sobol points", _CALL, GBM, ("price", *_FIRST), "pathwise", _SOBOL),
    Technique("Sobol points", _ASIAN, GBM, _BOTH, "conditional", _SOBOL, against="conditional"),
    Technique("Sobol points", _CALL, MILD, _FIRST, "conditional", _SOBOL, against="conditional"),
    Technique("preintegration", _ASIAN, GBM, _BOTH, "conditional", against="conditional"),
    Technique("preintegration and controls", _ASIAN, MILD, _BOTH, "conditional", against="conditional"),
    Technique("variance path and controls", _CALL, MILD, _BOTH, "conditional", against="conditional"),
    Technique("importance sampling", _WING, GBM, ("price", *_BOTH), "importance_sampling", paths=4096),
    Technique("mixed", _CALL, GBM, ("gamma", "vanna"), "mixed", paths=4096),
    Technique("measure-valued", _DIGITAL, GBM, _BOTH, "measure_valued", paths=4096),
    Technique("first return", _BARRIER, GBM, _BOTH, "first_return", against="one_step_survival"),
    Technique("one-step survival", _BARRIER, GBM, _BOTH, "one_step_survival", against="first_return"),
    Technique("one-step survival", _NOTE, GBM, _BOTH, "one_step_survival", against="first_return"),
    Technique("additive", _NOTE, GBM, _FIRST, "additive", paths=4096, against="first_return"),
    Technique("split", gk.Gap("call", strike=100.0, trigger=104.0, **_ONE), GBM, _BOTH, "split", paths=4096),
)


def run(technique: Technique, estimator: str, paths: int, seed: int, **options: Any) -> Any:
    """One run of all its Greeks."""
    return gk.estimate(
        technique.trade, technique.model, greeks=technique.greeks, estimators=estimator, analytic=False, threads=1,
        paths=paths, seed=seed, **options,
    )  # fmt: skip


def rows() -> Iterator[list[str]]:
    """One for each technique, contract and Greek."""
    for each in TECHNIQUES:
        runs = [run(each, each.estimator, each.paths, seed, **each.options) for seed in range(REPEATS)]
        most = 4000 * each.paths
        points = {
            key: value for key, value in each.options.items() if key == "sampler"
        }  # else the value is the coarser
        long = run(each, each.against, min(most, 2**22), 10**6, **points) if each.against else runs[0]
        for greek in each.greeks:
            found = [one[greek] for one in runs]
            exact, unsure = (
                (long[greek].value, long[greek].standard_error) if each.against else (found[0].reference, 0.0)
            )
            values, errors = (np.array([getattr(one, name) for one in found]) for name in ("value", "standard_error"))
            low, high = np.array([one.ci() for one in found]).T
            deviation = float(values.std(ddof=1))
            mean = (values.mean() - exact) / np.hypot(deviation / np.sqrt(REPEATS), unsure)
            yield [
                each.name, str(each.trade.kind), each.model.kind, greek, each.estimator,
                f"{np.mean((low <= exact) & (exact <= high)):.3f}", f"{mean:.2f}", f"{errors.mean() / deviation:.3f}",
                f"{np.mean([one.status != 'ok' for one in found]):.2f}",
            ]  # fmt: skip


if __name__ == "__main__":
    columns = ("technique", "contract", "model", "Greek", "estimator", "coverage", "mean", "bar", "warned")
    write_table("techniques", _HEAD, columns, rows())
