"""Early exercise: what extrapolation leaves, what the error bar holds over seeds, and bounds from above.

``python -m benchmarks.american`` prints the tables of docs/american.md, one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import stdtrit

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.execution.threads import run_jobs
from greeks.planning import Settings, plan

MARKET = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.0, volatility=0.2)
YIELDING = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
CONTRACTS: tuple[tuple[str, Any, Any], ...] = (
    ("put 110", gk.American("put", strike=110.0, maturity=1.0), MARKET),
    ("put 100", gk.American("put", strike=100.0, maturity=1.0), YIELDING),
    (
        "call 100, yield 8 %",
        gk.American("call", strike=100.0, maturity=1.0),
        gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.08, volatility=0.25),
    ),
    ("put 100, five years", gk.American("put", strike=100.0, maturity=5.0), YIELDING),
    ("put 90, a month", gk.American("put", strike=90.0, maturity=1.0 / 12.0), MARKET),
)
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna")
PATHS, SEEDS = 2**18, 200


def dated(option: Any, count: int) -> Any:
    """The same option with exercise dates."""
    return gk.Bermudan(option.option_type, strike=option.strike, maturity=option.maturity, exercises=count)


def extrapolated() -> Iterator[Sequence[str]]:
    """What is left of the discrete dates, without any noise: exact values of dated options."""
    for name, option, model in CONTRACTS:
        exact = reference(option, model)
        dates = [reference(dated(option, len(places)), model) for _, places in option.schedules]
        weights = [weight for weight, _ in option.schedules]
        for greek in ("price", "delta", "gamma", "vega", "rho", "theta"):
            value = sum(weight * each[greek] for weight, each in zip(weights, dates, strict=True))
            yield (
                name,
                greek,
                f"{exact[greek]:.6g}",
                f"{dates[0][greek] - exact[greek]:.2g}",
                f"{value - exact[greek]:.2g}",
            )


def one(option: Any, model: Any, seed: int, controls: bool) -> Any:
    """Moments of one run."""
    book = Book((Trade("1", "x", option),), {"x": model})
    settings = Settings(GREEKS, ("longstaff_schwartz",), PATHS, seed, controls=controls)
    (job,) = plan(book, settings).jobs
    return run_jobs([(job, 0, PATHS)], 1)[0].total()


def covered(option: Any, model: Any, seeds: int, controls: bool) -> Iterator[Sequence[str]]:
    """Over seeds: bias, spread, mean error bar, coverage, and coverage of the bar of as many independent paths."""
    exact = reference(option, model)
    moments = np.array([one(option, model, seed, controls) for seed in range(seeds)])
    for place, greek in enumerate(GREEKS):
        count, mean, m2, _, _, shares, squares = moments[:, place].T
        off = mean - exact[greek]
        error, alone = np.sqrt(squares / (shares - 1.0) / shares), np.sqrt(m2 / (count - 1.0) / count)
        inside = np.mean(np.abs(off) < stdtrit(shares - 1.0, 0.975) * error)
        without = np.mean(np.abs(off) < 1.96 * alone)
        scatter = np.sqrt(max(float(np.mean(error**2) - np.mean(alone**2)), 0.0) / np.mean(alone**2))
        yield (
            greek,
            f"{exact[greek]:.5g}",
            f"{off.mean():.2g} ± {off.std(ddof=1) / sqrt(seeds):.1g}",
            f"{off.std(ddof=1):.2g}",
            f"{error.mean():.2g}",
            f"{scatter:.1f}",
            f"{inside:.3f}",
            f"{without:.3f}",
        )


def bounds() -> Iterator[Sequence[str]]:
    """A simulated price and its bound from above."""
    for name, option, model in CONTRACTS:
        for each in (option, dated(option, 10)):
            below = gk.estimate(each, model, greeks="price", estimators="longstaff_schwartz", threads=1)["price"]
            above = gk.upper_bound(each, model)
            yield (
                f"{each.kind} {name}",
                f"{below.value:.4f} ± {below.standard_error:.2g}",
                f"{reference(each, model)['price']:.4f}",
                f"{above.value:.4f} ± {above.standard_error:.2g}",
            )


def show(title: str, columns: Sequence[str], rows: Iterator[Sequence[str]]) -> None:
    """Print a table as it comes."""
    print(f"\n{title}\n\n| {' | '.join(columns)} |\n{'|---' * len(columns)}|", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    over = ("Greek", "exact", "bias", "spread", "error bar", "scatter / sampling", "coverage", "without the scatter")
    put = CONTRACTS[1][1]
    show(
        "Extrapolation",
        ("contract", "Greek", "exact", "64 dates less exact", "extrapolated less exact"),
        extrapolated(),
    )
    show("Bounds", ("contract", "simulated", "exact", "upper bound"), bounds())
    show("Bermudan put 100, 10 dates", over, covered(dated(put, 10), YIELDING, seeds, True))
    show("The same without controls", over, covered(dated(put, 10), YIELDING, seeds, False))
    show("American put 110", over, covered(CONTRACTS[0][1], MARKET, seeds, True))
