"""Preintegration: roots with many digits, one fixing, path by path against quadrature, and what has no random part."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest

import greeks as gk
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Workspace
from greeks.estimators.exponential_root import FAR, ROOT, SEARCH, TILE, find_root
from greeks.estimators.preintegration import CONSTANT, NOTHING, integrated, line_of, without_linear
from greeks.estimators.registry import ESTIMATORS
from greeks.estimators.valuation import Sample
from greeks.models.base import Draw
from greeks.payoffs.base import Payoff
from greeks.payoffs.forms import PositivePart

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
HESTON = gk.Heston(
    spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip
DATES = (0.2, 0.5, 1.1)
FORMS = {
    "price": PositivePart((0.3, 0.3, 0.4), -101.0, 1.0),
    "put": PositivePart((0.2, 0.5, 0.1), -83.0, -1.0),
    "strike": PositivePart((-0.5, -0.5, 1.0), 0.0, 1.0),
    "seasoned strike": PositivePart((-0.25, -0.25, 0.75), -24.0, -1.0),
    "turned": PositivePart((-0.3, -0.3, -0.4), 95.0, 1.0),
    "always": PositivePart((0.3, 0.3, 0.4), 5.0, 1.0),
}
ALL = "price,delta,gamma,vega,rho,dividend_rho,theta,vanna,volga"


def sample(model, count=8, dates=DATES):
    workspace = Workspace()
    paths = model.simulate(dates, Draw(stream_key(3, "u", *dates), first_of(0), 64, count), workspace)
    return Sample(model, paths, (), workspace)


def rows(model, form, greeks=(), cross=-1, square=-1, count=8):
    found = sample(model, count)
    found.workspace.array("preintegration/tile", 100, TILE)[:] = np.nan  # what scratch holds must not matter
    return integrated(found, line_of(form), greeks, cross, square, 128, "test")[:, :count].copy()


def root(b, c, shares, constant, constant_share, pivot):
    scratch = np.zeros((SEARCH, TILE))
    find_root(b, c, np.array(shares), constant, constant_share, pivot, b.shape[1], scratch)
    return scratch[ROOT, : b.shape[1]]


@pytest.mark.parametrize("spread", [1e-4, 0.2, 3.0, 25.0])
@pytest.mark.parametrize("dates", [1, 5, 60])
def test_the_root_has_the_stated_digits(spread, dates):
    """1e-12 times the larger of 1 and the root, or the rounding of the log-spots over their slope where that is more."""
    rng = np.random.default_rng(5)
    weights = rng.uniform(0.1, 1.0, dates)
    c = spread * np.cumsum(rng.uniform(0.01, 1.0, (dates, 12)), axis=0) / dates
    b = np.log(100.0) + 0.3 * min(spread, 3.0) * rng.standard_normal((dates, 12))
    strike = 100.0 * weights.sum()
    own = root(b, c, weights, -strike, 0.0, CONSTANT)
    # The last date against the others and a constant: its spot alone is above 0.
    shares = np.append(weights[:-1] / dates, 0.0)
    other = root(b, c, shares, -40.0, 40.0, dates - 1)
    mp.mp.dps = 40
    for i in range(12):
        logs = [[mp.mpf(float(x)) for x in part[:, i]] for part in (b, c)]

        def total(z, logs=logs):
            return [mp.e ** (fixed + slope * z) for fixed, slope in zip(*logs, strict=True)]

        sums = {
            "price": lambda z: mp.log(mp.fsum(mp.mpf(float(w)) * s for w, s in zip(weights, total(z), strict=True)) / strike),
            "strike": lambda z: mp.log(
                (mp.fsum(mp.mpf(float(w)) * s for w, s in zip(shares, total(z), strict=True)) + 40) / total(z)[-1]
            ),
        }  # fmt: skip
        for f, found in ((sums["price"], own[i]), (sums["strike"], other[i])):
            if abs(found) == FAR:  # beyond it: the sign there says on which side
                slope = f(mp.mpf(found) + mp.mpf("1e-3")) - f(mp.mpf(found))
                assert f(mp.mpf(found)) * slope * found < 0
                continue
            exact = mp.findroot(f, mp.mpf(float(found)), tol=1e-30)
            rounding = 4e-15 / float(abs(mp.diff(f, exact)))
            assert abs(exact - found) < max(1e-12 * max(1.0, abs(found)), rounding)


@pytest.mark.parametrize("name", ["price", "seasoned strike"])
def test_bits_do_not_depend_on_the_neighbours(name):
    few, many = rows(GBM, FORMS[name], ("vega",), 0, 0, 3), rows(GBM, FORMS[name], ("vega",), 0, 0, 64)
    assert (few == many[:, :3]).all()


@pytest.mark.parametrize("side", ["call", "put"])
@pytest.mark.parametrize("strike", [60.0, 100.0, 115.0])
def test_one_fixing_is_black_and_scholes(side, strike):
    """Nothing is left to average over: every path has the closed form."""
    asian = gk.Asian(side, strike=strike, maturity=0.7, fixings=1)
    exact = gk.estimate(gk.European(side, strike=strike, maturity=0.7), GBM, greeks=ALL)
    found = gk.estimate(asian, GBM, greeks=ALL, estimators="conditional", paths=512)
    for greek in ALL.split(","):
        assert exact[greek].standard_error == 0.0
        number, scale = found[greek], max(abs(exact[greek].value), {"gamma": 0.01, "vanna": 0.5}.get(greek, 2.0))
        assert abs(number.value - exact[greek].value) < 2e-13 * scale, greek
        assert number.status == "ok", number.reason
        assert number.standard_error < 1e-12 * scale


def slow(form, b, c, shift=0.0, first=0):
    """Mean payment over a normal z of log-spots b + c z, those from a date on shifted: the normal's partial moments."""
    levels = [x + (shift if j >= first else 0) for j, x in enumerate(b)]

    def total(z):
        spots = (w * mp.e ** (x + s * z) for w, x, s in zip(form.weights, levels, c, strict=True))
        return mp.fsum(spots) + form.constant

    if total(-8) * total(8) > 0:
        low = -mp.inf if form.sign * total(0) > 0 else mp.inf
    else:
        low = mp.findroot(total, (-8, 8), solver="ridder", tol=1e-50)
    rises = form.sign if total(-8) < total(8) else -form.sign  # the payment is made above the root
    if mp.isinf(low):
        rises = 1.0
    terms = [(w * mp.e ** (x + s * s / 2), s) for w, x, s in zip(form.weights, levels, c, strict=True)]
    terms.append((mp.mpf(form.constant), mp.mpf(0)))
    return form.sign * mp.fsum(size * mp.ncdf(rises * (s - low)) for size, s in terms)


