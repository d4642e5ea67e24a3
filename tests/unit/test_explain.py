"""Explained profit and loss: on days whose change is known, with what is noise and what is not."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import greeks as gk

GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = gk.Heston(
    spot=100, rate=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05, vol_of_vol=0.5,
    correlation=-0.6,
)  # fmt: skip
CALL, PUT = gk.European("call", strike=105, maturity=1.0), gk.European("put", strike=95, maturity=1.0)
DAY = 1.0 / 365.0


def book(model, *trades: gk.Trade) -> gk.Book:
    return gk.Book(trades or (gk.Trade("a", "X", CALL, 10.0), gk.Trade("b", "X", PUT, -4.0)), {"X": model})


def later(held: gk.Book, model, years: float = 0.0) -> gk.Book:
    """The same contracts, so much nearer to their ends."""
    trades = tuple(
        replace(trade, payoff=replace(trade.payoff, maturity=trade.payoff.maturity - years)) for trade in held.trades
    )
    return gk.Book(trades, {"X": model})


def terms(result: gk.ExplainResult, level: str = "underlying") -> dict:
    frame = result.to_frame()
    return {row.term: row for row in frame[frame.level == level].itertuples()}


def run(held: gk.Book, **options) -> gk.RunResult:
    return gk.run(held, **{"greeks": "all", **options})


MOVED = replace(GBM, spot=101.0, volatility=0.195, rate=0.0305, dividend_yield=0.0102)


def test_a_day_in_closed_form() -> None:
    """Every term is a Greek times its move, and the rest is of third order: it falls with the cube of the day."""
    held = book(GBM)
    first = run(held)
    found = terms(gk.explain(first, run(later(held, MOVED, DAY)), days=1.0))
    net = first.net[first.net.level == "underlying"].set_index("greek").value
    moves = {
        "delta": 1.0,
        "gamma": 0.5,
        "vega": -0.005,
        "rho": 0.0005,
        "dividend_rho": 0.0002,
        "theta": DAY,
        "vanna": -0.005,
        "volga": 0.5 * 0.005**2,
    }
    for greek, move in moves.items():
        assert found[greek].move == pytest.approx(move, rel=1e-9)
        assert found[greek].amount == pytest.approx(net[greek] * move, rel=1e-9)
        assert found[greek].greek == pytest.approx(net[greek])
    assert set(found) == {*moves, "value before", "value after", "change", "explained", "unexplained"}
    change = found["value after"].amount - found["value before"].amount
    assert found["change"].amount == pytest.approx(change)
    assert found["explained"].amount == pytest.approx(sum(found[greek].amount for greek in moves))
    rest = found["unexplained"]
    assert rest.amount == pytest.approx(change - found["explained"].amount)
    assert 0.0 < abs(rest.amount) < 0.003 * abs(change) and rest.standard_error == 0.0 and not rest.noise
    half = replace(GBM, spot=100.5, volatility=0.1975, rate=0.03025, dividend_yield=0.0101)
    smaller = terms(gk.explain(first, run(later(held, half, DAY / 2)), days=0.5))["unexplained"]
    assert abs(smaller.amount) < 0.4 * abs(rest.amount)


def test_nothing_moved_and_nothing_is_left() -> None:
    for analytic in (True, False):
        first = run(book(GBM), analytic=analytic, paths=2048)
        found = terms(gk.explain(first, first))
        assert found["change"].amount == found["unexplained"].amount == found["unexplained"].standard_error == 0.0
        assert not found["unexplained"].noise


@pytest.mark.parametrize("model", [GBM, HESTON])
def test_simulated_days_are_covered(model) -> None:
    """Over seeds the rest is within its error bar of the one in closed form, which is far below the noise."""
    held, moved = book(model), replace(model, spot=100.5)
    options = {"greeks": "price,delta,gamma", "analytic": False, "paths": 1024, "threads": 1}
    scores = []
    for seed in range(30):
        first, second = run(held, seed=seed, **options), run(later(held, moved), seed=1000 + seed, **options)
        rest = terms(gk.explain(first, second))["unexplained"]
        assert rest.noise == (abs(rest.amount) <= 1.96 * rest.standard_error * (1 - 1e-6))
        scores.append(rest.amount / rest.standard_error)
    assert abs(np.mean(scores)) < 4.5 * np.std(scores) / math.sqrt(len(scores)) + 0.02
    assert np.mean(np.abs(scores) < 1.96) > 0.95 - 4.5 * math.sqrt(0.05 * 0.95 / len(scores))
    assert np.std(scores) > 0.3  # and the bar is no excuse


def test_a_rest_that_is_none_of_noise_is_told() -> None:
    """A move of a tenth without gamma: the curvature is left, far beyond the error bar."""
    held = book(GBM, gk.Trade("a", "X", CALL, 10.0))
    options = {"greeks": "price,delta", "analytic": False, "paths": 2**16}
    first, second = run(held, **options), run(later(held, replace(GBM, spot=110.0)), seed=7, **options)
    found = terms(gk.explain(first, second))
    rest = found["unexplained"]
    assert not rest.noise and rest.amount > 4.0 * rest.standard_error > 0.0
    assert rest.status == "warn" and "A has no gamma" in rest.reason and "--greeks all" in rest.reason
    assert found["gamma"].status == "warn" and found["gamma"].amount == 0.0


def test_errors_by_seed() -> None:
    """Of one seed the sum, of two the root of the sum of squares."""
    held = book(GBM)
    options = {"greeks": "price,delta,gamma", "analytic": False, "paths": 2048}
    first = run(held, **options)
    shared, apart = (run(later(held, replace(GBM, spot=101.0)), seed=seed, **options) for seed in (42, 43))
    for second, joint in ((shared, lambda a, b: a + b), (apart, math.hypot)):
        found = terms(gk.explain(first, second))
        a, b = found["value before"].standard_error, found["value after"].standard_error
        own = found["delta"].standard_error + found["gamma"].standard_error
        assert found["change"].standard_error == pytest.approx(joint(a, b))
        assert found["unexplained"].standard_error == pytest.approx(joint(a + own, b))
        assert found["delta"].standard_error > 0.0
    assert "largest" in gk.explain(first, shared).notes[0] and "independent" in gk.explain(first, apart).notes[0]


def test_underlyings_are_added_by_currency() -> None:
    trades = gk.Trade("a", "X", CALL), gk.Trade("b", "Y", CALL, 2.0), gk.Trade("c", "Z", CALL)
    models = {"X": GBM, "Y": HESTON, "Z": GBM}
    moved = {name: replace(model, spot=101.0) for name, model in models.items()}
    codes = {"X": "USD", "Y": "USD", "Z": "EUR"}
    options = {"greeks": "price,delta,gamma", "analytic": False, "paths": 2048}
    first = run(gk.Book(trades, models, currencies=codes), **options)
    second = run(gk.Book(trades, moved, currencies=codes), seed=1, **options)
    frame = gk.explain(first, second).to_frame()
    for code, names in (("USD", ("X", "Y")), ("EUR", ("Z",))):
        for term in ("value before", "change", "delta", "gamma", "explained", "unexplained"):
            (total,) = frame[(frame.level == "book") & (frame.currency == code) & (frame.term == term)].itertuples()
            own = frame[frame.underlying.isin(names) & (frame.term == term)]
            assert total.amount == pytest.approx(own.amount.sum(), abs=1e-9)
            assert total.standard_error == pytest.approx(math.hypot(*own.standard_error), abs=1e-12)


@pytest.mark.parametrize("units", ["raw", "market", "cash"])
def test_units_change_no_term(units: str) -> None:
    held = book(GBM)
    second = run(later(held, MOVED, DAY))
    raw = gk.explain(run(held), second, days=1.0).to_frame()
    other = gk.explain(run(held, units=units), second, days=1.0).to_frame()
    assert list(other.term) == list(raw.term)
    assert np.allclose(other.amount, raw.amount, rtol=1e-9, atol=1e-12)
    assert np.allclose(other.greek.fillna(0.0), raw.greek.fillna(0.0), rtol=1e-9)


def test_parameters_of_a_model_have_terms_of_their_own() -> None:
    moved = replace(
        HESTON, initial_variance=0.0441, mean_reversion=1.52, long_run_variance=0.0505, vol_of_vol=0.505,
        correlation=-0.605,
    )  # fmt: skip
    found = terms(gk.explain(run(book(HESTON)), run(book(moved))))
    assert found["vega"].move == pytest.approx(0.01) and "initial_variance" not in found
    for name, move in (("mean_reversion", 0.02), ("long_run_variance", 5e-4), ("vol_of_vol", 0.005)):
        assert found[name].move == pytest.approx(move)
    assert abs(found["unexplained"].amount) < 0.02 * abs(found["change"].amount)


def test_a_volatility_of_a_trade_moves_by_its_own() -> None:
    """That of the underlying stays: what moved is the contract's."""
    before = book(GBM, gk.Trade("a", "X", CALL, 3.0, volatility=0.25), gk.Trade("b", "X", PUT))
    after = book(GBM, gk.Trade("a", "X", CALL, 3.0, volatility=0.26), gk.Trade("b", "X", PUT))
    first = run(before)
    found = terms(gk.explain(first, run(after)))
    vega = first.trades.set_index(["trade_id", "greek"]).position_value["a", "vega"]
    assert found["vega"].amount == pytest.approx(0.01 * vega, rel=1e-9)
    assert abs(found["unexplained"].amount) < 0.002 * found["change"].amount
    dropped = terms(gk.explain(first, run(book(GBM, gk.Trade("a", "X", CALL, 3.0), gk.Trade("b", "X", PUT)))))
    assert dropped["vega"].amount == pytest.approx(-0.05 * vega, rel=1e-9)


