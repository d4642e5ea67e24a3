"""The netted table: what is added, told apart, and named."""

from __future__ import annotations

from itertools import permutations

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.results.estimate import Estimate
from greeks.results.positions import beside_exact

GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = gk.Heston(
    spot=100, rate=0.03, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.3,
    correlation=-0.6,
)  # fmt: skip


def call(strike=100.0, maturity=1.0):
    return gk.European("call", strike=strike, maturity=maturity)


def net(book, **options):
    return gk.run(book, **{"paths": 4096, "threads": 1, **options}).net


def test_columns():
    book = Book((Trade("a", "U", call(), labels={"desk": "x"}),), {"U": GBM}, ("desk",), currencies={"U": "USD"})
    found = net(book, greeks="price,delta", group_by="desk")
    assert list(found) == [
        "level", "underlying", "currency", "desk", "greek", "estimator", "value", "standard_error", "ci_low", "ci_high",
        "trades", "unit", "status", "reason", "bias",
    ]  # fmt: skip
    assert found[["level", "underlying", "currency", "desk", "greek"]].to_numpy().tolist() == [
        ["book", "", "USD", "", "price"],
        ["book", "", "USD", "", "delta"],
        ["underlying", "U", "USD", "", "price"],
        ["underlying", "U", "USD", "", "delta"],
        ["group", "", "USD", "x", "price"],
        ["group", "", "USD", "x", "delta"],
        ["underlying_group", "U", "USD", "x", "price"],
        ["underlying_group", "U", "USD", "x", "delta"],
    ]


def test_names_of_groups_cannot_collide():
    """A separator within a label, an underlying called book, and labels that spell one another's names."""
    trades = [
        Trade("a", "book", call(), labels={"desk": "x | book=y", "book": ""}),
        Trade("b", "book", call(), labels={"desk": "x", "book": "y"}),
        Trade("c", "x", call(), labels={"desk": "(blank)", "book": "desk=x"}),
        Trade("d", "x", call(), labels={"desk": "", "book": "desk=x"}),
        Trade("e", "x | desk=x", call(), labels={"desk": "", "book": "y"}),
    ]
    book = Book(tuple(trades), dict.fromkeys(("book", "x", "x | desk=x"), GBM), ("desk", "book"))
    found = net(book, greeks="price", group_by=["desk", "book"])
    assert not found.duplicated(["level", "underlying", "currency", "desk", "book"]).any()
    assert (found[found.level == "book"].trades == 5).all()
    assert found[(found.level == "underlying") & (found.underlying == "book")].trades.tolist() == [2]
    assert (found[found.level == "group"].trades == 1).all()
    assert len(found[found.level == "group"]) == len(found[found.level == "underlying_group"]) == 5


def test_a_label_that_is_a_column_of_the_table_is_refused():
    book = Book((Trade("a", "U", call(), labels={"status": "x"}),), {"U": GBM}, ("status",))
    with pytest.raises(UsageError, match="group_by: the netted table has a column status of its own: rename"):
        net(book, group_by="status")


def test_vega_of_gbm_and_of_heston_are_two_rows():
    book = Book(tuple(Trade(name, name, call()) for name in ("U", "V", "H")), {"U": GBM, "V": GBM, "H": HESTON})
    out = gk.run(book, greeks="vega,rho", paths=4096, threads=1)
    total = out.net[(out.net.level == "book") & (out.net.greek == "vega")]
    assert total.unit.tolist() == ["per 1.00 of volatility", "per 1.00 of initial volatility"]
    assert total.trades.tolist() == [2, 1]
    vega = out.trades[out.trades.greek == "vega"].set_index("trade_id")
    assert total.value.tolist() == pytest.approx([vega.value["U"] + vega.value["V"], vega.value["H"]])
    assert vega.unit["H"] == "per 1.00 of initial volatility"
    assert len(out.net[(out.net.level == "book") & (out.net.greek == "rho")]) == 1


def test_the_net_does_not_depend_on_the_order_of_names():
    """Of several estimators, the one of auto is netted, whatever the order of Greeks and estimators."""
    book = Book((Trade("a", "U", call()), Trade("b", "U", call(110.0), quantity=2.0)), {"U": GBM})
    auto = net(book, greeks="delta,gamma,price", analytic=False)
    auto = auto.set_index(["level", "greek"])
    for names in permutations(("price", "delta", "gamma")):
        for estimators in (["pathwise", "likelihood_ratio", "mixed"], ["mixed", "likelihood_ratio", "pathwise"]):
            found = net(book, greeks=list(names), estimators=estimators).set_index(["level", "greek"])
            for greek in names:
                for column in ("value", "standard_error", "estimator", "status"):
                    assert found[column]["book", greek] == auto[column]["book", greek], (names, estimators, greek)
    assert auto.estimator["book", "delta"] == "pathwise"
    assert auto.estimator["book", "gamma"] == "mixed"


