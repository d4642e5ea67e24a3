from __future__ import annotations

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.estimators.registry import choose

MODEL = MODELS["gbm"]
CALL = gk.European("call", strike=100.0, maturity=1.0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"paths": 1}, "at least 2"),
        ({"target": 2.0}, "0.01"),
        ({"max_paths": 10, "target": 0.1}, "raise it"),
        ({"max_paths": 1000000}, "a run with a target"),
        ({"threads": 0}, "at least 1"),
        ({"units": "si"}, "raw, market or cash"),
        ({"bump": 0.0}, "multiplier"),
        ({"seed": -1}, "whole number"),
        ({"greeks": "delta,speed"}, "choose from"),
        ({"estimators": "pathwize"}, "pathwise (pw)"),
        ({"steps_per_year": 0}, "whole number"),
        ({"variance_reduction": "magic"}, "magic"),
        ({"group_by": ["desk"]}, "no column 'desk'"),
    ],
)
def test_bad_options_say_what_to_write(options, words):
    with pytest.raises(UsageError, match=".") as caught:
        gk.estimate(CALL, MODEL, **options)
    assert words in str(caught.value)


def test_every_public_name_loads():
    for name in gk.__all__:
        assert getattr(gk, name) is not None
    assert "estimate" in dir(gk)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = gk.nonsense


def test_result_access():
    found = gk.estimate(CALL, MODEL, greeks=["delta"], estimators=["lr", "pw"], paths=5000)
    assert set(found) == {("delta", "likelihood_ratio"), ("delta", "pathwise")}
    low, high = found["delta", "pathwise"].ci(0.99)
    value = found["delta", "pathwise"].value
    assert value - low == pytest.approx(2.5758293 * found["delta", "pathwise"].standard_error, rel=1e-6)
    assert high > value
    with pytest.raises(KeyError, match="likelihood_ratio"):
        _ = found["delta"]
    assert list(found.to_frame().greek) == ["delta", "delta"]


def test_market_units():
    greeks = ["vega", "rho", "theta", "delta"]
    raw, market = (
        gk.estimate(CALL, MODEL, greeks=greeks, paths=5000, units=u, analytic=False) for u in ("raw", "market")
    )
    for greek, factor in {"vega": 0.01, "rho": 0.01, "theta": 1 / 365, "delta": 1.0}.items():
        assert market[greek].value == pytest.approx(raw[greek].value * factor)
        assert market[greek].standard_error == pytest.approx(raw[greek].standard_error * factor)
    assert "0.01" in market.to_frame().set_index("greek").unit["vega"]


def test_target_doubles_until_met():
    book = Book((Trade("a", "U", CALL),), {"U": MODEL})
    out = gk.run(book, greeks="price,delta", target=0.005, paths=10_000, analytic=False)
    assert out.target_met
    assert (out.trades.standard_error < 0.005 * out.trades.value).all()
    assert len(set(out.trades.paths)) == 1
    assert not gk.run(book, greeks="price", target=1e-4, paths=10_000, max_paths=100_000, analytic=False).target_met


def test_auto():
    names = gk.estimate(CALL, MODEL, greeks="all", paths=1000, analytic=False).to_frame().set_index("greek").estimator
    assert names["delta"] == "pathwise"
    assert names["gamma"] == "mixed"
    assert names["volga"] == "mixed"
    digital = gk.Digital("call", strike=100.0, maturity=1.0)
    assert set(gk.estimate(digital, MODEL, greeks=["delta", "gamma"], paths=1000, analytic=False)) == {
        ("delta", "likelihood_ratio"),
        ("gamma", "likelihood_ratio"),
    }


