"""A target of the netted book costs less than that of every trade, and a time is spent where the error is."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import UsageError

MODELS = {name: gk.GBM(spot=100.0, rate=0.03, volatility=volatility) for name, volatility in (("A", 0.2), ("B", 0.4))}


def hedged():
    """A large position in A, which decides; a small one in B; and a hedge within A."""
    call, other = gk.European("call", strike=100.0, maturity=1.0), gk.European("call", strike=110.0, maturity=1.0)
    return Book(
        (Trade("a", "A", call, 100.0), Trade("h", "A", other, -60.0), Trade("b", "B", other, 0.01)),
        MODELS,
    )


def run(**options):
    return gk.run(hedged(), **{"greeks": "price,vega", "analytic": False, "paths": 2048, "threads": 1, **options})


def test_the_net_reaches_its_target_and_leaves_the_rest():
    by_trade, by_net = run(target=0.004, max_paths=2**20), run(target=0.004, target_of="net", max_paths=2**20)
    assert by_trade.target_met and by_net.target_met
    paths = [dict(zip(found.trades.trade_id, found.trades.paths, strict=True)) for found in (by_trade, by_net)]
    assert paths[1]["b"] == 2048 < paths[0]["b"]
    assert sum(paths[1].values()) < sum(paths[0].values())
    rows = by_net.net[by_net.net.level == "book"]
    assert (rows.standard_error <= 0.004 * rows.value.abs()).all()
    assert by_net.trades.target_met.isna().all()
    assert by_net.manifest["settings"]["target_of"] == "net"


def test_a_net_that_misses_its_target_says_so():
    found = run(target=1e-6, target_of="net", max_paths=4096)
    assert not found.target_met
    rows = found.net[found.net.level == "book"]
    assert set(rows.status) == {"warn"}
    assert rows.reason.str.contains("the target 1e-06 is missed").all()
    assert set(found.net[found.net.level == "underlying"].status) == {"ok"}
    assert found.trades.paths[0] == 4096


def test_numbers_of_a_net_target_have_the_bits_of_a_run_with_so_many_paths():
    found = run(target=0.004, target_of="net", max_paths=2**20, pilot=False)
    paths = int(found.trades.paths[0])
    straight = run(paths=paths, pilot=False)
    assert found.trades.value[0] == straight.trades.value[0]


def test_one_paths_cost_decides_who_is_doubled():
    """At equal positions the volatile underlying has the larger share of the work."""
    call = gk.European("call", strike=100.0, maturity=1.0)
    book = Book((Trade("a", "A", call, 1.0), Trade("b", "B", call, 1.0)), MODELS)
    found = gk.run(book, greeks="price", analytic=False, paths=1024, target=0.002, target_of="net", max_paths=2**20)
    paths = dict(zip(found.trades.trade_id, found.trades.paths, strict=True))
    assert paths["b"] > paths["a"] > 1024


def clock(monkeypatch, seconds):
    """A clock that moves by so much at every look; what it was looked at."""
    from greeks.execution import target

    seen = [0.0]

    def look():
        seen.append(seen[-1] + seconds)
        return seen[-1]

    monkeypatch.setattr(target, "perf_counter", look)
    return seen


def test_a_time_is_spent_and_not_exceeded(monkeypatch):
    """A step takes a second of this clock, whatever its paths."""
    clock(monkeypatch, 1.0)
    assert set(run(time_budget=1.0).trades.paths) == {2048}
    seen = clock(monkeypatch, 1.0)
    found = run(time_budget=20.0, pilot=False)
    assert 15.0 < seen[-1] <= 21.0
    paths = found.trades.paths.tolist()
    assert paths[0] == paths[1] and max(paths) > 2048
    for place in (0, 2):  # the bits of any run with so many paths
        assert run(paths=paths[place], pilot=False).trades.value[place] == found.trades.value[place]


def test_a_target_that_is_met_ends_before_the_time(monkeypatch):
    clock(monkeypatch, 1e-3)
    found = run(target=0.05, time_budget=1e6)
    assert found.target_met and max(found.trades.paths) < 2**20


def test_what_is_left_is_told_once_it_is_known():
    """After the first round the errors say how far it is: no bar of its own for every doubling, and none that ends early."""
    calls = []
    found = run(target=0.0005, target_of="net", max_paths=2**20, progress=lambda *call: calls.append(call))
    shares = [done / total for done, total in calls]
    rounds = [place for place, (a, b) in enumerate(pairwise(shares), 1) if b < a]
    assert len(rounds) <= 2 < np.log2(max(found.trades.paths) / 2048)
    assert shares[rounds[-1]] < 0.1 and shares[-1] > 0.6


def test_of_a_time_the_clock_is_what_is_done(monkeypatch):
    calls, seen = [], clock(monkeypatch, 1.0)
    run(time_budget=20.0, pilot=False, progress=lambda *call: calls.append((seen[-1], call)))
    for now, (done, total) in calls:
        assert done / total == pytest.approx(min(now / 20.0, 1.0), abs=0.11)


def two_deltas(**options):
    """Deltas of two underlyings are not added: there is no row of the book."""
    trades = tuple(Trade(name, name, gk.European("call", strike=100.0, maturity=1.0)) for name in MODELS)
    return gk.run(Book(trades, MODELS), greeks="delta", analytic=False, paths=1024, target_of="net", **options)


def test_numbers_that_no_row_of_the_book_adds_are_aimed_at_by_underlying():
    assert not two_deltas(target=1e-6, max_paths=2048).target_met
    met = two_deltas(target=0.005, max_paths=2**18)
    assert met.target_met and max(met.trades.paths) > 1024


def nowhere(spots):
    return float("nan") if spots[-1] > 130.0 else max(spots[-1] - 100.0, 0.0)


def with_one_that_has_no_value():
    bad = gk.Custom(nowhere, times=[1.0], maturity=1.0)
    return Book((Trade("bad", "A", bad), Trade("good", "B", gk.European("call", strike=100.0, maturity=1.0))), MODELS)


def test_what_has_no_value_is_not_simulated_further(monkeypatch):
    options = {"greeks": "price", "paths": 1024, "analytic": False}
    found = gk.run(with_one_that_has_no_value(), target=0.002, max_paths=2**18, **options)
    paths = dict(zip(found.trades.trade_id, found.trades.paths, strict=True))
    assert paths["bad"] == 1024 < paths["good"]
    clock(monkeypatch, 1.0)
    timed = gk.run(with_one_that_has_no_value(), time_budget=30.0, **options)
    paths = dict(zip(timed.trades.trade_id, timed.trades.paths, strict=True))
    assert paths["bad"] == 1024 < paths["good"]


def test_a_net_without_a_value_has_not_met_its_target():
    alone = Book((Trade("bad", "A", gk.Custom(nowhere, times=[1.0], maturity=1.0)),), {"A": MODELS["A"]})
    assert not gk.run(alone, greeks="price", paths=1024, target=0.5, target_of="net").target_met


def test_a_tail_of_the_net_is_given_more_paths():
    def heavy(spots):
        return max(spots[-1] - 140.0, 0.0) ** 3

    book = Book((Trade("t", "A", gk.Custom(heavy, times=[0.5, 1.0], maturity=1.0)),), MODELS)
    options = {"greeks": "price", "paths": 4096, "target": 0.2, "pilot": False}
    one, other = (gk.run(book, target_of=of, **options).trades.paths[0] for of in ("net", "trades"))
    assert one == other > 4096


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"target_of": "book", "target": 0.1}, "choose trades or net"),
        ({"target_of": "net"}, "without a target"),
        ({"time_budget": 0.0}, "seconds"),
        ({"time_budget": float("inf")}, "number"),
        ({"time_budget": "1"}, "number"),
        ({"max_paths": 4096}, "a target or a time budget"),
    ],
)
def test_refused(options, told):
    with pytest.raises(UsageError, match=told):
        run(**options)
