"""Price and every Greek of seven parameter sets against the semi-analytic values, and the martingale property.

The time-step bias allowed at the default 32 steps a year is stated for each set, as a fraction of the value; it was
measured with many more paths, see docs/heston_tables.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import greeks as gk
from greeks.analytic.registry import reference

sys.path.insert(0, str(Path(__file__).parents[2]))
from benchmarks.heston_sets import SETS

GREEKS = (
    "price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta",
    "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation",
)  # fmt: skip
BIAS = dict.fromkeys(SETS, 0.01) | {"mild": 0.003}
# A second difference of the density near the far end of its support, where a step of 1/32 year is coarse.
SHARP = {("Feller violated", "digital", "gamma"): 0.15}
PATHS = {name: 2**17 if maturity <= 1 else 2**14 for name, (_, maturity) in SETS.items()}


def trades(maturity):
    return (
        gk.European("call", strike=80.0, maturity=maturity),
        gk.European("put", strike=100.0, maturity=maturity),
        gk.Digital("call", strike=120.0, maturity=maturity),
        gk.Digital("put", strike=110.0, maturity=maturity, payout="asset"),
    )


@pytest.mark.parametrize("name", SETS)
def test_every_greek(name):
    model, maturity = SETS[name]
    problems = []
    for trade in trades(maturity):
        exact = reference(trade, model)
        found = gk.estimate(
            trade,
            model,
            greeks=GREEKS,
            estimators="likelihood_ratio,conditional",
            paths=PATHS[name],
            seed=17,
            variance_reduction="none",  # controls resolve the bias of the grid, which is measured elsewhere
        )
        for greek, estimator in found:
            number = found[greek, estimator]
            if number.status == "warn" and "kurtosis" in number.reason:
                continue  # says itself that its error bar is not to be trusted
            allowed = SHARP.get((name, trade.kind, greek), BIAS[name])
            gap = abs(number.value - exact[greek]) - allowed * abs(exact[greek])
            if gap > 4.5 * number.standard_error:
                z = (number.value - exact[greek]) / number.standard_error
                problems.append(f"{trade} {greek} {estimator}: {number.value} not {exact[greek]}, z {z:.1f}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("maturity", [0.25, 1.0])
def test_martingale(name, maturity):
    model, _ = SETS[name]
    forward = gk.European("call", strike=1e-9, maturity=maturity)
    found = gk.estimate(forward, model, greeks="price", estimators="pathwise", paths=2**18, seed=3)["price"]
    exact = model.spot * 2.718281828459045 ** (-model.dividend_yield * maturity)
    assert abs(found.value - exact) < 4.5 * found.standard_error
    assert found.standard_error < 2e-3 * exact


def test_asian_under_heston_agrees_between_estimators():
    model = SETS["mild"][0]
    for trade in (
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=4),
        gk.Asian("put", strike=100.0, maturity=1.0, fixings=4, averaging="geometric"),
        gk.Asian("call", maturity=1.0, fixings=4, average_of="strike"),
    ):
        estimators = ("likelihood_ratio", "pathwise", "finite_difference", "mixed")
        runs = [
            gk.estimate(trade, model, greeks=GREEKS, estimators=e, paths=2**17, seed=i)
            for i, e in enumerate(estimators)
        ]
        for greek in GREEKS:
            found = [run[greek, e] for run, e in zip(runs, estimators, strict=True)]
            found = [number for number in found if number.status != "na" and number.causes <= {"bias", "unresolved"}]
            assert len(found) >= 2
            for a in found:
                for b in found:
                    spread = (a.standard_error**2 + b.standard_error**2) ** 0.5
                    assert abs(a.value - b.value) < 4.5 * spread + 2e-3 * abs(b.value), (trade, greek, a, b)
