"""Forward starts under Heston: the exact law of the variance, simulation, limits, and differences for every Greek."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import ncx2

import greeks as gk
from greeks.analytic import forward_start as black_scholes
from greeks.analytic import heston, heston_forward_start, registry
from greeks.analytic.heston_forward_start import PARAMETERS, forward_start
from greeks.analytic.heston_transform import Parameters

MARKET = {"start": 0.5, "maturity": 1.5, "spot": 80.0, "rate": 0.05, "dividend_yield": 0.02}
SETS = [
    Parameters(0.06, 1.5, 0.04, 0.3, -0.7),
    Parameters(0.04, 0.8, 0.06, 0.5, 0.4),
    Parameters(0.04, 0.5, 0.04, 1.0, -0.9),
    Parameters(0.02, 0.3, 0.05, 0.6, 0.5),  # mean reversion with the asset as numeraire is 0
]


def value(side, moneyness, p, **moved):
    return forward_start(side, moneyness, **{**MARKET, **moved}, parameters=p)


def by_the_law_of_the_variance(side, moneyness, p):
    """The European value on a spot of 1, averaged over the variance at the start."""
    t, s, r, q = (MARKET[name] for name in ("start", "spot", "rate", "dividend_yield"))
    speed = p.mean_reversion - p.correlation * p.vol_of_vol
    decay = math.exp(-speed * t)
    unit = p.vol_of_vol**2 / 4.0 * (t if abs(speed) < 1e-12 else (1.0 - decay) / speed)
    freedom, shift = 4.0 * p.mean_reversion * p.long_run_variance / p.vol_of_vol**2, p.initial_variance * decay / unit
    top = (freedom + shift + 12.0 * math.sqrt(2.0 * freedom + 4.0 * shift) + 60.0) ** 0.125
    nodes, weights = np.polynomial.legendre.leggauss(80)
    y, weights = 0.5 * top * (nodes + 1.0), 0.5 * top * weights
    x = y**8  # the density is infinite at 0 where Feller's condition fails: by parts, with the distribution
    assert ncx2.cdf(top**8, freedom, shift) == pytest.approx(1.0, abs=1e-12)

    def at(z):
        life = MARKET["maturity"] - t
        return heston.european(side, 1.0, moneyness, life, r, q, float(unit * z), *p[1:])

    slopes = np.array([at(z)["initial_variance"] for z in x])
    inner = unit * 8.0 * y**7 * slopes * ncx2.cdf(x, freedom, shift)
    return s * math.exp(-q * t) * (at(top**8)["price"] - float(weights @ inner))


@pytest.mark.parametrize("p", SETS)
def test_price_is_the_mean_over_the_law_of_the_variance(p):
    for side, moneyness in (("call", 1.1), ("put", 0.9)):
        exact = by_the_law_of_the_variance(side, moneyness, p)
        assert value(side, moneyness, p)["price"] == pytest.approx(exact, rel=1e-6), side


@pytest.mark.parametrize("p", SETS)
def test_every_greek_is_the_derivative_of_the_price(p):
    side, moneyness = ("call", 1.05) if p.correlation < 0.0 else ("put", 0.97)
    got = value(side, moneyness, p)

    def derivative(at, h):
        return (8.0 * (at(h) - at(-h)) - at(2.0 * h) + at(-2.0 * h)) / (12.0 * h)

    def moved(name):
        if name in PARAMETERS:
            return lambda h: value(side, moneyness, p._replace(**{name: getattr(p, name) + h}))["price"]
        return lambda h: value(side, moneyness, p, **{name: MARKET[name] + h})["price"]

    names = {"rho": "rate", "dividend_rho": "dividend_yield", "delta": "spot"} | {x: x for x in PARAMETERS}
    for greek, name in names.items():
        h = (
            0.5 if name == "spot" else 0.003 * abs(getattr(p, name)) if name in PARAMETERS else 1e-4
        )  # a sharp law bends soon
        assert got[greek] == pytest.approx(derivative(moved(name), h), rel=1e-6), greek
    elapsed = derivative(lambda h: value(side, moneyness, p, start=0.5 - h, maturity=1.5 - h)["price"], 1e-3)
    assert got["theta"] == pytest.approx(elapsed, rel=1e-6)

    def volatility(spot, h):
        root = math.sqrt(p.initial_variance) + h
        return value(side, moneyness, p._replace(initial_variance=root * root), spot=spot)["price"]

    h = 0.01 * math.sqrt(p.initial_variance)
    assert got["vega"] == pytest.approx(derivative(lambda x: volatility(80.0, x), h), rel=1e-6)
    bend = (volatility(80.0, h) - 2.0 * volatility(80.0, 0.0) + volatility(80.0, -h)) / h**2
    assert got["volga"] == pytest.approx(bend, rel=2e-3)
    assert got["vanna"] == pytest.approx(got["vega"] / 80.0, rel=1e-12) and got["gamma"] == 0.0


def test_parity_and_the_limits():
    p = SETS[0]
    call, put = value("call", 1.1, p), value("put", 1.1, p)
    forward = 80.0 * (math.exp(-0.02 * 1.5) - 1.1 * math.exp(-0.02 * 0.5 - 0.05))
    assert call["price"] - put["price"] == pytest.approx(forward, rel=1e-10)
    today = heston.european("call", 80.0, 88.0, 1.5, 0.05, 0.02, *p)["price"]
    assert value("call", 1.1, p, start=0.0)["price"] == today
    assert value("call", 1.1, p, start=1e-10)["price"] == pytest.approx(today, rel=1e-8)
    flat = value("put", 1.1, Parameters(0.0625, 1.5, 0.0625, 0.0, -0.7))
    want = black_scholes.forward_start("put", 1.1, **MARKET, volatility=0.25)
    for greek in ("price", "delta", "rho", "dividend_rho", "theta"):
        assert flat[greek] == pytest.approx(want[greek], rel=1e-9), greek
    assert 0.5 * (flat["initial_variance"] + flat["long_run_variance"]) == pytest.approx(want["vega"], rel=1e-9)
    assert value("call", 1.1, p, start=1.5) == {}
    with pytest.raises(ValueError, match="start from 0 to maturity"):
        value("call", 1.1, p, start=1.6)


def test_price_is_that_of_simulated_paths():
    p, steps, paths = SETS[1], 64, 40_000
    rng = np.random.Generator(np.random.Philox(3))
    h, x, v = 1.5 / (3 * steps), np.zeros(2 * paths), np.full(2 * paths, p.initial_variance)
    for i in range(3 * steps):  # full truncation Euler, antithetic
        a, b = rng.standard_normal((2, paths))
        a, b = np.concatenate([a, -a]), np.concatenate([b, -b])
        up = np.maximum(v, 0.0)
        x += (0.03 - 0.5 * up) * h + np.sqrt(up * h) * a
        w = p.correlation * a + math.sqrt(1.0 - p.correlation**2) * b
        v += p.mean_reversion * (p.long_run_variance - up) * h + p.vol_of_vol * np.sqrt(up * h) * w
        if i + 1 == steps:
            start = 80.0 * np.exp(x)
    pays = math.exp(-0.05 * 1.5) * np.maximum(80.0 * np.exp(x) - 0.95 * start, 0.0)
    pays = 0.5 * (pays[:paths] + pays[paths:])
    exact = value("call", 0.95, p)["price"]
    assert abs(pays.mean() - exact) < 4.0 * pays.std() / math.sqrt(pays.size)


def test_the_contract_reaches_its_form():
    trade = SimpleNamespace(option_type="call", moneyness=1.1, start=0.5, maturity=1.5)
    model = gk.Heston(spot=80.0, rate=0.05, dividend_yield=0.02, **SETS[0]._asdict())
    assert heston_forward_start.reference(trade, model) == value("call", 1.1, SETS[0])
    assert ("forward_start", "heston", "heston_forward_start") in [line[:3] for line in registry.LINES]