def test_trades_that_come_and_go_are_a_term_of_their_own() -> None:
    """Opened, closed, resized: at their values; the Greeks are of what was held throughout."""
    spot = replace(GBM, spot=101.0)
    keep, gone, more = (gk.Trade(name, "X", CALL, size) for name, size in (("k", 2.0), ("g", 3.0), ("m", 1.0)))
    first = run(book(GBM, keep, gone, more))
    second = run(book(spot, keep, replace(more, quantity=1.5), gk.Trade("new", "X", PUT)))
    found = terms(gk.explain(first, second))
    old, new = (gk.estimate(CALL, model)["price"].value for model in (GBM, spot))
    put = gk.estimate(PUT, spot)["price"].value
    delta = gk.estimate(CALL, GBM)["delta"].value
    assert found["trading"].amount == pytest.approx(put + 0.5 * new - 3.0 * old, rel=1e-9)
    assert "3 trades opened, closed or changed in size" in found["trading"].reason
    assert found["delta"].amount == pytest.approx(3.0 * delta, rel=1e-9)
    assert abs(found["unexplained"].amount) < 0.002


def test_dates_say_how_much_time_passed() -> None:
    held = book(GBM)
    first, second = run(replace(held, as_of="2026-03-02")), run(replace(later(held, GBM, 3 * DAY), as_of="2026-03-05"))
    result = gk.explain(first, second)
    assert result.years == pytest.approx(3 * DAY) and terms(result)["theta"].move == pytest.approx(3 * DAY)
    assert abs(terms(result)["unexplained"].amount) < 1e-3 * abs(terms(result)["theta"].amount) * 30
    assert gk.explain(first, second, days=3).years == result.years
    with pytest.raises(gk.UsageError, match="3 days apart"):
        gk.explain(first, second, days=1)
    with pytest.raises(gk.UsageError, match="before A"):
        gk.explain(second, first)
    assert "no valuation date" in gk.explain(run(held), run(held)).notes[1]


