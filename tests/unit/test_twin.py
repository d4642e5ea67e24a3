"""In the money the out-of-the-money twin is simulated, and parity adds the rest without error."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.linear import linear
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.planning.twin import twin_of

GBM = gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = replace(MODELS["heston"], rate=0.03, dividend_yield=0.01)
DEEP = gk.GBM(spot=300.0, volatility=0.1)
IN = [
    gk.European("call", strike=75.0, maturity=1.0),
    gk.European("put", strike=135.0, maturity=1.0),
    gk.Digital("call", strike=80.0, maturity=1.0, cash=7.0),
    gk.Digital("put", strike=125.0, maturity=1.0, payout="asset"),
]
FIRST = "price,delta,gamma,vega,rho,dividend_rho,theta"


@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
@pytest.mark.parametrize("trade", IN, ids=lambda trade: f"{trade.kind} {trade.option_type}")
def test_numbers_by_parity_agree_with_exact_ones(model, trade):
    exact = reference(trade, model)
    found = gk.estimate(trade, model, greeks=FIRST, paths=2**16, analytic=False)
    for greek, _ in found:
        cell = found[greek]
        assert "by parity" in cell.reason
        assert abs(cell.value - exact[greek]) < 4.5 * cell.standard_error + 2e-3 * abs(exact[greek]), greek


@pytest.mark.parametrize("kind", PAYOFFS)
def test_the_two_payments_differ_by_what_parity_says(kind):
    """Path by path, for every payoff that has a twin."""
    sample = gk.sample_paths(HESTON, times=(0.3, 0.6, 0.8, 1.0), paths=64)
    from greeks.core.workspace import Workspace
    from greeks.planning.edges import _Given

    for trade in PAYOFFS[kind]:
        parity = trade.parity
        if parity is None:
            assert trade.kind not in ("european", "digital", "gap", "forward_start")
            continue
        dates = len(trade.dates())
        given = _Given(np.ascontiguousarray(sample.spot[-dates:]), 64, HESTON)
        pays, other = np.empty(64), np.empty(64)
        trade.values(given, Workspace(), pays)
        parity.other.values(given, Workspace(), other)
        line = np.array(parity.weights) @ given.spot + parity.constant
        np.testing.assert_allclose(pays, parity.factor * other + line, atol=1e-10)
        inside = np.array(parity.inside[0]) @ given.spot + parity.inside[1]
        assert ((pays != 0.0) == (inside > 0.0)).all()


def test_the_linear_part_is_differentiated_right():
    market = {"spot": 100.0, "rate": 0.04, "dividend_yield": 0.015}

    def price(elapsed=0.0, **change):
        return linear([0.5, 0.25], [0.5 - elapsed, 1.0 - elapsed], -30.0, 1.2 - elapsed, **{**market, **change})[
            "price"
        ]

    found = linear([0.5, 0.25], [0.5, 1.0], -30.0, 1.2, **market)
    for greek, name in {"delta": "spot", "rho": "rate", "dividend_rho": "dividend_yield"}.items():
        up, down = (price(**{name: market[name] + h}) for h in (1e-5, -1e-5))
        assert found[greek] == pytest.approx((up - down) / 2e-5, rel=1e-7)
    assert found["theta"] == pytest.approx((price(1e-5) - price(-1e-5)) / 2e-5, rel=1e-7)


def test_it_lowers_the_error_and_leaves_other_rows_alone():
    asian = gk.Asian("call", strike=75.0, maturity=1.0, fixings=12)
    near = gk.Asian("call", strike=100.0, maturity=1.0, fixings=12)
    assert twin_of(near, GBM) is None and twin_of(asian, GBM) is not None
    auto = gk.estimate(asian, GBM, greeks=FIRST + ",volga", paths=2**15)
    for greek, name in auto:
        named = gk.estimate(asian, GBM, greeks=greek, estimators=name, paths=2**15)[greek]
        assert "by parity" not in named.reason
        most = (
            0.6 if greek in ("price", "delta", "rho", "dividend_rho") else 1.01
        )  # of a linear part: none is left there
        assert auto[greek].standard_error < most * named.standard_error, greek
        both = np.hypot(named.standard_error, auto[greek].standard_error)
        assert abs(auto[greek].value - named.value) < 4.5 * both, greek
    same = gk.estimate(near, GBM, greeks="delta", paths=2**12)["delta"]
    assert same == gk.estimate(near, GBM, greeks="delta", estimators="conditional", paths=2**12)["delta"]


def test_nets_add_what_is_exact():
    """A call, its put and the parity between them: the net of a conversion has no error, whatever is simulated."""
    call, put = (gk.Asian(side, strike=70.0, maturity=1.0, fixings=4) for side in ("call", "put"))
    digital = gk.Digital("call", strike=70.0, maturity=1.0, cash=3.0)
    trades = (Trade("c", "U", call, quantity=2.0), Trade("p", "U", put, quantity=-2.0), Trade("d", "U", digital))
    for chosen in (trades[:2], trades, trades[2:]):
        out = gk.run(Book(chosen, {"U": HESTON}), greeks="price,delta,rho", paths=2**13, analytic=False)
        for line in out.net[out.net.level == "book"].itertuples():
            rows = out.trades[out.trades.greek == line.greek]
            assert line.value == pytest.approx(rows.position_value.sum(), rel=1e-12)
    out = gk.run(Book(trades[:2], {"U": HESTON}), greeks="price,delta", paths=2**13)
    forward = linear([0.25] * 4, call.dates(), -70.0, 1.0, 100.0, 0.03, 0.01)
    net = out.net[out.net.level == "book"].set_index("greek")
    for greek in ("price", "delta"):
        assert net.value[greek] == pytest.approx(2.0 * forward[greek], rel=1e-10)
        assert net.standard_error[greek] < 1e-10


def test_deep_in_the_money_second_derivatives_are_not_noise():
    """S = 300, K = 100, a volatility of 10 %: volga was 410 +- 237, and is 0."""
    call = gk.European("call", strike=100.0, maturity=1.0)
    exact = gk.estimate(call, DEEP, greeks="gamma,vega,volga", paths=64)
    simulated = gk.estimate(call, DEEP, greeks="price,gamma,vega,volga", paths=2**14, analytic=False)
    for greek in ("gamma", "vega", "volga"):
        assert exact[greek].value == pytest.approx(0.0, abs=1e-20)
        assert simulated[greek].value == 0.0
        assert simulated[greek].status == "warn"  # a bound stands for the error: no path paid
    average = gk.Asian("call", strike=100.0, maturity=1.0, fixings=12)
    for greek in ("gamma", "vega", "volga"):
        cell = gk.estimate(average, DEEP, greeks=greek, paths=64)[greek]
        assert (cell.value, cell.standard_error, cell.estimator) == (0.0, 0.0, "analytic")


@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
def test_past_fixings_that_suffice_make_the_payment_linear(model):
    """The average of 6 past fixings of 200 and 6 to come cannot be below 100: a forward, and a put worth nothing."""
    terms = {"strike": 100.0, "maturity": 1.0, "fixings": 6, "past_fixings_sum": 1200.0, "past_fixings_count": 6}
    call, put = (gk.estimate(gk.Asian(side, **terms), model, greeks="all", paths=64) for side in ("call", "put"))
    sampled = gk.estimate(gk.Asian("call", **terms), model, greeks=FIRST, estimators="pw,lr", paths=2**15)
    for greek, _ in call:
        assert (call[greek].estimator, call[greek].standard_error, put[greek].value) == ("analytic", 0.0, 0.0)
    for greek, name in sampled:
        cell = sampled[greek, name]
        if cell.status == "ok":
            assert abs(cell.value - call[greek].value) < 4.5 * cell.standard_error + 1e-3 * abs(call[greek].value), (
                greek
            )
    assert call["gamma"].value == 0.0
    assert call["price"].value == pytest.approx(
        exp(-0.03) * (sum(100.0 * exp(0.02 * k / 6) for k in range(1, 7)) / 12.0), rel=1e-12
    )