def test_the_best_of_the_list_where_auto_takes_none_of_it():
    digital = gk.Digital("call", strike=100.0, maturity=1.0)
    book = Book((Trade("a", "U", call()), Trade("b", "U", digital)), {"U": GBM})
    found = net(
        book, greeks="delta", estimators=["finite_difference", "full_likelihood_ratio", "likelihood_ratio", "pw"]
    )
    assert set(found.estimator) == {"pathwise + likelihood_ratio"}


def put(strike, maturity=0.25):
    return gk.European("put", strike=strike, maturity=maturity)


def book_of(*held, model=GBM):
    return Book(
        tuple(Trade(f"T{i}", "U", payoff, quantity=size) for i, (payoff, size) in enumerate(held)), {"U": model}
    )


def exact_of(book, greek):
    """Closed form of a book, by parity with what is far out of the money, free of cancellation."""
    from greeks.analytic.registry import reference

    return sum(trade.position * reference(trade.payoff, book.models[trade.underlying])[greek] for trade in book.trades)


def totals(book, **options):
    found = net(book, analytic=False, pilot=False, **options)  # a pilot would move the paths to where the payment is
    return found[found.level == "book"].set_index("greek")


def test_a_spread_that_no_path_meets_has_a_bound():
    """A put spread 180/160 of three months: vega 0 in every path, exact -5.0e-4."""
    book = book_of((put(180.0), 1.0), (put(160.0), -1.0))
    found = totals(book, greeks="price,delta,vega,rho", paths=65_536)
    for greek in ("price", "delta", "vega", "rho"):
        line = found.loc[greek]
        assert line.status == "warn", greek
        assert line.standard_error > 0.0
        assert line.ci_low <= exact_of(book, greek) <= line.ci_high, greek
    assert exact_of(book, "vega") == pytest.approx(-5.0e-4, rel=0.02)


def test_a_spread_that_few_paths_meet_is_a_heavy_tail():
    """A put spread 160/150: covered 39 of 60 seeds, and "ok" in all of them, before its moments were judged."""
    book = book_of((put(160.0), 1.0), (put(150.0), -1.0))
    for seed in range(20):
        found = totals(book, greeks="price,delta", paths=65_536, seed=seed)
        assert set(found.status) == {"warn"}
        assert found.reason.str.contains("heavy tail|no path differs").all()


@pytest.mark.parametrize("size", [1.0, -3.0])
def test_a_lone_trade_without_a_hit_has_its_bound_in_the_net(size):
    out = gk.run(book_of((gk.European("call", strike=400.0, maturity=0.25), size)), paths=4096, analytic=False)
    lines = out.net[out.net.level == "book"].set_index("greek")
    for trade in out.trades.itertuples():
        line = lines.loc[trade.greek]
        assert line.status == trade.status == "warn"
        assert line.standard_error == pytest.approx(abs(size) * trade.standard_error) == trade.position_standard_error
        ends = sorted((size * trade.ci_low, size * trade.ci_high))
        assert [line.ci_low, line.ci_high] == pytest.approx(ends)
        assert line.reason.startswith("no path differs from 0")


def test_bounds_of_rows_without_a_hit_add():
    """Beside nothing, beside a small position and not beside a large one; none for a contract that is closed out."""
    far = [gk.European("call", strike=strike, maturity=0.25) for strike in (400.0, 500.0)]
    alone = [
        totals(book_of((payoff, size)), greeks="vega").standard_error["vega"]
        for payoff, size in zip(far, (2, -3), strict=True)
    ]
    both = totals(book_of((far[0], 2.0), (far[1], -3.0)), greeks="vega").loc["vega"]
    assert both.standard_error == pytest.approx(sum(alone))
    assert both.ci_low < 0.0 < both.ci_high
    near = gk.European("call", strike=100.0, maturity=0.25)
    small = totals(book_of((near, 0.001), (far[0], 2.0), (far[1], -3.0)), greeks="vega").loc["vega"]
    assert small.status == "warn" and "no path differs in 2 positions (T1, T2)" in small.reason
    own = totals(book_of((near, 0.001)), greeks="vega").loc["vega"]
    assert small.standard_error == pytest.approx(sum(alone) + own.standard_error)
    assert small.ci_high - small.value == pytest.approx(sum(alone) + own.ci_high - own.value)
    large = totals(book_of((near, 1e5), (far[0], 2.0)), greeks="vega").loc["vega"]
    assert (large.status, large.reason) == ("ok", "")
    closed = totals(book_of((near, 1.0), (far[0], 2.0), (far[0], -1.5), (far[0], -0.5)), greeks="vega").loc["vega"]
    assert closed.status == "ok"


