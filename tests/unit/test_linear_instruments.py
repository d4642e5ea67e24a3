"""Stock, forwards, futures and cash: exact values under any model, in the net beside the options that they hedge."""

from __future__ import annotations

import io
from math import exp

import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.errors import PortfolioError
from greeks.portfolio import template
from greeks.results.scale import natural_scale
from greeks.spec import shifted
from tests.zoo import MODELS

HEDGES = {
    "stock": gk.Stock(),
    "forward": gk.Forward(strike=97.0, maturity=0.75),
    "future": gk.Future(strike=102.0, maturity=0.5),
    "futures price": gk.Future(maturity=0.5),
    "cash": gk.Cash(cash=250.0),
}
MARKET = "underlying,model,currency,spot,rate,dividend_yield,volatility\nABC,gbm,USD,100,0.05,0.02,0.2\nXYZ,gbm,EUR,50,,,0.3\n"
HEADER = "trade_id,underlying,product,option_type,strike,maturity,quantity,multiplier,cash,expiry,book"
BOOK = f"""{HEADER}
O1,ABC,european,call,105,1,10,100,,,a
S1,ABC,stock,,,,-420,,,,a
F1,ABC,forward,,101,0.5,-3,10,,,a
F2,ABC,future,,99,0.25,2,50,,,b
C1,ABC,cash,,,,-2500,,,,b
C2,XYZ,cash,,,,3,,1000,,b
"""


def value(payoff, model, elapsed=0.0):
    """What each is worth, written down once more."""
    spot, years = model.spot, payoff.maturity - elapsed
    if payoff.kind == "stock":
        return spot
    if payoff.kind == "cash":
        return payoff.cash
    if payoff.kind == "forward":
        return spot * exp(-model.dividend_yield * years) - payoff.strike * exp(-model.rate * years)
    return spot * exp((model.rate - model.dividend_yield) * years) - (payoff.strike or 0.0)


def status_of(payoff, model):
    """Nobody holds a futures price as a stock: that is told."""
    return "warn" if payoff.owned and model.futures else "ok"


def difference(payoff, model, greek):
    """A central difference of fourth order of the value."""
    step = 1e-3 * (model.spot if greek == "delta" else 1.0)
    field = {"delta": "spot", "rho": "rate", "dividend_rho": "dividend_yield"}.get(greek)

    def at(move):
        return value(payoff, model, move) if greek == "theta" else value(payoff, shifted(model, field, move))

    return (8 * (at(step) - at(-step)) - at(2 * step) + at(-2 * step)) / (12 * step)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("name", HEDGES)
def test_the_exact_values_are_those_of_the_plain_formulas(name, model):
    payoff = HEDGES[name]
    found = gk.estimate(payoff, model, greeks="all", paths=64)
    assert {estimator for _, estimator in found} == {"analytic"}
    assert found["price"].value == pytest.approx(value(payoff, model), rel=1e-14)
    moving = [greek for greek in ("delta", "rho", "dividend_rho", "theta") if (greek, "analytic") in found]
    for greek in moving:
        scale = 1e-9 * max(abs(found["price"].value), model.spot)
        assert found[greek].value == pytest.approx(difference(payoff, model, greek), rel=1e-9, abs=scale), greek
    still = {greek for greek, _ in found} - {"price", *moving}
    assert still >= {"gamma", "vega", "vanna", "volga"}
    assert {found[greek].value for greek in still} == {0.0}
    assert {(each.standard_error, each.status, each.paths) for each in map(found.__getitem__, found)} == {
        (0.0, status_of(payoff, model), 0)
    }


# QuantLib 1.44, AnalyticEuropeanEngine: a call less a put. Spot 100, rate 0.05, dividend yield 0.02; the future without
# discount as a forward at rate 0 and dividend yield -0.03.
QUANTLIB = {
    gk.Forward(strike=97.0, maturity=0.8): {
        "price": 5.21615640775, "delta": 0.984127320055, "rho": 74.5572604782, "dividend_rho": -78.7301856044,
        "theta": -2.69157413978,
    },
    gk.Future(strike=102.0, maturity=0.4): {
        "price": -0.792771113392, "delta": 1.01207228887, "dividend_rho": -40.4828915546, "theta": -3.0362168666,
    },
}  # fmt: skip


@pytest.mark.parametrize("payoff", QUANTLIB, ids=str)
def test_the_exact_values_are_those_of_another_library(payoff):
    found = reference(payoff, gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2))
    for greek, known in QUANTLIB[payoff].items():
        assert found[greek] == pytest.approx(known, rel=1e-11), greek


