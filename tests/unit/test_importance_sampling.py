"""Paths drawn where the payment is: right far out, weighted as they must be, and moved no more than pays."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.estimators.drift import deviations, shift_of
from greeks.models.base import Draw

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)
FAR = {
    "call five deviations out": gk.European("call", strike=125.0, maturity=0.05),
    "put": gk.European("put", strike=75.0, maturity=1.0),
    "digital": gk.Digital("call", strike=140.0, maturity=0.25),
    "asset digital": gk.Digital("put", strike=70.0, maturity=0.25, payout="asset"),
    "average": gk.Asian("call", strike=120.0, maturity=0.5, fixings=12, averaging="geometric"),
}
ALL = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")


def moved(payoff, model=GBM, greeks=ALL, names="is", **options):
    return gk.estimate(payoff, model, greeks=greeks, estimators=names, analytic=False, **{"paths": 2**15, **options})


@pytest.mark.parametrize("name", FAR)
def test_every_greek_far_out(name):
    """Errors of a hundredth or so where plain paths find nothing, or a tenth of it: a lost ratio is off by far more."""
    found = moved(FAR[name])
    for greek in ALL:
        own = found[greek]
        assert abs(own.value - own.reference) < 4.5 * own.standard_error, greek
        assert own.standard_error < 0.04 * abs(own.reference), greek
        assert own.status == "ok", own.reason


def test_the_work_of_a_function_that_few_paths_meet():
    """The promise is for any function: 100 times less variance where one path in ten thousand pays."""
    wing = gk.Custom(lambda spots: max(spots[-1] - 160.0, 0.0), times=[0.25, 0.5], maturity=0.5)
    both = moved(wing, names="is,lr", greeks=("price", "delta"), paths=2**17)
    for greek in ("price", "delta"):
        one, other = both[greek, "importance_sampling"], both[greek, "likelihood_ratio"]
        assert abs(one.value - other.value) < 4.5 * other.standard_error
        assert 100.0 * one.standard_error**2 < other.standard_error**2
    taken = gk.estimate(wing, GBM, greeks="delta", paths=2**16)["delta"]
    assert taken.estimator == "importance_sampling" and "pilot" in taken.reason


def test_the_drift_is_that_of_the_least_second_moment():
    """Of a digital with level d the second moment is exp(m^2) Phi(-d - m)."""
    for strike in (100.0, 120.0, 150.0):
        digital = gk.Digital("call", strike=strike, maturity=0.25)
        level = (np.log(strike / 100.0) - (0.03 - 0.02) * 0.25) / 0.1
        least = minimize_scalar(lambda m, d=level: m * m + norm.logcdf(-d - m), bounds=(0.0, 8.0), method="bounded")
        assert deviations(digital, GBM) == pytest.approx(least.x, abs=0.5)


def test_nothing_is_moved_where_nothing_is_gained():
    bond = gk.Custom(lambda spots: 100.0 + 0.01 * spots[-1], times=[1.0], maturity=1.0)
    assert deviations(bond, GBM) == 0.0
    never = gk.Custom(lambda spots: 0.0 * spots[-1], times=[1.0], maturity=1.0)
    assert deviations(never, GBM) == 0.0
    still, plain = moved(bond, greeks="delta"), moved(bond, greeks="delta", names="lr")
    assert still["delta"].value == plain["delta"].value


def test_the_ratio_has_mean_one_and_undoes_the_drift():
    dates, n = (0.2, 0.5, 1.0), 2**14
    draw = Draw(stream_key(3, "drift test"), first_of(0), n, n)
    workspace = Workspace()
    paths = GBM.simulate(dates, draw, workspace)
    there, ratio = paths.drifted(np.array([0.5, -0.3, 0.8]), "there")
    weight, spot = ratio[:n], there.spot[:, :n]
    assert abs(weight.mean() - 1.0) < 4.5 * weight.std() / np.sqrt(n)
    for date, row in zip(dates, spot, strict=True):
        forward = weight * row * np.exp(-0.03 * date)
        assert abs(forward.mean() - 100.0) < 4.5 * forward.std() / np.sqrt(n)


@pytest.mark.parametrize("kind", ["asian", "autocallable", "range_accrual", "cliquet", "forward_start", "custom"])
def test_beside_the_likelihood_ratio(kind):
    payoff = (
        PAYOFFS[kind][0]
        if kind in PAYOFFS
        else gk.Custom(lambda s: s[0] * (s[1] > s[0]), times=[0.5, 1.0], maturity=1.0)
    )
    names = ("importance_sampling", "likelihood_ratio")
    one, other = (moved(payoff, names=name, seed=seed, paths=2**16) for seed, name in enumerate(names))
    for greek in ALL:
        if one[greek].status == "na":
            assert "use " in one[greek].reason
            continue
        error = np.hypot(one[greek].standard_error, other[greek].standard_error)
        assert abs(one[greek].value - other[greek].value) < 4.5 * error + 1e-12, greek


def test_the_numbers_do_not_depend_on_what_else_is_asked_for():
    """Moved paths take memory of their own: neither the order of the estimators nor another trade changes a bit."""
    call, other = gk.European("call", strike=120.0, maturity=0.5), gk.Digital("call", strike=90.0, maturity=0.5)
    alone = {
        name: moved(call, names=name, greeks=("price", "delta", "gamma"), paths=5000) for name in ("is", "lr", "fd")
    }
    for order in permutations(("lr", "is", "fd")):
        both = Book((Trade("a", "U", call), Trade("b", "U", other)), {"U": GBM})
        out = gk.run(both, greeks="price,delta,gamma", estimators=",".join(order), paths=5000, threads=2).trades
        rows = out[out.trade_id == "a"].set_index(["greek", "estimator"]).value
        for name in alone:
            for greek, estimator in alone[name]:
                lone = gk.run(
                    Book((Trade("a", "U", call),), {"U": GBM}), greeks="price,delta,gamma", estimators=name, paths=5000
                ).trades.set_index(["greek", "estimator"])
                assert rows[greek, estimator] == lone.value[greek, estimator]


@pytest.mark.parametrize("options", [{"variance_reduction": "antithetic"}, {"sampler": "sobol"}], ids=str)
def test_with_other_techniques(options):
    found = moved(FAR["put"], **options)
    for greek in ALL:
        own = found[greek]
        assert abs(own.value - own.reference) < 4.5 * own.standard_error, greek


def test_what_is_refused_names_what_works():
    heston = moved(FAR["put"], MODELS["heston"], greeks="delta")["delta"]
    assert heston.status == "na" and "heston has no" in heston.reason and ": use " in heston.reason
    always = gk.Barrier("call", strike=100.0, barrier_type="down-and-out", barrier=80.0, maturity=1.0)
    assert "between its dates" in moved(always, greeks="delta")["delta"].reason
    assert shift_of(FAR["average"], GBM).shape == (12,)


def _broken_below(bad):
    def pays(spots):
        return bad if spots[0] < 60.0 else max(spots[0] - 200.0, 0.0)

    return pays


def test_payments_that_are_no_number_are_not_left_behind():
    """Paths that are moved away from them would meet none, and a number would stand where there is none."""
    for bad in (np.nan, np.inf):
        wing = gk.Custom(_broken_below(bad), times=[1.0], maturity=1.0)
        assert deviations(wing, GBM) == 0.0
        found = gk.estimate(wing, GBM, greeks="price,delta", paths=2**16)
        assert {found[greek].status for greek in ("price", "delta")} == {"na"}


def test_a_hedge_keeps_its_paths():
    """Moved paths are 3 times less work for a call alone, and share nothing with what hedges it."""
    call = gk.European("call", strike=105.0, maturity=1.0)
    both = moved(call, greeks="price", names="is,pw", paths=2**16)
    ratio = both["price", "pathwise"].standard_error / both["price", "importance_sampling"].standard_error
    assert 1.5 < ratio < 3.16  # the root of ten
    assert (
        gk.estimate(call, GBM, greeks="price", analytic=False, paths=2**16)["price"].estimator != "importance_sampling"
    )