def test_auto_judges_an_early_first_fixing_by_its_cost():
    """A payoff of one date loses nothing to a short life: the difference's error is the larger there."""
    digital = gk.Digital("call", strike=100.0, maturity=0.5 / 365)
    greeks = ["delta", "gamma", "theta", "vanna"]
    found = gk.estimate(digital, MODEL, greeks=greeks, paths=65_536, analytic=False, pilot=False)
    assert set(found) == {(greek, "likelihood_ratio") for greek in greeks}
    assert {found[greek].status for greek in greeks} == {"ok"}
    other = gk.estimate(digital, MODEL, greeks=greeks, estimators="fd", paths=65_536)
    for greek, ratio in {"delta": 0.7, "gamma": 0.3}.items():
        assert found[greek].standard_error < ratio * other[greek].standard_error
    dated = gk.Custom(lambda spot: 1.0 if spot[1] > 100.0 else 0.0, times=(0.5 / 365, 1.0), maturity=1.0)
    found = gk.estimate(dated, MODEL, greeks=["delta", "vanna"], paths=65_536)
    assert set(found) == {("delta", "measure_valued"), ("vanna", "finite_difference")}
    assert "auto passed over likelihood_ratio: the first fixing is 0.5 days away" in found["vanna"].reason
    other = gk.estimate(dated, MODEL, greeks=["delta", "vanna"], estimators="lr", paths=65_536)
    for greek in ("delta", "vanna"):
        assert found[greek].standard_error < 0.2 * other[greek].standard_error


def test_auto_takes_what_is_measured_to_have_less_work():
    """Where the difference of two laws, or a split, has less work than the weight; at the median it hardly varies."""

    def taken(trade, model, greek="delta"):
        return choose(trade, model, greek)[0]

    at, beside, out = (gk.Digital("call", strike=strike, maturity=1.0) for strike in (100.0, 110.0, 140.0))
    assert [taken(each, MODEL) for each in (at, beside, out)] == [
        "likelihood_ratio", "measure_valued", "likelihood_ratio",
    ]  # fmt: skip
    assert taken(beside, MODEL, "volga") == "likelihood_ratio"
    gap = gk.Gap("call", strike=100.0, trigger=105.0, maturity=1.0)
    assert taken(gap, MODEL) == taken(gap, MODEL, "gamma") == "split"
    assert taken(gk.Digital("call", strike=140.0, maturity=1.0, payout="asset"), MODEL) == "likelihood_ratio"
    jump = gk.Custom(lambda spot: 1.0 if spot[0] > 100.0 else 0.0, times=(1.0,), maturity=1.0)
    assert (taken(jump, MODEL), taken(jump, MODELS["heston"])) == ("likelihood_ratio", "measure_valued")
    several = gk.Custom(
        lambda spot: 1.0 if spot[5] > 100.0 else 0.0, times=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6), maturity=1.0
    )
    assert (taken(several, MODEL), taken(several, MODEL, "vega")) == ("measure_valued", "likelihood_ratio")


def test_volatility_zero_is_deterministic():
    flat = gk.GBM(spot=100.0, rate=0.05, volatility=0.0)
    found = gk.estimate(CALL, flat, greeks=["price", "delta", "rho"], estimators=["auto"], paths=1000, analytic=False)
    assert found["price"].value == pytest.approx(100 - 100 * np.exp(-0.05))
    assert found["price"].standard_error == 0.0
    assert found["delta"].value == pytest.approx(1.0)
    assert found["rho"].value == pytest.approx(100 * np.exp(-0.05))
    refused = gk.estimate(CALL, flat, greeks=["delta"], estimators="lr", paths=1000)["delta"]
    assert refused.status == "na"
    assert "pathwise" in refused.reason


def test_expired():
    found = gk.estimate(gk.European("put", strike=120.0, maturity=0.0), MODEL, greeks=["price", "delta"], paths=1000)
    assert (found["price"].value, found["price"].standard_error, found["price"].paths) == (20.0, 0.0, 0)
    assert found["delta"].status == "na"
    asian = gk.Asian("call", strike=90.0, maturity=0.0, fixings=1, past_fixings_sum=300.0, past_fixings_count=3)
    assert gk.estimate(asian, MODEL, greeks=["price"], paths=1000)["price"].value == 10.0


def test_no_hit_is_a_bound_and_a_warning():
    far = gk.Digital("call", strike=1000.0, maturity=0.1, cash=50.0)
    found = gk.estimate(far, MODEL, greeks=["price", "delta"], paths=10_000, analytic=False)
    price = found["price"]
    assert price.value == 0.0
    assert price.status == "warn"
    assert price.ci() == (0.0, pytest.approx(3 / 10_000 * 50 * np.exp(-0.005)))
    assert found["delta"].status == "warn"
    assert found["delta"].standard_error > 0


def test_heavy_tail_is_a_warning():
    far = gk.European("call", strike=300.0, maturity=0.5)
    found = gk.estimate(far, MODEL, greeks=["price"], paths=20_000, analytic=False)["price"]
    assert found.status == "warn"
    assert "kurtosis" in found.reason or "no path" in found.reason


