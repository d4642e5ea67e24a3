"""What no path met is in neither the value nor the spread: it is counted, bounded or predicted, and said."""

from __future__ import annotations

import math

import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.steps import too_long
from greeks.planning.edges import deep_in_the_money
from greeks.results.bounds import beyond_reach, weight_beyond_reach

HOUR = 1 / 8760
CALM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.0, volatility=0.05)
WILD = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.0, volatility=1.0)
PLAIN = gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.2)


def number(payoff, model, greek, estimator, **options):
    return gk.estimate(payoff, model, greeks=greek, estimators=estimator, **options)[greek, estimator]


def out_of_reach(side):
    """Exercised by all but 0.1 % of the paths, which make a part of the delta many errors large."""
    return gk.European(side, strike=100.0 * (1 - 0.05 * HOUR**0.5 * (3.1 if side == "call" else -3.1)), maturity=HOUR)


@pytest.mark.parametrize("side", ["call", "put"])
@pytest.mark.parametrize("estimator", ["pathwise", "finite_difference"])
def test_an_option_that_all_paths_exercise_is_bounded(side, estimator):
    payoff = out_of_reach(side)
    exact = reference(payoff, CALM)["delta"]
    unmet = 0
    for seed in range(30):
        found = number(payoff, CALM, "delta", estimator, paths=1000, seed=seed)
        low, high = found.ci()
        if "out of the money" in found.reason:
            unmet += 1
            assert found.status == "warn"
            assert low <= exact <= high
    assert 5 < unmet < 25  # 0.38 of the seeds


def test_a_digital_that_all_paths_win_is_bounded():
    payoff = gk.Digital("call", strike=out_of_reach("call").strike, maturity=HOUR, payout="asset")
    found = [number(payoff, CALM, "price", "pathwise", paths=1000, seed=seed) for seed in range(12)]
    unmet = [one for one in found if "out of the money" in one.reason]
    exact = reference(payoff, CALM)["price"]
    assert unmet and all(one.status == "warn" and one.ci()[0] <= exact <= one.ci()[1] for one in unmet)


def test_the_net_of_a_lone_trade_has_its_bound():
    payoff = out_of_reach("call")
    book = gk.Book((gk.Trade("t", "u", payoff, quantity=-3.0),), {"u": CALM})
    for seed in range(6):
        run = gk.run(book, greeks="delta", estimators="pathwise", paths=1000, seed=seed)
        (trade,), net = run.trades.to_dict("records"), run.net.to_dict("records")
        for row in net:
            assert row["status"] == trade["status"]
            assert row["standard_error"] == pytest.approx(3.0 * trade["standard_error"], rel=1e-9)


@pytest.mark.parametrize(
    ("payoff", "expected"),
    [
        (gk.European("call", strike=60.0, maturity=1.0), True),
        (gk.European("call", strike=90.0, maturity=1.0), False),
        (gk.European("put", strike=140.0, maturity=1.0), True),
        (gk.European("put", strike=70.0, maturity=1.0), False),
        (gk.Asian("call", strike=70.0, maturity=1.0, fixings=12), True),
        (gk.Asian("call", strike=70.0, maturity=1.0, fixings=12, averaging="geometric"), True),
        (gk.Asian("call", maturity=1.0, fixings=12, average_of="strike"), False),
        (gk.Custom(lambda spots: spots[-1], times=(1.0,), maturity=1.0), False),
    ],
    ids=lambda value: str(value) if isinstance(value, bool) else f"{value.kind} {getattr(value, 'strike', '')}",
)
def test_only_options_deep_in_the_money_are_counted(payoff, expected):
    assert deep_in_the_money(payoff, PLAIN) is expected


@pytest.mark.parametrize(("greek", "side", "strike"), [("vanna", "put", 104.4), ("volga", "put", 104.4)])
def test_a_second_difference_of_few_kinks_is_warned_of(greek, side, strike):
    payoff = gk.European(side, strike=strike, maturity=0.02)
    market = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.01, volatility=0.1)
    found = number(payoff, market, greek, "finite_difference", paths=1000, bump=0.1, seed=580185)
    assert found.status == "warn" and "into or out of the money" in found.reason
    met = number(gk.European(side, strike=100.0, maturity=0.02), market, greek, "finite_difference", paths=16_384)
    assert "into or out of the money" not in met.reason


def test_a_bias_seen_by_one_path_is_warned_of():
    """Of 256 paths a step of 0.004 met no kink and one of 0.008 a single one: the first spread says nothing."""
    payoff = gk.European("call", strike=3643.4659619900212, maturity=5 / 365)
    market = gk.GBM(spot=4000.0, rate=0.1, dividend_yield=0.0, volatility=0.4)
    options = {"paths": 256, "seed": 955564, "bump": 0.1, "variance_reduction": "antithetic"}
    found = number(payoff, market, "volga", "finite_difference", **options)
    assert found.status == "warn"


def test_a_tail_beyond_the_paths_is_predicted():
    """The sample's kurtosis is that of what was drawn: 17 errors off, and the closed form's judgement is not needed."""
    payoff = gk.European("call", strike=128.40254166877415, maturity=5.0)
    options = {"paths": 65_536, "seed": 319929, "variance_reduction": "antithetic"}
    found = number(payoff, WILD, "volga", "likelihood_ratio", **options)
    assert found.status == "warn" and "paths do not reach" in found.reason


