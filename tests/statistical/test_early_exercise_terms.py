"""Early exercise under curves and dividends by simulation, against finite differences and another library's values.

Power: standard errors are 1e-4 to 4e-4 of the price's size, so a dividend forgotten in the exercise (0.6 of a call of
15.5), an ex-date off the grid of exercise dates (0.02 and more) or a discount factor of the wrong date is far beyond
4.5 of them. Each number of the table is from ``reference/exercise_pde.py`` with 800 points and 400 steps, good to 2e-4
in price and to 4e-4 of a Greek, which is added to the error.
"""

from __future__ import annotations

from math import hypot

import numpy as np
import pandas as pd
import pytest
from reference.exercise_pde import Case, delta_gamma, value

import greeks as gk

GREEKS = "price,delta,gamma,vega,rho,dividend_rho,theta"
FIRST, SECOND = 110 / 365, 292 / 365  # ex-dates
MARKET = pd.DataFrame(
    [
        {"underlying": "FLAT", "model": "gbm", "spot": 100, "rate": 0.05, "dividend_yield": 0.0, "volatility": 0.3},
        {"underlying": "CURVE", "model": "gbm", "spot": 100, "rate": "C", "dividend_yield": 0.01, "volatility": 0.25},
        {"underlying": "BOTH", "model": "gbm", "spot": 100, "rate": "C", "dividend_yield": 0.01, "volatility": None},
    ]
)
CURVES = pd.DataFrame({"curve": ["C", "C"], "maturity": [0.5, 1.0], "zero_rate": [0.02, 0.05]})
VOLS = pd.DataFrame(
    {"underlying": ["BOTH", "BOTH"], "maturity": [0.5, 1.0], "volatility": [0.25, float(np.sqrt(0.05125))]}
)
DIVIDENDS = pd.DataFrame(
    [
        ("FLAT", FIRST, 4.0, None),
        ("FLAT", SECOND, 4.0, None),
        ("BOTH", 0.3, 3.0, None),
        ("BOTH", 0.6, None, 0.04),
        ("BOTH", 0.9, 2.0, None),
    ],
    columns=["underlying", "maturity", "amount", "fraction"],
)
TRADES = pd.DataFrame(
    [
        ("flat call", "FLAT", "american", "call", 90, None),
        ("flat put", "FLAT", "american", "put", 105, None),
        ("curve put", "CURVE", "american", "put", 105, None),
        ("curve bermudan", "CURVE", "bermudan", "put", 105, "0.25;0.5;0.75"),
        ("both call", "BOTH", "american", "call", 95, None),
        ("both bermudan", "BOTH", "bermudan", "put", 110, "0.2;0.4;0.6;0.8"),
    ],
    columns=["trade_id", "underlying", "product", "option_type", "strike", "exercise_times"],
).assign(maturity=1.0)
EXACT = {  # price, delta, gamma, vega, rho, dividend rho, theta
    "flat call": (15.53878, 0.718130, 0.0145973, 29.7558, 36.2201, -45.2845, -8.3995),
    "flat put": (16.13259, -0.561141, 0.0145659, 36.1662, -59.9936, 46.7564, -1.9620),
    "curve put": (11.47972, -0.521232, 0.0181467, 38.1214, -39.1463, 33.0118),
    "curve bermudan": (11.30692, -0.519773, 0.0184818, 37.8506, -41.5939, 34.9414),
    "both call": (9.66300, 0.633607, 0.0219381, 31.7409, 27.7889, -32.1027),
    "both bermudan": (18.30504, -0.695789, 0.0156634, 29.0715, -60.9004, 48.9101),
}


def book(trades=TRADES):
    return gk.Book.from_frame(trades, MARKET, curves=CURVES, vols=VOLS, dividends=DIVIDENDS)


def run(trades=TRADES, **options):
    found = gk.run(book(trades), greeks=options.pop("greeks", GREEKS), **options)
    return {(each.trade_id, each.greek): each for each in found.trades.itertuples()}


@pytest.fixture(scope="module")
def found():
    return run(paths=32768, seed=20261130)


@pytest.mark.parametrize("trade", sorted(EXACT))
def test_the_simulation_beside_finite_differences(found, trade):
    for greek, exact in zip(GREEKS.split(","), EXACT[trade], strict=False):
        row = found[trade, greek]
        error = hypot(row.standard_error, 4e-4 * exact)
        assert row.estimator == "longstaff_schwartz"
        assert abs(row.value - exact) < 4.5 * error, (greek, row.value, exact, row.standard_error)


def flat_case(option_type: str, strike: float) -> Case:
    paid = ((FIRST, 4.0, 0.0), (SECOND, 4.0, 0.0))
    return Case(option_type, strike, 1.0, 100.0, lambda t: 0.05 * t, lambda t: 0.0 * t, lambda t: 0.09 * t, paid)


@pytest.mark.parametrize(
    ("option_type", "strike", "exact"),  # QuantLib 1.44, FdBlackScholesVanillaEngine, Escrowed, 800 steps, 1,600 points
    [
        ("call", 90.0, (15.53892, 0.718125, 0.0145971)),
        ("call", 100.0, (10.48006, 0.557815, 0.0155214)),
        ("put", 105.0, (16.13249, -0.561147, 0.0145663)),
    ],
)
def test_the_finite_differences_beside_another_library(option_type, strike, exact):
    case = flat_case(option_type, strike)
    assert value(case) == pytest.approx(exact[0], abs=5e-4)
    assert delta_gamma(case) == pytest.approx(exact[1:], rel=2e-4)


def test_a_call_is_exercised_before_the_dividend_and_a_european_is_worth_less(found):
    alike = TRADES.iloc[:1].assign(product="european")
    european = run(alike, greeks="price")["flat call", "price"].value
    row = found["flat call", "price"]
    assert row.value - european > 30 * row.standard_error
    assert "escrowed" in row.reason


def test_without_controls_the_numbers_are_the_same():
    trades = TRADES[TRADES.trade_id.isin(["flat call", "both bermudan"])]
    plain = run(trades, greeks="price,delta", paths=32768, seed=7, variance_reduction="none")
    for trade in trades.trade_id:
        for place, greek in enumerate(("price", "delta")):
            row = plain[trade, greek]
            assert abs(row.value - EXACT[trade][place]) < 4.5 * row.standard_error, (trade, greek, row.value)


@pytest.mark.slow
def test_coverage_of_a_call_with_dividends():
    """Over 60 seeds 95 % intervals cover; below 49 of 60 has a chance of 1e-4 if they do."""
    trades, hits = TRADES.iloc[:1], 0
    for seed in range(60):
        row = run(trades, greeks="price", paths=8192, seed=seed)["flat call", "price"]
        hits += abs(row.value - EXACT["flat call"][0]) < 2.13 * row.standard_error  # Student's t of 15 degrees
    assert hits >= 49


def test_what_is_refused_says_what_to_write():
    low = TRADES.iloc[:1].assign(strike=7.0)
    with pytest.raises(gk.PortfolioError, match="below the dividends up to its expiry"):
        book(low)
    row = run(TRADES.iloc[:1], greeks="price,vanna", paths=4096)["flat call", "vanna"]
    assert row.status == "na"