def test_a_stock_and_cash_do_not_age_and_a_future_is_not_discounted():
    model = MODELS["gbm"]
    for held in (HEDGES["stock"], HEDGES["cash"]):
        assert reference(held, model)["theta"] == reference(held, model)["rho"] == 0.0
    future = reference(gk.Future(maturity=0.5), model)
    growth = exp((model.rate - model.dividend_yield) * 0.5)
    assert future["price"] == pytest.approx(model.spot * growth, rel=1e-15)
    assert (future["delta"], future["rho"]) == pytest.approx((growth, 0.5 * model.spot * growth), rel=1e-15)
    forward = reference(gk.Forward(strike=1.0, maturity=0.5), model)
    assert forward["delta"] == pytest.approx(exp(-model.dividend_yield * 0.5), rel=1e-15)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("name", ["stock", "cash"])
def test_what_is_held_is_exact_whatever_estimator_is_asked_for(name, model):
    for estimators in ("likelihood_ratio,pathwise", "all", "auto"):
        found = gk.estimate(HEDGES[name], model, greeks="all", estimators=estimators, paths=64, analytic=False)
        assert {(each.estimator, each.status) for each in map(found.__getitem__, found)} == {
            ("analytic", status_of(HEDGES[name], model))
        }


def test_at_maturity_the_greeks_are_those_of_the_spot():
    """An option on its last day has none, since they jump at the strike: a line has no kink."""
    model = MODELS["gbm"]
    for payoff in (gk.Forward(strike=97.0, maturity=0.0), gk.Future(strike=97.0, maturity=0.0)):
        found = gk.estimate(payoff, model, greeks="all")
        assert (found["price"].value, found["delta"].value, found["rho"].value) == (3.0, 1.0, 0.0)
        assert {each.status for each in map(found.__getitem__, found)} == {"ok"}
    today = gk.estimate(gk.Forward(strike=97.0, expiry="2026-03-02", as_of="2026-03-02"), model, greeks="price,delta")
    assert {(each.status, "no time of day" in each.reason) for each in map(today.__getitem__, today)} == {
        ("warn", True)
    }


@pytest.mark.parametrize("payoff", [*HEDGES.values(), gk.European("call", strike=100.0, maturity=0.0)], ids=str)
def test_a_greek_of_another_model_is_refused(payoff):
    found = gk.estimate(payoff, MODELS["gbm"], greeks="price,vol_of_vol", paths=64)
    assert found["vol_of_vol"].status == "na"
    assert "gbm has no parameter for vol_of_vol" in found["vol_of_vol"].reason


def test_a_simulated_future_is_settled_daily():
    """Every estimator sees no discount factor: at a rate of 50 % one would be 14 errors away, and more."""
    model = gk.GBM(spot=100.0, rate=0.5, volatility=0.2)
    payoff = gk.Future(maturity=0.5)
    exact = reference(payoff, model)
    found = gk.estimate(payoff, model, greeks="all", estimators="all", paths=2**15)
    seen = 0
    for greek, name in found:
        each = found[greek, name]
        if each.status == "na" or name == "analytic":
            continue
        scale = 1e-9 * natural_scale(payoff, model, greek)
        assert abs(each.value - exact[greek]) < 4.5 * each.standard_error + scale, (greek, name)
        seen += greek in ("price", "rho", "theta") and abs(each.value) > 14 * each.standard_error
    assert seen >= 9


def read(book=BOOK, market=MARKET, **options):
    return gk.read_portfolio(io.StringIO(book), market=io.StringIO(market), **options)


def test_my_net_delta_is_my_delta():
    """Of an option and its hedges: the sum of position times exact delta, to the last digits, and of each label."""
    out = gk.run(read(), greeks="price,delta,gamma,rho", group_by="book")
    model = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)
    option = reference(gk.European("call", strike=105.0, maturity=1.0), model)["delta"]
    delta = {"a": 1000 * option - 420 - 30 * exp(-0.01), "b": 100 * exp(0.0075)}
    net = out.net[(out.net.greek == "delta") & (out.net.underlying == "ABC")]
    whole = net[net.level == "underlying"]
    assert whole.value.tolist() == pytest.approx([sum(delta.values())], rel=1e-14)
    assert (net.standard_error == 0.0).all()
    assert set(net.unit) == {"per 1.00 of spot"}
    parts = net[net.level == "underlying_group"].set_index("book").value
    assert parts.to_dict() == pytest.approx(delta, rel=1e-14)
    gamma = out.net[(out.net.greek == "gamma") & (out.net.level == "underlying") & (out.net.underlying == "ABC")]
    assert gamma.value.tolist() == [1000 * reference(gk.European("call", strike=105.0, maturity=1.0), model)["gamma"]]


