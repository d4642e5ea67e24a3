"""Every (payoff, Greek, estimator) cell with a closed form: |z| < 4.5 at a million paths.

Power: an error of 1 % is caught where the standard error is below 0.22 %. ``test_power`` asserts that for the best
estimator of every Greek in SHARP, whatever the payoff. For the others it asserts 1 % of their natural size, so that an
error of 4.5 % is caught; scores of second order are noisier still. Whatever the noise hides here is held path by path to
1e-9 against the naive implementation, in tests/unit.
"""

from __future__ import annotations

from functools import cache

import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.registry import ESTIMATORS
from greeks.models.registry import MODELS as REGISTERED_MODELS
from greeks.names import SECOND_ORDER
from greeks.spec import shifted

PATHS = 2**20
GREEKS = (
    "price",
    "delta",
    "gamma",
    "vega",
    "rho",
    "dividend_rho",
    "theta",
    "vanna",
    "volga",
    "initial_variance",
    "mean_reversion",
    "long_run_variance",
    "vol_of_vol",
    "correlation",
)
SHARP = {
    "gbm": ("price", "delta", "rho", "dividend_rho"),
    "heston": (
        "price", "delta", "gamma", "vega", "rho", "dividend_rho", "initial_variance", "long_run_variance",
    ),
}  # fmt: skip
BIAS = {"gbm": 0.0, "heston": 0.004}  # of the time step, as a fraction of the value; see docs/heston_tables.md
EXACT = [
    (model, trade) for model in MODELS for kind in PAYOFFS.values() for trade in kind if reference(trade, MODELS[model])
]
# Scores of second order (and digital second differences) are that noisy: their error is above 1 % at a million paths.
NOISY = {"vanna", "volga", "gamma", "theta", "vol_of_vol", "correlation", "mean_reversion"}


def test_the_zoo_holds_every_registered_model():
    assert set(MODELS) == set(REGISTERED_MODELS)


@cache
def run(model, trade):
    return gk.estimate(trade, MODELS[model], greeks=GREEKS, estimators="all", paths=PATHS, seed=20240501).to_frame()


def difference_of_the_closed_form(trade, model, greek):
    """What a central difference with the estimator's own step converges to: the bias is exact, not allowed for."""
    fd = ESTIMATORS["finite_difference"]
    if greek == "price":
        return reference(trade, model)["price"]
    parts = SECOND_ORDER.get(greek, (greek,))
    steps = fd.steps(trade, model, greek, 1.0)
    names = {"delta": "spot", "vega": "volatility", "rho": "rate", "dividend_rho": "dividend_yield"}

    def price(moves):
        moved, aged = model, trade
        for part, move in moves:
            if part == "theta":
                aged = older(trade, move)
            else:
                moved = bumped(moved, names.get(part, part), move)
        return reference(aged, moved)["price"]

    h = steps[parts[0]]
    if len(parts) == 1:
        return (price([(parts[0], h)]) - price([(parts[0], -h)])) / (2 * h)
    if parts[0] == parts[1]:
        return (price([(parts[0], h)]) - 2 * price([]) + price([(parts[0], -h)])) / h**2
    k = steps[parts[1]]
    corners = [(a, b, price([(parts[0], a * h), (parts[1], b * k)])) for a in (1, -1) for b in (1, -1)]
    return sum(a * b * value for a, b, value in corners) / (4 * h * k)


def bumped(model, name, move):
    if model.kind == "heston" and name == "volatility":
        initial = (model.initial_variance**0.5 + move) ** 2
        return shifted(model, "initial_variance", initial - model.initial_variance)
    return shifted(model, name, move)


def older(trade, time):
    """The same trade seen ``time`` later: fixing dates stay where they are."""
    from dataclasses import replace

    if trade.kind != "asian":
        return replace(trade, maturity=trade.maturity - time)
    dates = tuple(date - time for date in trade.future_fixings())
    return replace(trade, maturity=trade.maturity - time, fixings=None, fixing_times=dates)


@pytest.mark.parametrize(("model", "trade"), EXACT, ids=str)
def test_every_cell(model, trade):
    frame = run(model, trade)
    cells = frame[(frame.status != "na") & (frame.estimator != "full_likelihood_ratio")]
    assert len(cells) >= 9 + 1 + 9
    problems = []
    for cell in cells.itertuples():
        target = cell.reference
        if cell.estimator == "finite_difference":
            target = difference_of_the_closed_form(trade, MODELS[model], cell.greek)
        error = max(cell.standard_error, 1e-12 * abs(frame.value).max())
        gap = cell.value - target
        z = excess(gap, BIAS[model] * target) / error
        if not abs(z) < 4.5:
            problems.append(
                f"{cell.greek} by {cell.estimator}: {cell.value} +- {cell.standard_error}, not {target}: z {z}"
            )
    assert not problems, "\n".join(problems)


def excess(gap, allowed):
    """What of a difference is beyond the time-step bias allowed."""
    return max(abs(gap) - abs(allowed), 0.0)


@pytest.mark.parametrize(("model", "trade"), EXACT, ids=str)
def test_power(model, trade):
    frame = run(model, trade)
    cells = frame[(frame.status == "ok") & ~frame.greek.isin(NOISY)]
    # A number that happens to be near 0 has no relative error; compare it with its own natural size.
    natural = {greek: abs(frame[frame.greek == greek].reference).max() for greek in set(cells.greek)}
    for cell in cells.itertuples():
        if natural[cell.greek] > 1e-3 * natural["price"] / 100.0:
            assert cell.standard_error < 0.025 * natural[cell.greek], (cell.greek, cell.estimator)
    for greek in set(cells.greek):
        best = cells[cells.greek == greek].standard_error.min()
        assert best < 0.01 * natural[greek], greek
    for greek in SHARP[model]:
        best = frame[(frame.status == "ok") & (frame.greek == greek)].standard_error.min()
        assert best < 0.0022 * abs(frame[frame.greek == greek].reference).max(), greek


@pytest.mark.parametrize("trade", [trade for model, trade in EXACT if model == "heston"], ids=str)
def test_the_textbook_score_under_heston(trade):
    """Full truncation has a bias of its own: 2 % of the price's sensitivity to the volatility is allowed for it."""
    frame = run("heston", trade)
    cells = frame[frame.estimator == "full_likelihood_ratio"]
    computed = cells[cells.status != "na"]
    assert len(computed) == 10
    assert set(computed.status) == {"warn"}
    for cell in computed.itertuples():
        gap = excess(cell.value - cell.reference, 0.02 * abs(cell.reference))
        assert gap < 4.5 * cell.standard_error, (cell.greek, cell.value, cell.reference, cell.standard_error)


def test_refused_cells_name_an_alternative():
    for model, trade in EXACT:
        frame = run(model, trade)
        for cell in frame[frame.status == "na"].itertuples():
            assert any(name in cell.reason for name in (*ESTIMATORS, "leave it out")), cell.reason
            assert cell.value != cell.value
