"""95 % intervals cover the closed form in 93 to 97 % of 2,000 replications.

The binomial standard deviation of a true 95 % is 0.5 %, so a correct interval fails by chance with probability 1e-4,
and one that is 10 % too narrow (covering 92.2 %) fails with probability above 90 %.
"""

from __future__ import annotations

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.workspace import Workspace
from greeks.estimators.registry import ESTIMATORS
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MODEL = gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.2)
REPLICATIONS, PATHS = 2000, 8192
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta")
CELLS = [
    (gk.European("call", strike=100.0, maturity=1.0), "likelihood_ratio"),
    (gk.European("put", strike=105.0, maturity=0.5), "pathwise"),
    (gk.European("call", strike=100.0, maturity=1.0), "mixed"),
    (gk.European("call", strike=95.0, maturity=0.5), "finite_difference"),
    (gk.Digital("call", strike=100.0, maturity=1.0), "likelihood_ratio"),
    (gk.Digital("put", strike=95.0, maturity=0.5, payout="asset"), "likelihood_ratio"),
]


@pytest.mark.parametrize(("trade", "estimator"), CELLS, ids=str)
def test_coverage(trade, estimator):
    greeks = tuple(greek for greek in GREEKS if ESTIMATORS[estimator].refuse(trade, MODEL, greek) is None)
    assert len(greeks) == {"mixed": 2, "pathwise": 6}.get(estimator, 7)
    book = Book((Trade("t", "u", trade),), {"u": MODEL})
    exact = np.array([reference(trade, MODEL)[greek] for greek in greeks])
    hits, workspace = np.zeros(len(greeks)), Workspace()
    for seed in range(REPLICATIONS):
        job = plan(book, Settings(greeks, (estimator,), PATHS, seed)).jobs[0]
        count, mean, m2 = run_block(job, 0, PATHS, workspace)[: len(greeks), :3].T
        half = 1.959964 * np.sqrt(m2 / (count - 1) / count)
        hits += np.abs(mean - exact) <= half
    covered = hits / REPLICATIONS
    assert ((covered > 0.93) & (covered < 0.97)).all(), dict(zip(greeks, covered, strict=True))