def test_pathwise_of_a_digital_is_refused_with_an_alternative():
    found = gk.estimate(
        gk.Digital("call", strike=100.0, maturity=1.0), MODEL, greeks=["delta"], estimators="pw", paths=100
    )
    assert found["delta"].status == "na"
    assert found["delta"].value != found["delta"].value
    assert "likelihood_ratio" in found["delta"].reason


def test_custom_payoff():
    def payment(spots):
        return max(spots[0] - 100.0, 0.0)

    custom = gk.Custom(payment, times=[1.0], maturity=1.0)
    options = {"greeks": ["price", "delta", "vega", "rho", "theta"], "estimators": "lr", "paths": 20_000}
    mine, ours = gk.estimate(custom, MODEL, **options), gk.estimate(CALL, MODEL, **options)
    for key in mine:
        assert mine[key].value == pytest.approx(ours[key].value, rel=1e-12)
    assert gk.estimate(custom, MODEL, greeks=["delta"], estimators="pw", paths=100)["delta"].status == "na"


def test_sample_paths_reproduce_the_estimator():
    s = gk.sample_paths(MODEL, times=[0.5, 1.0], paths=40_000, seed=1)
    assert s.spot.shape == (2, 40_000)
    values = np.exp(-MODEL.rate) * np.maximum(s.spot.mean(axis=0) - 100.0, 0.0)
    asian = gk.Asian("call", strike=100.0, maturity=1.0, fixing_times=[0.5, 1.0])
    for greek in ("delta", "vega", "dividend_rho"):
        mine = gk.score_function_estimate(values, s.scores[greek])
        ours = gk.estimate(asian, MODEL, greeks=[greek], estimators="lr", paths=40_000, seed=2)[greek]
        assert abs(mine.value - ours.value) < 4.5 * np.hypot(mine.standard_error, ours.standard_error)
    with pytest.raises(UsageError, match="ascending"):
        gk.sample_paths(MODEL, times=[1.0, 0.5], paths=10)
    with pytest.raises(UsageError, match="at least 1"):
        gk.sample_paths(MODEL, times=[1.0], paths=0)


def test_score_function_is_reinforce():
    """d/dp E[f(B)] of a Bernoulli variable with probability p is f(1) - f(0); a baseline reduces the error."""
    rng, p, n = np.random.default_rng(5), 0.3, 200_000
    b = rng.random(n) < p
    values, scores = np.where(b, 11.0, 10.0), np.where(b, 1 / p, -1 / (1 - p))
    plain = gk.score_function_estimate(values, scores)
    helped = gk.score_function_estimate(values, scores, baseline=True)
    assert abs(plain.value - 1.0) < 4.5 * plain.standard_error
    assert abs(helped.value - 1.0) < 4.5 * helped.standard_error + 1e-9
    assert helped.standard_error < 0.1 * plain.standard_error
    with pytest.raises(UsageError, match="alike"):
        gk.score_function_estimate([1.0] * 5, [1.0] * 6)


@pytest.mark.parametrize("t", [0.25, 2.0])
def test_put_call_parity_path_by_path(t):
    options = {"greeks": ["price", "delta", "rho"], "estimators": "pw", "paths": 5000}
    call = gk.estimate(gk.European("call", strike=97.0, maturity=t), MODEL, **options)
    put = gk.estimate(gk.European("put", strike=97.0, maturity=t), MODEL, **options)
    free = gk.estimate(gk.European("call", strike=1e-9, maturity=t), MODEL, **options)
    discount = np.exp(-MODEL.rate * t)
    gap = {greek: call[greek].value - put[greek].value for greek in ("price", "delta", "rho")}
    assert gap["price"] == pytest.approx(free["price"].value - 97.0 * discount)
    assert gap["delta"] == pytest.approx(free["delta"].value)
    assert gap["rho"] == pytest.approx(t * 97.0 * discount, abs=1e-9)


def test_gamma_and_vega_of_a_european_are_one_number():
    found = gk.estimate(CALL, MODEL, greeks=["gamma", "vega"], estimators="lr", paths=5000)
    assert found["vega"].value == pytest.approx(found["gamma"].value * MODEL.spot**2 * MODEL.volatility * 1.0)
