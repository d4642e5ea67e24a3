"""Finite differences: the jump they may miss, the room they have, the bias they measure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.generator import first_of
from greeks.core.workspace import Workspace
from greeks.estimators.measures import Crossings
from greeks.estimators.steps import ROOM, room, steps
from greeks.execution.threads import run_jobs
from greeks.models.base import Draw
from greeks.names import SECOND_ORDER
from greeks.planning import Settings, plan

FAR = gk.Heston(
    spot=100.0,
    rate=0.03,
    dividend_yield=0.01,
    initial_variance=0.09,
    mean_reversion=0.3,
    long_run_variance=0.09,
    vol_of_vol=0.7,
    correlation=-0.7,
)
GBM = gk.GBM(spot=100.0, rate=0.03, dividend_yield=0.01, volatility=0.2)
FIVE_DAYS = 5 / 365


def _asset(spots):
    return spots[-1] if spots[-1] > 95.0 else 0.0


def _call(spots):
    return max(spots[-1] - 95.0, 0.0)


def _up_and_out(spots):
    return max(spots[-1] - 100.0, 0.0) if spots[-1] < 108.0 else 0.0


def custom(function, maturity):
    return gk.Custom(function, times=(maturity,), maturity=maturity)


def difference(payoff, model, greek, **options):
    return gk.estimate(payoff, model, greeks=greek, estimators="finite_difference", **options)[
        greek, "finite_difference"
    ]


def test_auto_needs_no_crossing_where_a_payoff_may_jump():
    found = gk.estimate(custom(_asset, FIVE_DAYS), FAR, greeks="mean_reversion")
    (number,) = found.to_frame().itertuples()
    twin = gk.Digital("call", strike=95.0, maturity=FIVE_DAYS, payout="asset")
    exact = reference(twin, FAR)["mean_reversion"]
    assert exact == pytest.approx(2.176e-3, rel=1e-3)
    assert number.estimator == "measure_valued"
    assert abs(number.value - exact) < 4.5 * number.standard_error


def test_a_difference_that_never_met_the_jump_is_warned_of():
    found = difference(custom(_asset, FIVE_DAYS), FAR, "mean_reversion")
    assert found.status == "warn" and "on 0 of 262144 paths" in found.reason
    declared = difference(
        gk.Digital("call", strike=95.0, maturity=FIVE_DAYS, payout="asset"), FAR, "mean_reversion", analytic=False
    )
    assert declared.status == "warn" and "on 0 of 262144 paths" in declared.reason
    hidden = difference(custom(_up_and_out, FIVE_DAYS), FAR, "mean_reversion")  # its kink is no jump
    assert hidden.status == "warn" and "use likelihood_ratio" in hidden.reason


@pytest.mark.parametrize("greek", ["delta", "gamma", "vega", "rho", "theta"])
def test_a_smooth_custom_payoff_is_not_warned_of(greek):
    """No jump is suspected; the step of the gamma is off by half an error at 65,536 paths, and may be said to be."""
    found = difference(custom(_call, 1.0), GBM, greek, paths=65_536)
    assert found.causes <= ({"bias"} if greek == "gamma" else set())


def test_crossings_are_counted_as_by_hand():
    """Paths between the two sides' images of the strike, counted with NumPy; and the same from any merging."""
    payoff, paths = gk.Digital("call", strike=103.0, maturity=0.5), 30_000
    book = Book((Trade("t", "u", payoff),), {"u": GBM})
    layout = plan(book, Settings(("delta",), ("finite_difference",), paths, 9))
    (job,) = layout.jobs
    (cell,) = layout.cells
    row = cell.measures[Crossings.name]
    total = run_jobs([(job, 0, paths)], threads=2)[0].total()
    spot = GBM.simulate(job.dates, Draw(job.key, first_of(0), job.width, paths), Workspace()).spot[0, :paths]
    up = steps(payoff, GBM, "delta", 1.0)["delta"] / GBM.spot
    crossed = (spot * (1 + up) > 103.0) & (spot * (1 - up) <= 103.0)
    assert round(total[row, 0] * total[row, 1]) == crossed.sum() > 1000
    deviation = GBM.volatility * math.sqrt(0.5)
    assert total[row + 1, 1] == pytest.approx(up / deviation, rel=1e-9)
    assert np.array_equal(total, run_jobs([(job, 0, paths)], threads=1)[0].total())


@pytest.mark.parametrize("bump", [0.01, 1.0, 4.0])
@pytest.mark.parametrize("model", [*MODELS.values(), FAR], ids=[*MODELS, "far"])
def test_no_step_leaves_its_range(model, bump):
    dated = gk.Custom(_asset, times=(0.01, 0.5, 2.0), maturity=2.0)
    for payoff in (dated, *(payoff for kind in PAYOFFS.values() for payoff in kind)):
        for greek in (*model.greeks(), "gamma", "vanna", "volga"):
            for part, step in steps(payoff, model, greek, bump).items():
                assert 0.0 < step <= ROOM * room(model, part, payoff.dates())
                assert part in SECOND_ORDER.get(greek, (greek,))
            if greek == "theta":
                assert steps(payoff, model, greek, 1.0)["theta"] <= 0.1 * payoff.dates()[0] * (1 + 1e-12)


def _chooser(spots):
    return 1.0 if spots[0] > 100.0 and spots[1] > 100.0 else 0.0


@pytest.mark.parametrize("bump", [1.0, 4.0])
def test_theta_of_a_dated_jump(bump):
    """The likelihood ratio is unbiased; the difference is within its own error and measured bias of it, or warned of."""
    payoff = gk.Custom(_chooser, times=(0.05, 1.0), maturity=1.0)
    by = difference(payoff, GBM, "theta", bump=bump, paths=400_000)
    right = gk.estimate(payoff, GBM, greeks="theta", estimators="likelihood_ratio", paths=400_000)["theta"]
    error = math.hypot(by.standard_error, right.standard_error)
    assert math.isfinite(by.value)
    assert by.status == "warn" or abs(by.value - right.value) < 4 * error


@pytest.mark.parametrize(
    ("payoff", "greek"),
    [
        (gk.European("call", strike=100.0, maturity=0.1), "gamma"),
        (gk.European("call", strike=110.0, maturity=0.5), "volga"),
        (gk.Digital("call", strike=110.0, maturity=0.5), "delta"),
        (gk.European("put", strike=90.0, maturity=0.1), "vanna"),
    ],
    ids=str,
)
def test_the_measured_bias_is_that_of_the_bumped_closed_form(payoff, greek):
    from greeks.estimators.registry import ESTIMATORS
    from greeks.spec import shifted

    bump = 3.0
    names = {"delta": "spot", "vega": "volatility"}
    total = 0.0
    for factor, shifts in ESTIMATORS["finite_difference"].stencil(payoff, GBM, greek, bump):
        model = GBM
        for part, step in shifts:
            model = shifted(model, names[part], step)
        total += factor * reference(payoff, model)["price"]
    expected = total - reference(payoff, GBM)[greek]
    found = difference(payoff, GBM, greek, bump=bump, paths=2_000_000)
    assert found.bias == pytest.approx(expected, rel=0.35)
    assert found.status == "warn" and "measured bias" in found.reason
    assert abs(found.value - found.bias - reference(payoff, GBM)[greek]) < 5 * found.standard_error + 0.3 * abs(
        found.bias
    )
