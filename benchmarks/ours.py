"""Our side of each workload: the blocks a run consists of, on the calling thread."""

from __future__ import annotations

from collections.abc import Callable

import greeks as gk
from benchmarks.timing import ASIAN, HESTON, Missing
from greeks.book import Book, Trade
from greeks.planning import Settings, plan
from greeks.simulation import run_block
from greeks.workspace import Workspace

Work = tuple[Callable[[], object], int]
FIRST_ORDER = ("price", "delta", "vega", "rho")
GBM = {name: ASIAN[name] for name in ("spot", "rate", "dividend_yield", "volatility")}


def blocks(
    trades: list[object], model: object, greeks: tuple[str, ...], estimators: tuple[str, ...], steps: int
) -> Work:
    """Eight blocks of the job that these trades make."""
    book = Book(tuple(Trade(str(i), "x", trade) for i, trade in enumerate(trades)), {"x": model})
    job = plan(book, Settings(greeks, estimators, 1, 1, steps_per_year=steps)).jobs[0]
    workspace, count = Workspace(), 8

    def run() -> None:
        for block in range(count):
            run_block(job, block, count * job.width, workspace)

    return run, count * job.width


def asian(estimators: tuple[str, ...]) -> Work:
    """Arithmetic Asian with 52 fixings: price, delta, vega, rho."""
    trade = gk.Asian("call", strike=ASIAN["strike"], maturity=1.0, fixings=52)
    run, paths = blocks([trade], gk.GBM(**GBM), FIRST_ORDER, estimators, 1)
    return run, paths * 52


def european(count: int, estimators: tuple[str, ...] = ("likelihood_ratio",)) -> Work:
    """Europeans that share their paths: price, delta, gamma, vega, rho with variances."""
    trades: list[object] = [gk.European("call", strike=90.0 + i, maturity=1.0) for i in range(count)]
    return blocks(trades, gk.GBM(**GBM), ("price", "delta", "gamma", "vega", "rho"), estimators, 1)


def heston(greeks: tuple[str, ...], estimators: tuple[str, ...], steps: int = 32) -> Work:
    """European under Heston, QE with the martingale correction."""
    try:
        from greeks.models.heston import Heston
    except ImportError as error:
        raise Missing("the Heston model is not part of this version") from error
    market = {name: ASIAN[name] for name in ("spot", "rate", "dividend_yield")}
    trade = gk.European("call", strike=ASIAN["strike"], maturity=1.0)
    run, paths = blocks([trade], Heston(**market, **HESTON), greeks, estimators, steps)
    return run, paths * steps
