"""Sums over dates, each amount weighted up to its own date: right, with less error, and refused where there is none."""

from __future__ import annotations

from dataclasses import KW_ONLY
from math import exp, hypot
from typing import ClassVar

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.estimators.registry import PREFERENCE
from greeks.payoffs.base import Payoff, Smoothness
from greeks.payoffs.forms import Payments
from greeks.spec import spec

GBM = MODELS["gbm"]
DATES = (0.25, 0.5, 0.75, 1.0)
LEVELS = (95.0, 100.0, 105.0, 98.0)


@spec
class Strip(Payoff):
    """1 at the maturity for each date with the spot beyond a level, or with a return beyond one; and 2 for nothing."""

    kind: ClassVar[str] = "strip"
    smoothness: ClassVar[Smoothness] = "discontinuous"
    reads_of_an_amount: str
    _: KW_ONLY
    returns: bool = False
    maturity: float = 1.25

    @property
    def payments(self):
        return Payments(self.reads_of_an_amount)

    def dates(self):
        return DATES

    def settled(self, spot):
        return None

    def amounts(self, paths, workspace, out):
        if self.returns:
            out[1:] = paths.spot[1:] > 1.05 * paths.spot[:-1]
            out[0] = 0.0
        else:
            out[:] = paths.spot > np.array(LEVELS)[:, None]

    def values(self, paths, workspace, out):
        rows = np.empty_like(paths.spot)
        self.amounts(paths, workspace, rows)
        out[:] = 2.0 + rows.sum(axis=0)


def exact(model, greek, carry=True):
    """The strip as digitals that pay late, and the 2."""
    total = 0.0
    for date, level in zip(DATES, LEVELS, strict=True):
        late = exp(-model.rate * (1.25 - date))
        digital = gk.estimate(gk.Digital("call", strike=level, maturity=date), model, greeks=["price", greek])
        total += late * digital[greek].value - (greek == "rho") * (1.25 - date) * late * digital["price"].value
    bond = 2.0 * exp(-1.25 * model.rate)
    return total + bond * {"price": 1.0, "rho": -1.25, "theta": model.rate}.get(greek, 0.0)


@pytest.mark.parametrize("reads", ["spot", "path"])
@pytest.mark.parametrize("kind", MODELS)
def test_a_strip_of_digitals_has_the_greeks_of_its_digitals(kind, reads):
    """Every Greek against closed forms; a weight of the whole path has up to several times the error."""
    model = MODELS[kind]
    options = {"greeks": "all", "paths": 2**15, "steps_per_year": 8}
    names = ("additive", "likelihood_ratio")
    found, whole = (gk.estimate(Strip(reads), model, estimators=name, seed=4, **options) for name in names)
    for greek in {greek for greek, _ in found} - ({"volga"} if kind == "heston" else set()):
        own, right = found[greek], exact(model, greek)
        assert abs(own.value - right) < 4.5 * own.standard_error + (0.01 * abs(right) if kind == "heston" else 0.0), (
            greek, own, right,
        )  # fmt: skip
        assert own.standard_error < 1.02 * whole[greek].standard_error, greek
        if greek == "rho" and model.futures:  # it is -T times the price, whose weight there is none
            continue
        assert own.standard_error < (0.5 if reads == "spot" else 0.8) * whole[greek].standard_error or greek not in (
            "vega", "rho", "volga", "mean_reversion", "vol_of_vol",
        )  # fmt: skip


@pytest.mark.parametrize("kind", MODELS)
def test_amounts_on_one_return(kind):
    """Against the likelihood ratio of the whole path; what moves the first return alone moves nothing here."""
    model, options = MODELS[kind], {"greeks": "all", "paths": 2**15, "steps_per_year": 8}
    found = gk.estimate(Strip("return", returns=True), model, estimators="additive", seed=5, **options)
    whole = gk.estimate(Strip("return", returns=True), model, estimators="likelihood_ratio", seed=6, **options)
    for greek in {greek for greek, _ in found} - ({"volga"} if kind == "heston" else set()):
        own, other = found[greek], whole[greek]
        spread = hypot(own.standard_error, other.standard_error)
        assert abs(own.value - other.value) < 4.5 * spread, (greek, own, other)
    assert found["gamma"].value == 0.0
    assert found["vega"].standard_error < 0.7 * whole["vega"].standard_error or kind == "heston"


def test_the_amounts_of_a_note_are_its_payment():
    """Weighted up to its own payments: against one-step survival, and with less error than by the whole path."""
    for note in PAYOFFS["autocallable"]:
        names = ("additive", "likelihood_ratio", "one_step_survival")
        found = gk.estimate(note, GBM, greeks="all", estimators=names, paths=2**15, seed=7)
        for greek in {greek for greek, _ in found}:
            own, other, right = (found[greek, name] for name in names)
            assert abs(own.value - right.value) < 4.5 * hypot(own.standard_error, right.standard_error), (greek, own)
            assert own.standard_error < 1.02 * other.standard_error
        assert found["vega", names[0]].standard_error < 0.9 * found["vega", names[1]].standard_error


def test_what_is_no_sum_is_refused_and_auto_prefers_the_lesser_error():
    found = gk.estimate(gk.European("call", strike=100.0, maturity=1.0), GBM, greeks="delta", estimators="additive")
    assert found["delta"].reason.startswith("the payment is no sum of amounts that are each known at a date: use ")
    taken = gk.estimate(Strip("spot"), GBM, greeks="delta,gamma,vega", paths=1024)
    assert {name for _, name in taken} == {"additive"}
    note = gk.estimate(PAYOFFS["autocallable"][0], GBM, greeks="delta", estimators="pathwise", paths=64)
    assert "use first_return or one_step_survival" in note["delta"].reason
    assert PREFERENCE.index("additive") < PREFERENCE.index("likelihood_ratio")


def test_where_a_later_return_may_have_no_variance_a_spot_has_a_density_still():
    """Each spot has the variance of all returns before it."""
    wild = gk.Heston(
        spot=100.0, initial_variance=0.04, mean_reversion=0.5, long_run_variance=0.04, vol_of_vol=1.5, correlation=-0.9
    )
    rows = {
        reads: gk.estimate(Strip(reads), wild, greeks="rho", estimators="additive", paths=2**14)["rho"]
        for reads in ("spot", "path")
    }
    assert "no density" in rows["path"].reason
    assert rows["spot"].status != "na"
    assert abs(rows["spot"].value - exact(wild, "rho")) < 4.5 * rows["spot"].standard_error + 0.05