def quadrature(form, b, c):
    """The same mean from the payment alone."""
    z, step = np.linspace(-12.0, 12.0, 2_000_001, retstep=True)
    paid = sum(w * np.exp(x + s * z) for w, x, s in zip(form.weights, map(float, b), map(float, c), strict=True))
    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    return float((np.maximum(form.sign * (paid + form.constant), 0.0) * density).sum() * step)


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
def test_path_by_path_against_quadrature(model, name):
    """The direction from its definition; derivatives to a return's mean and variance as differences of quadratures."""
    form, greeks = FORMS[name], ("vega", "rho", "theta")
    found, block = rows(model, form, greeks, count=1), sample(model, 1)
    returns = block.paths.returns(greeks)
    width = slice(0, 1) if returns.mean.shape[1] == 1 else 0
    mean, variance = (part[:, width].reshape(-1) for part in (returns.mean, returns.variance))
    side = 1.0 if form.weights[-1] > 0.0 else -1.0
    tails = [max(side * sum(form.weights[k:]), 0.0) for k in range(3)]
    logs = np.append(np.log(model.spot), block.paths.log_spot[:, 0])
    normals = (np.diff(logs) - mean - returns.drift) / np.sqrt(variance)
    direction = np.sqrt(variance) * tails / np.linalg.norm(np.sqrt(variance) * tails)
    c = np.cumsum(np.sqrt(variance) * direction)
    b = logs[1:] - c * (direction @ normals)
    mp.mp.dps, h = 40, mp.mpf("1e-8")
    b, c = ([mp.mpf(float(x)) for x in part] for part in (b, c))
    assert quadrature(form, b, c) == pytest.approx(float(slow(form, b, c)), rel=1e-9, abs=1e-9)
    by_date = []
    for k in range(3):
        down, middle, up = (slow(form, b, c, shift, k) for shift in (-h, 0, h))
        by_date.append((float((up - down) / (2 * h)), float((up - 2 * middle + down) / h**2)))
    assert found[0, 0] == pytest.approx(float(slow(form, b, c)), rel=1e-12, abs=1e-12)
    assert found[1, 0] == pytest.approx(by_date[0][0], rel=1e-11, abs=1e-10)
    assert found[1, 0] + found[2, 0] == pytest.approx(by_date[0][1], rel=1e-11, abs=1e-9)
    for place in range(3):
        row, factor = max(returns.rows[place], 0), returns.factors[place] * (returns.rows[place] >= 0)
        m, v = (part[row][:, width].reshape(-1) for part in (returns.mean_slopes, returns.variance_slopes))
        expected = sum(
            (factor * m[k] + returns.by_interval[place, k]) * by_date[k][0] + 0.5 * factor * v[k] * by_date[k][1]
            for k in range(3)
        )
        assert found[3 + place, 0] == pytest.approx(expected, rel=1e-11, abs=1e-9)


