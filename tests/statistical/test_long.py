"""Longer checks, run by ``pytest -m slow`` and by CI: smaller errors than the default suite can see."""

from __future__ import annotations

from pathlib import Path

import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.registry import ESTIMATORS

pytestmark = pytest.mark.slow

DATA = Path(__file__).parents[2] / "data"
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta")
PATHS = 2**24
_WIDE = "range_accrual", "variance_swap", "volatility_swap", "cliquet"
GBM = [payoff for payoffs in PAYOFFS.values() for payoff in payoffs if reference(payoff, MODELS["gbm"])]


@pytest.mark.parametrize("payoff", GBM, ids=str)
def test_unbiased_estimators_at_17_million_paths(payoff) -> None:
    """|z| < 4.5 where the standard error is a quarter of that of the default suite.

    A bias of 0.4 % would show in price and delta, of accruals, swaps and cliquets one of 1.6 %.
    """
    names = [name for name, each in ESTIMATORS.items() if not each.biased]
    found = gk.estimate(payoff, MODELS["gbm"], greeks=GREEKS, estimators=names, paths=PATHS, seed=20)
    exact = reference(payoff, MODELS["gbm"])
    errors: dict[str, list[float]] = {}
    for greek, name in found:
        number = found[greek, name]
        if number.status == "na" or greek not in exact:
            continue
        errors.setdefault(greek, []).append(number.standard_error)
        rounding = 1e-9 * abs(exact[greek]) + 1e-12 * abs(exact["price"])
        assert abs(number.value - exact[greek]) <= 4.5 * number.standard_error + rounding, (greek, name)
    assert len(errors) >= 6
    for greek in ("price", "delta"):  # the power that the head of this test claims
        limit = 3.5e-3 if payoff.kind in _WIDE else 7e-4
        # what is linear may be worth nearly nothing: its price is held to the spot that it is made of
        size = MODELS["gbm"].spot if payoff.linear and greek == "price" else abs(exact[greek])
        assert greek in payoff.unmoved or min(errors[greek]) < limit * size


def test_heston_bias_falls_with_the_step() -> None:
    """QE-M of the zoo's model: at 128 steps a year price and Greeks are within 4.5 errors, at 2 steps they are not."""
    model, payoff = MODELS["heston"], gk.European("call", strike=105.0, maturity=1.0)
    exact = reference(payoff, model)
    distance = {}
    for steps in (2, 128):
        options = {"greeks": GREEKS, "estimators": "conditional", "paths": 2**21, "seed": 21, "steps_per_year": steps}
        found = gk.estimate(payoff, model, **options)
        distance[steps] = {g: abs(found[g].value - exact[g]) / found[g].standard_error for g in GREEKS}
    assert max(distance[128].values()) < 4.5
    assert max(distance[2].values()) > 10.0


def test_the_example_book_reports_sound(tmp_path: Path) -> None:
    """Default settings, all estimators, all 34 trades: every check of the verdict that can fail passes."""
    book = gk.read_portfolio(DATA / "portfolio.csv", market=DATA / "market.csv")
    report = gk.write_report(book, tmp_path, deterministic=True)
    assert report.unsound == 0
    assert report.html.stat().st_size > 500_000
