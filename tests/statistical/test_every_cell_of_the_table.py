"""Every cell of the table of what is valid, over the registries: each number that claims to be right is compared.

A payoff, model or estimator of the registries is here by itself, through the zoo; a cell that nothing is compared with
fails, and so does one whose comparison would not see a fault of the stated size.

Power: |z| < 4.5 lets a fault of 6.5 errors pass once in 40. ``FAULTS`` states, for a million paths, the fault that each
cell must see, relative to the number or to a quarter of its natural scale: 5 % of the price and of every first derivative
(7 % of differences, 10 % of weights), and what the noise of second derivatives allows. Fewer paths see sqrt(2^20 /
paths) times as much: 40 % in the tests that always run, a sign or a factor of 2. The same numbers are held path by path
to 1e-9 in tests/unit/test_engine_against_naive.py.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import pytest
from cells import Cells
from zoo import MODELS, PAYOFFS

from greeks.estimators.registry import ESTIMATORS
from greeks.names import SECOND_ORDER

QUICK, MILLION = 2**14, 2**20
SLOW = {"gbm": MILLION, "black76": MILLION, "heston": 2**18}
FIRST = 0.05
OF_FIRST = {"likelihood_ratio": 0.10, "additive": 0.10, "finite_difference": 0.07, "importance_sampling": 0.16}
FAULTS = {  # gamma, vanna, volga
    "likelihood_ratio": (0.5, 0.8, 2.2),
    "importance_sampling": (0.5, 0.8, 2.2),  # for a payment near the money nothing is gained
    "additive": (0.5, 0.8, 2.2),
    "finite_difference": (0.4, 0.4, 1.6),
    "mixed": (0.08, 0.3, 0.4),
    "one_step_survival": (0.08, 0.2, 0.3),
    "first_return": (0.08, 0.3, 0.0),
}
SECOND = (0.08, 0.12, 0.12)  # of the other estimators
BEST = {"gamma": 0.05, "vanna": 0.25, "volga": 1.6}  # by the estimator that sees most

# Product, model, Greek, estimator (blank for each): why no comparison sees enough.
EXEMPT: dict[tuple[str, str, str, str], str] = {}
CONTRACTS = [(model, trade) for model in MODELS for trades in PAYOFFS.values() for trade in trades]


def stated(greek, estimator, paths):
    """The fault that a cell must see."""
    if greek in SECOND_ORDER:
        found = FAULTS.get(estimator, SECOND)[("gamma", "vanna", "volga").index(greek)]
    else:
        found = OF_FIRST.get(estimator, FIRST)
    return found * sqrt(MILLION / paths)


@cache
def cells(model, trade, paths):
    return Cells(trade, MODELS[model], paths)


def exempt(model, trade, greek, estimator):
    return any((trade.kind, model, part, name) in EXEMPT for part in (greek, "") for name in (estimator, ""))


def problems(model, trade, paths):
    """What is wrong with the cells of a contract under a model."""
    found = cells(model, trade, paths)
    told, best = [], {}
    for greek, estimator in found.claimed:
        if exempt(model, trade, greek, estimator):
            continue
        compared = found.compare(greek, estimator)
        if compared is None:
            told.append(f"{greek} by {estimator}: nothing to compare it with")
            continue
        best[greek] = min(best.get(greek, compared.fault), compared.fault)
        if not compared.z < 4.5:
            told.append(f"wrong: {compared}")
        if not compared.fault < stated(greek, estimator, paths):
            told.append(f"sees less than the {stated(greek, estimator, paths):.0%} that it must: {compared}")
    for greek, fault in best.items():
        least = BEST.get(greek, FIRST) * sqrt(MILLION / paths)
        if not fault < least:
            told.append(f"{greek}: the best estimator sees {fault:.0%}, not {least:.0%}")
    return told


@pytest.mark.parametrize(("model", "trade"), CONTRACTS, ids=str)
def test_every_number_is_right(model, trade):
    if found := problems(model, trade, QUICK):
        pytest.fail("\n".join(found))


@pytest.mark.slow
@pytest.mark.parametrize(("model", "trade"), CONTRACTS, ids=str)
def test_every_number_is_right_to_five_per_cent(model, trade):
    if found := problems(model, trade, SLOW[model]):
        pytest.fail("\n".join(found))


def test_every_estimator_and_every_greek_is_compared():
    """No column of the table is empty, and no exemption is left over."""
    claimed = {(model, *key) for model, trade in CONTRACTS for key in cells(model, trade, QUICK).claimed}
    assert {estimator for *_, estimator in claimed} == set(ESTIMATORS) - {
        "full_likelihood_ratio"
    }  # doubted: its scheme
    for name, model in MODELS.items():
        assert {greek for kind, greek, _ in claimed if kind == name} == {"price", *model.greeks(), *SECOND_ORDER}
    for (product, model, greek, estimator), why in EXEMPT.items():
        assert why
        assert any(
            kind == model and trade.kind == product and (greek or one) == one and (estimator or other) == other
            for kind, trade in CONTRACTS
            for one, other in cells(kind, trade, QUICK).claimed
        )


@pytest.mark.parametrize(("model", "trade"), CONTRACTS, ids=str)
def test_every_refusal_names_an_estimator_that_gives_the_number(model, trade):
    found = cells(model, trade, QUICK)
    if trade.early and model == "heston":  # known of a lognormal spot alone
        assert all("value it under gbm" in reason or "leave it out" in reason for reason in found.refused.values())
        return
    for (greek, estimator), reason in found.refused.items():
        advised = [name for name in ESTIMATORS if f"use {name}" in reason or f"or {name}" in reason]
        advised += ["analytic"] if "use analytic" in reason else []
        assert advised, (greek, estimator, reason)
        for name in advised:
            assert found.gives(greek, name), (greek, estimator, reason)


def test_a_fault_of_the_size_that_a_cell_sees_is_seen():
    """The power is what it is said to be: of numbers off by that much, either way, nine in ten are called wrong."""
    seen = []
    for model, trade in CONTRACTS[::5]:
        found = cells(model, trade, QUICK)
        for key in found.claimed:
            compared = found.compare(*key)
            gap = compared.value - compared.reference.value
            seen += [abs(gap + side * 6.5 * compared.error) > 4.5 * compared.error for side in (1, -1)]
    assert len(seen) > 400
    assert sum(seen) > 0.9 * len(seen)
