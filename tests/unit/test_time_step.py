"""The time-step bias of Heston, measured by a grid twice as fine on a part of the paths."""

from __future__ import annotations

import math

import numpy as np
import pytest
from zoo import MODELS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.controls import remove
from greeks.core.generator import first_of
from greeks.core.moments import standard_error
from greeks.core.workspace import Workspace
from greeks.execution.threads import run_jobs
from greeks.models.base import Draw
from greeks.models.heston_grids import both_grids, controls, join_normals, join_uniforms, with_mean_0
from greeks.planning import Settings, plan
from greeks.planning.measured import grid_bias, grid_paths
from greeks.simulation.block import run_block

VIOLATED = gk.Heston(
    spot=100.0,
    rate=0.03,
    dividend_yield=0.01,
    initial_variance=0.04,
    mean_reversion=0.5,
    long_run_variance=0.04,
    vol_of_vol=1.0,
    correlation=-0.9,
)
DIGITAL = gk.Digital("call", strike=100.0, maturity=0.25)
OPTIONS = {"estimators": "conditional", "analytic": False}


def test_drivers_of_whole_steps_have_the_distribution_of_drivers():
    generator = np.random.default_rng(4)
    for join, draw in ((join_uniforms, generator.random), (join_normals, generator.standard_normal)):
        halves, out = draw((4, 100_000)), np.empty((2, 100_000))
        join(halves, 100_000, out)
        alike = draw(200_000)
        assert out.mean() == pytest.approx(alike.mean(), abs=0.01)
        assert out.std() == pytest.approx(alike.std(), rel=0.01)
        assert abs(np.corrcoef(out)[0, 1]) < 0.02 and np.corrcoef(out[0], halves[0] + halves[1])[0, 1] > 0.95
    extreme = np.full((2, 1), 1.0 - 2.0**-53)
    join_uniforms(extreme, 1, out[:1, :1])
    assert 0.0 < out[0, 0] < 1.0


@pytest.mark.parametrize("scheme", ["qe", "full_truncation"])
def test_both_grids_meet_the_same_dates(scheme):
    from dataclasses import replace

    model, dates, workspace = replace(MODELS["heston"], scheme=scheme), (0.02, 0.5), Workspace()
    fine, own = both_grids(model, dates, Draw((1, 2), first_of(0), 4096, 4096, None), workspace)
    assert fine.substeps == tuple(2 * steps for steps in own.substeps) and own.substeps == model.substeps(dates, None)
    difference = np.log(fine.spot[:, :4096] / own.spot[:, :4096])
    assert 0.0 < difference.std() < 0.1 * np.log(own.spot[1, :4096]).std()


def test_a_control_takes_what_least_squares_takes():
    generator = np.random.default_rng(7)
    control, noise = generator.normal(0.3, 2.0, 5000), generator.normal(size=5000)
    row = 1.0 + 0.4 * control + noise
    slope = np.polyfit(control, row, 1)[0]
    left = row.copy()
    remove(control, 5000, left)
    assert left == pytest.approx(row - slope * control, abs=1e-12)
    for nothing in (np.zeros(5000), np.full(5000, 1e200) * control):
        untouched = row.copy()
        remove(nothing, 5000, untouched)
        assert np.array_equal(untouched, row)


@pytest.mark.parametrize("dates", [(0.25,), (0.02, 0.5, 2.0)])
@pytest.mark.parametrize(
    ("scheme", "correlation", "known"),
    [("qe", -0.9, (True, True)), ("qe", 0.6, (True, False)), ("full_truncation", -0.9, (False, True))],
)
def test_controls_have_mean_0_on_every_grid(scheme, correlation, known, dates):
    """Collected variance and growth given the variance path; a row is 0 where its mean is not known."""
    from dataclasses import replace

    model, workspace = replace(VIOLATED, scheme=scheme, correlation=correlation, vol_of_vol=0.5), Workspace()
    blocks = []
    for block in range(8):
        draw = Draw((1, 2), first_of(block * 16384), 16384, 16384, None)
        fine, own = both_grids(model, dates, draw, workspace)
        rows = [with_mean_0(paths, np.empty((2, draw.stride)))[:, :16384].copy() for paths in (own, fine)]
        assert np.array_equal(controls(fine, own, workspace)[:, :16384], rows[0] - rows[1])
        blocks.append(np.concatenate(rows))
    for row, is_known in zip(np.concatenate(blocks, axis=1), (*known, *known), strict=True):
        assert (row.std() > 0.0) == is_known
        assert not is_known or abs(row.mean()) < 4.0 * row.std() / math.sqrt(row.size)


