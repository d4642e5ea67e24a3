"""Every block has paths of its own, every seed too, and a pair counts once: what no error bar shows if it is not so."""

from __future__ import annotations

import os

import numpy as np
import pytest
from reference import naive
from zoo import MODELS

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.workspace import Workspace
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MODEL = MODELS["gbm"]
CALL = gk.European("call", strike=100.0, maturity=1.0)
DIGITAL = gk.Digital("call", strike=100.0, maturity=1.0)


def spots(key, first, width):
    z = naive.normals(key, first, 1, width)
    return naive.gbm_spots(z, MODEL.spot, MODEL.rate, MODEL.dividend_yield, MODEL.volatility, (1.0,))[0]


def test_each_block_begins_where_the_one_before_ends(monkeypatch):
    monkeypatch.setattr("greeks.simulation.job._NARROWEST", 64)
    monkeypatch.setattr("greeks.simulation.job._WIDEST", 64)
    book = Book((Trade("1", "x", CALL),), {"x": MODEL})
    job = plan(book, Settings(("price",), ("pathwise",), 1, 7)).jobs[0]
    for block in (0, 1, 5):
        found = run_block(job, block, 1000, Workspace())[0]
        paid = np.exp(-MODEL.rate) * np.maximum(spots(job.key, 64 * block, 64) - 100.0, 0.0)
        assert found[1] == pytest.approx(paid.mean(), rel=1e-12)
        assert found[2] == pytest.approx(((paid - paid.mean()) ** 2).sum(), rel=1e-12)


def test_what_is_netted_over_several_blocks_is_the_sum_of_its_trades():
    trades = Trade("1", "x", CALL, 3.0), Trade("2", "x", DIGITAL, -50.0)
    found = gk.run(Book(trades, {"x": MODEL}), greeks="price,delta", paths=2**18, analytic=False)
    whole = found.net[found.net.level == "book"].set_index("greek").value
    parts = found.trades.groupby("greek").position_value.sum()
    assert whole.to_dict() == pytest.approx(parts.to_dict(), rel=1e-10)


def test_each_seed_and_each_underlying_has_paths_of_its_own():
    found = [
        gk.estimate(CALL, MODEL, greeks="price", estimators="pathwise", paths=4096, seed=seed, underlying=name)["price"]
        for seed, name in ((1, "a"), (2, "a"), (1, "b"), (2**62, "a"))
    ]
    assert len({number.value for number in found}) == 4
    assert max(number.standard_error for number in found) > 0.0


@pytest.mark.parametrize("reduction", ["none", "antithetic"])
@pytest.mark.parametrize("greek", ["price", "delta", "vega"])
def test_the_error_is_the_scatter_of_seeds(reduction, greek):
    """Of 300 seeds: a pair that is counted as two paths makes the error too small by 1.41, six of its own errors."""
    runs = [
        gk.estimate(
            DIGITAL, MODEL, greeks=greek, estimators="likelihood_ratio", paths=1024, seed=seed,
            variance_reduction=reduction, threads=1,
        )[greek]
        for seed in range(300)
    ]  # fmt: skip
    scatter = np.std([run.value for run in runs], ddof=1)
    said = np.mean([run.standard_error for run in runs])
    assert scatter / said == pytest.approx(1.0, abs=4.5 / np.sqrt(2 * len(runs)))


def test_no_bit_depends_on_the_number_of_processors(monkeypatch):
    def value():
        return gk.estimate(CALL, MODEL, greeks=("price", "vega"), paths=2**15, analytic=False).to_frame().value.tolist()

    before = value()
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(7)), raising=False)
    assert value() == before
