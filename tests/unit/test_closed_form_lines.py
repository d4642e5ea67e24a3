"""The registry of closed forms: one line a form, imported on demand, and no doubtful value."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import greeks as gk
from greeks.analytic import registry


def test_every_line_names_a_module_with_a_reference():
    for product, model, module, source in registry.LINES:
        assert callable(import_module(f"greeks.analytic.{module}").reference), (product, model)
        assert source.startswith(("closed form", "semi-analytic"))


@pytest.fixture
def form(monkeypatch):
    """A closed form of a test; the registry's line is (oddity, gbm)."""
    module = ModuleType("greeks.analytic.oddity")
    module.reference = lambda payoff, model: payoff.values
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(registry._BY_PAIR, ("oddity", "gbm"), (("oddity", "closed form (here)"),))
    return module


class Oddity(SimpleNamespace):
    kind, lag = "oddity", 0.0
    __hash__ = object.__hash__


MODEL = gk.GBM(spot=100, volatility=0.2)


def test_the_first_line_that_knows_the_contract_counts(form):
    trade = Oddity(values={"price": 2.0, "delta": 1.0})
    assert registry.reference(trade, MODEL) == {"price": 2.0, "delta": 1.0}
    assert registry.source(trade, MODEL) == "closed form (here)"


def test_a_greek_that_is_not_finite_is_not_known(form):
    assert registry.reference(Oddity(values={"price": 2.0, "gamma": math.nan}), MODEL) == {"price": 2.0}
    trade = Oddity(values={"price": math.inf, "delta": 1.0})
    assert registry.reference(trade, MODEL) == {} and registry.source(trade, MODEL) == ""


def test_an_arithmetic_error_is_no_reference(form):
    form.reference = lambda payoff, model: {"price": 1.0 / 0.0}
    trade = Oddity()
    assert registry.reference(trade, MODEL) == {} and registry.source(trade, MODEL) == ""


def test_a_contract_without_a_line_need_not_be_hashable():
    assert registry.reference(SimpleNamespace(kind="unknown", terms=[]), MODEL) == {}


def test_an_exact_value_is_a_plain_number(form):
    """JSON has no word for NumPy's, nor for what is counted with them."""
    found = registry.reference(Oddity(values={"price": np.float64(1.5), "delta": 1}), MODEL)
    assert [type(value) for value in found.values()] == [float, float]
