"""The netted table: what is added, told apart, and named."""

from __future__ import annotations

from itertools import permutations

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import UsageError

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
        "trades", "unit", "status", "reason",
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
