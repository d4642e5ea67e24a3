"""Requests beyond any machine end in one clear error, before anything is computed."""

from __future__ import annotations

import pytest
from zoo import MODELS

import greeks as gk
from greeks.execution import threads as execution

CALL = gk.European("call", strike=100.0, maturity=1.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threads": 10**6}, "threads is 1000000: write at most"), ({"paths": 2**60}, "which would take years"),
        ({"target": 0.1, "max_paths": 2**60}, "which would take years"), ({"paths": 10**400}, "paths is"),
        ({"seed": 2**70}, "seed is"), ({"steps_per_year": 10**9}, "steps_per_year is"),
    ],
)  # fmt: skip
def test_numbers_without_measure(options, words):
    with pytest.raises(gk.UsageError) as caught:
        gk.estimate(CALL, MODELS["heston"], **options)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 500


def test_a_grid_larger_than_the_memory():
    long = gk.European("call", strike=100, maturity=90)
    with pytest.raises(gk.UsageError, match="GiB of memory .* write fewer threads, fixings, steps_per_year"):
        gk.estimate(long, MODELS["heston"], steps_per_year=100_000, paths=10**6, greeks="price", analytic=False)


@pytest.mark.parametrize("threads", [1, 2])
def test_memory_is_shared_among_the_threads_there_are(monkeypatch, threads):
    monkeypatch.setattr(execution, "memory", lambda: 34 * 2**20)
    options = {"greeks": "price", "analytic": False, "threads": threads}
    if threads == 1:
        assert gk.estimate(CALL, MODELS["gbm"], paths=2**20, **options)["price"].status == "ok"
    else:
        with pytest.raises(gk.UsageError, match="0.0149 GiB"):
            gk.estimate(CALL, MODELS["gbm"], paths=2**20, **options)
    assert gk.estimate(CALL, MODELS["gbm"], paths=2**10, **options)["price"].paths == 2**10  # a block, so one thread
