"""Heston at the ends of its parameters: a clean number or a clean refusal, never a crash, and never nan as if it were one."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pytest

import greeks as gk
from greeks.analytic.registry import reference

BASE = gk.Heston(
    spot=100.0,
    rate=0.05,
    dividend_yield=0.02,
    initial_variance=0.04,
    mean_reversion=1.5,
    long_run_variance=0.05,
    vol_of_vol=0.3,
    correlation=-0.7,
)
TRADES = {
    "european": gk.European("call", strike=100.0, maturity=1.0),
    "digital": gk.Digital("put", strike=95.0, maturity=1.0),
    "asian": gk.Asian("call", strike=100.0, maturity=1.0, fixings=12),
    "a day": gk.European("call", strike=100.0, maturity=1 / 365),
    "an hour": gk.Digital("call", strike=100.0, maturity=1 / 8760),
    "deep": gk.European("call", strike=400.0, maturity=1.0),
}
MODELS = {
    "correlation 1": {"correlation": 1.0},
    "correlation -1": {"correlation": -1.0},
    "vol of vol tiny": {"vol_of_vol": 1e-4},
    "vol of vol large": {"vol_of_vol": 3.0},
    "no mean reversion": {"mean_reversion": 0.0},
    "fast mean reversion": {"mean_reversion": 100.0},
    "no initial variance": {"initial_variance": 0.0},
    "hardly any": {"initial_variance": 1e-12},
    "no long-run variance": {"long_run_variance": 0.0},
    "no variance": {"initial_variance": 0.0, "long_run_variance": 0.0},
    "no variance, no pull": {"initial_variance": 0.0, "mean_reversion": 0.0},
    "neither pull nor level": {"mean_reversion": 0.0, "long_run_variance": 0.0},
    "full truncation": {"scheme": "full_truncation"},
    "full truncation from 0": {"scheme": "full_truncation", "initial_variance": 0.0},
    "full truncation, correlation 1": {"scheme": "full_truncation", "correlation": 1.0},
    "variance 16": {"initial_variance": 16.0, "long_run_variance": 16.0},
    "Feller ratio 0.01": {"vol_of_vol": 3.0, "mean_reversion": 1.0},
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("trade", TRADES)
def test_every_number_has_a_status_and_a_reason(model, trade):
    for options in (
        {"estimators": "auto"},
        {"estimators": "auto", "analytic": False},
        {"estimators": "all"},
        {"estimators": "lr", "variance_reduction": "antithetic"},
    ):
        frame = gk.estimate(
            TRADES[trade], replace(BASE, **MODELS[model]), greeks="all", paths=2048, threads=1, **options
        ).to_frame()
        for cell in frame.itertuples():
            assert cell.status in ("ok", "warn", "na")
            assert (cell.status == "na") != (isfinite(cell.value) and isfinite(cell.standard_error)), cell
            assert cell.status == "ok" or cell.reason, cell
        assert (frame[frame.greek == "price"].status != "na").any()
        assert (frame[frame.greek == "rho"].status != "na").any() or options["estimators"] == "lr"


@pytest.mark.parametrize(
    "model", ["vol of vol tiny", "fast mean reversion", "no mean reversion", "no long-run variance"]
)
@pytest.mark.parametrize("trade", ["european", "digital", "a day"])
def test_the_edges_have_the_right_numbers(model, trade):
    """What is left after the bias of the time step, 1 %, is within the error bar; a reference exists for each.

    Nothing but that bias is warned of.
    """
    result = gk.estimate(
        TRADES[trade], replace(BASE, **MODELS[model]), greeks="price,delta,gamma,rho,vega", paths=2**16, analytic=False
    )
    frame = result.to_frame()
    assert all(result[key].status != "na" and result[key].causes <= {"bias", "unresolved"} for key in result)
    for cell in frame.itertuples():
        assert isfinite(cell.reference)
        assert abs(cell.value - cell.reference) < 4.5 * cell.standard_error + 0.01 * abs(cell.reference), cell
    price = frame[frame.greek == "price"].iloc[0]
    assert price.standard_error < 0.05 * price.reference


def test_a_difference_of_the_spot_is_scaled_to_the_variance_that_is_to_come():
    """From no variance at all, an hour's deviation is a thousandth of what the long-run variance would give."""
    hour = gk.European("call", strike=100.0, maturity=1 / 8760)
    frame = gk.estimate(
        hour, replace(BASE, initial_variance=0.0), greeks="gamma", estimators="fd", paths=2**15
    ).to_frame()
    cell = frame.iloc[0]
    assert abs(cell.value - cell.reference) < 4.5 * cell.standard_error + 0.02 * abs(cell.reference)


def test_an_interval_without_variance_has_no_likelihood_ratio():
    """Weekly fixings under a strongly violated Feller condition: some variance is 0 over a whole week."""
    trade = gk.Asian("call", strike=100.0, maturity=1.0, fixings=52)
    wild = replace(BASE, vol_of_vol=1.2, mean_reversion=0.5, correlation=-0.9)
    found = gk.estimate(trade, wild, greeks="price,delta,rho,correlation", estimators="lr", paths=20_000)
    assert found["price"].status in ("ok", "warn")
    assert found["delta"].status in ("ok", "warn")
    for greek in ("rho", "correlation"):
        assert found[greek].status == "na"
        assert "use conditional" in found[greek].reason


@pytest.mark.parametrize(
    ("change", "greek"),
    [
        ({"correlation": 1.0}, "correlation"),
        ({"mean_reversion": 0.0}, "mean_reversion"),
        ({"long_run_variance": 0.0}, "long_run_variance"),
        ({"initial_variance": 0.0, "long_run_variance": 0.0}, "vega"),
    ],
)
def test_at_the_end_of_a_range_the_parameter_has_no_greek(change, greek):
    for trade in ("european", "digital", "asian"):
        found = gk.estimate(TRADES[trade], replace(BASE, **change), greeks=greek, paths=1000, analytic=False)[greek]
        assert found.status == "na"
        known = greek in reference(TRADES[trade], replace(BASE, **change))
        assert found.reason.endswith("use analytic" if known else "move the parameter off the end of its range")


@pytest.mark.parametrize(
    ("change", "greek", "inwards"),
    [
        ({"correlation": 1.0}, "correlation", -1e-4),
        ({"mean_reversion": 0.0}, "mean_reversion", 1e-4),
        ({"long_run_variance": 0.0}, "long_run_variance", 1e-6),
    ],
)
@pytest.mark.parametrize("trade", ["european", "digital"])
def test_at_the_end_of_a_range_the_exact_greek_is_the_one_sided_derivative(change, greek, inwards, trade):
    model = replace(BASE, **change)
    moved = replace(model, **{greek: getattr(model, greek) + inwards})
    prices = [gk.estimate(TRADES[trade], m, greeks="price", paths=64)["price"].value for m in (model, moved)]
    found = gk.estimate(TRADES[trade], model, greeks=greek, paths=64)[greek]
    assert (found.status, found.estimator) == ("ok", "analytic")
    assert found.value == pytest.approx((prices[1] - prices[0]) / inwards, rel=2e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vol_of_vol": 1e-8}, "model gbm"),
        ({"vol_of_vol": 30.0}, "write 0.3"),
        ({"mean_reversion": 1000.0}, "at most 100"),
    ],
)
def test_values_no_scheme_can_carry_are_refused(change, words):
    fields = {name: getattr(BASE, name) for name in BASE.__dataclass_fields__ if name not in ("kind", "_")}
    with pytest.raises(ValueError, match=words):
        gk.Heston(**{**fields, **change})