def test_controls_resolve_the_bias_of_a_value_with_fewer_paths(monkeypatch):
    put = gk.European("put", strike=95.0, maturity=0.25)
    book, settings = (
        Book((Trade("a", "u", put),), {"u": VIOLATED}),
        Settings(("price", "delta"), ("conditional",), 8192, 1, controls=False),
    )

    def noise():
        layout = plan(book, settings)
        (grid,) = layout.grids.values()
        moments = run_block(grid, 0, 8192, Workspace())
        return moments[:2, 1], np.sqrt(moments[:2, 2]) / 8192

    found = noise()
    monkeypatch.setattr("greeks.simulation.block.FEWEST", 2**30)
    plain = noise()
    assert (found[1] < 0.8 * plain[1]).all()
    assert (abs(found[0] - plain[0]) < 4.0 * plain[1]).all()


def test_the_measured_bias_is_that_against_exact_values():
    found = gk.estimate(DIGITAL, VIOLATED, greeks=["delta", "gamma", "rho", "correlation"], paths=2**20, **OPTIONS)
    exact = reference(DIGITAL, VIOLATED)
    for greek in ("delta", "gamma", "rho", "correlation"):
        number = found[greek]
        assert number.status == "warn" and "take more steps per year" in number.reason
        noise = float(number.reason.split("+- ")[1].split(":")[0])
        true = number.value - exact[greek]
        assert abs(number.bias - true) < 4.0 * math.hypot(noise, number.standard_error)
        assert abs(true) > 5.0 * number.standard_error


@pytest.mark.parametrize("greek", ["rho", "dividend_rho"])
def test_a_difference_that_meets_a_jump_has_the_bias_of_the_conditional_value(greek):
    """Two grids jump on different paths: the difference's own contributions would resolve nothing."""
    options = {"greeks": greek, "paths": 2**16, "analytic": False}
    found, best = (
        gk.estimate(DIGITAL, VIOLATED, estimators=name, **options)[greek]
        for name in ("finite_difference", "conditional")
    )
    noise = [float(number.reason.split("+- ")[1].split(":")[0]) for number in (found, best)]
    assert noise[0] < 0.5 * found.standard_error and abs(found.bias - best.bias) < 3.0 * math.hypot(*noise)
    assert found.status == "warn" and "time-step bias" in found.reason


def test_the_grids_have_the_rows_of_their_job():
    put = gk.Asian("put", strike=100.0, maturity=0.25, fixings=1, averaging="geometric")
    jumps = gk.Custom(lambda spots: spots[0] if spots[0] > 95.0 else 0.0, times=(0.25,), maturity=0.25)
    trades = tuple(Trade(str(i), "u", payoff) for i, payoff in enumerate((DIGITAL, jumps, put)))
    names = ("finite_difference", "likelihood_ratio", "pathwise", "conditional", "full_likelihood_ratio")
    layout = plan(Book(trades, {"u": VIOLATED}), Settings(("price", "delta", "vega", "vanna"), names, 1000, 1))
    (job,), (grid,) = layout.jobs, layout.grids.values()
    assert grid.refined and grid.rows == job.rows and grid.net_groups == job.net_groups
    for own, other in zip(job.lines, grid.lines, strict=True):
        for part in ("greeks", "net_rows", "net_fresh"):
            rows = [[value for request in line.requests for value in getattr(request, part)] for line in (own, other)]
            assert rows[0] == rows[1]
    used = [{request.estimator for request in line.requests} for line in grid.lines]
    assert "conditional" in used[0] and "likelihood_ratio" not in used[0] and "pathwise" not in used[0]
    assert "likelihood_ratio" in used[1] and "conditional" not in used[1]
    assert {"finite_difference", "pathwise", "likelihood_ratio"} <= used[2] and "conditional" not in used[2]


