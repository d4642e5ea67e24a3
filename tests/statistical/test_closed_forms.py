"""Every (payoff, Greek, estimator) cell with a closed form: |z| < 4.5 at a million paths, half of it under Heston.

Power: an error of 1 % is caught where the standard error is below 0.22 %; under Heston, of half the paths, it is 0.31 %.
``check_power`` asserts that, or the limit stated in SHARP, for the best simulated estimator of every Greek in it, whatever
the payoff. For the others it asserts 1 % of their natural size, so that an error of 4.5 % is caught, and 3 % for every
single one (1.4 and 4.2 % under Heston); scores of second order are noisier still. Whatever the noise hides here is held
path by path to 1e-9 against the naive implementation, in tests/unit.
"""

from __future__ import annotations

from math import exp, sqrt

import pytest
from zoo import MODELS, PAYOFFS

import greeks as gk
from greeks.analytic.registry import reference
from greeks.estimators.registry import ESTIMATORS
from greeks.models.registry import MODELS as REGISTERED_MODELS
from greeks.names import SECOND_ORDER
from greeks.results.scale import natural_scale
from greeks.spec import altered, shifted

PATHS = {"gbm": 2**20, "black76": 2**20, "heston": 2**19}
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
    "gbm": dict.fromkeys(("price", "delta", "rho", "dividend_rho"), 0.0022),
    "black76": {"price": 0.0022, "delta": 0.0022, "rho": 0.003},
    "heston": dict.fromkeys(("price", "delta", "vega", "rho", "dividend_rho", "initial_variance"), 0.0031)
    | {"gamma": 0.0043, "long_run_variance": 0.0071},
}
BIAS = {
    "gbm": 0.0,
    "black76": 0.0,
    "heston": 0.004,
}  # of the time step, as a fraction of the value; see docs/heston_tables.md
EXACT = [
    (model, trade) for model in MODELS for kind in PAYOFFS.values() for trade in kind if reference(trade, MODELS[model])
]
# Scores of second order (and digital second differences) are that noisy: their error is above 1 % at a million paths.
LEAST = 0.1  # of the natural scale: what an error is relative to where the number is smaller
# What limits are multiplied by: a fixing's own score at best, and sums of returns and spots less what was agreed on, which
# are small beside their noise.
LOOSER = {
    "american": 8.0,  # the scatter of the policies
    "bermudan": 8.0,
    "range_accrual": 6.0, "cliquet": 3.0, "variance_swap": 3.0, "volatility_swap": 3.0, "forward": 6.0, "future": 6.0,
}  # fmt: skip
NOISY = {"vanna", "volga", "gamma", "theta", "vol_of_vol", "correlation", "mean_reversion"}


def test_the_zoo_holds_every_registered_model():
    assert set(MODELS) == set(REGISTERED_MODELS)


def run(model, trade):
    return gk.estimate(
        trade,
        MODELS[model],
        greeks=GREEKS,
        estimators="all",
        paths=PATHS[model],
        seed=20240501,
        variance_reduction="none",  # controls resolve the bias of the grid, which is measured elsewhere
    ).to_frame()


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
                aged = older(trade, move, model.spot)
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


def older(trade, time, spot):
    """The same trade seen ``time`` later, with the same spot: fixing dates stay where they are."""
    from dataclasses import replace

    if hasattr(trade, "counted_from"):  # returns count from today's spot, or from the last past fixing
        dates = tuple(date - time for date in trade.future_fixings())
        age = {"maturity": trade.maturity - time, "fixings": None, "fixing_times": dates}
        if hasattr(trade, "start"):
            age["start"] = (trade.start or 0.0) - time
        return altered(trade, past_fixings=trade.past_fixings or (spot,), **age)
    if getattr(trade, "start", None):
        return replace(trade, maturity=trade.maturity - time, start=trade.start - time)
    if not hasattr(trade, "future_fixings") or not trade.future_fixings():  # watched all the time
        return replace(trade, maturity=trade.maturity - time)
    dates = tuple(date - time for date in trade.future_fixings())
    return replace(trade, maturity=trade.maturity - time, fixings=None, fixing_times=dates)


@pytest.mark.parametrize(("model", "trade"), EXACT, ids=str)
def test_every_cell(model, trade):
    """One run for all checks: it takes some seconds, and processes share none."""
    frame = run(model, trade)
    check_values(model, trade, frame)
    check_power(model, trade, frame)
    check_refusals(frame)
    if model == "heston":
        check_the_textbook_score(trade, frame)


