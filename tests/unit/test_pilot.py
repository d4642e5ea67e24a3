"""What `auto` takes is measured: on paths of its own, whatever else is in the book, and it is the least work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.estimators.registry import ESTIMATORS
from greeks.execution import pilot
from greeks.execution.threads import run_jobs
from greeks.planning import automatic as planned
from greeks.planning import plan
from greeks.planning.automatic import automatic, candidates, decisions
from greeks.planning.choices import PILOT, make_settings
from greeks.planning.costs import cost_of, costs
from tests.zoo import MODELS, PAYOFFS

GBM = MODELS["gbm"]
HESTON = MODELS["heston"]
FAR = gk.Digital("call", strike=140.0, maturity=1.0)
NOTE = PAYOFFS["autocallable"][0]
GREEKS = ("price", "delta", "gamma", "vega", "rho")


def settings(**changed):
    options = {
        "greeks": GREEKS, "estimators": "auto", "paths": 2**18, "seed": 1, "threads": 1, "bump": 1.0,
        "steps_per_year": None, "variance_reduction": None, "analytic": False,
    }  # fmt: skip
    return make_settings(**{**options, **changed})


def book_of(*trades, model=GBM):
    return Book(tuple(Trade(f"t{i}", "U", payoff) for i, payoff in enumerate(trades)), {"U": model})


def test_a_pilot_is_for_auto_with_many_paths():
    assert settings().pilot == PILOT
    assert settings(pilot=False).pilot == 0
    assert settings(estimators="likelihood_ratio").pilot == 0
    assert settings(paths=16 * PILOT - 1).pilot == 0
    assert settings(paths=16 * PILOT - 1, target=0.1).pilot == PILOT
    assert settings(sampler="sobol").pilot == 0
    assert pilot.choices(book_of(FAR), settings(pilot=False), 1) == {}


def test_the_choice_depends_on_the_contract_and_the_model_alone():
    alone = pilot.choices(book_of(NOTE), settings(), 1)
    assert {greek for _, greek in alone} >= {"delta", "gamma", "vega"}
    assert alone == pilot.choices(book_of(NOTE), settings(seed=77), 2)
    among = pilot.choices(book_of(FAR, NOTE, PAYOFFS["barrier"][0], NOTE), settings(), 3)
    for number in (1, 3):
        assert {greek: found for (trade, greek), found in among.items() if trade == number} == {
            greek: found for (_, greek), found in alone.items()
        }


def test_equal_contracts_are_measured_once(monkeypatch):
    counted = []

    def counting(jobs, *others):
        counted.extend(jobs)
        return run_jobs(jobs, *others)

    monkeypatch.setattr(pilot, "run_jobs", counting)
    pilot.choices(book_of(NOTE, FAR, replace(NOTE)), settings(), 1)
    assert len(counted) == 2
    assert all(paths == PILOT for _, _, paths in counted)


def test_each_number_is_decided_once_for_pilot_and_plan(monkeypatch):
    asked = []

    def asking(payoff, model, greek, *others):
        asked.append((payoff.kind, greek))
        return automatic(payoff, model, greek, *others)

    monkeypatch.setattr(planned, "automatic", asking)
    gk.run(book_of(NOTE, FAR), greeks=GREEKS, paths=16 * PILOT, threads=1)
    assert sorted(asked) == sorted((payoff.kind, greek) for payoff in (NOTE, FAR) for greek in GREEKS)


@pytest.mark.parametrize("payoff", [FAR, NOTE], ids=["digital", "note"])
@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
def test_the_choice_is_the_least_work(payoff, model):
    """By the variances of 16 times as many paths: never more than 1.5 times the least."""
    chosen = pilot.choices(book_of(payoff, model=model), settings(), 1)
    assert chosen
    for (_, greek), choice in chosen.items():
        assert "pilot" in choice.reason
        work = {}
        for name in candidates(payoff, model, greek, automatic(payoff, model, greek, False)):
            layout = plan(book_of(payoff, model=model), settings(greeks=greek, estimators=name))
            (job,) = layout.jobs
            count, _, m2 = run_jobs([(job, 0, 16 * PILOT)], 1)[0].total()[layout.cells[0].row, :3]
            alone = 10.0 if ESTIMATORS[name].own_paths else 1.0  # a hedge does not cancel its noise
            work[name] = alone * m2 / count * cost_of(model, payoff, name, greek, job.steps)
        assert work[choice.estimator] <= 1.5 * min(work.values()), (greek, choice, work)


def test_the_numbers_are_those_of_the_estimator_by_name():
    found = gk.estimate(NOTE, GBM, greeks=GREEKS, paths=2**16, seed=5, analytic=False)
    for greek, estimator in found:
        named = gk.estimate(NOTE, GBM, greeks=[greek], estimators=estimator, paths=2**16, seed=5)
        assert found[greek].value == named[greek].value
    manifest = gk.run(book_of(NOTE), greeks=["delta"], paths=2**16).manifest
    assert manifest["settings"]["pilot"] == PILOT


def test_the_pilot_shares_no_path_with_a_run():
    layout = plan(book_of(NOTE), settings(seed=pilot._SEED))
    own = settings(seed=pilot._SEED)
    (trial,) = pilot._trials(book_of(NOTE), own, decisions(book_of(NOTE), own))
    assert trial.job.key != layout.jobs[0].key


def test_a_candidate_that_met_too_little_is_none():
    """Nearly every path has one value: its variance is that of the few others."""
    row = np.array([4096.0, 1.0, 3.0, 0.0, 9.0])
    (trial,) = pilot._trials(book_of(NOTE), settings(), decisions(book_of(NOTE), settings()))
    assert pilot._work(trial.job, trial.job.lines[0], "delta", "likelihood_ratio", row) == np.inf


def test_every_candidate_of_the_table_has_a_cost():
    missing = []
    for model in MODELS.values():
        for kind, payoffs in PAYOFFS.items():
            for greek in ("delta", "gamma", "vega"):
                first = automatic(payoffs[0], model, greek, False)
                for name in candidates(payoffs[0], model, greek, first):
                    if first.estimator != name:
                        paths = model.cost_kind
                        missing += [(model.kind, kind, name, greek)] * ((paths, "", name, greek) not in costs())
                    assert cost_of(model, payoffs[0], name, greek, 4) > 0.0
    assert not missing


FAR_OUT = {
    "average": (gk.Asian("call", strike=200.0, maturity=0.02, fixings=5), gk.GBM(spot=100.0, volatility=0.3)),
    "touch": (
        gk.Touch(
            touch_type="one-touch", direction="up", barrier=120.0, maturity=0.02, monitoring="discrete", fixings=5
        ),
        gk.GBM(spot=100.0, volatility=0.1),
    ),
    "huge": (gk.Custom(lambda s: s[-1] ** 40, times=[1.0], maturity=1.0), gk.GBM(spot=100.0, volatility=0.2)),
    "tiny": (gk.Custom(lambda s: s[-1] * 1e-150, times=[1.0], maturity=1.0), gk.GBM(spot=100.0, volatility=0.2)),
}


@pytest.mark.parametrize("name", FAR_OUT)
def test_moments_beyond_the_range_of_numbers_end_no_run(name):
    payoff, model = FAR_OUT[name]
    found = gk.estimate(payoff, model, greeks=GREEKS, paths=2**16)
    named = gk.estimate(payoff, model, greeks=GREEKS, paths=2**16, pilot=False)
    assert {greek for greek, _ in found} == {greek for greek, _ in named}


def test_a_jump_that_no_path_met_is_not_less_work():
    """The remainder beside the jump varies little; what makes the number is a pair across the level."""

    def asset(spots):
        return spots[-1] if spots[-1] > 100.0 else 0.0

    short = gk.Custom(asset, times=[0.003], maturity=0.003)
    still = gk.GBM(spot=100.0, volatility=1e-4)
    for greek in ("gamma", "vega"):
        ((_, estimator),) = gk.estimate(short, still, greeks=[greek], paths=2**16)
        assert estimator != "measure_valued"


def test_rounding_about_an_exact_nought_is_no_variance():
    cliquet = gk.Cliquet(maturity=0.1, fixings=3, local_floor=-0.02, local_cap=0.05, notional=100.0)
    model = gk.Heston(
        spot=100.0, rate=-0.01, initial_variance=1e-4, mean_reversion=0.1, long_run_variance=0.01, vol_of_vol=1.5,
        correlation=-0.99,
    )  # fmt: skip
    found = gk.estimate(cliquet, model, greeks=["delta"], analytic=False, paths=2**16)["delta"]
    assert abs(found.value) < 1e-12 and found.standard_error < 1e-12


def test_the_choice_does_not_depend_on_the_number_of_paths():
    short = gk.Digital("call", strike=100.0, maturity=0.1)
    chosen = [pilot.choices(book_of(short), settings(paths=paths), 1) for paths in (2**16, 2**22)]
    assert chosen[0] == chosen[1]


def test_refused():
    with pytest.raises(gk.UsageError, match="pilot is 'no'"):
        gk.estimate(FAR, GBM, pilot="no")