@pytest.mark.parametrize("name", list(FORMS))
def test_second_order_is_the_derivative_of_first_order(name):
    """Vega's row along the volatility, whose direction does not move, and along the log-spot; the root moves with both."""
    form, block, step = FORMS[name], sample(GBM), 1e-5
    line, first = line_of(form), ("vega",)
    found = integrated(block, line, first, 0, 0, 128, "test")[:, :8].copy()

    def slope(parameter, size):
        up, down = (
            integrated(block.shifted((parameter, move)), line, first, -1, -1, 128, "side")[3, :8].copy()
            for move in (size, -size)
        )
        return (up - down) / (2 * size)

    assert found[4] == pytest.approx(GBM.spot * slope("delta", step * GBM.spot), rel=2e-7, abs=1e-6)
    assert found[5] == pytest.approx(slope("vega", step), rel=2e-7, abs=1e-6)


@pytest.mark.parametrize("fixings", [2, 12, 52])
def test_what_is_linear_is_taken_off(fixings):
    """The mean stays, of every Greek, and the error falls: by 5 to 200 times in variance."""
    asian = gk.Asian("call", maturity=1.0, fixings=fixings, average_of="strike")
    greeks, dates = tuple(ALL.split(",")), asian.dates()
    block, line = sample(GBM, 64, dates), line_of(asian.positive_part)
    first = ("vega", "rho", "dividend_rho", "theta")
    plain = integrated(block, line, first, 0, 0, 128, "test")[:, :64].copy()
    without_linear(block, line, first, 0, 0, own := np.pad(plain, ((0, 0), (0, 64))))
    linear = own[:, :64] - plain
    centred = block.paths.log_spot[:, :64] - np.log(GBM.spot) - (0.03 - 0.5 * 0.25**2) * np.array(dates)[:, None]
    for row, kept, taken in zip(plain, own[:, :64], linear, strict=True):
        fitted = np.linalg.lstsq(centred.T, taken, rcond=None)[0]
        assert np.abs(centred.T @ fitted - taken).max() <= 1e-9 * (np.abs(taken).max() + 1e-12)
        assert kept.std() <= 0.5 * row.std() + 1e-12
    found = gk.estimate(asian, GBM, greeks=greeks, estimators="conditional", paths=2**13, analytic=False)
    other = gk.estimate(asian, GBM, greeks=greeks, estimators="likelihood_ratio", paths=2**16)
    for greek in greeks:
        error = np.hypot(found[greek].standard_error, other[greek].standard_error)
        assert abs(found[greek].value - other[greek].value) < 4.5 * error + 1e-12, greek


def test_what_the_past_fixings_decide_is_linear():
    """No root: the call is its forward, path by path, and the put nothing."""
    asian = {"strike": 100.0, "maturity": 1.0, "fixings": 2, "past_fixings_sum": 600.0, "past_fixings_count": 3}
    assert line_of(gk.Asian("call", **asian).positive_part).pivot == NOTHING
    options = {"greeks": ALL, "paths": 2**14}
    exact = gk.estimate(gk.Asian("call", **asian), GBM, **options)
    found = gk.estimate(gk.Asian("call", **asian), GBM, estimators="conditional", **options)
    none = gk.estimate(gk.Asian("put", **asian), GBM, estimators="conditional", **options)
    for greek in ALL.split(","):
        error = max(4.5 * found[greek].standard_error, 1e-12)
        assert abs(found[greek].value - exact[greek].value) < error, greek
        assert none[greek].value == 0.0 and none[greek].standard_error == 0.0


