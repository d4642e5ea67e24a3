"""The schemes path by path against slow versions, their derivatives against differences, and the scores against densities."""

from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.models.base import Draw
from greeks.models.heston_constants import PARAMETERS
from greeks.models.heston_euler import SCORES, euler_scores

MILD = gk.Heston(
    spot=100.0,
    rate=0.05,
    dividend_yield=0.02,
    initial_variance=0.04,
    mean_reversion=1.5,
    long_run_variance=0.05,
    vol_of_vol=0.3,
    correlation=-0.7,
)
WILD = replace(MILD, mean_reversion=0.5, vol_of_vol=1.0, correlation=-0.9)
DATES = (0.3, 1.0)
WIDTH, COUNT = 64, 50


def simulate(model, dates=DATES, steps=8):
    draw = Draw(stream_key(3, "h", *dates), first_of(0), WIDTH, COUNT, steps)
    return model.simulate(dates, draw, Workspace())


def slow_qe(model, uniforms, dates, substeps):
    """Andersen (2008), section 3.2 and 4.3, one path and one step at a time."""
    kappa, theta, xi, rho = (
        model.mean_reversion,
        model.long_run_variance,
        model.vol_of_vol,
        model.correlation,
    )
    means, variances = [], []
    for path in range(uniforms.shape[1]):
        v, row, mean, variance, before = model.initial_variance, 0, [], [], 0.0
        for date, count in zip(dates, substeps, strict=True):
            h = (date - before) / count
            before = date
            total = spread = 0.0
            for _ in range(count):
                u = uniforms[row, path]
                row += 1
                e = np.exp(-kappa * h)
                m = theta + (v - theta) * e
                s2 = v * xi**2 * e * (1 - e) / kappa + theta * xi**2 * (1 - e) ** 2 / (2 * kappa)
                psi = s2 / m**2
                k1 = 0.5 * h * (kappa * rho / xi - 0.5) - rho / xi
                k2 = 0.5 * h * (kappa * rho / xi - 0.5) + rho / xi
                k3 = k4 = 0.5 * h * (1 - rho**2)
                big_a = k2 + 0.5 * k4
                if psi <= 1.5:
                    b2 = 2 / psi - 1 + np.sqrt(2 / psi) * np.sqrt(2 / psi - 1)
                    a = m / (1 + b2)
                    new = a * (np.sqrt(b2) + NormalDist().inv_cdf(u)) ** 2
                    k0 = -big_a * b2 * a / (1 - 2 * big_a * a) + 0.5 * np.log(1 - 2 * big_a * a)
                else:
                    p = (psi - 1) / (psi + 1)
                    beta = (1 - p) / m
                    new = 0.0 if u <= p else np.log((1 - p) / (1 - u)) / beta
                    k0 = -np.log(p + beta * (1 - p) / (beta - big_a))
                k0 -= (k1 + 0.5 * k3) * v
                total += k0 + k1 * v + k2 * new
                spread += k3 * v + k4 * new
                v = new
            mean.append(total)
            variance.append(spread)
        means.append(mean)
        variances.append(variance)
    return np.array(means).T, np.array(variances).T


@pytest.mark.parametrize("model", [MILD, WILD], ids=["mild", "wild"])
def test_qe_against_a_slow_version(model):
    paths = simulate(model)
    slow = slow_qe(model, paths.drivers[:, :COUNT], DATES, paths.substeps)
    for fast, expected in zip(paths.moments, slow, strict=True):
        np.testing.assert_allclose(fast[:, :COUNT], expected, rtol=1e-9, atol=1e-13)


def test_the_two_kernels_have_the_same_bits():
    for model in (MILD, WILD):
        plain, with_slopes = simulate(model), simulate(model)
        before = [row[:, :COUNT].copy() for row in plain.moments]
        _ = with_slopes.slopes
        for a, b in zip(before, with_slopes.moments, strict=True):
            assert np.array_equal(a, b[:, :COUNT])


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("model", [MILD, WILD], ids=["mild", "wild"])
def test_tangents_are_the_limit_of_differences(model, name):
    """All but the few paths that cross from one branch to the other between the two bumps."""
    slopes = [array[PARAMETERS.index(name)][:, :COUNT].copy() for array in simulate(model).slopes]
    step = 1e-6
    if name == "time":
        shifts = [tuple(date + move for date in DATES) for move in (step, -step)]
        draw = Draw(stream_key(3, "h", *DATES), first_of(0), WIDTH, COUNT, 8)
        base = model.simulate(DATES, draw, Workspace())
        moved = [base.shifted("theta", move, f"s{i}") for i, move in enumerate((-step, step))]
        assert [m.dates for m in moved] == [pytest.approx(s) for s in shifts]
    else:
        moved = [simulate(replace(model, **{name: getattr(model, name) + move})) for move in (step, -step)]
    for slope, up, down in zip(slopes, moved[0].moments, moved[1].moments, strict=True):
        expected = (up[:, :COUNT] - down[:, :COUNT]) / (2 * step)
        scale = np.abs(expected).max(axis=1, keepdims=True)
        close = np.abs(slope - expected) < 1e-4 * np.abs(expected) + 2e-6 * scale
        assert close.mean() > 0.97, (name, close.mean())


