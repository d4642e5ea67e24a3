"""Identities of the closed forms and the semi-analytic values, in every Greek they have."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from markets import maturities, models, number, strikes

import greeks as gk
from greeks.analytic.registry import reference


def near(a, b, scale, tolerance=1e-9):
    assert abs(a - b) <= tolerance * max(scale, 1e-12), (a, b, scale)


def forward(model, strike, maturity):
    """Value and Greeks of S_T - K at maturity; a Greek that is not named is 0."""
    stock = model.spot * exp(-model.dividend_yield * maturity)
    money = strike * exp(-model.rate * maturity)
    return {
        "price": stock - money,
        "delta": stock / model.spot,
        "rho": maturity * money,
        "dividend_rho": -maturity * stock,
        "theta": model.dividend_yield * stock - model.rate * money,
    }


def scales(model, greek):
    return model.spot * {"price": 1.0, "delta": 1e-2, "gamma": 1e-4, "vanna": 1e-2}.get(greek, 1.0)


@settings(max_examples=60)
@given(models, strikes, maturities)
def test_put_call_parity(model, strike, maturity):
    call, put = (reference(gk.European(side, strike=strike, maturity=maturity), model) for side in ("call", "put"))
    assume(call and put)
    known = forward(model, strike, maturity)
    assert len(call) >= 9
    for greek in call:
        near(call[greek] - put[greek], known.get(greek, 0.0), scales(model, greek))


@settings(max_examples=60)
@given(models, strikes, maturities)
def test_a_vanilla_is_an_asset_digital_less_cash_digitals(model, strike, maturity):
    call = reference(gk.European("call", strike=strike, maturity=maturity), model)
    asset = reference(gk.Digital("call", strike=strike, maturity=maturity, payout="asset"), model)
    cash = reference(gk.Digital("call", strike=strike, maturity=maturity, cash=strike), model)
    assume(call and asset and cash)
    for greek in call:
        scale = max(scales(model, greek), abs(asset[greek]))
        near(asset[greek] - cash[greek], call[greek], scale, 1e-8)


@settings(max_examples=60)
@given(models, strikes, maturities, number(0.01, 50.0))
def test_homogeneity(model, strike, maturity, factor):
    """Spot and strike in another currency: the price scales, delta does not, gamma the other way; Euler's theorem."""
    trade = gk.European("put", strike=strike, maturity=maturity)
    one = reference(trade, model)
    other = reference(replace(trade, strike=strike * factor), replace(model, spot=model.spot * factor))
    assume(one and other)
    for greek in one:
        power = {"delta": 0, "gamma": -1, "vanna": 0}.get(greek, 1)
        near(other[greek], one[greek] * factor**power, scales(model, greek) * factor**power)
    cash = reference(gk.Digital("put", strike=strike, maturity=maturity, cash=strike), model)
    near(model.spot * one["delta"] + cash["price"], one["price"], model.spot)


@settings(max_examples=60)
@given(models, strikes, maturities, number(0.1, 20.0))
def test_monotone_and_convex_in_the_strike_and_within_bounds(model, strike, maturity, step):
    low, middle, high = (
        reference(gk.European("call", strike=k, maturity=maturity), model)
        for k in (strike, strike + step, strike + 2 * step)
    )
    assume(low and middle and high)
    slack, discount = 1e-9 * model.spot, exp(-model.rate * maturity)
    assert -slack <= low["price"] - middle["price"] <= step * discount + slack
    assert low["price"] - 2 * middle["price"] + high["price"] >= -slack
    assert low["price"] >= max(forward(model, strike, maturity)["price"], 0.0) - slack
    assert low["price"] <= model.spot * exp(-model.dividend_yield * maturity) + slack
    assert -1e-9 <= low["delta"] <= exp(-model.dividend_yield * maturity) + 1e-9
    assert low["gamma"] >= -1e-11
    assert low["vega"] >= -slack


@settings(max_examples=60)
@given(models, strikes, maturities)
def test_the_pricing_equation(model, strike, maturity):
    """theta = r V - (r - q) S delta - S^2 v gamma / 2, and under Heston the terms of the variance."""
    g = reference(gk.European("call", strike=strike, maturity=maturity), model)
    assume(g)
    variance = model.volatility**2 if model.kind == "gbm" else model.initial_variance
    right = model.rate * g["price"] - (model.rate - model.dividend_yield) * model.spot * g["delta"]
    right -= 0.5 * model.spot**2 * variance * g["gamma"]
    if model.kind == "heston":
        right -= model.mean_reversion * (model.long_run_variance - variance) * g["initial_variance"]
        # With y = sqrt(v): V_v = V_y / (2 y), V_vv = (V_yy - V_y / y) / (4 v), V_Sv = V_Sy / (2 y).
        y = variance**0.5
        second = (g["volga"] - g["vega"] / y) / (4 * variance)
        right -= 0.5 * model.vol_of_vol**2 * variance * second
        right -= model.correlation * model.vol_of_vol * variance * model.spot * g["vanna"] / (2 * y)
    near(g["theta"], right, model.spot, 1e-8)


@settings(max_examples=60)
@given(
    number(80.0, 120.0),
    strikes,
    number(0.1, 2.0),
    number(0.1, 0.5),
    st.integers(1, 8),
    st.sampled_from(["call", "put"]),
)
def test_a_geometric_average_of_one_date_is_a_vanilla_and_of_more_is_worth_no_more_than_its_forward(
    spot, strike, maturity, volatility, fixings, side
):
    model = gk.GBM(spot=spot, volatility=volatility)
    found = reference(gk.Asian(side, strike=strike, maturity=maturity, averaging="geometric", fixings=fixings), model)
    vanilla = reference(gk.European(side, strike=strike, maturity=maturity), model)
    if fixings == 1:
        for greek in found:
            near(found[greek], vanilla[greek], scales(model, greek))
    elif side == "call":  # averaging lowers the variance, and a geometric mean its expectation too
        assert found["price"] <= vanilla["price"] + 1e-9


def test_the_checks_can_fail():
    with pytest.raises(AssertionError):
        near(1.0, 1.0 + 1e-7, 1.0)
