"""Every refusal and every doubt names what to write instead: each advice is taken here, and gives a number."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isfinite

import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.estimators.registry import ANALYTIC, ESTIMATORS
from greeks.names import ORDER

HESTON = MODELS["heston"]
EDGES = {
    "gbm": MODELS["gbm"],
    "volatility 0": replace(MODELS["gbm"], volatility=0.0),
    "heston": HESTON,
    "correlation 1": replace(HESTON, correlation=1.0),
    "correlation -1": replace(HESTON, correlation=-1.0),
    "vol of vol tiny": replace(HESTON, vol_of_vol=1e-4),
    "v0 0": replace(HESTON, initial_variance=0.0),
    "no variance": replace(HESTON, initial_variance=0.0, long_run_variance=0.0),
    "no pull": replace(HESTON, mean_reversion=0.0),
    "no level": replace(HESTON, long_run_variance=0.0),
    "Feller 0.3": replace(HESTON, vol_of_vol=0.75),
    "full truncation": replace(HESTON, scheme="full_truncation"),
}
TRADES = {
    **{f"{kind} {k}": trade for kind, trades in PAYOFFS.items() for k, trade in enumerate(trades) if k % 3 == 0},
    "asset": gk.Digital("call", strike=95.0, maturity=0.5, payout="asset"),
    "monthly": gk.Asian("call", strike=100.0, maturity=1.0, fixings=12),
    "average strike": gk.Asian("call", maturity=1.0, fixing_times=(0.25, 0.5), average_of="strike"),
    "soon": gk.Asian("put", strike=100.0, maturity=0.5, fixing_times=(0.5 / 365, 0.5)),
    "custom": gk.Custom(lambda spots: max(spots[0] - spots[1], 0.0), times=[0.5, 1.0], maturity=1.0),
}
NAMES = (ANALYTIC, *ESTIMATORS)


def inwards(model):
    """The model with every parameter a little off the end of its range."""
    if model.kind != "heston":
        return replace(model, volatility=max(model.volatility, 0.1))
    least = {"initial_variance": 0.01, "long_run_variance": 0.01, "mean_reversion": 0.1}
    moved = {name: max(getattr(model, name), value) for name, value in least.items()}
    return replace(model, **moved, correlation=min(max(model.correlation, -0.9), 0.9))


def numbers(trade, model, **options):
    return gk.estimate(trade, model, greeks=list(ORDER), paths=64, threads=1, **options)


@pytest.mark.parametrize("edge", EDGES)
def test_every_advice_gives_a_number(edge):
    model, taken = EDGES[edge], 0
    for what, trade in TRADES.items():
        found = numbers(trade, model, estimators=NAMES)
        auto = numbers(trade, model, analytic=False)
        moved = None
        for key in [*found, *auto]:
            greek, _ = key
            cell = found[key] if key in found else auto[key]
            advice = re.search(r"use ([a-z_]+)(?: or ([a-z_]+))?$", cell.reason)
            if advice and ("; use" in cell.reason or ": use" in cell.reason):
                for name in filter(None, advice.groups()):
                    taken += 1
                    assert name in NAMES, (what, key, cell.reason)
                    other = found[greek, name]
                    assert other.status != "na" and isfinite(other.value), (what, key, cell.reason, other.reason)
                    if cell.status == "warn":
                        assert name != key[1], (what, key, cell.reason)
            elif cell.status == "na" and "value it under gbm" in cell.reason:
                assert model.kind == "heston", (what, key)
                moved = moved or numbers(trade, MODELS["gbm"])
                assert greek in ORDER[9:] or moved[greek].status != "na", (what, key)
            elif cell.status == "na" and "leave it out" in cell.reason:
                assert not set(ORDER[9:]) & {greek} or model.kind != "heston", (what, key)
            elif cell.status == "na":
                assert re.search("off the end of its range|kink or jump", cell.reason), (what, key, cell.reason)
                moved = moved or numbers(trade, inwards(model), analytic=False)
                other = moved[greek]
                assert other.status != "na" and isfinite(other.value), (what, key, cell.reason, other.reason)
    assert taken > 20


def test_the_advice_is_asked_not_written():
    """Volga under Heston has neither a mixed estimator nor a weight: the advice once named both."""
    call = gk.European("call", strike=100.0, maturity=1.0)
    reason = gk.estimate(call, HESTON, greeks="volga", estimators="pw", paths=64)["volga"].reason
    assert reason.endswith("misses the kink: use finite_difference")
    reason = gk.estimate(call, MODELS["gbm"], greeks="vanna", estimators="pw", paths=64)["vanna"].reason
    assert reason.endswith("misses the kink: use mixed or likelihood_ratio")
    tied = replace(HESTON, correlation=1.0)
    reason = gk.estimate(call, tied, greeks="correlation", estimators="fd", paths=64)["correlation"].reason
    assert reason.endswith("at the end of its range: use analytic")
