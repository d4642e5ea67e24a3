"""Controls of known mean: their means, the slopes, the paths they are fitted on, and what is left of the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.generator import first_of, stream_key
from greeks.core.least_squares import slopes
from greeks.core.widened import Widened
from greeks.core.workspace import Workspace
from greeks.estimators.registry import ESTIMATORS
from greeks.estimators.valuation import Sample, Valuation
from greeks.models.base import Draw
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MILD = gk.Heston(
    spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip
VIOLATED = replace(MILD, mean_reversion=0.5, vol_of_vol=1.0, correlation=-0.9)
SETS = {
    "mild": MILD,
    "Feller 0.68": replace(MILD, vol_of_vol=0.42),
    "Feller 0.04": VIOLATED,
    "from 0": replace(VIOLATED, initial_variance=0.0),
    "no pull": replace(MILD, mean_reversion=0.0),
    "positive": replace(MILD, correlation=0.6),
}
GRIDS = {
    "one date": ((1.0,), (1.0,)),
    "forward start": ((0.02, 0.5, 1.2), (0.3, -0.5, 1.0)),
    "average": (tuple((k + 1) / 12 for k in range(12)), (1 / 12,) * 12),
}
ALONG = ("vega", "theta", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
TRADES = {
    "call": gk.European("call", strike=100.0, maturity=1.0),
    "digital": gk.Digital("put", strike=105.0, maturity=0.5),
    "asian": gk.Asian("call", strike=100.0, maturity=1.0, fixings=12),
    "strike": gk.Asian("put", maturity=1.0, fixings=6, average_of="strike"),
}
GREEKS = ("price", "delta", "gamma", "vega", "rho", "theta", "vanna", "vol_of_vol", "correlation")
ALONE = {"estimators": "conditional", "analytic": False}


def paths_of(model, dates, block, count=8192, seed=7, steps=None):
    draw = Draw(stream_key(seed, "k", *dates), first_of(block * count), count, count, steps)
    paths = model.simulate(dates, draw, Workspace())
    paths.keep_levels()
    return paths


def scores(deviations):
    """Means of rows over their standard errors; 0 for what is constant."""
    mean, spread = deviations.mean(axis=1), deviations.std(axis=1) / np.sqrt(deviations.shape[1])
    constant = spread < 1e-13
    assert (abs(mean[constant]) < 1e-13).all()
    return np.where(constant, 0.0, mean / np.where(constant, 1.0, spread))


@pytest.mark.parametrize("grid", list(GRIDS))
@pytest.mark.parametrize("name", list(SETS))
def test_means_are_those_of_the_grid(name, grid):
    """Of the functions, with few and many steps; of their derivatives, as tangents or as differences."""
    model, (dates, weights) = SETS[name], GRIDS[grid]
    rows: dict[str, list[np.ndarray]] = {}
    for block in range(12):
        paths = paths_of(model, dates, block)
        for greek in ("", *ALONG):
            if greek and model.no_tangent(greek):
                continue
            if greek and model.feller_ratio < 1.0:  # tangents have heavy tails
                step = 0.02 * model.step_scale(greek, dates)
                if step == 0.0:
                    continue
                up, down = (paths.shifted(greek, move, f"{greek}{move}").known(weights) for move in (step, -step))
                found = [(side.rows[:, :8192] - side.means[:, None]).copy() for side in (up, down)]
                rows.setdefault(greek, []).append(found[0] - found[1])
            else:
                known = paths.known(weights, greek)
                rows.setdefault(greek, []).append(known.rows[:, :8192] - known.means[:, None])
    for greek, parts in rows.items():
        assert abs(scores(np.concatenate(parts, axis=1))).max() < 4.0, greek


def test_rows_are_what_they_are_said_to_be():
    """Against the variance path step by step: with one step an interval the levels are the path."""
    dates, weights = GRIDS["average"]
    paths = paths_of(MILD, dates, 0, count=64, steps=1)
    rows = paths.known(weights).rows[:, :64]
    mean, variance, levels = (part[:, :64] for part in paths.with_levels(False))
    before = np.vstack([np.full(64, MILD.initial_variance), levels[:-1]])
    share = 0.5 / 12 * (1.0 - MILD.correlation**2)
    assert variance == pytest.approx(share * (before + levels), rel=1e-12)
    ahead = np.cumsum(np.array(weights)[::-1])[::-1]
    growth = np.exp(0.03 * np.array(dates)[:, None] + np.cumsum(mean + 0.5 * variance, axis=0))
    linear = [ahead**2 @ variance, np.array(weights) @ levels, ahead @ variance]
    expected = [np.array(weights) @ growth, (np.array(weights) * np.array(dates)) @ growth, *linear]
    expected += [linear[a] * linear[b] for a in range(3) for b in range(a, 3)]
    assert rows == pytest.approx(np.array(expected), rel=1e-12)


@pytest.mark.parametrize("greek", ALONG)
def test_tangents_are_the_derivatives_of_the_functions(greek):
    dates, weights = GRIDS["average"]
    paths = paths_of(MILD, dates, 0, count=64)
    row, factor, _ = paths.slope_of(greek)
    known, step = paths.known(weights, greek), 1e-6
    # The drift moves with time too, and is in no tangent of the variance path.
    model = replace(MILD, rate=0.0, dividend_yield=0.0)
    still = paths_of(model, dates, 0, count=64)
    sides = [still.shifted(greek, move, f"{move}").known(weights) for move in (step, -step)]
    for part, tangent in (("rows", still.known(weights, greek).rows), ("means", still.known(weights, greek).means)):
        up, down = (getattr(side, part) for side in sides)
        keep = [0, *range(2, len(up))]  # what is weighted by time has no tangent
        width = slice(0, 64) if part == "rows" else slice(None)
        difference = (up[keep] - down[keep])[..., width] / (2 * step)
        assert factor * tangent[..., width] == pytest.approx(difference, rel=1e-5, abs=1e-8), part
    assert row >= 0 and len(known.means) == len(still.known(weights, greek).means)


def test_slopes_are_those_of_least_squares():
    generator = np.random.default_rng(3)
    rows = generator.standard_normal((6, 500)) * np.array([1.0, 1e6, 1e-6, 1.0, 1.0, 1.0])[:, None]
    rows[3] = rows[0] + 1e-3 * rows[3]
    rows[5] += rows[0] - 2e-6 * rows[1] + 3.0 * rows[3]
    own = slopes(rows, 400)
    exact = np.linalg.lstsq(np.vstack([np.ones(400), rows[:5, :400]]).T, rows[5, :400], rcond=None)[0][1:]
    assert own == pytest.approx(exact, rel=1e-6)
    rows[4] = 7.0
    rows[2] = 2.0 * rows[0]
    alone = slopes(rows, 400)
    assert alone[4] == 0.0 and 0.0 in (alone[2], alone[0])
    fitted = alone @ rows[:5, :400]
    reduced = np.vstack([np.ones(400), rows[[0, 1, 3], :400]]).T
    again = reduced @ np.linalg.lstsq(reduced, rows[5, :400], rcond=None)[0]
    assert fitted - fitted.mean() == pytest.approx(again - again.mean(), abs=1e-7)
    rows[0, 5] = np.inf
    assert (slopes(rows, 400) == 0.0).all()


def test_widened_numbers_have_the_law_that_is_said():
    from scipy.stats import norm

    out, plain = np.empty((2, 4096)), np.empty((2, 4096))
    Widened((1, 2), 1.25).normals(first_of(0), 4096, 3, out)
    assert out.std() == pytest.approx(1.25, rel=0.03) and abs(out.mean()) < 0.05
    Widened((1, 2), 1.25).uniforms(first_of(0), 4096, 3, out)
    Widened((1, 2), 1.0).uniforms(first_of(0), 4096, 3, plain)
    assert norm.ppf(out) == pytest.approx(1.25 * norm.ppf(plain), abs=1e-9)
    assert ((out > 0.0) & (out < 1.0)).all()


@pytest.mark.parametrize("model", ["mild", "Feller 0.04", "positive"])
@pytest.mark.parametrize("trade", list(TRADES))
def test_the_mean_stays_and_the_variance_falls(trade, model):
    """Over the same paths: the difference of the two is a mean of 0."""
    job = plan(
        Book((Trade("a", "u", TRADES[trade]),), {"u": SETS[model]}), Settings(GREEKS, ("conditional",), 1, 3)
    ).jobs[0]
    greeks = job.lines[0].requests[0].greeks
    rows: list[np.ndarray] = []
    for block in range(4):
        both = []
        for controls in ("", "paths"):
            workspace = Workspace()
            draw = job.draw(block * job.width, job.width)
            paths = job.model.simulate(job.dates, draw, workspace)
            sample = Sample(job.model, paths, (), workspace, controls=controls)
            (terms,) = ESTIMATORS["conditional"].contributions(
                Valuation(TRADES[trade], sample, draw.stride), greeks, 1.0
            )
            both.append(terms.matrix[:, : job.width].copy())
        rows.append(np.array(both))
    plain, less = np.concatenate(rows, axis=2)
    varies = plain.std(axis=1) > 1e-12
    assert abs(scores(less - plain)).max() < 4.0
    ratio = plain[varies].var(axis=1) / less[varies].var(axis=1)
    assert ratio.min() > 0.95
    assert np.median(ratio) > {"mild": 4.0, "Feller 0.04": 1.8, "positive": 4.0}[model]


def test_numbers_are_those_of_their_trade_alone():
    """Slopes depend on the contract, the model and the grid: on no other trade, seed or Greek."""
    options = {"paths": 10_000, **ALONE}
    book = Book(tuple(Trade(name, "u", trade) for name, trade in TRADES.items()), {"u": MILD})
    whole = gk.run(book, greeks=GREEKS, threads=2, **options).trades.set_index(["trade_id", "greek"])
    for name, trade in TRADES.items():
        for greeks in (GREEKS, ("vega",)):
            alone = gk.estimate(trade, MILD, greeks=greeks, threads=1, underlying="u", **options)
            for greek in greeks:
                found = alone[greek]
                if found.status != "na":
                    assert (found.value, found.standard_error) == tuple(
                        whole.loc[(name, greek), ["value", "standard_error"]]
                    )


def test_they_are_named_and_can_be_left_out():
    asian, options = TRADES["asian"], {"greeks": "price", "paths": 4096, **ALONE}
    found = gk.estimate(asian, MILD, **options)
    assert "with controls of known mean" in found["price"].reason
    assert found.run.manifest["settings"]["controls"] is True
    plain = gk.estimate(asian, MILD, variance_reduction="none", **options)
    assert "controls" not in plain["price"].reason
    assert found["price"].standard_error < 0.2 * plain["price"].standard_error
    pair = gk.estimate(asian, MILD, variance_reduction="antithetic", **options)
    both = gk.estimate(asian, MILD, variance_reduction="controls,antithetic", **options)
    assert "controls" not in pair["price"].reason and "controls" in both["price"].reason
    assert both["price"].standard_error < 0.7 * pair["price"].standard_error
    with pytest.raises(gk.UsageError, match="choose controls, antithetic, both of them, or none"):
        gk.estimate(asian, MILD, variance_reduction="none,controls", **options)
    for model, estimator in ((MILD, "pathwise"), (replace(MILD, scheme="full_truncation"), "conditional")):
        other = gk.estimate(asian, model, **{**options, "estimators": estimator})["price"]
        assert "controls" not in other.reason
    gbm = gk.GBM(spot=100.0, volatility=0.2)
    numbers = [gk.estimate(asian, gbm, variance_reduction=each, **options)["price"] for each in (None, "none")]
    assert numbers[0].value == numbers[1].value and "controls" not in numbers[0].reason


def test_the_time_step_bias_is_measured_with_them_too():
    """Without a bias in the measure of it, and with less noise where the number itself has less."""
    book = Book((Trade("a", "u", TRADES["call"]),), {"u": MILD})
    found = []
    for controls in (True, False):
        settings = Settings(("price", "vega", "correlation"), ("conditional",), 8192, 1, controls=controls)
        (grid,) = plan(book, settings).grids.values()
        moments = run_block(grid, 0, 8192, Workspace())
        found.append((moments[:3, 1], np.sqrt(moments[:3, 2]) / moments[0, 0]))
    (value, error), (other, noise) = found
    assert (error < 0.6 * noise).all()
    assert (abs(value - other) < 4.0 * noise).all()


def test_sobol_points_keep_them():
    options = {"greeks": "price,vega", "sampler": "sobol", "paths": 2**14, **ALONE}
    with_them, without = (
        gk.estimate(TRADES["call"], MILD, variance_reduction=each, **options) for each in ("controls", "none")
    )
    for greek in ("price", "vega"):
        error = np.hypot(with_them[greek].standard_error, without[greek].standard_error)
        assert abs(with_them[greek].value - without[greek].value) < 4.0 * error
        assert with_them[greek].standard_error < without[greek].standard_error


def test_slopes_whose_means_are_rounding_are_none():
    """A step of 2e-10 has slopes of 1e18 on either side: an ulp of a known mean would move every path alike."""
    model = gk.Heston(
        spot=100, rate=0.05, dividend_yield=0.01, initial_variance=0.04, mean_reversion=0.3, long_run_variance=1e-8,
        vol_of_vol=1e-4, correlation=0.99,
    )  # fmt: skip
    average = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
    with_controls, without = (
        gk.estimate(
            average, model, greeks="long_run_variance", estimators="conditional", paths=4096, steps_per_year=8,
            variance_reduction=chosen,
        )["long_run_variance"]
        for chosen in ("controls", "none")
    )  # fmt: skip
    assert with_controls.value == without.value
