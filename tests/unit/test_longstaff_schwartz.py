"""Longstaff and Schwartz: every contribution path by path, the policies, the error bar, and what must hold."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
import pytest
from reference import lattice, naive
from scipy.stats import t as student

import greeks as gk
from greeks.analytic import bermudan
from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.estimators.exercise_policies import POLICIES, policies
from greeks.estimators.kernels import evaluate
from greeks.estimators.longstaff_schwartz import LongstaffSchwartz
from greeks.estimators.valuation import Sample, Valuation
from greeks.execution.threads import run_jobs
from greeks.models.base import Draw
from greeks.planning import Settings, plan
from greeks.simulation.block import run_block

MARKET = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
FUTURE = gk.Black76(spot=101.0, rate=0.08, volatility=0.25)
PUT = gk.Bermudan("put", strike=103.0, maturity=1.0, exercises=5)
CALL = gk.Bermudan("call", strike=96.0, maturity=0.9, exercise_times=(0.1, 0.5, 0.6))
AMERICAN = gk.American("put", strike=104.0, maturity=0.75)
WIDTH, COUNT = 64, 50
FIRST = ("delta", "vega", "rho", "dividend_rho", "theta")
NAMES = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield", "theta": "time"}
STEPS = {"spot": 1e-3, "volatility": 1e-5, "rate": 1e-5, "dividend_yield": 1e-5, "time": 1e-5}


def parameters(model):
    return {name: getattr(model, name) for name in ("spot", "rate", "dividend_yield", "volatility")} | {"time": 0.0}


class Naive:
    """One block, with policies that are given and never found anew."""

    def __init__(self, option, model, key, control):
        self.option, self.model, self.control = option, model, control
        self.levels = policies(option, model, 1, control, key)
        self.dates = np.array(option.dates())
        self.z = naive.normals(key, 128, len(self.dates), WIDTH)[:, :COUNT]
        self.stopped = [self._stop(levels[0, 1:]) for levels in self.levels]

    def _stop(self, levels):
        sign, spots = self.option.sign, self.spots(parameters(self.model))
        found = []
        for path in spots.T:
            hits = [j for j in range(len(path) - 1) if sign * path[j] >= sign * levels[j]]
            found.append(hits[0] if hits else len(path) - 1)
        return np.array(found)

    def spots(self, p):
        rate = self.model.rate if self.model.futures else p["rate"]
        carried = self.model.rate if self.model.futures else p["dividend_yield"]
        return naive.gbm_spots(self.z, p["spot"], rate, carried, p["volatility"], self.dates - p["time"])

    def european(self, spot, left, p):
        yields = p["rate"] if self.model.futures else p["dividend_yield"]
        option = self.option
        if left <= 0.0:
            return max(option.sign * (spot - option.strike), 0.0)
        return lattice.european(option.sign, spot, option.strike, left, p["rate"], yields, p["volatility"])

    def paid(self, p, along=None):
        """Discounted payments at fixed dates of exercise; with ``along`` the spots are those of other parameters."""
        option, total = self.option, 0.0
        spots = self.spots(p if along is None else along)
        for (weight, _), stopped in zip(option.schedules, self.stopped, strict=True):
            found = []
            for i, j in enumerate(stopped):
                spot, time = spots[j, i], self.dates[j] - p["time"]
                own = max(option.sign * (spot - option.strike), 0.0)
                if self.control:
                    own -= self.european(spot, option.maturity - self.dates[j], p)
                found.append(exp(-p["rate"] * time) * own)
            total = total + weight * np.array(found)
        if self.control:
            total = total + self.european(p["spot"], option.maturity - p["time"], p)
        return total

    def slope(self, greek):
        name = NAMES[greek]
        p, step = parameters(self.model), STEPS[name]
        up, down = ({**p, name: p[name] + side * step} for side in (1.0, -1.0))
        return (self.paid(up) - self.paid(down)) / (2.0 * step)


def contributions(option, model, greeks, control, key):
    workspace = Workspace()
    paths = model.simulate(option.dates(), Draw(key, first_of(128), WIDTH, COUNT), workspace)
    estimator = LongstaffSchwartz()
    sample = Sample(model, paths, estimator.weight_greeks(greeks), workspace, controls="paths" if control else "")
    out = np.full((len(greeks), WIDTH), np.nan)
    evaluate(estimator.contributions(Valuation(option, sample, WIDTH), greeks, 1.0), COUNT, out)
    return out[:, :COUNT]


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize(("option", "model"), [(PUT, MARKET), (CALL, FUTURE), (AMERICAN, MARKET)])
def test_every_contribution_against_the_naive_implementation(option, model, control):
    key = stream_key(11, "u", *option.dates())
    greeks = tuple(greek for greek in FIRST if greek in model.greeks())
    found = contributions(option, model, ("price", *greeks), control, key)
    slow = Naive(option, model, key, control)
    np.testing.assert_allclose(found[0], slow.paid(parameters(model)), rtol=1e-10, atol=1e-9)
    for row, greek in zip(found[1:], greeks, strict=True):
        expected = slow.slope(greek)
        np.testing.assert_allclose(row, expected, rtol=1e-5, atol=1e-5 * np.abs(expected).max(), err_msg=greek)


@pytest.mark.parametrize("control", [True, False])
def test_second_order_is_the_score_of_a_derivative_along_the_path(control):
    key = stream_key(11, "u", *PUT.dates())
    gamma, vanna = contributions(PUT, MARKET, ("gamma", "vanna"), control, key)
    slow, known = Naive(PUT, MARKET, key, control), {"delta": 0.0, "vega": 0.0, "gamma": 0.0, "vanna": 0.0}
    if control:
        plain = gk.European("put", strike=PUT.strike, maturity=PUT.maturity)
        known = dict(reference(plain, MARKET))
    score = naive.scores(slow.z, parameters(MARKET), slow.dates)["delta"]
    delta, vega = slow.slope("delta") - known["delta"], slow.slope("vega") - known["vega"]
    np.testing.assert_allclose(gamma - known["gamma"], delta * (score - 1.0 / MARKET.spot), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(vanna - known["vanna"], vega * score - delta / MARKET.volatility, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("option", [PUT, AMERICAN])
def test_policies_are_near_the_best(option, monkeypatch):
    """The exact boundary of the dates, by the cosine series."""
    found, plain = [], bermudan._boundary
    monkeypatch.setattr(bermudan, "_boundary", lambda *terms: found.append(plain(*terms)) or found[-1])
    terms = MARKET.rate, MARKET.dividend_yield, MARKET.volatility
    bermudan.solve(option.dates(), bermudan.Put(1.0, *terms))
    exact = option.strike * np.exp(found[::-1])
    levels = policies(option, MARKET, POLICIES, True, (1, 2))[0][:, 1:-1]
    assert levels.shape == (POLICIES, len(exact))
    off = np.log(levels / exact)
    assert np.abs(np.median(off, axis=0)).max() < 0.01
    assert 1e-4 < off[:, len(exact) // 2 :].std(axis=0).max() < 0.02  # and they differ


def test_extrapolation_takes_off_the_dates():
    """By exact values: of a Bermudan with as many dates an American is worth more."""
    exact = reference(AMERICAN, MARKET)
    dated = [
        (weight, reference(gk.Bermudan("put", strike=104.0, maturity=0.75, exercises=len(places)), MARKET))
        for weight, places in AMERICAN.schedules
    ]
    assert exact["price"] - dated[0][1]["price"] > 0.005
    for greek in ("price", "delta", "gamma", "vega", "rho", "theta", "vanna"):
        value = sum(weight * each[greek] for weight, each in dated)
        assert value == pytest.approx(exact[greek], rel=1e-3), greek
        assert greek != "price" or value == pytest.approx(exact[greek], abs=2e-4)


def test_policies_do_not_depend_on_the_spot_and_do_on_the_seed():
    there = gk.GBM(spot=80.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
    own = policies(PUT, MARKET, 2, True, (1, 2))
    assert policies(PUT, there, 2, True, (1, 2)) is own
    assert not np.array_equal(policies(PUT, MARKET, 2, True, (1, 3))[0], own[0])


def simulated(option, model=MARKET, paths=2**15, **options):
    """Every number there is, by Greek."""
    options = {"estimators": "longstaff_schwartz", "greeks": "all", "threads": 1} | options
    found = gk.estimate(option, model, paths=paths, **options)
    return {key[0]: found[key] for key in found if found[key].status != "na"}


def test_the_known_value_is_simulated():
    model = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)
    found = simulated(gk.American("put", strike=110.0, maturity=1.0), model, paths=2**17)
    assert abs(found["price"].value - 11.9728) < 4.5 * found["price"].standard_error < 0.05
    assert abs(found["delta"].value + 0.655) < 4.5 * found["delta"].standard_error < 0.01
    assert all(each.status == "ok" for each in found.values())


@pytest.mark.parametrize("option", [PUT, AMERICAN])
@pytest.mark.parametrize("reduction", ["controls", "none", "antithetic"])
def test_every_greek_against_the_exact_value(option, reduction):
    found = simulated(option, variance_reduction=reduction)
    assert [*found] == ["price", *FIRST[:1], "gamma", *FIRST[1:], "vanna"]
    for each in found.values():
        assert abs(each.z_score) < 4.5, each


def test_points_have_a_policy_for_each_scramble():
    found = simulated(PUT, sampler="sobol", replicates=8)
    assert len(found) == 8 and all(abs(each.z_score) < 6.0 and each.degrees == 7.0 for each in found.values())


def test_bits_do_not_depend_on_threads():
    one, two = (simulated(PUT, threads=threads, paths=2**17) for threads in (1, 2))
    assert [(each.value, each.standard_error) for each in one.values()] == [
        (each.value, each.standard_error) for each in two.values()
    ]


def test_a_call_without_dividends_is_a_european():
    model = gk.GBM(spot=100.0, rate=0.05, volatility=0.2)
    call = gk.American("call", strike=105.0, maturity=1.0)
    plain = reference(gk.European("call", strike=105.0, maturity=1.0), model)
    for greek, each in simulated(call, model).items():
        assert each.value == pytest.approx(plain[greek], rel=1e-9), greek
        assert each.status == "ok", each


def test_a_put_is_worth_more_than_a_european():
    for seed in (1, 2, 3):
        found = simulated(AMERICAN, seed=seed)["price"]
        plain = reference(gk.European("put", strike=104.0, maturity=0.75), MARKET)["price"]
        assert found.value > plain + 5.0 * found.standard_error


def test_one_date_at_the_maturity_is_a_european():
    one = gk.Bermudan("put", strike=103.0, maturity=1.0, exercises=1)
    plain = reference(gk.European("put", strike=103.0, maturity=1.0), MARKET)
    for reduction in ("controls", "none"):
        for greek, each in simulated(one, variance_reduction=reduction).items():
            assert abs(each.value - plain[greek]) < max(4.5 * each.standard_error, 1e-9 * abs(plain[greek])), each


def test_what_every_policy_exercises_now_is_worth_its_payment():
    found = simulated(gk.American("put", strike=150.0, maturity=0.75))
    assert (found["price"].value, found["delta"].value) == (pytest.approx(50.0, rel=1e-12), pytest.approx(-1.0))
    assert found["price"].standard_error < 1e-12 and found["price"].status == "ok"
    assert abs(found["vega"].value) < 1e-9


def totals(seed, option, paths=2**14):
    """Row of moments of delta: of all paths, then the number of shares and the squares of their means."""
    book = Book((Trade("1", "x", option),), {"x": MARKET})
    settings = Settings(("delta",), ("longstaff_schwartz",), paths, seed, controls=True)
    (job,) = plan(book, settings).jobs
    return run_jobs([(job, 0, paths)], 1)[0].total()[0]


def test_the_scatter_of_policies_is_in_the_error_bar(monkeypatch):
    """Of 24 seeds: the error of the shares covers, and that of as many independent paths does not."""
    for name in ("_PATHS", "_FEWEST"):
        monkeypatch.setattr(f"greeks.estimators.exercise_policies.{name}", 512)
    option = gk.Bermudan("put", strike=110.0, maturity=1.0, exercises=6)
    exact = reference(option, MARKET)["delta"]
    of_shares = of_paths = 0
    for seed in range(24):
        count, mean, m2, _, _, shares, squares = totals(seed, option, paths=2**17)
        assert shares == POLICIES >= 8
        error = sqrt(squares / (shares - 1) / shares)
        of_shares += abs(mean - exact) < student.ppf(0.975, shares - 1) * error
        of_paths += abs(mean - exact) < 1.96 * sqrt(m2 / (count - 1) / count)
    assert of_shares >= 21
    assert of_paths <= 15


def test_fewer_paths_than_policies_are_one_each():
    found = simulated(PUT, paths=5)["price"]
    assert found.paths == POLICIES and found.standard_error > 0.0


def test_a_block_is_of_the_policy_of_its_share():
    book = Book((Trade("1", "x", PUT),), {"x": MARKET})
    (job,) = plan(book, Settings(("price",), ("longstaff_schwartz",), 2**14, 1)).jobs
    blocks = [run_block(job, block, 2**14, Workspace())[0, 1] for block in range(POLICIES)]
    assert len(set(blocks)) == POLICIES
    assert run_block(job, 3, 2**14, Workspace())[0, 1] == blocks[3]


def test_a_hedged_book_adds_up():
    """An American and the European short of it: independent paths, so that errors add by squares."""
    plain = gk.European("put", strike=104.0, maturity=0.75)
    book = Book((Trade("1", "x", AMERICAN), Trade("2", "x", plain, quantity=-1.0)), {"x": MARKET})
    found = gk.run(book, greeks="price", paths=2**14, analytic=False, threads=1)
    net, rows = found.net[found.net.level == "book"].iloc[0], found.trades
    assert net.value == pytest.approx(rows.value[0] - rows.value[1])
    assert net.standard_error == pytest.approx(np.hypot(*rows.standard_error), rel=1e-6)


def test_other_estimators_refuse_and_name_it():
    for name in ("pathwise", "likelihood_ratio", "finite_difference", "conditional", "importance_sampling"):
        found = gk.estimate(AMERICAN, MARKET, greeks="price,delta", estimators=name, paths=64)
        for each in (found[key] for key in found):
            assert each.status == "na" and each.reason.endswith("use longstaff_schwartz"), each
    plain = gk.European("put", strike=104.0, maturity=0.75)
    refused = gk.estimate(plain, MARKET, greeks="delta", estimators="lsm", paths=64)["delta"]
    assert refused.status == "na" and "nobody decides that here: use" in refused.reason


def test_heston_is_refused_with_what_to_do():
    model = gk.Heston(
        spot=100.0, initial_variance=0.04, mean_reversion=1.0, long_run_variance=0.04, vol_of_vol=0.3, correlation=-0.5
    )
    found = gk.estimate(AMERICAN, model, paths=64)
    for each in (found[key] for key in found):
        assert each.status == "na" and "value it under gbm or black76" in each.reason


def test_upper_bounds_are_above_and_near():
    for option, gap in ((PUT, 0.01), (AMERICAN, 0.15)):
        exact, bound = reference(option, MARKET)["price"], gk.upper_bound(option, MARKET, paths=512, inner=64)
        assert bound.value > exact - 4.0 * bound.standard_error
        assert bound.value < exact + gap + 4.0 * bound.standard_error
        assert 0.0 < bound.standard_error < 0.01
        assert bound.value == gk.upper_bound(option, MARKET, paths=512, inner=64).value
    call = gk.Bermudan("call", strike=96.0, maturity=0.9, exercises=6)
    bound = gk.upper_bound(call, FUTURE, paths=512, inner=64)
    assert abs(bound.value - reference(call, FUTURE)["price"]) < 0.01 + 4.0 * bound.standard_error


def test_a_bad_policy_has_a_wide_gap(monkeypatch):
    """The bound says how good a policy is: of one that never exercises it is far off."""
    good = gk.upper_bound(PUT, MARKET, paths=256, inner=32).value
    never = np.zeros((1, len(PUT.dates()) + 1))
    monkeypatch.setattr("greeks.execution.upper_bound.policies", lambda *terms: (never,))
    assert gk.upper_bound(PUT, MARKET, paths=256, inner=32).value > good + 0.03


@pytest.mark.parametrize(
    ("option", "model", "options", "message"),
    [
        (gk.European("put", strike=100.0, maturity=1.0), MARKET, {}, "nobody decides that here"),
        (PUT, gk.GBM(spot=100.0, volatility=0.0), {}, "nothing is random"),
        (PUT, MARKET, {"inner": 12}, "write a multiple of 8"),
        (PUT, MARKET, {"paths": 1}, "at least 2 paths"),
        (PUT, MARKET, {"seed": -1}, "a seed in"),
    ],
)
def test_an_upper_bound_that_is_none_is_refused(option, model, options, message):
    with pytest.raises(gk.UsageError, match=message):
        gk.upper_bound(option, model, **options)
