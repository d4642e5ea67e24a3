"""What a user of the library sees: names, keywords, numbers, and how results show themselves."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk

MODEL = MODELS["gbm"]
CALL = gk.European("call", strike=100.0, maturity=1.0)
FAST = {"paths": 4096, "analytic": False}


def test_dir_is_the_public_names_alone():
    for name in ("Book", "Trade", "Estimate", "Result", "RunResult", "UsageError"):
        assert getattr(gk, name).__name__ == name
    assert dir(gk) == sorted(gk.__all__)


def test_every_option_is_an_explicit_keyword():
    run, estimate = (inspect.signature(function).parameters for function in (gk.run, gk.estimate))
    for parameters in (run, estimate):
        assert not any(part.kind is part.VAR_KEYWORD for part in parameters.values())
    assert "units" in estimate and "progress" in estimate
    shared = set(run) - {"book", "fx", "currency", "buckets"}  # a payoff is in one currency
    assert shared <= set(estimate)
    for name in shared:
        assert estimate[name].default == run[name].default


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gk.GBM(spot=100, vol=0.2), ["vol is unknown: did you mean volatility?"]),
        (lambda: gk.GBM(spot=100, volatilty=0.2), ["did you mean volatility?"]),
        (lambda: gk.GBM(spot=100), ["GBM: volatility is missing"]),
        (lambda: gk.GBM(spot=100, volatility=0.2, foo=1), ["foo is unknown: choose from spot, rate"]),
        (lambda: gk.GBM(spot=-1, volatility="x", rate=float("nan")), ["spot is -1: it must be greater than 0", "volatility is 'x': write a number", "rate is nan: write a finite number"]),
        (lambda: gk.GBM(spot=100, volatility=20), ["GBM: a volatility of 20 is 2000%: write 0.20 for 20 %"]),
        (lambda: gk.GBM(100, volatility=0.2), ["GBM: spot is given by position: write spot=100"]),
        (lambda: gk.Heston(spot=1, v0=0.04, kappa=1, theta=0.04, xi=0.5, rho=-0.5), ["initial_variance?", "mean_reversion?", "long_run_variance?", "vol_of_vol?", "correlation?"]),
        (lambda: gk.European("cal", strike=100, maturity=1), ["option_type is 'cal': choose call or put"]),
        (lambda: gk.European("call", 100, 1), ["strike is given by position: write strike=100; maturity is given by position: write maturity=1"]),
        (lambda: gk.European("call", strke=100, maturity=1), ["did you mean strike?"]),
        (lambda: gk.European("call", K=100, T=1), ["did you mean strike?", "did you mean maturity?"]),
        (lambda: gk.European("call", strike=True, maturity=1), ["strike: True is no number"]),
        (lambda: gk.European("call", strike=[1], maturity=1), ["strike is [1]: write a number"]),
        (lambda: gk.European("call", strike=100, maturity=4000), ["write 10.96 for 4000 days"]),
        (lambda: gk.Digital("call", strike=100, maturity=1, payout="gold"), ["choose cash or asset"]),
        (lambda: gk.Asian("call", strike=100, maturity=1, fixings=2.5), ["fixings is 2.5: write a whole number"]),
        (lambda: gk.Asian("call", strike=100, maturity=1, fixing_times=[0.1, -1]), ["item 2 of the list"]),
        (lambda: gk.Custom(3, times=[1.0], maturity=1), ["function"]),
    ],
)  # fmt: skip
def test_wrong_keywords_and_values_are_named(make, words):
    with pytest.raises(gk.UsageError) as caught:
        make()
    assert isinstance(caught.value, ValueError)
    assert caught.value.__cause__ is None
    for word in words:
        assert word in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_a_misspelt_keyword_is_not_called_missing_too():
    with pytest.raises(gk.UsageError) as caught:
        gk.GBM(spot=100, vol=0.2)
    assert "missing" not in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    trade = gk.European("call", strike=np.float32(100), maturity=np.float64(1))
    model = gk.GBM(spot=np.int64(100), volatility=np.float64(0.2))
    out = gk.run(
        gk.Book((gk.Trade("t", "u", trade, np.int64(2), np.float32(10)),), {"u": model}),
        paths=np.int64(2048), seed=np.int32(7), threads=np.int64(1), bump=np.float64(1.0), steps_per_year=np.int64(8),
        target=np.float32(0.5),
    )  # fmt: skip
    data = json.loads(json.dumps(out.to_json()))
    assert data["manifest"]["settings"]["seed"] == 7
    assert data["trades"][0]["quantity"] == 2
    plain = gk.estimate(trade, model, paths=2048, seed=7, greeks="price", analytic=False)["price"]
    assert (
        gk.estimate(trade, model, paths=np.float64(2048), seed=np.uint8(7), greeks="price", analytic=False)["price"]
        == plain
    )


@pytest.mark.parametrize(
    ("amounts", "word"),
    [
        ({"quantity": float("nan")}, "quantity is nan"), ({"quantity": float("inf")}, "quantity is inf"),
        ({"quantity": "10"}, "quantity is '10'"), ({"quantity": True}, "quantity is True"),
        ({"quantity": 10**400}, "quantity is 1000"), ({"multiplier": 0}, "multiplier is 0"),
        ({"multiplier": -1.0}, "above 0"), ({"multiplier": None}, "multiplier is None"),
    ],
    ids=str,
)  # fmt: skip
def test_a_trade_refuses_amounts_that_are_none(amounts, word):
    with pytest.raises(gk.UsageError, match="trade t: ") as caught:
        gk.Trade("t", "u", CALL, **amounts)
    assert word in str(caught.value)


@pytest.mark.parametrize(
    ("book", "words"),
    [
        (gk.Book((gk.Trade("a", "v", CALL),), {"u": MODEL}), "trade a: its underlying 'v' has no model: there are u"),
        (gk.Book((gk.Trade("a", "u", CALL),) * 2, {"u": MODEL}), "trade a is in the book twice"),
        (gk.Book((CALL,), {"u": MODEL}), "is no trade: write Trade("),
        (gk.Book((gk.Trade("a", "u", MODEL),), {"u": MODEL}), "trade a: GBM(spot=100"),
        (gk.Book((gk.Trade("a", "u", CALL),), {"u": CALL}), "is no model"),
        (gk.Book((gk.Trade("a", "u", CALL),), MODEL), "Book(trades, {underlying: model})"),
        ([gk.Trade("a", "u", CALL)], "is no book"), ("book.csv", "is no book: write read_portfolio"),
    ],
)  # fmt: skip
def test_a_book_whose_parts_do_not_fit(book, words):
    with pytest.raises(gk.UsageError) as caught:
        gk.run(book)
    assert words in str(caught.value)


@pytest.mark.parametrize("progress", [3, "yes"])
def test_progress_is_nothing_else(progress):
    with pytest.raises(gk.UsageError, match="write True for a bar"):
        gk.estimate(CALL, MODEL, progress=progress)


@pytest.mark.parametrize("name", ["fx", "currency"])
def test_rates_of_exchange_are_for_books(name):
    with pytest.raises(gk.UsageError, match=f"{name} belongs to run"):
        gk.estimate(CALL, MODEL, **{name: "EUR"})


def test_an_estimate_is_a_number_with_a_name():
    found = gk.estimate(CALL, MODEL, greeks="delta,vega", estimators="lr,pw", **FAST)
    delta = found["delta", "lr"]
    assert delta == found["delta", "likelihood_ratio"]
    assert float(delta) == delta.value
    assert f"{delta:.4f}" == f"{delta.value:.4f}"
    assert f"{delta}".startswith(f"{delta.value:.6g} ± {delta.standard_error:.2g} per 1.00 of spot")
    assert (delta.greek, delta.estimator, delta.unit) == ("delta", "likelihood_ratio", "per 1.00 of spot")
    assert delta.z_score == pytest.approx((delta.value - delta.reference) / delta.standard_error)
    market = gk.estimate(CALL, MODEL, greeks="vega", estimators="lr", units="market", **FAST)["vega"]
    assert market.reference == pytest.approx(0.01 * found["vega", "lr"].reference)
    refused = gk.estimate(gk.Digital("call", strike=100, maturity=1), MODEL, greeks="delta", estimators="pw", **FAST)
    assert str(refused["delta"]).startswith("no value per 1.00 of spot (na: ")


def test_results_answer_to_auto():
    found = gk.estimate(CALL, MODEL, greeks="price,delta", **FAST)
    assert found["delta"] == found["delta", "auto"] == found["delta", "pathwise"]
    assert len(found) == 2
    chosen = gk.estimate(CALL, MODEL, greeks="delta", estimators="lr", **FAST)
    with pytest.raises(KeyError, match="likelihood_ratio"):
        _ = chosen["delta", "auto"]
    for missing in ("gamma", 3, ("delta",), ("delta", "auto", 1)):
        assert missing not in found
        with pytest.raises(KeyError, match="is not one of"):
            _ = found[missing]
    assert "delta" in found and ("delta", "auto") in found and ("delta", "pw") in found
    exact = gk.estimate(CALL, MODEL, greeks="delta")
    assert exact["delta", "auto"].estimator == "analytic"


def test_everything_shows_its_numbers_and_is_bounded_and_escaped():
    name = "<b>&\x1b[2J\u202e"
    trades = tuple(gk.Trade(f"{name}{i}", "u", CALL, i + 1) for i in range(300))
    book = gk.Book(trades, {"u": MODEL})
    out = gk.run(book, greeks="price,delta", paths=1024, analytic=False)
    single = gk.estimate(CALL, MODEL, greeks="price,delta", **FAST)
    for thing, number in ((book, "100"), (out, f"{out.trades.value[0]:.6g}"), (single, f"{single['delta'].value:.6g}")):
        text, page = repr(thing), thing._repr_html_()
        assert number in text and number in page
        assert len(text) < 12_000 and len(page) < 30_000
        for shown in (text, page):
            assert "\x1b" not in shown and "\u202e" not in shown
        assert "<b>" not in page
    assert "&lt;b&gt;" in book._repr_html_()
    assert "and 280 more rows" in repr(book)
    assert f"{single['delta'].value:.6g}" in single["delta"]._repr_html_()
    assert repr(single["delta"]).startswith("Estimate(delta ") and len(repr(single["delta"])) < 100
    assert str(single["delta"]) in repr(single["delta"])


def test_the_net_shows_its_labels():
    book = gk.Book((gk.Trade("t", "u", CALL, labels={"desk": "<rates>"}),), {"u": MODEL}, ("desk",))
    out = gk.run(book, greeks="price", group_by="desk")
    net = repr(out).partition("Net positions")[2]
    assert net.split()[:4] == ["level", "underlying", "currency", "desk"]
    assert "<rates>" in net and "&lt;rates&gt;" in out._repr_html_()
    assert "greek" in repr(gk.run(gk.Book((), {})))


def test_a_sample_of_paths_is_bounded_too():
    found = gk.sample_paths(MODEL, times=[0.5, 1.0], paths=5000)
    assert repr(found).startswith("PathSample: 2 x 5000 spots") and "scores of delta, vega" in repr(found)
    assert len(repr(found)) < 300


def test_progress_is_a_bar_or_a_function(capsys):
    seen = []
    gk.estimate(CALL, MODEL, greeks="price", progress=lambda done, total: seen.append((done, total)), **FAST)
    assert seen[-1][0] == seen[-1][1]
    assert capsys.readouterr().err == ""
    gk.estimate(CALL, MODEL, greeks="price", progress=True, **FAST)
    assert "100 %" in capsys.readouterr().err
    gk.estimate(CALL, MODEL, greeks="price", progress=False, **FAST)
    assert capsys.readouterr().err == ""


SCRIPT = '''
import greeks as gk

model: gk.GBM = gk.GBM(spot=100, rate=0.05, volatility=0.2)
trade = gk.Asian("call", strike=100, expiry="2026-12-18", as_of="2026-06-18", fixings=12, past_fixings=[99.0])
result: gk.Result = gk.estimate(trade, model, greeks=["price"], estimators="lr", paths=1000, progress=True)
value: float = float(result["price", "lr"])
years: float = trade.maturity
book: gk.Book = gk.Book((gk.Trade("a", "u", trade),), {"u": model})
out: gk.RunResult = gk.run(book, target=0.01)
listed = gk.Asian("put", maturity=1.0, average_of="strike", fixing_times=[0.5, 1.0])
dated = gk.Asian("put", strike=90, maturity=1.0, fixing_dates=["2026-12-18"], as_of="2026-06-18")
own = gk.Custom(lambda spots: float(spots[0]), times=[0.5, 1.0], maturity=1.0)
'''  # fmt: skip
WRONG = '''
import greeks as gk

gk.estimate(1, 2, path=1000)
gk.GBM(spot=100, vol=0.2)
gk.European("call", strike=100, expire="2026-12-18")
'''  # fmt: skip


@pytest.mark.slow
def test_types_of_a_users_script(tmp_path):
    for name, text, errors in (("right.py", SCRIPT, 0), ("wrong.py", WRONG, 3)):
        (tmp_path / name).write_text(text)
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(tmp_path / "cache"),
            str(tmp_path / name),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if "error:" in line and name in line]
        assert len(lines) >= errors, done.stdout
        assert bool(lines) == bool(errors), done.stdout


@pytest.mark.parametrize("units", ["raw", "market"])
@pytest.mark.parametrize("maturity", [1.0, 40.0])
def test_an_interval_is_that_of_the_table_whatever_is_said_before_the_bound(maturity, units):
    """A doubt of the contract, or a missed target, stands before "no path differs" in the reason."""
    model = gk.GBM(spot=100.0, rate=0.02, volatility=0.01)
    far = gk.Digital("call", strike=1000.0, maturity=maturity)
    for target in (None, 0.5):
        limit = {} if target is None else {"target": target, "max_paths": 2048}
        found = gk.estimate(far, model, greeks="price,vega", paths=2048, analytic=False, units=units, **limit)
        for _, line in found.run.trades.iterrows():
            assert "no path differs" in line.reason
            assert found[line.greek].ci() == (line.ci_low, line.ci_high)


def test_what_is_missing_is_said() -> None:
    call, model = gk.European("call", strike=100, maturity=1), gk.GBM(spot=100, volatility=0.2)
    for name, text in (("greeks", "no Greek is named: choose from price"), ("estimators", "no estimator is named")):
        with pytest.raises(gk.UsageError, match=text):
            gk.estimate(call, model, **{name: []})
    several = gk.estimate(call, model, greeks="delta", estimators="lr,pw", paths=1024)
    with pytest.raises(KeyError, match=r"'delta' has several estimators: write \['delta', 'likelihood_ratio'\]"):
        several["delta"]
    seasoned = gk.Asian(
        "call", strike=100, maturity=0.5, fixings=6, averaging="geometric", past_fixings_sum=1215, past_fixings_count=12
    )
    with pytest.raises(gk.UsageError, match="^the mean of the past fixings is 9.38"):
        gk.estimate(seasoned, model)
