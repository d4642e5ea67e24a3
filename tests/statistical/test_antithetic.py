"""Antithetic means: the same numbers, of less variance, from every estimator."""

from __future__ import annotations

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference
from tests.zoo import MODELS, PAYOFFS

EVEN = ("variance_swap", "volatility_swap")  # squares: nearly the same on both paths of a pair
TRADES = [group[0] for group in PAYOFFS.values()]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("trade", TRADES, ids=PAYOFFS)
def test_every_estimator_says_the_same_of_pairs(trade, model):
    """The errors here are 1 to 10 % of most numbers, so that a wrong sign or a forgotten partner is seen."""
    options = {"greeks": "all", "estimators": "all", "paths": 2**13, "analytic": False}
    one = gk.estimate(trade, model, **options)
    pairs = gk.estimate(trade, model, seed=1, variance_reduction="antithetic", **options)
    assert set(one) == set(pairs)
    better = []
    for key in one:
        if one[key].status == "na" or one[key].kurtosis > 300.0 or not one[key].standard_error > 0.0:
            continue
        spread = np.hypot(one[key].standard_error, pairs[key].standard_error)
        assert abs(one[key].value - pairs[key].value) < 4.5 * spread, key
        if key[1] not in ("analytic", "full_likelihood_ratio"):
            better.append(one[key].standard_error / pairs[key].standard_error)
    if better and not trade.early:  # whose errors are smaller by a control that pairs leave out
        assert np.median(better) > (1.0 if trade.kind in EVEN or model.futures else 1.2)  # rho is the price once more


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("trade", TRADES[:2], ids=list(PAYOFFS)[:2])
def test_intervals_cover(trade, model):
    """1,000 replications, 400 under Heston: a standard deviation of 0.7 and 1.1 %, of which 3.5 are allowed."""
    exact = reference(trade, model)
    options = {"greeks": ("price", "delta", "gamma", "vega"), "paths": 2**12, "analytic": False}
    inside: dict[tuple[str, str], list[bool]] = {}
    seeds = 400 if model.kind == "heston" else 1000
    for seed in range(seeds):
        found = gk.estimate(
            trade,
            model,
            seed=seed,
            estimators="lr,pw,mixed",
            variance_reduction="antithetic",
            progress=False,
            **options,
        )
        for key in found:
            if found[key].status != "na":
                low, high = found[key].ci()
                inside.setdefault(key, []).append(low <= exact[key[0]] <= high)
    for key, covered in inside.items():
        assert abs(np.mean(covered) - 0.95) < 3.5 * np.sqrt(0.95 * 0.05 / seeds), key