@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
def test_what_is_homogeneous_has_no_gamma(model):
    """Of degree 1 in the spot: 0 for each path, and by auto, without an error and without a warning."""
    for trade in (gk.Asian("call", maturity=1.0, fixings=12, average_of="strike"),
                  gk.ForwardStart("put", start=0.4, maturity=1.0)):  # fmt: skip
        for options in ({"analytic": False}, {"estimators": "conditional"}):
            gamma = gk.estimate(trade, model, greeks="gamma", paths=2000, **options)["gamma"]
            assert (gamma.value, gamma.standard_error, gamma.status) == (0.0, 0.0, "ok"), gamma.reason


class Spread(Payoff):
    """What is paid on a late average less an early spot: no class of the registries."""

    kind, smoothness = "spread", "lipschitz"

    def __init__(self, weights, constant=0.0):
        self.maturity, self.positive_part = 1.0, PositivePart(tuple(weights), constant, 1.0)

    def dates(self):
        return (0.25, 0.5, 1.0)

    def settled(self, spot):
        return None

    def values(self, paths, workspace, out):
        n, form = paths.count, self.positive_part
        out[:n] = np.maximum(np.array(form.weights) @ paths.spot[:, :n] + form.constant, 0.0)


@pytest.mark.parametrize("model", [GBM, HESTON], ids=["gbm", "heston"])
@pytest.mark.parametrize("weights", [(-0.4, -0.7, 1.0), (0.5, 0.0, 0.5)], ids=str)
def test_any_payoff_of_the_form_has_it(model, weights):
    """The sum of the weights may be below 0: the direction leaves out what would turn the sum round."""
    trade = Spread(weights, -100.0 if weights[0] > 0 else -1.0)
    greeks = "price,delta,gamma,vega,rho"
    found = gk.estimate(trade, model, greeks=greeks, estimators="conditional", paths=2**14)
    other = gk.estimate(trade, model, greeks=greeks, estimators="likelihood_ratio", paths=2**16)
    for greek in greeks.split(","):
        error = np.hypot(found[greek].standard_error, other[greek].standard_error)
        assert abs(found[greek].value - other[greek].value) < 4.5 * error, greek
        assert found[greek].standard_error < (0.25 if model is GBM else 1.3) * other[greek].standard_error, greek


@pytest.mark.parametrize(
    ("weights", "constant"), [((1.0, -2.0, 1.5), 0.0), ((-0.5, 0.7, 1.0), -20.0), ((0.0, 0.0, 0.0), -1.0)]
)
def test_what_may_have_several_roots_is_refused(weights, constant):
    assert line_of(PositivePart(weights, constant, 1.0)) is None
    assert "no closed form" in ESTIMATORS["conditional"].refuse(Spread(weights, constant), GBM, "price")


def test_refusals():
    refuse, asian = ESTIMATORS["conditional"].refuse, gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)
    geometric = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4, averaging="geometric")
    assert "geometric asian" in refuse(geometric, GBM, "price")
    assert "nothing is random" in refuse(asian, gk.GBM(spot=100.0, volatility=0.0), "delta")
    assert refuse(asian, HESTON, "volga") == "conditional gives no volga"
    assert refuse(asian, GBM, "volga") is None
    assert "no parameter" in refuse(asian, GBM, "correlation")


@pytest.mark.parametrize("volatility", [1e-4, 0.01, 1.0, 3.9])
@pytest.mark.parametrize("strike", [1e-6, 99.0, 130.0, 1e7])
def test_ends_of_the_ranges_are_finite(volatility, strike):
    model = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=volatility)
    for trade in (gk.Asian("call", strike=strike, maturity=2.0, fixings=8),
                  gk.Asian("put", maturity=2.0, fixings=8, past_fixings_sum=strike, past_fixings_count=1,
                           average_of="strike")):  # fmt: skip
        found = gk.estimate(trade, model, greeks=ALL, estimators="conditional", paths=1024)
        for greek in ALL.split(","):
            assert np.isfinite(found[greek].value) and np.isfinite(found[greek].standard_error), (trade, greek)
        plain = gk.estimate(trade, model, greeks="price", estimators="pathwise", paths=1024)["price"]
        error = np.hypot(plain.standard_error, found["price"].standard_error)
        assert abs(found["price"].value - plain.value) < 6.0 * error + 1e-9 * (strike + 100.0)
