"""Options on futures: every number but the rates' is that of a spot that pays its rate out, and rho is discounting."""

from __future__ import annotations

import io
from dataclasses import replace
from math import exp, log, sqrt

import pytest
from scipy.stats import norm

import greeks as gk
from greeks.analytic.registry import reference, source
from greeks.book import Book, Trade
from greeks.errors import PortfolioError
from greeks.portfolio import template
from greeks.spec import from_json, shifted, to_json
from tests.zoo import HELD, PAYOFFS

FUTURES = gk.Black76(spot=100.0, rate=0.05, volatility=0.25)
SPOT = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.05, volatility=0.25)
TRADES = [trade for trades in (PAYOFFS | HELD).values() for trade in trades]
TEXTBOOK = gk.Black76(spot=49.0, rate=0.05, volatility=0.2)


def black(option_type, futures, strike, years, rate, volatility):
    """The formula of Black (1976), written down once more."""
    deviation = volatility * sqrt(years)
    d1 = log(futures / strike) / deviation + 0.5 * deviation
    sign = 1.0 if option_type == "call" else -1.0
    first, second = norm.cdf(sign * d1), norm.cdf(sign * (d1 - deviation))
    return exp(-rate * years) * sign * (futures * first - strike * second)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_prices_and_rho_are_those_of_black(option_type):
    payoff = gk.European(option_type, strike=50.0, maturity=0.3846)
    found = reference(payoff, TEXTBOOK)
    value = black(option_type, 49.0, 50.0, 0.3846, 0.05, 0.2)
    assert found["price"] == pytest.approx(value, rel=1e-13)
    assert found["rho"] == pytest.approx(-0.3846 * value, rel=1e-12)
    assert "dividend_rho" not in found
    if option_type == "call":
        assert found["rho"] == pytest.approx(-0.747, abs=5e-4)


# QuantLib 1.44, BlackProcess and AnalyticEuropeanEngine, 140 days; rho by differences, since its own moves the dividend
# yield apart from the rate.
QUANTLIB = {
    "call": {"price": 1.9393217672, "delta": 0.4509751868, "gamma": 0.064152688, "vega": 11.816046326, "theta": -2.9836459894, "rho": -0.74384944496},
    "put": {"price": 2.9203264144, "delta": -0.53002946043, "gamma": 0.064152688, "vega": 11.816046326, "theta": -2.934595757, "rho": -1.1201252001},
}  # fmt: skip


@pytest.mark.parametrize("option_type", QUANTLIB)
def test_the_greeks_are_those_of_another_library(option_type):
    found = reference(gk.European(option_type, strike=50.0, maturity=140 / 365), TEXTBOOK)
    for greek, known in QUANTLIB[option_type].items():
        assert found[greek] == pytest.approx(known, rel=1e-9), greek


@pytest.mark.parametrize("trade", TRADES, ids=str)
def test_the_closed_forms_are_those_of_a_spot_without_drift(trade):
    """All but rho, which is a difference in the rate of every discount factor and of nothing else."""
    found, spot = reference(trade, FUTURES), reference(trade, SPOT)
    assert set(found) == set(spot) - {"dividend_rho"}
    for greek in set(found) - {"rho"}:
        assert found[greek] == spot[greek], greek
    if not found:
        return
    assert "of a futures price (Black 1976)" in source(trade, FUTURES)
    sides = [reference(trade, shifted(FUTURES, "rate", step))["price"] for step in (1e-4, -1e-4)]
    size = max(abs(found["price"]), 1e-3 * FUTURES.spot)
    assert found["rho"] == pytest.approx(
        (sides[0] - sides[1]) / 2e-4, rel=1e-5 if trade.early else 1e-6, abs=1e-6 * size
    )