def test_a_bias_that_is_not_resolved_is_said():
    put = gk.European("put", strike=95.0, maturity=0.25)
    found = gk.estimate(put, VIOLATED, greeks="delta,vega", paths=2**16, variance_reduction="none", **OPTIONS)
    assert found["vega"].status == "warn" and "time-step bias is only known to +- " in found["vega"].reason
    assert "only known" not in found["delta"].reason and math.isfinite(found["delta"].bias)
    book = Book((Trade("a", "u", put), Trade("b", "u", DIGITAL)), {"u": VIOLATED})
    net = gk.run(book, greeks="vega", paths=2**16, variance_reduction="none", **OPTIONS).net
    assert net.status.iloc[0] == "warn" and net.reason.iloc[0].count("only known to +- ") == 1


def test_a_small_run_resolves_the_bias_that_controls_have_left_in_its_error():
    """The put's delta is 0.72 errors off at 4,096 paths, where its interval covers 89 %: most runs must say so.

    On the run's own paths the bias would be known to 0.7 errors, and half of the runs would be called sound.
    """
    put = gk.European("put", strike=95.0, maturity=0.25)
    options = {"greeks": "delta", "paths": 4096, **OPTIONS}
    runs = [gk.estimate(put, VIOLATED, seed=seed, **options)["delta"] for seed in range(20)]
    assert sum(run.status == "warn" and "time-step bias" in run.reason for run in runs) >= 14
    layout = plan(Book((Trade("a", "u", put),), {"u": VIOLATED}), Settings(("delta",), ("conditional",), 4096, 0))
    (_, own), (_, grid) = ((job, run_jobs([(job, 0, paths)], 1)[0].total()[0]) for job, _, paths in layout.runs(4096))
    assert 4.0 / 3.0 * standard_error(grid) < 0.4 * standard_error(own)


def test_a_bias_is_resolved_to_half_the_error():
    row = np.array([1000.0, 0.2, 999_000.0, 0.0, 3e9])  # its error is 1
    for error, known in ((4.0 / 3.0 / 0.49, True), (4.0 / 3.0 / 0.51, False)):
        step, step_error = grid_bias([(row, 1.0)], error)
        assert (step == step) is known and step_error == pytest.approx(4.0 / 3.0)


def test_a_mild_set_is_not_warned_of_and_more_steps_cure():
    options = {"greeks": "price,delta,gamma,rho", "paths": 2**16, "variance_reduction": "none", **OPTIONS}
    found = gk.estimate(DIGITAL, MODELS["heston"], **options)
    numbers = [found[key] for key in found]
    assert {number.status for number in numbers} == {"ok"}
    assert all(math.isfinite(number.bias) for number in numbers)
    coarse = gk.estimate(DIGITAL, MODELS["heston"], greeks="delta", steps_per_year=4, paths=2**20, **OPTIONS)["delta"]
    assert coarse.status == "warn"


def test_the_same_bits_for_any_number_of_threads_and_beside_a_target():
    kwargs = {"greeks": "price,delta,vega", "paths": 70_000, **OPTIONS}
    one, three = (gk.estimate(DIGITAL, VIOLATED, threads=threads, **kwargs) for threads in (1, 3))
    aimed = gk.estimate(DIGITAL, VIOLATED, target=1e-6, max_paths=70_000, **{**kwargs, "paths": 35_000})
    for key in one:
        assert np.array_equal([one[key].bias], [three[key].bias], equal_nan=True)
        assert np.array_equal([one[key].bias], [aimed[key].bias], equal_nan=True)
        assert one[key].value == three[key].value == aimed[key].value


def test_a_net_has_the_sum_of_its_biases():
    book = Book((Trade("a", "u", DIGITAL, quantity=3.0), Trade("b", "u", DIGITAL, quantity=-2.0)), {"u": VIOLATED})
    out = gk.run(book, greeks="delta", **OPTIONS)
    assert out.net.bias.iloc[0] == pytest.approx(out.trades.bias.iloc[0])


def test_an_exact_scheme_has_no_grids():
    book = Book((Trade("a", "u", DIGITAL),), {"u": MODELS["gbm"]})
    layout = plan(book, Settings(("delta",), ("likelihood_ratio",), 1000, 1))
    assert not layout.grids and layout.runs(1000) == [(layout.jobs[0], 0, 1000)]
    assert [grid_paths(n, 0) for n in (100, 4096, 2**14, 2**16, 2**19)] == [400, 2**14, 2**14, 8192, 2**14]
    assert [grid_paths(n, 10) for n in (1280, 40_960, 655_360)] == [5120, 10_240, 20_480]
