"""The estimator ``analytic``: the closed form's value with no error, taken by ``auto``, netted without one."""

from __future__ import annotations

from math import isnan

import pytest
from zoo import HELD, MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.planning import Settings, plan

CALL = gk.European("call", strike=100.0, maturity=1.0)
ASIAN = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
EVERY = [(model, trade) for model in MODELS for trades in (PAYOFFS | HELD).values() for trade in trades]


@pytest.mark.parametrize(("model", "trade"), EVERY)
def test_auto_takes_every_exact_value(model, trade):
    exact = reference(trade, MODELS[model])
    frame = gk.estimate(trade, MODELS[model], greeks="all", paths=64).to_frame()
    for cell in frame.itertuples():
        if cell.greek in exact:
            assert (cell.estimator, cell.value, cell.standard_error) == ("analytic", exact[cell.greek], 0.0)
            told = trade.owned and MODELS[model].futures  # nobody holds a futures price
            assert (cell.status, cell.paths) == ("warn" if told else "ok", 0)
            assert "closed form" in cell.reason or "semi-analytic" in cell.reason
            assert (cell.ci_low, cell.ci_high) == (cell.value, cell.value)
            assert isnan(cell.z_score)
        else:
            assert cell.estimator != "analytic" or (cell.greek in trade.unmoved and cell.value == 0.0)


def test_nothing_is_simulated_where_every_number_is_exact():
    book = Book((Trade("a", "U", CALL), Trade("b", "U", CALL, quantity=-2.0)), {"U": MODELS["gbm"]})
    assert plan(book, Settings(("price", "gamma"), ("auto",), 10, 1)).jobs == []
    assert len(plan(book, Settings(("price",), ("auto",), 10, 1, analytic=False)).jobs) == 1
    out = gk.run(book, paths=10**12, greeks="all")  # would take days
    net = out.net[out.net.greek == "price"]
    assert net.value.tolist() == pytest.approx([-reference(CALL, MODELS["gbm"])["price"]] * len(net))
    assert (net.standard_error == 0.0).all()


def test_it_can_be_turned_off_and_asked_for():
    off = gk.estimate(CALL, MODELS["gbm"], greeks="price", paths=1000, analytic=False)
    assert off["price"].standard_error > 0.0
    assert off.run.manifest["settings"]["analytic"] is False
    both = gk.estimate(CALL, MODELS["gbm"], greeks="delta", estimators="analytic,lr,pw", paths=1000, analytic=False)
    assert set(both) == {("delta", "analytic"), ("delta", "likelihood_ratio"), ("delta", "pathwise")}
    refused = gk.estimate(ASIAN, MODELS["gbm"], greeks="delta", estimators="analytic", paths=1000)["delta"]
    assert refused.status == "na"
    assert "no closed form is known for arithmetic asian under gbm: use conditional or pathwise" in refused.reason
    everything = gk.estimate(CALL, MODELS["heston"], greeks="delta", estimators="all", paths=1000)
    assert ("delta", "analytic") in everything


def test_the_exact_part_of_a_net_has_no_error():
    """Whatever estimators stand beside it, the exact value is counted once, and the rest has the error it has alone."""
    exact, sampled = Trade("e", "U", CALL, quantity=3.0), Trade("s", "U", ASIAN)
    models = {"U": MODELS["gbm"]}
    alone = gk.run(Book((sampled,), models), greeks="price,delta", paths=4000).net
    both = gk.run(Book((exact, sampled), models), greeks="price,delta", paths=4000).net
    assert both.standard_error.tolist() == pytest.approx(alone.standard_error.tolist())
    for row, own in zip(both.itertuples(), alone.itertuples(), strict=True):
        assert row.value == pytest.approx(own.value + 3.0 * reference(CALL, models["U"])[row.greek])


def test_plots_of_exact_values_say_what_to_write():
    with pytest.raises(UsageError, match="analytic=False"):
        gk.estimate(CALL, MODELS["gbm"], greeks="delta").diagnostics()