@pytest.mark.parametrize("trade", [trade for trades in PAYOFFS.values() for trade in trades], ids=str)
def test_paths_are_those_of_a_spot_without_drift(trade):
    """The same prices to the last bit, and in rho of what is paid at maturity nothing but its discounting."""
    options = {
        "estimators": "likelihood_ratio,pathwise,finite_difference",
        "paths": 512,
        "greeks": "price,delta,rho,theta",
    }
    own, spot = gk.estimate(trade, FUTURES, **options), gk.estimate(trade, SPOT, **options)
    for greek, name in own:
        mine, other = own[greek, name], spot[greek, name]
        assert (mine.status == "na") == (other.status == "na")
        if mine.status == "na":
            continue
        if greek != "rho":
            assert (mine.value, mine.standard_error) == (other.value, other.standard_error)
        elif not trade.explicit and name != "finite_difference":
            paid = 0.0 if trade.margined else trade.maturity
            assert mine.value == pytest.approx(-paid * own["price", name].value, rel=1e-12, abs=1e-12)
        elif not trade.explicit:
            assert mine.value == pytest.approx(
                -trade.maturity * own["price", name].value * (not trade.margined), rel=3e-4
            )


@pytest.mark.parametrize(
    "name", ["likelihood_ratio", "pathwise", "finite_difference", "measure_valued", "one_step_survival", "first_return"]
)
def test_early_payments_are_discounted_from_their_own_dates(name):
    """A note that pays coupons before it ends: the difference of its price in the rate, on the same paths."""
    note = PAYOFFS["autocallable"][0]
    options = {"paths": 2**13, "seed": 3, "estimators": name}
    found = gk.estimate(note, FUTURES, greeks="price,rho", **options)
    if found["rho"].status == "na":
        assert name in ("pathwise", "measure_valued")
        return
    up, down = (
        gk.estimate(note, replace(FUTURES, rate=0.05 + step), greeks="price", **options)["price"].value
        for step in (1e-3, -1e-3)
    )
    assert found["rho"].value == pytest.approx((up - down) / 2e-3, rel=3e-4)
    assert abs(found["rho"].value + note.maturity * found["price"].value) > 0.05 * abs(found["rho"].value)


def test_a_payment_at_the_hit_is_discounted_from_there():
    touch = gk.Touch(
        touch_type="one-touch", direction="up", barrier=118.0, maturity=1.0, cash=10.0, pay_at="hit",
        monitoring="continuous",
    )  # fmt: skip
    exact = reference(touch, FUTURES)
    found = gk.estimate(touch, FUTURES, greeks="all", estimators="all", paths=2**15)
    checked = 0
    for greek, name in found:
        each = found[greek, name]
        if each.status == "ok" and each.standard_error > 0.0:
            assert abs(each.value - exact[greek]) < 4.5 * each.standard_error, (greek, name)
            checked += greek == "rho"
    assert checked >= 2


def test_without_randomness_a_rate_moves_no_path():
    still = replace(FUTURES, volatility=0.0)
    found = gk.estimate(gk.European("call", strike=90.0, maturity=2.0), still, greeks="all", estimators="all", paths=64)
    rho = [found[greek, name].value for greek, name in found if greek == "rho" and found[greek, name].status == "ok"]
    assert len(rho) >= 2
    assert rho == pytest.approx([-2.0 * 10.0 * exp(-0.1)] * len(rho), rel=1e-5)


def test_the_twin_of_a_deep_option_has_the_same_rho():
    """The exact part between a call and its put moves with the rate as the futures price does."""
    payoff = gk.European("call", strike=60.0, maturity=1.0)
    found = gk.estimate(payoff, FUTURES, greeks="rho", analytic=False, paths=2**14)["rho"]
    assert "by parity" in found.reason
    assert abs(found.value - reference(payoff, FUTURES)["rho"]) < 4.5 * found.standard_error
    assert found.standard_error < 0.01 * abs(found.value)