def test_a_book_and_its_opposite_are_nothing_and_known_to_be():
    digital = gk.Digital("call", strike=100.0, maturity=0.25)
    found = totals(book_of((put(160.0), 0.1), (digital, 2.0), (put(160.0), 0.2), (digital, -2.0), (put(160.0), -0.3)))
    assert (abs(found.value) < 1e-12).all() and (found.standard_error < 1e-12).all()
    assert set(found.status) == {"ok"}


def test_what_cancels_almost_is_not_trusted():
    """A deep spread whose Greek no path shows, hidden by the plain spread of a thousandth of a call."""
    book = book_of((put(180.0), 1.0), (put(160.0), -1.0), (gk.European("call", strike=100.0, maturity=0.25), 1e-4))
    line = totals(book, greeks="vega", estimators="pathwise", paths=65_536).loc["vega"]
    assert line.status == "warn" and "positions cancel to" in line.reason


def test_a_trade_with_a_doubt_is_named_where_it_matters():
    late = gk.European("call", strike=100.0, maturity=31.0)  # years for days?
    other = gk.European("call", strike=100.0, maturity=0.25)
    options = {"greeks": "delta", "estimators": "likelihood_ratio"}
    line = totals(book_of((other, 1.0), (late, 1.0)), **options).loc["delta"]
    assert line.status == "warn" and "1 positions carry a warning: T1" in line.reason
    assert totals(book_of((other, 1e3), (late, 1.0)), **options).loc["delta"].status == "ok"


def test_measured_biases_add_up_and_cancel():
    """Twelve differences with wide steps: their biases add where their errors do not, and cancel in a spread."""
    calls = [gk.European("call", strike=100.0, maturity=0.2 + 0.05 * i) for i in range(12)]
    options = {"greeks": "gamma", "estimators": "finite_difference", "bump": 4.0, "paths": 65_536}
    out = gk.run(book_of(*((payoff, 1.0) for payoff in calls)), analytic=False, **options)
    line = out.net[out.net.level == "book"].iloc[0]
    assert line.bias == pytest.approx(out.trades.bias.sum())
    assert line.status == "warn" and line.reason.startswith("measured bias -")
    assert abs(line.bias) > 3.0 * line.standard_error
    assert (
        abs(line.value - line.bias - exact_of(book_of(*((payoff, 1.0) for payoff in calls)), "gamma"))
        < 3.0 * line.standard_error
    )
    near = gk.European("call", strike=103.0, maturity=0.2)
    assert totals(book_of((calls[0], 1.0), (near, -0.9)), **options).loc["gamma"].status == "ok"


def test_a_sum_far_from_its_exact_value():
    found = Estimate(2.0, 0.1, 4096, "ok", "")
    assert beside_exact(found, 2.4, 0.0) == found
    assert "4.6 standard errors: biases of the trades add up" in beside_exact(found, 1.54, 0.0).reason
    assert beside_exact(found, 1.0, 1.0).status == beside_exact(found, float("nan"), 0.0).status == "ok"


@pytest.mark.parametrize(("size", "multiplier"), [(1e15, 1e15), (-1e-12, 1e-12)])
def test_sizes_at_the_end_of_their_range(size, multiplier):
    trades = tuple(Trade(f"T{k}", "U", put(k), quantity=size, multiplier=multiplier) for k in (100.0, 110.0))
    small = totals(book_of((put(100.0), 1.0), (put(110.0), 1.0)))
    large = totals(Book(trades, {"U": GBM}))
    for column in ("value", "standard_error"):
        assert large[column].tolist() == pytest.approx(
            [x * (abs(size) if column == "standard_error" else size) * multiplier for x in small[column]]
        )
    assert (large.status == small.status).all()


def test_a_trade_whose_paths_have_no_finite_sum_is_named():
    """Its sum is in that of the net, path by path: nothing is left out, and nothing said to be."""
    wild = gk.Custom(lambda spots: spots[-1] ** 200, times=[1.0], maturity=1.0)
    trades = (Trade("a", "U", call()), Trade("wild", "U", wild), Trade("far", "V", call()))
    found = net(Book(trades, {"U": GBM, "V": GBM}), greeks="price,delta", estimators="likelihood_ratio")
    for level, underlying, count in (("book", "", 3), ("underlying", "U", 2)):
        (row,) = found[
            (found.level == level) & (found.underlying == underlying) & (found.greek == "price")
        ].itertuples()
        assert row.status == "na" and row.value != row.value
        assert row.reason.startswith(
            f"1 of {count} trades have no finite sum over paths, nor has the net with them: wild:"
        )
    assert (found[found.underlying == "V"].status == "ok").all()
    alone = net(Book((Trade("wild", "U", wild),), {"U": GBM}), greeks="price", estimators="likelihood_ratio")
    assert alone.reason.str.startswith("1 of 1 trades have no finite sum over paths").all()
