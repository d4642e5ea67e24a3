"""Measure-valued derivatives: the laws of the moved returns, the cells they give, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.generator import first_of
from greeks.core.workspace import Workspace
from greeks.estimators.measure_kernels import displace
from greeks.execution.threads import run_jobs
from greeks.models.base import Draw
from greeks.planning import Settings, plan

DIGITAL = gk.Digital("put", strike=92.0, maturity=0.5, cash=20.0)
DATED = gk.Asian("put", strike=102.0, maturity=1.0, fixing_times=(0.4, 0.7, 0.9), averaging="geometric")


def test_the_laws_of_a_moved_return():
    """Rayleigh on either side, and a double-sided Maxwell that keeps its side and is further out than the normal."""
    n, rng = 400_000, np.random.default_rng(3)
    z, u, s, mean = rng.standard_normal(n), rng.random(n), 0.3, 0.1
    moved = []
    for kind in range(3):
        out = np.empty(n)
        law = np.array([mean]), np.array([s * s]), 0.05, 4.6
        displace(4.6 + mean + 0.05 + s * z, z, False, *law, u, kind, n, out)
        moved.append((out + s * z) / s)
    up, down, wide = moved
    np.testing.assert_allclose(down, -up)
    assert (wide * z > 0).all() and (abs(wide) > abs(z)).all()
    error = 4.0 / np.sqrt(n)
    assert abs(up.mean() - np.sqrt(np.pi / 2)) < error and abs((up**2).mean() - 2.0) < 2 * error
    assert abs((wide**2).mean() - 3.0) < 4 * error and abs((wide**4).mean() - 15.0) < 40 * error


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("trade", [DIGITAL, DATED], ids=["digital", "dated"])
def test_every_cell_beside_the_likelihood_ratio(model, trade):
    """Right, and with at most half of the error: a coupling that is lost, or a forgotten law, fails one or the other."""
    names, options = ("measure_valued", "likelihood_ratio"), {"greeks": "all", "paths": 2**16}
    found, score = (
        gk.estimate(trade, MODELS[model], estimators=name, seed=i, **options) for i, name in enumerate(names)
    )
    for greek in (*MODELS[model].greeks(), "gamma"):
        own, other = found[greek, names[0]], score[greek, names[1]]
        exact = own.reference if own.reference == own.reference else other.value
        error = np.hypot(own.standard_error, 0.0 if own.reference == own.reference else other.standard_error)
        assert abs(own.value - exact) < 4.5 * error + 0.004 * abs(exact), greek
        if greek != "rho" or not MODELS[model].futures:  # of a futures price it is -T times the price
            assert own.standard_error < 0.6 * other.standard_error, greek


def test_what_is_refused_names_what_works():
    model, many = MODELS["gbm"], gk.Asian("call", strike=100.0, maturity=1.0, fixings=33)
    found = gk.estimate(many, model, greeks="delta,gamma,theta,vega,vanna", estimators="mvd", paths=64)
    assert {greek for greek, _ in found if found[greek].status == "na"} == {"vega", "vanna"}
    assert (
        found["vega"].reason == "vega would move each of 33 returns on its own: 32 at most: use conditional or pathwise"
    )
    still = gk.GBM(spot=100.0, volatility=0.0)
    assert "no density" in gk.estimate(DIGITAL, still, greeks="delta", estimators="mvd", paths=64)["delta"].reason


def asset(spots):
    return spots[-1] if spots[-1] > 100.0 else 0.0


def pairs(payoff, model, greek, paths=2**16):
    return gk.estimate(payoff, model, greeks=greek, estimators="measure_valued", analytic=False, paths=paths)[greek]


def test_a_jump_that_no_pair_met_is_said():
    """Half of the paths lie beyond the jump, and no near and far path on either side: what is left varies little."""
    short, still = gk.Custom(asset, times=[0.003], maturity=0.003), gk.GBM(spot=100.0, volatility=1e-4)
    declared = gk.Digital("call", strike=100.0, maturity=0.003, payout="asset")
    for payoff in (short, declared):
        for greek in ("gamma", "vega", "theta"):
            found = pairs(payoff, still, greek)
            assert found.status == "warn" and "met the jump on 0 of 65536 paths" in found.reason
        assert pairs(payoff, still, "delta").status == "ok"  # up and down lie on either side, every time


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("kind", ["digital", "autocallable", "barrier", "touch", "range_accrual"])
def test_a_jump_that_is_met_is_not_doubted(kind, model):
    payoff = gk.Digital("call", strike=101.0, maturity=0.5) if kind == "digital" else PAYOFFS[kind][0]
    for greek in ("delta", "gamma", "vega"):
        found = pairs(payoff, MODELS[model], greek, 2**13)
        assert found.status == "na" or "pairs of moved paths" not in found.reason


def test_pairs_are_counted_as_by_hand():
    """Near and far paths about a strike, from the same random numbers; and the same by any number of threads."""
    payoff, model, paths = gk.Digital("call", strike=101.0, maturity=0.5), gk.GBM(spot=100.0, volatility=0.2), 20_000
    book = Book((Trade("t", "u", payoff),), {"u": model})
    layout = plan(book, Settings(("vega",), ("measure_valued",), paths, 9))
    (job,), (cell,) = layout.jobs, layout.cells
    total = run_jobs([(job, 0, paths)], threads=2)[0].total()
    draw = Draw(job.key, first_of(0), job.width, paths)
    simulated = model.simulate(job.dates, draw, Workspace())
    s, u = 0.2 * np.sqrt(0.5), simulated.uniforms(2**34)[0, :paths]
    z = (simulated.log_spot[0, :paths] - np.log(100.0) + 0.5 * s * s) / s
    level, rayleigh = (np.log(1.01) + 0.5 * s * s) / s, np.sqrt(-2.0 * np.log(u))
    far = np.sign(z) * np.sqrt(z * z + rayleigh**2)
    rows = total[[cell.measures["measure_valued/crossings"] + k for k in (0, 1)]]
    assert round(paths * rows[0, 1]) == ((rayleigh > level) != (-rayleigh > level)).sum() > 1000
    assert round(paths * rows[1, 1]) == ((z > level) != (far > level)).sum() > 1000
    assert np.array_equal(total, run_jobs([(job, 0, paths)], threads=1)[0].total())


def test_the_pairs_alone_are_those_beside_the_number():
    """The measure takes what the estimator kept, or does the same again."""
    payoff, model = PAYOFFS["autocallable"][0], MODELS["heston"]
    layout = plan(Book((Trade("t", "u", payoff),), {"u": model}), Settings(("vega",), ("measure_valued",), 4096, 9))
    (job,), (cell,) = layout.jobs, layout.cells
    beside = run_jobs([(job, 0, 4096)], threads=1)[0].total()
    (line,) = job.lines
    (asked,) = (request for request in line.requests if request.estimator == "measure_valued/crossings")
    alone = replace(job, lines=(replace(line, requests=(asked,)),), net_rows=0, net_groups=())
    first = cell.measures["measure_valued/crossings"]
    assert np.array_equal(run_jobs([(alone, 0, 4096)], threads=1)[0].total(), beside[first : first + 2])
