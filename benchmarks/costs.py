"""What a path costs by estimator: ``python -m benchmarks.costs`` writes greeks/planning/costs.csv, which `auto` reads.

Every payoff at two numbers of time steps under both models, each number alone on one thread: the line through the two
times. Times are of the processor, so that other work on the machine counts little; then ``python -m benchmarks.panel`` after it.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.workspace import Array
from greeks.execution.threads import run_jobs
from greeks.planning import plan
from greeks.planning.automatic import automatic, candidates
from greeks.planning.bridges import on_steps
from greeks.planning.choices import make_settings
from greeks.planning.costs import row_of

TABLE = Path(gk.__file__).parent / "planning" / "costs.csv"
PATH_STEPS = 2**19
SEED = 3
_ANCHOR = "likelihood_ratio"  # by which machines are compared
GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "volga")
MODELS: dict[str, Any] = {
    "gbm": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2),
    "heston": gk.Heston(
        spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
        vol_of_vol=0.3, correlation=-0.7,
    ),
}  # fmt: skip


def knocked_out(spots: Any) -> float:
    """A call that is lost below 85 at any date, as a function."""
    for spot in spots:
        if spot <= 85.0:
            return 0.0
    return float(max(spots[-1] - 100.0, 0.0))


def contracts(dates: int, maturity: float) -> Iterator[Any]:
    """One of every kind, watched on ``dates`` dates where it is watched."""
    one: dict[str, Any] = {"strike": 100.0, "maturity": maturity}
    dated: dict[str, Any] = {"maturity": maturity, "fixings": dates}
    several = {**one, **dated}
    yield gk.European("call", **one)
    yield gk.Digital("call", **one)
    yield gk.Gap("call", trigger=104.0, **one)
    yield gk.Power("call", exponent=1.1, strike=158.0, maturity=maturity)
    yield gk.Asian("call", **several)
    yield gk.Barrier("call", barrier_type="down-and-out", barrier=85.0, monitoring="discrete", **several)
    yield gk.Barrier("call", barrier_type="up-and-out", barrier=130.0, **one)
    yield gk.Touch(touch_type="one-touch", direction="up", barrier=118.0, cash=10.0, monitoring="discrete", **dated)
    yield gk.Touch(touch_type="no-touch", lower_barrier=75.0, upper_barrier=130.0, cash=10.0, maturity=maturity)
    yield gk.Lookback("call", lookback_type="fixed", monitoring="continuous", **one)
    yield gk.Lookback("call", lookback_type="fixed", monitoring="discrete", **several)
    yield gk.ForwardStart("call", start=0.4 * maturity, moneyness=1.0, maturity=maturity)
    yield gk.Cliquet(local_floor=-0.1, local_cap=0.1, notional=100.0, maturity=maturity, fixings=dates)
    yield gk.RangeAccrual(lower=85.0, upper=110.0, notional=100.0, maturity=maturity, fixings=dates)
    yield gk.VarianceSwap(strike_volatility=0.2, notional=1000.0, maturity=maturity, fixings=dates)
    yield gk.VolatilitySwap(strike_volatility=0.2, notional=1000.0, maturity=maturity, fixings=dates)
    yield gk.Autocallable(autocall_barrier=105.0, coupon=0.03, coupon_barrier=85.0, protection_barrier=75.0, **several)
    yield gk.Custom(knocked_out, times=[maturity * (i + 1) / dates for i in range(dates)], maturity=maturity)


def measured(trade: Any, model: Any, greek: str, estimator: str, times: int = 5) -> tuple[Array, float, int]:
    """Row of moments of a number alone, nanoseconds of the processor for each of its paths, and its time steps."""
    trade = on_steps(trade, model)
    paths = max(PATH_STEPS // model.steps(trade.dates(), None), 2**14)
    settings = make_settings(
        greeks=greek, estimators=estimator, paths=paths, seed=SEED, threads=1, bump=1.0,
        steps_per_year=None, variance_reduction=None, analytic=False,
    )  # fmt: skip
    layout = plan(Book((Trade("t", "", trade),), {"": model}), settings)
    (job,), best = layout.jobs, np.inf
    for _ in range(times):
        start = thread_time()
        tree = run_jobs([(job, 0, settings.paths)], 1)[0]
        best = min(best, thread_time() - start)
    return tree.total()[layout.cells[0].row], 1e9 * best / settings.paths, job.steps


def cost(model: Any, short: Any, long: Any, greek: str, estimator: str) -> tuple[float, float]:
    """Nanoseconds of a path, and of each time step, from a contract of few and one of many."""
    (_, few, low), (_, many, high) = (measured(trade, model, greek, estimator) for trade in (short, long))
    if high == low:
        return (few + many) / 2.0, 0.0
    step = max(many - few, 0.0) / (high - low)
    return max(few - low * step, 0.0), step


def main(only: str) -> None:
    """Write the table; of one estimator its own lines anew, in the nanoseconds of the machine that wrote the others."""
    lines = []
    if only:
        with open(TABLE, newline="") as file:
            lines = [line for line in list(csv.reader(file))[1:] if line[2] != only]
    for name, model in MODELS.items():
        for short, long in zip(contracts(3, 0.25), contracts(24, 1.0), strict=True):
            for greek in GREEKS:
                both = [candidates(each, model, greek, automatic(each, model, greek, False)) for each in (short, long)]
                named = [each for each in both[0] if each in both[1] and (not only or each == only)]
                for estimator in named:
                    path, step = cost(model, short, long, greek, estimator)
                    unit = _unit(lines, name, model, short, long, greek) if only else 1.0
                    lines.append([name, row_of(short), estimator, greek, f"{unit * path:.3g}", f"{unit * step:.3g}"])
                    print(*lines[-1], flush=True)
    with open(TABLE, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model", "payoff", "estimator", "greek", "path", "step"])
        writer.writerows(sorted(lines))


def _unit(lines: list[list[str]], name: str, model: Any, short: Any, long: Any, greek: str) -> float:
    """The table's nanoseconds over those of this machine, by an estimator that the table has."""
    known = [line for line in lines if line[:2] == [name, row_of(short)] and line[3] == greek]
    anchor = next((line for line in known if line[2] == _ANCHOR), known[0])
    path, step = cost(model, short, long, greek, anchor[2])
    dates = len(long.dates())
    return (float(anchor[4]) + dates * float(anchor[5])) / (path + dates * step)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.costs", description=__doc__)
    parser.add_argument("--only", default="", help="an estimator, whose lines are measured anew")
    main(parser.parse_args().only)