def test_the_full_score_is_the_derivative_of_the_log_density():
    n_steps, h = 6, 0.05
    rng = np.random.default_rng(2)
    zv, zo = rng.standard_normal((n_steps, 8)), rng.standard_normal((n_steps, 8))
    names = ("spot", "rate", "initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
    assert names == SCORES

    def run(model):
        log_spot, scores = np.empty((n_steps, 8)), np.empty((len(SCORES), 8))
        arguments = model.mean_reversion, model.long_run_variance, model.vol_of_vol, model.correlation
        drift = model.rate - model.dividend_yield
        euler_scores(
            zv, zo, np.log(model.spot), drift, model.initial_variance, *arguments, np.full(n_steps, h),
            np.ones(n_steps, dtype=np.int64), 8, np.empty((2, 256)), log_spot, scores,
        )  # fmt: skip
        return log_spot, scores

    def variances(model):
        v = [np.full(8, model.initial_variance)]
        for z in zv:
            pull = model.mean_reversion * h * (model.long_run_variance - v[-1])
            v.append(v[-1] + pull + model.vol_of_vol * np.sqrt(v[-1] * h) * z)
        return np.array(v)

    x, v = np.vstack([np.full(8, np.log(MILD.spot)), run(MILD)[0]]), variances(MILD)
    assert v.min() > 0

    def log_density(model):
        """Of the fixed path (x, v) from the model's own starting point."""
        v0, x0 = np.full(8, model.initial_variance), np.full(8, np.log(model.spot))
        total = 0.0
        rho = model.correlation
        for n in range(n_steps):
            before_v, before_x = (v0, x0) if n == 0 else (v[n], x[n])
            deviation = np.sqrt(before_v * h)
            pull = model.mean_reversion * h * (model.long_run_variance - before_v)
            a = (v[n + 1] - before_v - pull) / (model.vol_of_vol * deviation)
            drift = (model.rate - model.dividend_yield) * h - 0.5 * before_v * h
            w = (x[n + 1] - before_x - drift) / deviation
            b = (w - rho * a) / np.sqrt(1 - rho**2)
            total = total - 0.5 * (a**2 + b**2) - np.log(model.vol_of_vol * deviation**2 * np.sqrt(1 - rho**2))
        return total

    scores = run(MILD)[1]
    for name, score in zip(SCORES, scores, strict=True):
        step = 1e-5 * max(abs(getattr(MILD, name)), 0.01)
        up, down = (log_density(replace(MILD, **{name: getattr(MILD, name) + move})) for move in (step, -step))
        expected = (up - down) / (2 * step)
        factor = 1 / MILD.spot if name == "spot" else 1.0
        np.testing.assert_allclose(
            score * factor, expected, rtol=2e-6, atol=1e-6 * np.abs(expected).max(), err_msg=name
        )


def test_every_date_is_hit_and_short_maturities_are_not_starved():
    assert MILD.substeps((0.3, 1.0), 10) == (3, 7)
    assert MILD.substeps((1.0,), None) == (32,)
    assert MILD.substeps((1 / 365,), None) == (8,)
    assert sum(MILD.substeps(tuple(i / 52 for i in range(1, 53)), 16)) == 52


def test_small_vol_of_vol_is_black_scholes():
    flat = replace(MILD, vol_of_vol=1e-4, initial_variance=0.05, long_run_variance=0.05)
    black = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.05**0.5)
    for trade in (gk.European("call", strike=105.0, maturity=1.0), gk.Digital("put", strike=95.0, maturity=0.5)):
        exact = reference(trade, black)
        for name in ("likelihood_ratio", "conditional"):
            greeks = ("price", "delta", "gamma", "rho", "dividend_rho")
            found = gk.estimate(trade, flat, greeks=greeks, estimators=name, paths=2**17)
            for greek in greeks:
                number = found[greek, name]
                gap = abs(number.value - exact[greek])
                assert gap < 4.5 * number.standard_error + 2e-5 * abs(exact[greek]), (name, greek)