def test_the_hedge_of_an_option_on_a_future_is_the_future():
    """Of the same underlying: its price is the spot, its delta 1, and it has no rho."""
    call, future = gk.European("call", strike=100.0, maturity=0.5), gk.Future(maturity=0.5)
    exact = reference(future, FUTURES)
    assert (exact["price"], exact["delta"], exact["rho"], exact["theta"]) == (100.0, 1.0, 0.0, 0.0)
    delta = reference(call, FUTURES)["delta"]
    out = gk.run(Book((Trade("o", "F", call, 10.0), Trade("h", "F", future, -5.0)), {"F": FUTURES}), greeks="delta")
    assert out.net.value.tolist() == pytest.approx([10.0 * delta - 5.0] * 2)
    assert reference(gk.Forward(strike=97.0, maturity=0.5), FUTURES)["rho"] == pytest.approx(-0.5 * 3.0 * exp(-0.025))


def test_a_futures_price_that_is_held_as_a_stock_is_told():
    book = gk.read_portfolio(
        io.StringIO("trade_id,underlying,product,quantity\nA,F,stock,5\nB,G,stock,5\n"),
        market=io.StringIO("underlying,model,spot,volatility\nF,black76,49,0.2\nG,gbm,49,0.2\n"),
    )
    told = [note for note in book.notes if "is it product future?" in note]
    assert len(told) == 1
    assert told[0].startswith("trade A: the spot of this model is a futures price")


def test_there_is_no_greek_to_a_dividend_yield():
    for trade in (gk.European("call", strike=100.0, maturity=1.0), gk.Stock()):
        found = gk.estimate(trade, FUTURES, greeks="rho,dividend_rho", paths=64)
        assert found["dividend_rho"].status == "na"
        assert "black76 has no parameter for dividend_rho: leave it out" in found["dividend_rho"].reason
    everything = gk.estimate(gk.European("call", strike=100.0, maturity=1.0), FUTURES, greeks="all", paths=64)
    assert "dividend_rho" not in {greek for greek, _ in everything}
    with pytest.raises(gk.UsageError, match="dividend_yield"):
        gk.Black76(spot=100.0, volatility=0.2, dividend_yield=0.02)


def test_a_specification_survives_json():
    from greeks.models.registry import MODELS as REGISTERED

    assert from_json(to_json(FUTURES), REGISTERED) == FUTURES
    assert FUTURES != SPOT


HEADER = "underlying,model,spot,rate,dividend_yield,volatility"
BOOK = "trade_id,underlying,product,option_type,strike,maturity\nA,F,european,call,100,1\n"


def read(row, header=HEADER):
    return gk.read_portfolio(io.StringIO(BOOK), market=io.StringIO(f"{header}\n{row}\n"))


def test_the_market_file_has_it_by_name():
    model = read("F,black76,49,0.05,,0.2").models["F"]
    assert model == TEXTBOOK
    assert "black76" in template("market")


@pytest.mark.parametrize(("row", "column", "message"), [
    ("F,black76,49,0.05,0.02,0.2", "dividend_yield", "'0.02' has no meaning for model black76: leave it blank"),
    ("F,black76,49,0.05,,", "volatility", "is blank, and model black76 needs it"),
    ("F,black76,,0.05,,0.2", "spot", "is blank, and model black76 needs it"),
    ("F,black76,49,5,,0.2", "rate", "write 0.05 for 5 %"),
    ("F,black76,49,0.05,,20", "volatility", "write 0.20 for 20 %"),
    ("F,black-76,49,0.05,,0.2", "model", "write black76"),
    ("F,Black 76,49,0.05,,0.2", "model", "write black76"),
    ("F,black,49,0.05,,0.2", "model", "write black76"),
    ("F,b76,49,0.05,,0.2", "model", "write black76"),
])  # fmt: skip
def test_a_bad_row_is_refused_with_the_remedy(row, column, message):
    with pytest.raises(PortfolioError) as caught:
        read(row)
    issue = next(issue for issue in caught.value.issues if issue.file == "<market>")
    assert (issue.line, issue.column) == (2, column)
    assert message in issue.message
