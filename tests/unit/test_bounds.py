"""What stands for an error bar where no path differs: against closed forms, and over seeds without a hit."""

from __future__ import annotations

from itertools import product
from math import exp

import pytest
from scipy.optimize import brentq
from zoo import MODELS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.results.bounds import beyond_reach, no_hit_bound, sign_of
from greeks.results.scale import natural_scale

HESTON = gk.Heston(
    spot=100, rate=0.03, dividend_yield=0.01, initial_variance=0.09, mean_reversion=0.3, long_run_variance=0.09,
    vol_of_vol=0.7, correlation=-0.7,
)  # fmt: skip
LOGNORMAL = [gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=v) for v in (0.1, 0.2, 0.6)]
ROUNDING = 1e-6


def strike_met(model, side, maturity, share):
    """The strike beyond which a share of the paths ends."""

    def excess(strike):
        digital = gk.Digital(side, strike=strike, maturity=maturity)
        return reference(digital, model)["price"] * exp(model.rate * maturity) - share

    low, high = (100.0, 1e6) if side == "call" else (1e-4, 100.0)
    while not excess(low if side == "put" else high) < 0.0:  # no closed form so far out
        low, high = (low, 0.7 * high) if side == "call" else (low / 0.7, high)
        if low >= high:
            return None
    return brentq(excess, low, high)


def contracts(side, strike, maturity):
    yield gk.European(side, strike=strike, maturity=maturity)
    yield gk.Digital(side, strike=strike, maturity=maturity)
    yield gk.Digital(side, strike=strike, maturity=maturity, payout="asset")
    for exponent in (0.5, 2.0, 3.0):
        yield gk.Power(side, strike=strike**exponent, exponent=exponent, maturity=maturity)


@pytest.mark.parametrize("model", [*LOGNORMAL, MODELS["black76"], MODELS["heston"], HESTON])
@pytest.mark.parametrize("paths", [4096, 262_144])
def test_the_bound_holds_for_what_chance_may_miss(model, paths):
    """Up to 3 of n paths expected to meet a payment, all Greeks: with 95 % confidence none is missed oftener."""
    checked = 0
    for maturity, expected, side in product((5 / 365, 0.25, 1.0, 5.0), (0.1, 1.0, 3.0), ("call", "put")):
        strike = strike_met(model, side, maturity, expected / paths)
        for payoff in contracts(side, strike, maturity) if strike else ():
            for greek, exact in reference(payoff, model).items():
                bound = no_hit_bound(paths, natural_scale(payoff, model, greek), payoff, model, greek)
                assert abs(exact) <= bound * (1.0 + ROUNDING), (payoff, greek)
                assert sign_of(payoff, model, greek) * exact >= -1e-9 * bound, (payoff, greek)
                checked += 1
    assert checked > 600


@pytest.mark.parametrize("estimator", ["likelihood_ratio", "pathwise", "mixed", "finite_difference"])
def test_seeds_without_a_hit(estimator):
    """Every Greek of a call and a digital that a path in 8,192 meets, of 4,096: the bound holds at every seed."""
    model, silent = LOGNORMAL[1], 0
    strike = strike_met(model, "call", 0.25, 1 / 8192)
    for payoff, seed in product(list(contracts("call", strike, 0.25)), range(12)):
        exact = reference(payoff, model)
        options = {"estimators": estimator, "greeks": "all", "paths": 4096, "seed": seed, "threads": 1}
        for line in gk.estimate(payoff, model, **options).to_frame().itertuples():
            if line.reason.startswith("no path differs from 0"):
                assert line.ci_low <= exact[line.greek] <= line.ci_high, (payoff, line.greek, seed)
                assert line.status == "warn" and line.standard_error > 0.0
                silent += 1
    assert silent > (100 if estimator in ("likelihood_ratio", "finite_difference") else 15)


def test_a_power_has_a_tail_that_its_spot_has_not():
    """The skewness is that of the power: the exponent times the deviation of the log-spot."""
    model = gk.GBM(spot=100.0, rate=0.0, volatility=0.4)

    def reach(exponent, side="call"):
        trade = gk.Power(side, strike=100.0**exponent, exponent=exponent, maturity=1.0)
        return beyond_reach(1024, trade, model, "delta")

    assert reach(1.0) == reach(0.5) == reach(3.0, "put") == ""
    assert "the spot to the power 3 has a deviation of 1.2" in reach(3.0)
    wide = gk.GBM(spot=100.0, rate=0.0, volatility=1.2)
    call = gk.European("call", strike=100.0, maturity=1.0)
    assert "the log of the spot has a deviation of 1.2" in beyond_reach(1024, call, wide, "delta")
