"""Our side of each workload: the blocks a run consists of, on the calling thread."""

from __future__ import annotations

from math import exp, nan

import greeks as gk
from benchmarks.timing import Missing, Work
from greeks.book import Book, Trade
from greeks.core.workspace import Workspace
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MARKET = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02}
VOLATILITY, STRIKE, MATURITY, FIXINGS, HESTON_STEPS = 0.2, 100.0, 1.0, 52, 32
HESTON = {
    "initial_variance": 0.04,
    "mean_reversion": 1.5,
    "long_run_variance": 0.04,
    "vol_of_vol": 0.3,
    "correlation": -0.7,
}
FIRST_ORDER = ("price", "delta", "vega", "rho")
EUROPEAN = ("price", "delta", "gamma", "vega", "rho")
HESTON_GREEKS = ("price", "delta", "rho", "dividend_rho", *HESTON)
DISCOUNT = exp(-MARKET["rate"] * MATURITY)


def gbm() -> gk.GBM:
    """The market of every workload but Heston's."""
    return gk.GBM(**MARKET, volatility=VOLATILITY)


def call(strike: float = STRIKE) -> gk.European:
    """A European call."""
    return gk.European("call", strike=strike, maturity=MATURITY)


def asian_call() -> gk.Asian:
    """An arithmetic average of 52 fixings."""
    return gk.Asian("call", strike=STRIKE, maturity=MATURITY, fixings=FIXINGS)


def blocks(
    trades: list[object], model: object, greeks: tuple[str, ...], estimators: tuple[str, ...], steps: int | None = None
) -> Work:
    """Eight blocks of the job that these trades make; the first number of a block is the first trade's price."""
    book = Book(tuple(Trade(str(i), "x", trade) for i, trade in enumerate(trades)), {"x": model})
    job = plan(book, Settings(greeks, estimators, 1, 1, steps_per_year=steps)).jobs[0]
    workspace, count = Workspace(), 8

    def run() -> float:
        total = 0.0
        for block in range(count):
            total += float(run_block(job, block, count * job.width, workspace)[0, 1])
        return total / count if greeks[0] == "price" else nan

    return Work(run, count * job.width * (job.steps if steps else len(job.dates)))


def asian(*estimators: str) -> Work:
    """Arithmetic Asian: price, delta, vega, rho with their variances."""
    return blocks([asian_call()], gbm(), FIRST_ORDER, estimators)


def european(count: int) -> Work:
    """Europeans that share their paths: price, delta, gamma, vega, rho with their variances, netted."""
    return blocks([call(STRIKE + i) for i in range(count)], gbm(), EUROPEAN, ("likelihood_ratio",))


def heston(greeks: tuple[str, ...], estimator: str) -> Work:
    """European under Heston, QE with the martingale correction."""
    try:
        from greeks.models.heston import Heston
    except ImportError as error:
        raise Missing("the Heston model is not part of this version") from error
    return blocks([call()], Heston(**MARKET, **HESTON), greeks, (estimator,), HESTON_STEPS)
