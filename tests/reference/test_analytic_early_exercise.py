"""Exact values of American and Bermudan options: two methods that share no line, trees, and what must hold of both."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

import greeks as gk
from greeks.analytic import american, bermudan
from greeks.analytic.registry import reference
from greeks.spec import altered, shifted
from reference import lattice

MARKET = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.0, volatility=0.2)
CONTRACTS = [
    (MARKET, gk.American("put", strike=110.0, maturity=1.0)),
    (replace(MARKET, dividend_yield=0.03, volatility=0.3), gk.American("put", strike=95.0, maturity=0.5)),
    (replace(MARKET, rate=0.03, dividend_yield=0.07, volatility=0.25), gk.American("call", strike=100.0, maturity=1.0)),
    (replace(MARKET, dividend_yield=0.05), gk.American("put", strike=100.0, maturity=2.0)),
    (replace(MARKET, dividend_yield=-0.02), gk.American("put", strike=100.0, maturity=1.0)),
]
PARAMETERS = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}


def dated(option, count):
    return gk.Bermudan(option.option_type, strike=option.strike, maturity=option.maturity, exercises=count)


def tree(option, model, **options):
    market = model.rate, model.dividend_yield, model.volatility
    return lattice.price(option.sign, model.spot, option.strike, option.maturity, *market, **options)


def test_the_known_value():
    """Of a put with K = 110, S = 100, T = 1: a European would be 10.6753."""
    model, put = CONTRACTS[0]
    found = reference(put, model)
    assert found["price"] == pytest.approx(11.9728, abs=5e-5)
    assert found["delta"] == pytest.approx(-0.655, abs=5e-4)
    assert reference(gk.European("put", strike=110.0, maturity=1.0), model)["price"] == pytest.approx(10.6753, abs=5e-5)


@pytest.mark.parametrize(("model", "option"), CONTRACTS)
def test_an_american_against_a_tree(model, option):
    assert reference(option, model)["price"] == pytest.approx(tree(option, model), rel=2e-5)


@pytest.mark.parametrize(("model", "option"), CONTRACTS)
def test_a_bermudan_against_a_tree(model, option):
    for count in (1, 4):
        assert reference(dated(option, count), model)["price"] == pytest.approx(
            tree(option, model, dates=count), rel=6e-5
        )


@pytest.mark.parametrize(("model", "option"), CONTRACTS)
def test_many_dates_are_any_time(model, option):
    """Every Greek: the difference falls with the dates, and twice as many less once as many take it off."""
    exact = reference(option, model)
    few, many = (reference(dated(option, count), model) for count in (60, 120))
    assert few.keys() == many.keys() == exact.keys() and len(exact) == 9
    for greek, value in exact.items():
        scale = max(abs(value), 1e-3 if greek == "gamma" else 1.0)
        loose = 4e-2 if greek == "volga" else 4e-3
        assert abs(2.0 * many[greek] - few[greek] - value) < loose * scale, greek
        assert abs(many[greek] - value) < 3e-2 * scale + 3.0 * abs(few[greek] - many[greek]), greek


@pytest.mark.parametrize(("model", "option"), CONTRACTS)
@pytest.mark.parametrize("count", [None, 5])
def test_greeks_are_differences_of_the_price(model, option, count):
    own = option if count is None else dated(option, count)
    exact = reference(own, model)

    def price(option=own, **moves):
        moved = model
        for name, step in moves.items():
            moved = shifted(moved, name, step)
        return reference(option, moved)["price"]

    for greek, name in PARAMETERS.items():
        step = 1e-3 * (100.0 if name == "spot" else 1.0)
        difference = (price(**{name: step}) - price(**{name: -step})) / (2 * step)
        assert exact[greek] == pytest.approx(difference, rel=3e-4, abs=1e-3), greek
    ends = (price(spot=0.1), price(), price(spot=-0.1))
    assert exact["gamma"] == pytest.approx((ends[0] - 2 * ends[1] + ends[2]) / 0.01, rel=1e-3)
    wide = (price(volatility=5e-3), price(volatility=-5e-3))
    assert exact["volga"] == pytest.approx((wide[0] - 2 * ends[1] + wide[1]) / 25e-6, rel=2e-2, abs=0.05)
    crossed = [price(spot=a * 0.1, volatility=b * 1e-3) * a * b / (4 * 0.1 * 1e-3) for a in (1, -1) for b in (1, -1)]
    assert exact["vanna"] == pytest.approx(sum(crossed), rel=1e-2, abs=5e-3)
    times = own.dates()

    def later(step):  # the valuation date moves, the dates stay
        if count is None:
            return reference(altered(own, maturity=own.maturity - step), model)["price"]
        left = tuple(time - step for time in times)
        return reference(altered(own, maturity=left[-1], exercises=None, exercise_times=left), model)["price"]

    assert exact["theta"] == pytest.approx((later(1e-3) - later(-1e-3)) / 2e-3, rel=2e-3, abs=1e-3)


def test_one_date_is_a_european():
    for model, option in CONTRACTS:
        one = reference(dated(option, 1), model)
        plain = reference(gk.European(option.option_type, strike=option.strike, maturity=option.maturity), model)
        for greek, value in plain.items():
            assert one[greek] == pytest.approx(value, rel=1e-4 if greek == "volga" else 1e-6, abs=1e-6), greek


def test_a_call_without_dividends_is_a_european():
    call = gk.American("call", strike=105.0, maturity=1.0)
    found, plain = reference(call, MARKET), reference(gk.European("call", strike=105.0, maturity=1.0), MARKET)
    for greek, value in plain.items():
        assert found[greek] == pytest.approx(value, rel=1e-4 if greek == "volga" else 1e-6, abs=1e-6)


def test_what_is_exercised_now_is_worth_its_payment():
    put = gk.American("put", strike=130.0, maturity=1.0)
    found = reference(put, MARKET)
    assert (found["price"], found["delta"]) == (30.0, -1.0)
    assert not any(found[greek] for greek in ("gamma", "vega", "rho", "dividend_rho", "theta"))
    assert reference(gk.Bermudan("put", strike=130.0, maturity=1.0, exercises=12), MARKET)["price"] < 30.0


def test_the_order_of_values():
    """More dates are worth no less, and an American no less than its payment."""
    rng = np.random.default_rng(20)
    for _ in range(40):
        model = gk.GBM(
            spot=100.0,
            rate=rng.uniform(0.0, 0.12),
            dividend_yield=rng.uniform(0.0, 0.12),
            volatility=rng.uniform(0.05, 0.6),
        )
        terms = {"strike": 100.0 * np.exp(rng.normal(0.0, 0.15)), "maturity": rng.uniform(0.1, 3.0)}
        kind = rng.choice(["call", "put"])
        options = [gk.European(kind, **terms), *(gk.Bermudan(kind, **terms, exercises=n) for n in (2, 8))]
        values = [reference(each, model)["price"] for each in (*options, gk.American(kind, **terms))]
        assert all(b >= a - 1e-8 * terms["strike"] for a, b in pairwise(values))
        assert values[-1] >= max((1 if kind == "call" else -1) * (100.0 - terms["strike"]), 0.0) - 1e-9


def test_without_volatility_the_best_date_is_taken():
    still = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.1, volatility=0.0)
    found = reference(gk.American("call", strike=90.0, maturity=1.0), still)
    assert (found["price"], found["delta"], found["vega"]) == (10.0, 1.0, 0.0)
    last = reference(gk.Bermudan("put", strike=104.0, maturity=1.0, exercises=4), still)
    best = max(104.0 * np.exp(-0.05 * t) - 100.0 * np.exp(-0.1 * t) for t in (0.25, 0.5, 0.75, 1.0))
    assert last["price"] == pytest.approx(best, rel=1e-12)
    middle = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.1, volatility=0.0)
    turning = reference(gk.American("put", strike=150.0, maturity=20.0), middle)["price"]
    grid = np.linspace(0.0, 20.0, 200_001)
    assert turning == pytest.approx(max(150.0 * np.exp(-0.05 * grid) - 100.0 * np.exp(-0.1 * grid)), rel=1e-9)


def test_none_where_both_rates_are_negative():
    """The put is then exercised between two levels, which neither method knows."""
    model = gk.GBM(spot=100.0, rate=-0.02, dividend_yield=-0.05, volatility=0.2)
    assert not reference(gk.American("put", strike=100.0, maturity=1.0), model)
    assert not reference(gk.Bermudan("put", strike=100.0, maturity=1.0, exercises=4), model)


def test_the_boundary_is_where_a_bermudan_of_many_dates_is_exercised(monkeypatch):
    found, plain = [], bermudan._boundary
    monkeypatch.setattr(bermudan, "_boundary", lambda *terms: found.append(plain(*terms)) or found[-1])
    put = bermudan.Put(1.0, 0.05, 0.0, 0.2)
    bermudan.solve(tuple(i / 200 for i in range(1, 201)), put)
    shift = 0.5826 * 0.2 * np.sqrt(1 / 200)  # of a level that is watched on dates (Broadie, Glasserman and Kou 1997)
    assert found[-1] - shift == pytest.approx(np.log(american.boundary(put, 199 / 200)), abs=5e-4)