def test_the_net_of_simulated_options_has_the_hedges_exactly():
    """Whatever estimator the options take, the stock adds its position and no error."""
    for estimators in ("auto", "likelihood_ratio"):
        run = {"greeks": "delta", "estimators": estimators, "paths": 4096, "analytic": False}
        rows = BOOK.splitlines()
        both = gk.run(read("\n".join(rows[:3])), **run).net
        alone = gk.run(read("\n".join(rows[:2])), **run).net
        assert both.standard_error.tolist() == alone.standard_error.tolist()
        assert (both.value + 420.0).tolist() == pytest.approx(alone.value.tolist(), abs=1e-9)


def test_cash_is_of_the_currency_of_its_underlying():
    net = gk.run(read(), greeks="price").net
    book = net[net.level == "book"].set_index("currency").value
    assert book["EUR"] == 3000.0
    out = gk.run(read(), greeks="price", fx={"EUR": 1.1}, currency="USD").net
    assert out[out.level == "book"].value.tolist() == pytest.approx([book["USD"] + 3300.0])


def test_a_position_in_nothing_is_no_negative_zero():
    short = gk.run(read(), greeks="gamma").trades
    assert "-0.0" not in short.to_csv()


@pytest.mark.parametrize("product", ["stock", "forward", "future", "cash"])
def test_the_templates_are_books(product):
    text = template(product)
    assert ("maturity" in text) == (product in ("forward", "future"))
    book = read(text, template("market"))
    assert {trade.payoff.kind for trade in book.trades} == {product}
    out = gk.run(book)
    assert (out.trades.status == "ok").all()


ROWS = {
    "a stock that matures": ("S,ABC,stock,,,1,5,,,,", "maturity", "'1' has no meaning for product stock: leave it blank"),
    "a stock that expires": (
        "S,ABC,stock,,,,5,,,2027-01-01,", "expiry", "'2027-01-01' has no meaning for product stock: leave it blank",
    ),
    "a stock with a strike": ("S,ABC,stock,,90,,5,,,,", "strike", "'90' has no meaning for product stock: leave it blank"),
    "a stock that is a call": (
        "S,ABC,stock,call,,,5,,,,", "option_type", "'call' has no meaning for product stock: leave it blank",
    ),
    "cash that matures": ("S,ABC,cash,,,0.5,5,,,,", "maturity", "'0.5' has no meaning for product cash: leave it blank"),
    "cash of nothing": ("S,ABC,cash,,,,5,,0,,", "cash", "'0' must be greater than 0"),
    "cash that is owed": ("S,ABC,cash,,,,5,,-10,,", "cash", "'-10' must be greater than 0"),
    "a forward without a strike": ("S,ABC,forward,,,1,5,,,,", "strike", "is blank, and product forward needs it"),
    "a forward without a maturity": (
        "S,ABC,forward,,90,,5,,,,", "maturity", "is blank, and so is expiry: give one of them, in years or as a date",
    ),
    "a future without a maturity": (
        "S,ABC,future,,,,5,,,,", "maturity", "is blank, and so is expiry: give one of them, in years or as a date",
    ),
    "a future of free entry": ("S,ABC,future,,0,1,5,,,,", "strike", "'0' must be greater than 0"),
    "a put on a future": (
        "S,ABC,future,put,,1,5,,,,", "option_type", "'put' has no meaning for product future: leave it blank",
    ),
    "a future of no size": ("S,ABC,future,,,1,5,0,,,", "multiplier", "'0' must be greater than 0"),
    "an equity": ("S,ABC,equity,,,,5,,,,", "product", "write stock"),
    "shares": ("S,ABC,Shares,,,,5,,,,", "product", "write stock"),
    "futures": ("S,ABC,futures,,,1,5,,,,", "product", "write future"),
    "fut": ("S,ABC,FUT,,,1,5,,,,", "product", "write future"),
    "fwd": ("S,ABC,fwd,,90,1,5,,,,", "product", "write forward"),
    "a slip": ("S,ABC,stok,,,,5,,,,", "product", 'did you mean "stock"?'),
    "cash of no underlying": ("S,,cash,,,,5,,,,", "underlying", "is blank"),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS)
def test_what_a_hedge_does_not_have_is_refused_with_the_remedy(case):
    row, column, message = ROWS[case]
    with pytest.raises(PortfolioError) as caught:
        read(f"{HEADER}\n{row}\n", as_of="2026-03-02")
    (issue,) = caught.value.issues
    assert (issue.line, issue.column) == (2, column)
    assert message in issue.message


def test_what_a_blank_strike_of_a_future_means_is_told():
    book = read(f"{HEADER}\nS,ABC,future,,,1,5,,,,\n")
    assert any("strike is blank: the futures price itself" in note for note in book.notes)
