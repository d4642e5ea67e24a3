"""The continuous part along the path and the jump by its score, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.estimators.registry import ESTIMATORS

ASSET = gk.Digital("call", strike=95.0, maturity=0.5, payout="asset")


@pytest.mark.parametrize("model", MODELS)
def test_every_cell_of_an_asset_digital(model):
    """A part that is forgotten is a fifth of delta; errors are below a tenth of it."""
    found = gk.estimate(ASSET, MODELS[model], greeks="all", estimators="split", paths=2**17)
    score = gk.estimate(ASSET, MODELS[model], greeks="delta", estimators="lr", paths=2**17)["delta"]
    for greek in ("price", *MODELS[model].greeks(), "gamma", "vanna"):
        own = found[greek]
        assert own.status == "ok", (greek, own.reason)
        assert abs(own.value - own.reference) < 4.5 * own.standard_error + 0.004 * abs(own.reference), greek
    assert found["delta"].standard_error < min(0.1, score.standard_error)
    assert found["volga"].status == "na"


def test_what_has_one_part_only_is_refused():
    for trade, word in ((gk.European("call", strike=95.0, maturity=0.5), "no jump"),
                        (gk.Digital("call", strike=95.0, maturity=0.5), "jump alone")):  # fmt: skip
        reason = gk.estimate(trade, MODELS["gbm"], greeks="delta", estimators="split", paths=64)["delta"].reason
        assert word in reason and any(name in reason.split(": use ")[1] for name in ESTIMATORS)


@pytest.mark.parametrize("model", MODELS)
def test_scores_of_sampled_paths_of_both_orders(model):
    market = MODELS[model]
    sample = gk.sample_paths(market, times=[0.5], paths=2**17, seed=5)
    values = np.exp(-0.5 * market.rate) * np.where(sample.spot[-1] > 100.0, 1.0, 0.0)
    exact = gk.estimate(gk.Digital("call", strike=100.0, maturity=0.5), market, greeks="all", estimators="analytic")
    wanted = [greek for greek, _ in exact if greek not in ("price", "rho", "theta")]
    for greek in wanted:
        if model == "heston" and greek == "volga":
            with pytest.raises(KeyError, match="no likelihood-ratio weight for volga"):
                sample.scores[greek]
            continue
        own = gk.score_function_estimate(values, sample.scores[greek], baseline=True)
        assert abs(own.value - exact[greek].value) < 4.5 * own.standard_error + 0.004 * abs(exact[greek].value), greek
    assert {"gamma", "vanna"} < set(sample.scores)