@pytest.mark.parametrize(
    ("payoff", "model", "paths", "said"),
    [
        (gk.European("call", strike=100.0, maturity=1.0), PLAIN, 256, False),
        (gk.European("call", strike=100.0, maturity=5.0), PLAIN, 4096, False),
        (gk.European("put", strike=100.0, maturity=5.0), WILD, 4096, False),
        (gk.European("call", strike=100.0, maturity=5.0), WILD, 4096, True),
        (gk.Digital("call", strike=100.0, maturity=5.0), WILD, 4096, False),
        (gk.Digital("call", strike=100.0, maturity=5.0, payout="asset"), WILD, 65_536, True),
    ],
    ids=str,
)
def test_a_tail_is_predicted_where_a_payment_grows_with_the_spot(payoff, model, paths, said):
    assert bool(beyond_reach(paths, payoff, model, "volga")) is said


def test_a_step_beyond_the_reach_of_its_bias_is_warned_of():
    digital = gk.Digital("put", strike=94.3679632776721, maturity=0.02)
    found = number(digital, PLAIN, "gamma", "finite_difference", paths=4096, bump=4.0)
    assert found.status == "warn" and "take a bump of at most 2" in found.reason
    assert not too_long(digital, "gamma", 2.0) and not too_long(digital, "delta", 4.0)
    european = gk.European("put", strike=94.0, maturity=0.02)
    assert not too_long(european, "gamma", 4.0)


@pytest.mark.parametrize("seed", [98081, 1000, 1001, 1002])
def test_a_weight_of_high_degree_needs_paths(seed):
    """By the sample's kurtosis alone volga was ok where no path was far out, 6 errors from its value."""
    payoff = gk.European("put", strike=99.97260649243266, maturity=5 / 365)
    market = gk.GBM(spot=100.0, rate=-0.01, dividend_yield=0.01, volatility=0.2)
    found = number(payoff, market, "volga", "likelihood_ratio", paths=256, seed=seed)
    assert found.status == "warn" and "256 paths do not reach: ask for at least 3938" in found.reason
    assert "do not reach" not in number(payoff, market, "volga", "likelihood_ratio", paths=4096, seed=seed).reason


def test_only_weights_need_paths():
    """The skewness of a power of a normal on its half line, in closed form."""
    for degree, greek in enumerate(("price", "delta", "vega", "vanna", "volga")):
        second, third = (
            2.0 ** (k / 2) * math.gamma((k + 1) / 2) / (2.0 * math.sqrt(math.pi))
            for k in (2 * (degree + 1), 3 * (degree + 1))
        )
        least = (third / second**1.5 / 0.4) ** 2 if degree else 0.0
        assert not weight_beyond_reach(int(1.02 * least) + 1, greek, "likelihood_ratio")
        assert bool(weight_beyond_reach(int(0.98 * least), greek, "likelihood_ratio")) is (degree > 0)
        assert not weight_beyond_reach(2, greek, "pathwise")


@pytest.mark.parametrize("parts", [(-1.0,), (-0.3, -0.7), (-0.1, -0.2, -0.7)])
@pytest.mark.parametrize("strike", [80.0, 100.0])  # the first by its twin
def test_a_trade_sold_in_parts_leaves_nothing(parts, strike):
    payoff = gk.Asian("call", strike=strike, maturity=1.0, fixings=3)
    trades = tuple(gk.Trade(f"t{i}", "u", payoff, quantity=size) for i, size in enumerate((1.0, *parts)))
    net = gk.run(gk.Book(trades, {"u": PLAIN}), greeks="price,delta,vega", paths=2048).net
    assert (net.value == 0.0).all() and (net.standard_error == 0.0).all() and (net.status == "ok").all()


@pytest.mark.parametrize("parts", [(-0.3, -0.7), (-0.1, -0.2, -0.7)])
def test_what_closed_out_contracts_leave_beside_exact_values_is_those(parts):
    """The rounding that equal parts leave is no part of a sum, whether they are simulated or exact."""
    asian, call = (
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=3),
        gk.European("call", strike=100.0, maturity=1.0),
    )
    sold = [gk.Trade(f"{k.kind}{i}", "u", k, quantity=x) for k in (asian, call) for i, x in enumerate((1.0, *parts))]
    held = gk.Trade("held", "u", gk.European("put", strike=90.0, maturity=1.0))
    kept = gk.run(gk.Book((held,), {"u": PLAIN}), greeks="price,delta,vega").net
    for trades in ((*sold, held), (held, *sold)):
        net = gk.run(gk.Book(trades, {"u": PLAIN}), greeks="price,delta,vega", paths=2048).net
        assert net.value.tolist() == pytest.approx(kept.value.tolist(), rel=1e-12)
        assert (net.standard_error == 0.0).all() and (net.status == "ok").all()
    net = gk.run(gk.Book(tuple(sold), {"u": PLAIN}), greeks="price,delta,vega", paths=2048).net
    assert (net.value == 0.0).all() and (net.standard_error == 0.0).all()
