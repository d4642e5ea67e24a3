"""A target: what it is relative to, when it is met, and a limit that is reached exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.execution.threads import run_jobs
from greeks.planning import Settings, plan
from greeks.results.scale import natural_scale

MODEL = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)
CALL = gk.European("call", strike=100.0, maturity=1.0)
NEVER = 1e-6


def run(payoff, model=MODEL, **options):
    options = {"greeks": "price,delta", "analytic": False, **options}
    return gk.run(Book((Trade("t", "u", payoff),), {"u": model}), **options)


@pytest.mark.parametrize(("paths", "limit"), [(1000, 2000), (1000, 3001), (50_000, 170_000)])
def test_the_limit_is_reached_exactly_and_with_the_bits_of_a_straight_run(paths, limit):
    found = run(CALL, target=NEVER, paths=paths, max_paths=limit, threads=2)
    assert set(found.trades.paths) == {limit}
    straight = run(CALL, paths=limit, threads=1)
    for column in ("value", "standard_error", "kurtosis"):
        assert (found.trades[column] == straight.trades[column]).all()
    assert (found.net.standard_error == straight.net.standard_error).all()


def test_paths_are_doubled_from_the_number_asked_for():
    assert set(run(CALL, target=0.05, paths=1500).trades.paths) == {1500}
    assert set(run(CALL, target=0.03, paths=600).trades.paths) == {2400}


def test_met_is_per_row_and_said():
    found = run(CALL, greeks="price,delta,gamma", target=0.01, paths=10_000, max_paths=30_000)
    rows = found.trades.set_index("greek")
    assert rows.target_met.to_dict() == {"price": True, "delta": True, "gamma": False}
    assert rows.status.to_dict() == {"price": "ok", "delta": "ok", "gamma": "warn"}
    assert "the target 0.01 is missed, relative error 0.01" in rows.reason["gamma"]
    assert not found.target_met
    assert (rows.relative_error == rows.standard_error / rows.value.abs()).all()


def test_without_a_target_nothing_is_met_or_missed():
    rows = run(CALL, paths=2000).trades
    assert rows.target_met.isna().all() and rows.relative_error.notna().all()
    exact = run(CALL, target=0.01, analytic=True).trades
    assert exact.target_met.all() and (exact.relative_error == 0.0).all()


def test_near_zero_the_error_is_relative_to_the_natural_scale():
    """Vanna of a call at the money forward is 0: no number of paths makes its error small beside it."""
    strike = 100.0 * math.exp(0.05 - 0.02)
    flat = gk.European("call", strike=strike, maturity=1.0)
    (row,) = run(flat, greeks="vanna", estimators="mixed", paths=100_000).trades.itertuples()
    scale = natural_scale(flat, MODEL, "vanna")
    assert abs(row.value) < 0.01 * scale
    assert row.relative_error == pytest.approx(row.standard_error / (0.01 * scale))


def test_a_warned_row_has_not_met_its_target():
    far = gk.Digital("call", strike=400.0, maturity=0.1)
    found = run(far, greeks="price", target=0.5, paths=1000, max_paths=4000, estimators="lr")
    (row,) = found.trades.itertuples()
    assert row.status == "warn" and row.target_met is False and row.paths == 4000


@pytest.mark.parametrize("amount", [1e-6, 1.0, 1e9])
def test_the_scale_of_a_custom_payoff_is_what_it_pays(amount):
    """The same relative errors whatever the currency; near 0 too."""

    def pays(spots):
        return amount if spots[0] > 100.0 else 0.0

    payoff = gk.Custom(pays, times=(1.0,), maturity=1.0)
    rows = run(payoff, greeks="price,gamma", estimators="lr", paths=20_000).trades.set_index("greek")
    twin = run(gk.Digital("call", strike=100.0, maturity=1.0, cash=amount), greeks="price,gamma", estimators="lr",
               paths=20_000).trades.set_index("greek")  # fmt: skip
    np.testing.assert_allclose(rows.relative_error, twin.relative_error, rtol=1e-6)


def test_the_scale_of_a_seasoned_average_is_what_is_still_open():
    fresh = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
    seasoned = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4, past_fixings_sum=3600.0, past_fixings_count=36)
    assert natural_scale(seasoned, MODEL, "price") == pytest.approx(0.1 * natural_scale(fresh, MODEL, "price"))


def test_any_number_of_threads_and_steps_has_the_same_bits():
    book = Book((Trade("t", "u", CALL),), {"u": MODEL})
    (job,) = plan(book, Settings(("price", "delta"), ("pathwise",), 1, 42)).jobs
    whole = run_jobs([(job, 0, 150_001)], threads=1)[0].total()
    found = run(CALL, estimators="pathwise", target=NEVER, paths=7, max_paths=150_001, threads=2).trades
    assert found.value.tolist() == whole[:2, 1].tolist()