def check_values(model, trade, frame):
    cells = frame[(frame.status != "na") & (frame.estimator != "full_likelihood_ratio")]
    assert len(cells) >= (9 if trade.early else 9 + 1 + 9)
    problems = []
    for cell in cells.itertuples():
        target = cell.reference
        if cell.estimator == "finite_difference":
            target = difference_of_the_closed_form(trade, MODELS[model], cell.greek)
        error = max(cell.standard_error, 1e-12 * abs(frame.value).max())
        gap = cell.value - target
        if cell.estimator in (
            "smoothed",
            "sigmoid",
        ):  # right but for the bias of its width, which is measured on the same paths
            gap, error = gap - (cell.bias if cell.bias == cell.bias else 0.0), 1.5 * error
        z = excess(gap, BIAS[model] * target) / error
        if not abs(z) < 4.5:
            problems.append(
                f"{cell.greek} by {cell.estimator}: {cell.value} +- {cell.standard_error}, not {target}: z {z}"
            )
    assert not problems, "\n".join(problems)


def excess(gap, allowed):
    """What of a difference is beyond the time-step bias allowed."""
    return max(abs(gap) - abs(allowed), 0.0)


def leg(trade, model):
    """What a swap pays for certain, which its price is small beside."""
    strike = getattr(trade, "strike_volatility", 0.0)
    return exp(-model.rate * trade.maturity) * getattr(trade, "notional", 0.0) * strike**2


def check_power(model, trade, frame):
    simulated, fewer = frame.estimator != "analytic", sqrt(2**20 / PATHS[model])
    # How well a time-step bias is known says nothing of the noise, which is what is asked of here.
    unresolved = frame.reason.str.startswith("the time-step bias is only known")
    sound = (frame.status == "ok") | unresolved & (frame.estimator != "full_likelihood_ratio")
    noisy = NOISY | {"vega"} if trade.linear else NOISY  # which is 0 there
    cells = frame[simulated & sound & ~frame.greek.isin(noisy)]
    # A number that happens to be near 0 has no relative error; compare it with its own natural size.
    least = {greek: LEAST * natural_scale(trade, MODELS[model], greek) for greek in {*cells.greek, *SHARP[model]}}
    least["price"] = max(least["price"], leg(trade, MODELS[model]))
    natural = {g: max(abs(frame[frame.greek == g].reference).max(), least[g]) for g in {"price", *cells.greek}}
    for cell in cells.itertuples():
        if natural[cell.greek] > 1e-3 * natural["price"] / 100.0:
            assert cell.standard_error < 0.03 * fewer * natural[cell.greek], (cell.greek, cell.estimator)
    for greek in set(cells.greek):
        best = cells[cells.greek == greek].standard_error.min()
        assert best < 0.01 * fewer * LOOSER.get(trade.kind, 1.0) * natural[greek], greek
    for greek, limit in SHARP[model].items():
        if greek == "rho" and trade.margined and MODELS[model].futures:
            continue  # nothing is discounted and nothing moves: no path differs
        best = frame[simulated & sound & (frame.greek == greek)].standard_error.min()
        assert best < limit * LOOSER.get(trade.kind, 1.0) * max(
            abs(frame[frame.greek == greek].reference).max(), least[greek]
        ), greek


def check_the_textbook_score(trade, frame):
    """Full truncation has a bias of its own: 2 % of the price's sensitivity to the volatility is allowed for it."""
    cells = frame[frame.estimator == "full_likelihood_ratio"]
    computed = cells[cells.status != "na"]
    assert len(computed) == 10 - len(trade.explicit)  # what moves the payment beside the spots
    assert set(computed.status) == {"warn"}
    for cell in computed.itertuples():
        gap = excess(cell.value - cell.reference, 0.02 * abs(cell.reference))
        assert gap < 4.5 * cell.standard_error, (cell.greek, cell.value, cell.reference, cell.standard_error)


def check_refusals(frame):
    """A refused cell names an alternative, and has no value."""
    for cell in frame[frame.status == "na"].itertuples():
        assert any(name in cell.reason for name in (*ESTIMATORS, "leave it out")), cell.reason
        assert cell.value != cell.value


def test_mean_of_the_forward_is_the_forward():
    """A call minus a put is a forward, and a call of strike near 0 the discounted asset: the martingale property."""
    model = MODELS["gbm"]
    asset = gk.European("call", strike=1e-9, maturity=2.0)
    found = gk.estimate(asset, model, greeks="price", estimators="pathwise", paths=2**20)["price"]
    exact = model.spot * 2.718281828459045 ** (-2.0 * model.dividend_yield)
    assert abs(found.value - exact) < 4.5 * found.standard_error
    assert found.standard_error < 1e-3 * exact
