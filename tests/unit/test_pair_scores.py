"""Scores of second order of every pair of parameters: path by path from the density, and against closed forms."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations_with_replacement
from math import exp, sqrt

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.errors import UsageError
from greeks.models.base import Draw

TIMES = (0.4, 1.0)
STRIKE = 105.0
PATHS = 64
MILD = replace(MODELS["heston"], vol_of_vol=0.2)


def likelihood(model, log_spot, moves):
    """Density of each path's log-spots given the random numbers of the variance, with parameters moved."""
    workspace = Workspace()
    paths = model.simulate(TIMES, Draw(stream_key(7, "", *TIMES), first_of(0), 1024, PATHS), workspace)
    for k, (greek, step) in enumerate(moves):
        paths = paths.shifted(greek, step, f"moved{k}")
    law, n = paths.returns(()), PATHS
    e = np.diff(log_spot, axis=0, prepend=np.log(paths.model.spot)) - law.mean[:, :n] - law.drift[:, None]
    variance = law.variance[:, :n]
    return np.prod(np.exp(-(e**2) / (2.0 * variance)) / np.sqrt(variance), axis=0)


@pytest.mark.parametrize("model", [MODELS["gbm"], MILD], ids=["gbm", "heston"])
def test_path_by_path_a_weight_is_the_second_derivative_of_the_density(model):
    """Fourth-order mixed differences of the density of the same path, over the density."""
    found = gk.sample_paths(model, times=TIMES, paths=PATHS, seed=7, pairs="all").scores
    log_spot = np.log(gk.sample_paths(model, times=TIMES, paths=PATHS, seed=7).spot)
    base, names = likelihood(model, log_spot, []), model.greeks()
    assert sum(not isinstance(key, str) for key in found) == len(names) * (len(names) + 1) // 2
    rule = ((-2.0, 1 / 12), (-1.0, -2 / 3), (1.0, 2 / 3), (2.0, -1 / 12))
    for a, b in combinations_with_replacement(names, 2):
        ha, hb = (4e-3 * model.step_scale(greek, TIMES) for greek in (a, b))
        moved = sum(
            wa * wb * likelihood(model, log_spot, [(a, pa * ha), (b, pb * hb)]) for pa, wa in rule for pb, wb in rule
        )
        right = moved / (ha * hb * base)
        assert np.abs(found[a, b] - right).max() < 1e-3 * np.abs(right).max(), (a, b)
        assert found[b, a] is found[a, b]


def undiscounted(model, moves):
    """Mean payment of a call, of the closed form, with parameters moved."""
    maturity = TIMES[-1]
    names = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}
    for greek, step in moves:
        if greek == "theta":
            maturity -= step
        elif greek == "vega" and model.kind == "heston":
            model = replace(model, initial_variance=(sqrt(model.initial_variance) + step) ** 2)
        else:
            name = names.get(greek, greek)
            model = replace(model, **{name: getattr(model, name) + step})
    return reference(gk.European("call", strike=STRIKE, maturity=maturity), model)["price"] * exp(model.rate * maturity)


@pytest.mark.parametrize("kind", MODELS)
def test_every_pair_against_a_difference_of_closed_forms(kind):
    """|z| < 4.5 with a control that the model prices; gamma and its like to a tenth."""
    model = MODELS[kind]
    sample = gk.sample_paths(model, times=[1.0], paths=2**16, seed=11, pairs="all")
    values = np.maximum(sample.spot[-1] - STRIKE, 0.0)
    for key, score in sample.scores.items():
        if isinstance(key, str):
            continue
        ha, hb = (2e-3 * model.step_scale(greek, (1.0,)) for greek in key)
        right = sum(
            sa * sb * undiscounted(model, [(key[0], sa * ha), (key[1], sb * hb)])
            for sa in (1.0, -1.0) for sb in (1.0, -1.0)
        ) / (4.0 * ha * hb)  # fmt: skip
        found = gk.score_function_estimate(values, score, baseline=True)
        assert "not 0" not in found.reason, key
        assert abs(found.value - right) < 4.5 * found.standard_error + 1e-9, (key, found, right)
        if "rho" in key and model.futures:  # the rate moves no futures price, so that both are 0
            continue
        if set(key) <= {"delta", "rho", "dividend_rho"}:
            assert 4.5 * found.standard_error < 0.15 * abs(right), key


@pytest.mark.parametrize("kind", MODELS)
def test_the_named_ones_are_pairs_too(kind):
    """Gamma, vanna and volga have weights of their own: the same numbers; and nothing else changes its bits."""
    pairs = [("delta", "delta"), ("vega", "delta")] + [("vega", "vega")] * (kind == "gbm")
    options = {"times": TIMES, "paths": 1500, "seed": 3}
    with_pairs, without = (
        gk.sample_paths(MODELS[kind], pairs=pairs, **options),
        gk.sample_paths(MODELS[kind], **options),
    )
    for greek, pair in zip(("gamma", "vanna", "volga"), pairs, strict=False):
        size = np.abs(without.scores[greek]).max()
        assert np.abs(with_pairs.scores[pair] - without.scores[greek]).max() < 1e-7 * size, greek
    assert (with_pairs.spot == without.spot).all()
    assert all((with_pairs.scores[greek] == without.scores[greek]).all() for greek in without.scores)
    assert f"and {len(pairs)} pairs" in repr(with_pairs) and "pairs" not in repr(without)


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ("gamma", "write pairs='all'"),
        (["gamma"], "no pair of first-order Greeks of gbm"),
        ([("delta", "gamma")], "no pair"),
        ([("delta", "vol_of_vol")], "no pair of first-order Greeks of gbm"),
        ([("delta",)], "no pair"),
        (3, "write pairs='all'"),
    ],
)
def test_what_is_no_pair_is_refused(pairs, words):
    with pytest.raises(UsageError, match=words):
        gk.sample_paths(MODELS["gbm"], times=TIMES, paths=10, pairs=pairs)


def test_a_pair_that_is_not_there_says_why():
    sample = gk.sample_paths(MODELS["gbm"], times=TIMES, paths=10)
    with pytest.raises(KeyError, match="ask for it: sample_paths"):
        _ = sample.scores["vega", "rho"]
    with pytest.raises(KeyError, match="no pair of first-order Greeks of gbm"):
        _ = sample.scores["vega", "correlation"]
    still = gk.GBM(spot=100.0, volatility=0.0)
    assert not gk.sample_paths(still, times=TIMES, paths=10, pairs="all").scores
    wild = replace(MODELS["heston"], vol_of_vol=1.0)
    months = [i / 12 for i in range(1, 13)]
    sample = gk.sample_paths(wild, times=months, paths=10, pairs="all")
    assert ("delta", "vega") in sample.scores and np.isfinite(sample.scores["delta", "vega"]).all()
    with pytest.raises(KeyError, match="such a return has no density"):
        _ = sample.scores["vega", "vega"]
    pinned = replace(MODELS["heston"], mean_reversion=0.0)
    with pytest.raises(KeyError, match="end of its range|stays there"):
        _ = gk.sample_paths(pinned, times=[1.0], paths=10, pairs="all").scores["mean_reversion", "vega"]
