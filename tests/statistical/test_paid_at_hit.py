"""What is paid when a continuously watched level is hit: by simulation, against closed forms and quadrature of them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference
from tests.zoo import MODELS as ZOO

EVERY = ("price", "delta", "gamma", "vega", "theta", "rho", "dividend_rho", "vanna", "volga")
METHODS = ("likelihood_ratio", "pathwise", "mixed", "finite_difference")
MODELS = {  # a mean of the roots, complex roots, and one root for either direction of a strong drift
    "plain": gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25),
    "negative rate": gk.GBM(spot=100.0, rate=-0.03, dividend_yield=-0.02, volatility=0.2),
    "rising": gk.GBM(spot=100.0, rate=0.08, dividend_yield=0.0, volatility=0.12),
    "falling": gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.09, volatility=0.12),
}
CONTRACTS = {
    "one-touch": gk.Touch(touch_type="one-touch", direction="up", barrier=115.0, cash=10.0, maturity=1.0, pay_at="hit"),
    "asset": gk.Touch(
        touch_type="one-touch", direction="down", barrier=88.0, payout="asset", maturity=1.0, pay_at="hit"
    ),
    "rebate": gk.Barrier(
        "call", strike=100.0, maturity=1.0, barrier_type="up-and-out", barrier=120.0, rebate=8.0, rebate_at="hit"
    ),
}


def compare(found: Any, exact: dict[str, float]) -> int:
    """|z| < 4.5 of every number that is there; how many there are."""
    seen = 0
    for (greek, method), number in ((key, found[key]) for key in found):
        if number.status == "na" or (method == "finite_difference" and number.status != "ok"):
            continue
        seen += 1
        assert abs(number.value - exact[greek]) < 4.5 * number.standard_error, (method, number, exact[greek])
    return seen


@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("model", MODELS)
def test_every_greek_against_closed_forms(model, contract):
    """Power: the price's error is below 2 % of it, and pathwise rho's below 3 % (a payment at expiry is 2 to 8 % off)."""
    trade, market = CONTRACTS[contract], MODELS[model]
    exact = reference(trade, market)
    found = gk.estimate(trade, market, greeks=EVERY, estimators=METHODS, paths=2**16, seed=3)
    assert compare(found, exact) >= 20
    assert found["price", "pathwise"].standard_error < 0.02 * exact["price"]
    assert found["rho", "pathwise"].standard_error < 0.03 * abs(exact["rho"])


def at_hit_within(window, side, level, model, **paid):
    """Price of a touch within a window, by quadrature over the spot where it begins; beyond the level it is paid then."""
    begin, end = window
    whole = gk.Touch(touch_type="one-touch", direction=side, barrier=level, maturity=end - begin, pay_at="hit", **paid)
    drift, deviation = (
        (model.rate - model.dividend_yield - 0.5 * model.volatility**2) * begin,
        model.volatility * math.sqrt(begin),
    )
    sign = 1.0 if side == "up" else -1.0
    edge = (math.log(level / model.spot) - drift) / deviation
    places, weights = np.polynomial.legendre.leggauss(12)
    total = 0.0
    for cuts in (np.linspace(-8.0, edge, 5), np.linspace(edge, 8.0, 5)):
        for low, high in pairwise(cuts):
            for place, weight in zip(places, weights, strict=True):
                z = 0.5 * (low + high + (high - low) * place)
                spot = model.spot * math.exp(drift + deviation * z)
                beyond = sign * (spot - level) >= 0.0
                there = gk.GBM(spot=spot, **{name: getattr(model, name) for name in RATES})
                value = (spot if "payout" in paid else paid["cash"]) if beyond else reference(whole, there)["price"]
                total += 0.5 * (high - low) * weight * value * math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return math.exp(-model.rate * begin) * total


RATES = ("rate", "dividend_yield", "volatility")


@pytest.mark.parametrize(
    ("side", "level", "paid"), [("up", 112.0, {"cash": 10.0}), ("down", 92.0, {"payout": "asset"})]
)
def test_within_a_window_against_quadrature(side, level, paid):
    """Differences of the quadrature give the Greeks. A fifth of the paths are beyond the level where it begins."""

    def value(theta=0.0, **moved):
        terms = {name: getattr(MODELS["plain"], name) for name in ("spot", *RATES)}
        model = gk.GBM(**{name: size + moved.get(name, 0.0) for name, size in terms.items()})
        return at_hit_within((0.3 - theta, 0.8 - theta), side, level, model, **paid)

    steps = {"delta": ("spot", 0.05), "vega": ("volatility", 1e-3), "rho": ("rate", 1e-3),
             "dividend_rho": ("dividend_yield", 1e-3), "theta": ("theta", 1e-3)}  # fmt: skip
    exact = {"price": value()}
    for greek, (name, step) in steps.items():
        exact[greek] = (value(**{name: step}) - value(**{name: -step})) / (2.0 * step)
    exact["gamma"] = (value(spot=0.5) - 2.0 * exact["price"] + value(spot=-0.5)) / 0.25
    exact["volga"] = (value(volatility=2e-3) - 2.0 * exact["price"] + value(volatility=-2e-3)) / 4e-6
    up, down = (value(spot=s, volatility=2e-3) - value(spot=s, volatility=-2e-3) for s in (0.5, -0.5))
    exact["vanna"] = (up - down) / 4e-3
    trade = gk.Touch(touch_type="one-touch", direction=side, barrier=level, maturity=1.0, monitoring_start=0.3,
                     monitoring_end=0.8, pay_at="hit", **paid)  # fmt: skip
    found = gk.estimate(trade, MODELS["plain"], greeks=EVERY, estimators=METHODS, paths=2**16, seed=3)
    assert compare(found, exact) >= 20
    assert found["price", "pathwise"].standard_error < 0.005 * exact["price"]


def test_without_a_rate_it_is_a_payment_at_expiry_path_by_path():
    model = gk.GBM(spot=100.0, rate=0.0, dividend_yield=0.03, volatility=0.25)
    shared = {"touch_type": "one-touch", "direction": "up", "barrier": 115.0, "cash": 10.0, "maturity": 1.0}
    found = [
        gk.estimate(gk.Touch(pay_at=at, **shared), model, greeks="price,delta,vega", estimators="pathwise", paths=4096)
        for at in ("hit", "expiry")
    ]
    for greek in ("price", "delta", "vega"):
        assert found[0][greek].value == pytest.approx(found[1][greek].value, rel=1e-12)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_derivative_under_heston(contract):
    """Likelihood ratio, pathwise derivative and difference, of the same approximation: |z| < 4.5.

    The pathwise derivative and the difference are of the same paths: they agree to a part of their error.
    """
    trade, model = CONTRACTS[contract], ZOO["heston"]
    greeks = ("delta", "vega", "rho", "dividend_rho", "theta", *model.greeks()[5:])
    found = gk.estimate(trade, model, greeks=greeks, estimators=METHODS, paths=2**14, steps_per_year=8, seed=4)
    for greek in greeks:
        score, path, difference = (found[greek, METHODS[place]] for place in (0, 1, 3))
        assert abs(score.value - path.value) < 4.5 * math.hypot(score.standard_error, path.standard_error), greek
        assert abs(path.value - difference.value) < 0.6 * path.standard_error, greek
    for greek in ("gamma", "vanna"):
        score, mixed = (
            gk.estimate(trade, model, greeks=greek, estimators=method, paths=2**14, steps_per_year=8, seed=seed)[greek]
            for method, seed in (("likelihood_ratio", 5), ("mixed", 6))
        )
        assert abs(score.value - mixed.value) < 4.5 * math.hypot(score.standard_error, mixed.standard_error), greek


def test_under_heston_with_a_tiny_vol_of_vol_it_is_that_of_a_certain_variance():
    """Power: 0.4 % of the price; one paid at expiry is 2.9 % off."""
    model = gk.Heston(spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.0625, mean_reversion=1.0,
                      long_run_variance=0.0625, vol_of_vol=1e-3, correlation=0.0)  # fmt: skip
    trade = CONTRACTS["one-touch"]
    exact = reference(trade, MODELS["plain"])["price"]
    number = gk.estimate(trade, model, greeks="price", paths=2**16, steps_per_year=16)["price"]
    assert abs(number.value - exact) < 4.5 * number.standard_error
    assert number.standard_error < 0.004 * exact


@pytest.mark.parametrize("model", [MODELS["plain"], ZOO["heston"]], ids=lambda model: model.kind)
def test_of_two_levels_it_is_refused_with_an_alternative(model):
    trade = gk.Touch(
        touch_type="one-touch", lower_barrier=85.0, upper_barrier=120.0, cash=10.0, maturity=1.0, pay_at="hit"
    )
    number = gk.estimate(trade, model, greeks="price", estimators="pathwise")["price"]
    assert number.status == "na"
    assert "level hit first" in number.reason and "monitoring=discrete" in number.reason


def test_without_randomness_it_is_refused():
    still = gk.GBM(spot=100.0, rate=0.05, volatility=0.0)
    number = gk.estimate(CONTRACTS["one-touch"], still, greeks="price", estimators="pathwise")["price"]
    assert number.status == "na" and "hitting time" in number.reason


@pytest.mark.parametrize("paid", [{"cash": 10.0}, {"payout": "asset"}])
def test_a_spot_beyond_the_level_is_a_hit_now(paid):
    trade = gk.Touch(touch_type="one-touch", direction="up", barrier=98.0, maturity=1.0, pay_at="hit", **paid)
    model, greeks = MODELS["plain"], ("price", "delta", "vega", "theta", "rho")
    found = gk.estimate(trade, model, greeks=greeks, estimators=("pathwise", "likelihood_ratio"), paths=2**14)
    assert compare(found, reference(trade, model)) == 10


def test_heston_without_randomness_refuses_it_too():
    still = gk.Heston(spot=100.0, initial_variance=0.0, long_run_variance=0.0, mean_reversion=1.0, vol_of_vol=0.3,
                      correlation=-0.5)  # fmt: skip
    number = gk.estimate(CONTRACTS["one-touch"], still, greeks="price", estimators="pathwise")["price"]
    assert number.status == "na" and "hitting time" in number.reason
