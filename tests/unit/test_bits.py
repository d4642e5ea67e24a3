"""Same input, same seed: same bits, whatever the threads, the order of the rows and the company in the file."""

from __future__ import annotations

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.book import Book, Trade
from greeks.execution.threads import run_jobs
from greeks.planning import Settings, plan

TRADES = (
    [
        Trade(f"T{i}", "U" if i % 2 else "V", trade, quantity=float(i - 3) or 1.0)
        for i, trade in enumerate(t for kind in PAYOFFS.values() for t in kind)
    ]
    + [
        Trade("H1", "W", gk.European("call", strike=100.0, maturity=0.5)),
        Trade("H2", "W", gk.Asian("put", strike=100.0, maturity=1.0, fixings=4), quantity=-2.0),
    ]
    + [Trade(f"X{k}", "U", gk.European("call", strike=k, maturity=0.5), quantity=-2.0) for k in (90.0, 100.0, 110.0)]
)
OPTIONS = {"estimators": "all", "greeks": "all", "paths": 70_000, "seed": 3}


def book(trades):
    return Book(
        tuple(trades), {"U": MODELS["gbm"], "V": gk.GBM(spot=50.0, rate=0.01, volatility=0.3), "W": MODELS["heston"]}
    )


def rows(result, names=("value", "standard_error", "kurtosis")):
    frame = result.trades.set_index(["trade_id", "greek", "estimator"])
    return {key: tuple(line) for key, line in zip(frame.index, frame[list(names)].to_numpy().tolist(), strict=True)}


def same(a, b):
    assert a.keys() <= b.keys()
    for key in a:
        assert np.array_equal(a[key], b[key], equal_nan=True), key


@pytest.fixture(scope="module")
def one_thread():
    return gk.run(book(TRADES), threads=1, **OPTIONS)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads(one_thread, threads):
    other = gk.run(book(TRADES), threads=threads, **OPTIONS)
    same(rows(one_thread), rows(other))
    assert one_thread.net.equals(other.net)


def test_rows_shuffled_or_removed(one_thread):
    everything = rows(one_thread)
    same(rows(gk.run(book(TRADES[::-1]), threads=1, **OPTIONS)), everything)
    same(rows(gk.run(book(TRADES[1:]), threads=1, **OPTIONS)), everything)
    same(rows(gk.run(book(TRADES[-1:]), threads=1, **OPTIONS)), everything)


def test_estimate_is_the_row_of_the_book(one_thread):
    found = gk.estimate(TRADES[-1].payoff, MODELS["gbm"], underlying="U", **OPTIONS)
    frame = one_thread.trades[one_thread.trades.trade_id == TRADES[-1].trade_id]
    for line in frame[frame.status != "na"].itertuples():
        assert found[line.greek, line.estimator].value == line.value


def test_more_paths_continue_fewer():
    settings = Settings(("price", "delta"), ("likelihood_ratio",), 1, 5)
    for trade in (TRADES[0], TRADES[5]):
        job = plan(book([trade]), settings).jobs[0]
        n = 3 * job.width
        first = run_jobs([(job, 0, n)], threads=1)
        more = run_jobs([(job, 3, 2 * n)], threads=2, trees=first)
        assert more[0].total().tobytes() == run_jobs([(job, 0, 2 * n)], threads=1)[0].total().tobytes()


def test_common_random_numbers_for_a_user_who_bumps():
    trade = gk.European("call", strike=100.0, maturity=1.0)
    up, down = (
        gk.estimate(trade, gk.GBM(spot=s, rate=0.05, volatility=0.2), greeks="price", paths=20_000, analytic=False)[
            "price"
        ].value
        for s in (100.01, 99.99)
    )
    model = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)
    delta = gk.estimate(trade, model, greeks="delta", paths=20_000, analytic=False)["delta"]
    assert abs((up - down) / 0.02 - delta.value) < 1e-3


def test_netting_is_exact(one_thread):
    """A book and its opposite net to nothing, with no error; two halves of a position have the error of the whole."""
    trade = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
    both = [Trade("a", "U", trade, quantity=3.0), Trade("b", "U", trade, quantity=-3.0)]
    net = gk.run(book(both), paths=10_000).net
    assert (abs(net.value) < 1e-12).all()
    assert (net.standard_error < 1e-12).all()
    halves = [Trade("a", "U", trade, quantity=1.0), Trade("b", "U", trade, quantity=1.0)]
    whole = gk.run(book([Trade("c", "U", trade, quantity=2.0)]), paths=10_000).net
    np.testing.assert_allclose(gk.run(book(halves), paths=10_000).net.standard_error, whole.standard_error, rtol=1e-12)


def test_net_value_is_the_sum_of_positions(one_thread):
    frame = gk.run(book(TRADES), paths=10_000, group_by=["product"])
    prices = frame.trades[frame.trades.greek == "price"]
    net = frame.net[frame.net.greek == "price"].set_index(["level", "underlying", "product"]).sort_index()
    assert net.loc["book", "", ""].value == pytest.approx(prices.position_value.sum())
    assert net.loc["underlying", "U", ""].value == pytest.approx(prices[prices.underlying == "U"].position_value.sum())
    asian = prices[prices["product"] == "asian"]
    assert net.loc["group", "", "asian"].value == pytest.approx(asian.position_value.sum())
    own = asian[asian.underlying == "V"]
    assert net.loc["underlying_group", "V", "asian"].value == pytest.approx(own.position_value.sum())


def test_underlyings_are_independent():
    """Same model, same trade, another name: other paths, so that variances may be added."""
    trade, model = gk.European("call", strike=100.0, maturity=1.0), MODELS["gbm"]
    spread = [Trade("a", "U", trade), Trade("b", "V", trade, quantity=-1.0)]
    out = gk.run(Book(tuple(spread), {"U": model, "V": model}), greeks="price", paths=50_000, analytic=False)
    net = out.net.set_index("level").loc["book"]
    a, b = out.trades.standard_error
    assert net.standard_error == pytest.approx((a**2 + b**2) ** 0.5)
    assert 0.0 < abs(net.value) < 4.5 * net.standard_error
