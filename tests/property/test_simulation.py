"""Identities that hold path by path, whatever the number of paths: on shared paths they are exact to rounding."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import asians, digitals, europeans, maturities, models, number, payoffs, strikes

import greeks as gk
from greeks.book import Book, Trade

PATHS = 3000
FIRST = ["price", "delta", "vega", "rho", "dividend_rho", "theta"]


def numbers(trade, model, estimator, greeks=FIRST, **options):
    found = gk.estimate(trade, model, greeks=greeks, estimators=estimator, paths=PATHS, threads=1, **options)
    return {greek: found[greek, estimator] for greek, _ in found if found[greek, estimator].status != "na"}


def close(a, b, scale, tolerance=1e-11):
    assert abs(a - b) <= tolerance * max(abs(a), abs(b), scale), (a, b)


@settings(max_examples=25)
@given(models, strikes, maturities, st.sampled_from(["likelihood_ratio", "finite_difference"]))
def test_a_call_is_an_asset_digital_less_cash_digitals(model, strike, maturity, estimator):
    call = numbers(gk.European("call", strike=strike, maturity=maturity), model, estimator, ["price", "rho", "delta"])
    asset = numbers(gk.Digital("call", strike=strike, maturity=maturity, payout="asset"), model, estimator, list(call))
    cash = numbers(gk.Digital("call", strike=strike, maturity=maturity, cash=strike), model, estimator, list(call))
    for greek in call if estimator == "likelihood_ratio" else ["price"]:  # the steps of differences are not the same
        scale = abs(asset[greek].value) + asset[greek].standard_error
        close(call[greek].value, asset[greek].value - cash[greek].value, scale)
    assert call["price"].value >= 0.0


@settings(max_examples=25)
@given(models, strikes, maturities, st.sampled_from(["likelihood_ratio", "pathwise"]))
def test_put_call_parity_does_not_depend_on_the_strike(model, strike, maturity, estimator):
    """call - put + K D is the discounted forward of these very paths: the same for every strike."""
    forwards = []
    for k in (strike, 0.5 * strike):
        call, put = (numbers(gk.European(s, strike=k, maturity=maturity), model, estimator) for s in ("call", "put"))
        cash = [
            numbers(gk.Digital(s, strike=k, maturity=maturity, cash=k), model, "likelihood_ratio")
            for s in ("call", "put")
        ]
        if estimator == "likelihood_ratio":
            forwards.append({g: call[g].value - put[g].value + cash[0][g].value + cash[1][g].value for g in call})
        else:
            bond = k * exp(-model.rate * maturity)
            money = {"price": bond, "rho": -maturity * bond, "theta": model.rate * bond}
            forwards.append({g: call[g].value - put[g].value + money.get(g, 0.0) for g in call})
    assert len(forwards[0]) == 6
    for greek in forwards[0]:
        scale = {"delta": 1.0}.get(greek, 100.0) * (10.0 if estimator == "likelihood_ratio" else 1.0)
        close(forwards[0][greek], forwards[1][greek], scale, 1e-9)


@settings(max_examples=25)
@given(models, payoffs, number(0.05, 30.0))
def test_homogeneity(model, trade, factor):
    """Every path in another currency: prices scale, deltas do not."""
    scaled = {"strike": trade.strike * factor} if trade.strike else {}
    if trade.kind == "digital" and trade.payout == "cash":
        scaled["cash"] = trade.amount * factor
    if trade.kind == "asian" and trade.past_fixings_count:
        from math import log

        past, count = trade.past_fixings_sum, trade.past_fixings_count
        more = count * log(factor) if trade.averaging == "geometric" else past * (factor - 1.0)
        scaled["past_fixings_sum"] = past + more
    there, money = replace(trade, **scaled), replace(model, spot=model.spot * factor)
    one = numbers(trade, model, "likelihood_ratio", ["price", "delta", "gamma", "rho"])
    other = numbers(there, money, "likelihood_ratio", ["price", "delta", "gamma", "rho"])
    assert one.keys() == other.keys()
    # A path that ends within rounding of the strike of a digital may go either way: none does in these examples.
    for greek, power in {"price": 1, "delta": 0, "gamma": -1, "rho": 1}.items():
        if greek in one:
            close(other[greek].value, one[greek].value * factor**power, other[greek].standard_error, 1e-8)
            close(other[greek].standard_error, one[greek].standard_error * factor**power, 1e-12, 1e-8)


@settings(max_examples=40)
@given(models, maturities)
def test_the_discounted_asset_is_a_martingale(model, maturity):
    both = [numbers(gk.Digital(s, strike=100.0, maturity=maturity, payout="asset"), model, "likelihood_ratio", ["price"])
            for s in ("call", "put")]  # fmt: skip
    mean = sum(part["price"].value for part in both)
    error = sum(part["price"].standard_error for part in both)  # an upper bound: the parts are disjoint
    exact = model.spot * exp(-model.dividend_yield * maturity)
    assert abs(mean - exact) < 5.0 * error
    assert error < 0.1 * exact


@settings(max_examples=25)
@given(models, st.lists(number(0.1, 2.0), min_size=1, max_size=4, unique=True))
def test_scores_have_mean_zero(model, times):
    sample = gk.sample_paths(model, times=sorted(times), paths=4000, seed=7)
    assert {"delta", "vega", "rho"} <= set(sample.scores)
    for greek, score in sample.scores.items():
        assert abs(score.mean()) < 5.5 * score.std() / 4000**0.5, greek
        assert score.std() > 0


@settings(max_examples=25)
@given(models, asians(), number(1.0, 10.0))
def test_monotone_in_the_strike_and_geometric_below_arithmetic(model, trade, step):
    if trade.average_of == "strike":
        return
    low = numbers(trade, model, "pathwise", ["price"])["price"].value
    high = numbers(replace(trade, strike=trade.strike + step), model, "pathwise", ["price"])["price"].value
    assert low >= high if trade.option_type == "call" else low <= high
    fresh = gk.Asian("call", strike=trade.strike, maturity=trade.maturity, fixing_times=trade.future_fixings())
    both = [
        numbers(replace(fresh, averaging=a), model, "pathwise", ["price"])["price"].value
        for a in ("geometric", "arithmetic")
    ]
    assert both[0] <= both[1] + 1e-9


@settings(max_examples=20)
@given(models, st.lists(st.tuples(st.one_of(europeans, digitals), number(-5.0, 5.0)), min_size=1, max_size=5))
def test_netting_adds_positions(model, held):
    """Values add; on shared paths errors add at most; a book and its mirror image net to nothing."""
    maturity = held[0][0].maturity
    trades = [
        Trade(f"T{i}", "u", replace(payoff, maturity=maturity), quantity=size) for i, (payoff, size) in enumerate(held)
    ]
    options = {"greeks": "price,delta,rho", "estimators": "likelihood_ratio", "paths": PATHS, "threads": 1}
    out = gk.run(Book(tuple(trades), {"u": model}), **options)
    for line in out.net.itertuples():
        rows = out.trades[out.trades.greek == line.greek]
        scale = abs(rows.position_value).sum() + rows.position_standard_error.sum()
        assert abs(line.value - rows.position_value.sum()) <= 1e-11 * scale
        assert line.standard_error <= rows.position_standard_error.sum() * (1 + 1e-9) + 1e-12
        assert line.trades == len(trades)
    mirror = [Trade(f"M{t.trade_id}", "u", t.payoff, quantity=-t.quantity) for t in trades]
    zero = gk.run(Book((*trades, *mirror), {"u": model}), **options)
    scale = abs(zero.trades.position_value).max() + zero.trades.position_standard_error.max() + 1e-12
    assert (abs(zero.net.value) <= 1e-11 * scale).all()
    assert (zero.net[zero.net.status == "ok"].standard_error <= 1e-11 * scale).all()


def test_the_checks_can_fail():
    with pytest.raises(AssertionError):
        close(1.0, 1.0 + 1e-9, 1.0)
