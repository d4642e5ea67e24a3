"""A number of which every contribution is the number itself is exact: no spread, no warning, whatever the estimator."""

from __future__ import annotations

from itertools import chain

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.estimators.registry import ESTIMATORS
from tests.zoo import MODELS, PAYOFFS

GBM = MODELS["gbm"]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna")
AVERAGED = ("first_return", "one_step_survival")


def one_date(**fields):
    return gk.Barrier("call", strike=100.0, maturity=1.0, barrier_type="down-and-out", monitoring="discrete", **fields)


@pytest.mark.parametrize("estimator", AVERAGED)
@pytest.mark.parametrize("volatility", [0.25, 1.5])
def test_with_one_date_left_a_number_is_that_of_the_closed_form(estimator, volatility):
    """A level below the strike does not matter at maturity; a volatility of 1.5 would doubt a tail of samples."""
    model = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=volatility)
    found = gk.estimate(one_date(barrier=85.0, fixings=1), model, greeks=GREEKS, estimators=[estimator], paths=256)
    exact = gk.estimate(gk.European("call", strike=100.0, maturity=1.0), model, greeks=GREEKS, estimators=["analytic"])
    for greek in GREEKS:
        own = found[greek, estimator]
        assert (own.status, own.standard_error) == ("ok", 0.0), own.reason
        assert own.reason.startswith("exact: one date is left")
        assert own.value == pytest.approx(exact[greek].value, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("estimator", AVERAGED)
def test_a_target_and_a_sum_take_it_as_exact(estimator):
    found = gk.estimate(
        one_date(barrier=85.0, fixings=1), GBM, greeks=["gamma"], estimators=[estimator], paths=256, target=1e-9
    )
    assert found["gamma"].status == "ok" and found["gamma"].paths == 256


def test_a_sum_with_it_has_the_error_of_the_rest():
    trades = Trade("a", "G", one_date(barrier=85.0, fixings=1)), Trade("b", "G", one_date(barrier=85.0, fixings=2))
    found = gk.run(Book(trades, {"G": GBM}), greeks="gamma", estimators="first", paths=4096).to_json()
    book = next(row for row in found["net"] if row["level"] == "book")
    assert (book["status"], book["reason"]) == ("ok", "")
    assert book["standard_error"] == pytest.approx(found["trades"][1]["standard_error"], rel=1e-9)


def test_two_dates_or_a_random_variance_leave_something_to_draw():
    two, one = one_date(barrier=85.0, fixings=2), one_date(barrier=85.0, fixings=1)
    for name in AVERAGED:
        assert ESTIMATORS[name].certain(one, GBM)
        assert not ESTIMATORS[name].certain(two, GBM)
        assert not ESTIMATORS[name].certain(one, MODELS["heston"])


def test_what_is_never_met_is_not_exact():
    """Of two dates and a level that no path comes near the probability underflows: still only a bound."""
    far = gk.Touch(
        touch_type="one-touch", direction="up", barrier=1e9, maturity=0.5, cash=10.0, monitoring="discrete", fixings=2
    )
    assert gk.estimate(far, GBM, estimators=["first_return"], paths=256)["price"].status == "warn"


ONE_DATE = [
    one_date(barrier=85.0, fixings=1),
    gk.Barrier("put", strike=100.0, maturity=1.0, barrier_type="down-and-in", barrier=80.0, already_hit=True),
    gk.Touch(touch_type="no-touch", direction="up", barrier=118.0, maturity=0.5, cash=1.0, monitoring="discrete",
             fixings=1),
    gk.Autocallable(strike=100.0, maturity=1.0, autocall_barrier=105.0, coupon=0.04, coupon_barrier=85.0,
                    protection_barrier=70.0, fixings=1),
]  # fmt: skip


@pytest.mark.parametrize("payoff", [*ONE_DATE, *chain(*PAYOFFS.values())], ids=lambda payoff: payoff.kind)
def test_whatever_an_estimator_calls_certain_has_no_spread(payoff):
    said = 0
    for name, estimator in ESTIMATORS.items():
        if estimator.refuse(payoff, GBM, "price") is None and estimator.certain(payoff, GBM):
            found = gk.estimate(payoff, GBM, greeks=GREEKS, estimators=[name], paths=256)
            assert {(found[greek].standard_error, found[greek].status) for greek in GREEKS} == {(0.0, "ok")}
            said += 1
    assert said == (len(AVERAGED) if payoff in ONE_DATE else 0)