def test_what_a_run_warns_of_is_told_of_the_rest() -> None:
    """A price that no path shows, and a trade without a value."""
    far = gk.Book((gk.Trade("far", "X", gk.Digital("call", strike=400, maturity=0.1)),), {"X": GBM})
    options = {"greeks": "price,delta,gamma", "analytic": False, "paths": 512}
    first, second = run(far, **options), run(later(far, replace(GBM, spot=101.0)), seed=2, **options)
    found = terms(gk.explain(first, second))
    for name in ("value before", "value after", "delta", "unexplained"):
        assert found[name].status == "warn" and "no path differs" in found[name].reason, name
    assert found["unexplained"].noise
    assert "value before of A" in found["unexplained"].reason and "value after of B" in found["unexplained"].reason
    own = gk.Book((replace(far.trades[0], volatility=0.2),), far.models)
    moved = gk.Book((replace(far.trades[0], volatility=0.21),), far.models)
    by_trade = terms(gk.explain(run(own, **{**options, "greeks": "all"}), run(moved, **options)))
    assert by_trade["vega"].status == "warn" and "far: " in by_trade["vega"].reason


def test_a_number_without_an_error_bar_is_none() -> None:
    """Of a single path there is no error bar, and nothing says what is noise."""
    single = json.loads(json.dumps(run(book(GBM)).to_json()))
    for row in single["net"]:
        row["standard_error"] = None
    with pytest.raises(gk.UsageError, match="B has no value with an error bar of X"):
        gk.explain(run(book(GBM)), single)


def test_data_of_a_file_is_as_good_as_a_run() -> None:
    first, second = run(book(GBM)), run(book(MOVED))
    read = [json.loads(json.dumps(each.to_json())) for each in (first, second)]
    assert gk.explain(*read).to_json() == gk.explain(first, second).to_json()


@pytest.mark.parametrize(
    ("first", "second", "options", "said"),
    [
        ("a.json", None, {}, "A is no run"),
        (None, {"manifest": {}}, {}, "B is no run"),
        ({"manifest": {"settings": {}}, "trades": [], "net": []}, None, {}, "A does not say its market"),
        (None, None, {"days": -1}, "days is -1"),
        (None, None, {"days": float("nan")}, "days is nan"),
        (None, None, {"days": "one"}, "days is 'one'"),
    ],
)
def test_what_is_no_run_is_refused(first, second, options, said) -> None:
    good = run(book(GBM))
    with pytest.raises(gk.UsageError, match=said):
        gk.explain(good if first is None else first, good if second is None else second, **options)


def test_other_models_and_absent_prices_are_refused() -> None:
    good = run(book(GBM))
    with pytest.raises(gk.UsageError, match="X is gbm before and heston after"):
        gk.explain(good, run(book(HESTON)))
    with pytest.raises(gk.UsageError, match="B has no value with an error bar of X: run it with price"):
        gk.explain(good, run(book(GBM), greeks="delta"))


def test_tables_show_themselves() -> None:
    result = gk.explain(run(book(GBM)), run(book(MOVED)))
    assert "unexplained" in repr(result) and "<td>vanna</td>" in result._repr_html_()


def test_markets_that_are_no_numbers_are_refused() -> None:
    from tests.unit.test_curves_and_smiles import book

    run = gk.run(book(), greeks="price,delta", buckets="1y")
    with pytest.raises(gk.UsageError, match="X has a curve, smile in a file of its own"):
        gk.explain(run, run)