def test_correlation_of_one_and_full_truncation_name_the_alternative():
    call = gk.European("call", strike=100.0, maturity=1.0)
    tied = gk.estimate(call, replace(MILD, correlation=-1.0), greeks=["delta"], estimators="lr", paths=1000)["delta"]
    assert tied.status == "na"
    assert "pathwise" in tied.reason
    euler = replace(MILD, scheme="full_truncation")
    found = gk.estimate(call, euler, greeks=["vol_of_vol", "delta"], estimators="lr,pw", paths=50_000)
    assert found["vol_of_vol", "pathwise"].status == "na"
    assert "finite_difference" in found["vol_of_vol", "pathwise"].reason
    assert found["delta", "likelihood_ratio"].status == "ok"


def test_auto_prefers_conditioning_and_falls_back_to_differences_where_tangents_are_doubtful():
    call, asian = (
        gk.European("call", strike=100.0, maturity=1.0),
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=4),
    )
    highest = gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=1.0, monitoring="discrete", fixings=4)
    greeks = ["price", "delta", "vega", "vol_of_vol"]
    for trade in (call, asian):
        found = gk.estimate(trade, MILD, greeks=greeks, paths=1000, analytic=False)
        assert {name for _, name in found} == {"conditional"}
    calm = dict(gk.estimate(highest, MILD, greeks=greeks, paths=1000))
    assert set(calm.values()) == {"pathwise"}
    wild = gk.estimate(highest, WILD, greeks=greeks, paths=1000)
    assert ("delta", "pathwise") in set(wild)
    number = wild["vol_of_vol", "finite_difference"]
    assert "auto passed over pathwise" in number.reason
    assert "Feller" in number.reason
    warned = gk.estimate(highest, WILD, greeks=["vol_of_vol"], estimators="pw", paths=1000)["vol_of_vol"]
    assert warned.status == "warn"


def test_full_likelihood_ratio_always_warns():
    call = gk.European("call", strike=100.0, maturity=1.0)
    for model in (MILD, WILD):
        found = gk.estimate(call, model, greeks=["vol_of_vol", "theta"], estimators="full_lr", paths=1000)
        assert found["vol_of_vol", "full_likelihood_ratio"].status == "warn"
        assert found["theta", "full_likelihood_ratio"].status == "na"


@pytest.mark.parametrize(
    "field", [{"correlation": 1.5}, {"vol_of_vol": 0.0}, {"initial_variance": 20.0}, {"mean_reversion": -1.0}]
)
def test_values_out_of_range_are_refused(field):
    with pytest.raises(ValueError, match=next(iter(field))):
        gk.Heston(**{**{k: getattr(MILD, k) for k in MILD.__dataclass_fields__ if k not in ("kind", "_")}, **field})


@pytest.mark.parametrize(
    "model", [MILD, gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)], ids=["heston", "gbm"]
)
def test_antithetic_pairs_are_unbiased_and_better(model):
    greeks = ("price", "delta", "gamma", "vega", "rho", "theta")
    for trade in (
        gk.Digital("call", strike=105.0, maturity=1.0),
        gk.Asian("call", strike=100.0, maturity=1.0, fixings=3),
    ):
        pair = gk.estimate(trade, model, greeks=greeks, estimators="lr", paths=2**17, variance_reduction="antithetic")
        plain = gk.estimate(trade, model, greeks=greeks, estimators="lr", paths=2**17, seed=1)
        for key in pair:
            spread = (pair[key].standard_error ** 2 + plain[key].standard_error ** 2) ** 0.5
            assert abs(pair[key].value - plain[key].value) < 4.5 * spread, key
            assert pair[key].standard_error < 0.9 * plain[key].standard_error, key


def test_diagnosis():
    from greeks.models.heston_diagnosis import diagnose

    assert diagnose(MILD, 1.0).touching < 0.01
    wild = diagnose(WILD, 1.0)
    assert wild.feller_ratio == pytest.approx(0.05)
    assert wild.touching > 0.5
