"""Contracts on several dates under curves: every estimator, beside moved curves, a flat market and quadrature."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt

import numpy as np
import pandas as pd
import pytest

import greeks as gk
from greeks.estimators.registry import ESTIMATORS
from greeks.market.curve import Curve
from greeks.market.forward import Forward
from greeks.market.smile import Quote, Smile
from greeks.market.terms import Terms

FIRST = ("delta", "vega", "rho", "dividend_rho", "theta")
ALL = ("price", *FIRST, "gamma")
MODEL = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
ASIAN = gk.Asian("call", strike=100, maturity=1.0, fixings=5)
PAYOFFS = [
    ASIAN,
    gk.Asian("put", strike=105, maturity=1.0, fixing_times=[0.2, 0.7, 1.0], averaging="geometric"),
    gk.Barrier(
        "call", strike=100, maturity=1.0, barrier=85, barrier_type="down-and-out", monitoring="discrete", fixings=4
    ),
    gk.Lookback("call", strike=100, maturity=1.0, lookback_type="fixed", monitoring="discrete", fixings=3),
    gk.Cliquet(maturity=1.0, fixings=4, local_floor=-0.05, local_cap=0.06, notional=100.0),
    gk.ForwardStart("call", moneyness=1.0, start=0.4, maturity=1.0),
]


def terms(rates: float = 0.0, yields: float = 0.0, vols: float = 0.0, flat: bool = False) -> Terms:
    """Curves and volatilities, each moved by so much; dates between and beside those of the contracts."""
    rate = Curve.of_zero_rates(
        "r", (0.3, 0.8, 2.0), [x + rates for x in ((0.03,) * 3 if flat else (0.02, 0.035, 0.05))]
    )
    dividend = Curve.of_zero_rates("q", (0.5, 2.0), [x + yields for x in ((0.01,) * 2 if flat else (0.005, 0.02))])
    forward = Forward(100.0, rate, dividend)
    quotes = ((1.0, 0.2),) if flat else ((0.25, 0.25), (0.6, 0.2), (1.5, 0.22))
    smile = Smile(tuple((Quote(time, 0.0, volatility + vols),) for time, volatility in quotes), forward)
    return Terms({"rate": rate, "dividend_yield": dividend}, forward, smile)


def book(payoff, market: Terms, spot: float = 100.0) -> gk.Book:
    return gk.Book((gk.Trade("a", "X", payoff),), {"X": replace(MODEL, spot=spot)}, terms={"X": market})


def drawn(payoff, market: Terms, greeks, spot: float = 100.0, **options) -> pd.DataFrame:
    given = {"paths": 65536, "analytic": False, **options}
    frame = gk.run(book(payoff, market, spot), greeks=greeks, **given).trades
    return frame[frame.status != "na"]


@pytest.mark.parametrize("payoff", PAYOFFS, ids=lambda payoff: payoff.variant)
def test_every_estimator_has_the_derivatives_of_moved_curves(payoff) -> None:
    """Differences of the price between curves moved in parallel, on the same random numbers."""
    step, names = 1e-3, [name for name, each in ESTIMATORS.items() if not each.biased]
    moves = {"rho": {"rates": step}, "dividend_rho": {"yields": step}, "vega": {"vols": step}}
    known: dict[str, tuple[float, float]] = {}
    for greek, move in moves.items():
        ends = [drawn(payoff, terms(**{k: s * v for k, v in move.items()}), "price") for s in (1, -1)]
        known[greek] = (ends[0].value.iloc[0] - ends[1].value.iloc[0]) / (2 * step), 0.0
    ends = [drawn(payoff, terms(), "price", spot=100.0 + s) for s in (0.1, -0.1)]
    known["delta"] = (ends[0].value.iloc[0] - ends[1].value.iloc[0]) / 0.2, 0.0
    found = drawn(payoff, terms(), ALL, estimators=names)
    assert set(known) <= set(found.greek)
    for greek, (difference, _) in known.items():
        rows = found[found.greek == greek]
        largest = rows.standard_error.max()
        for line in rows.itertuples():
            room = 4.5 * sqrt(line.standard_error**2 + largest**2) + 2e-3 * abs(difference)
            assert abs(line.value - difference) < room, (greek, line.estimator, line.value, difference)
    for greek in ("price", "gamma", "theta"):
        rows = found[found.greek == greek]
        if rows.empty:
            continue
        best = rows.loc[rows.standard_error.idxmin()]
        for line in rows.itertuples():
            assert abs(line.value - best.value) < 4.5 * np.hypot(line.standard_error, best.standard_error) + 1e-9


@pytest.mark.parametrize("payoff", PAYOFFS, ids=lambda payoff: payoff.variant)
def test_flat_curves_are_the_flat_model(payoff) -> None:
    """Curves that are level have every number of a market without curves, to rounding."""
    same = gk.run(book(payoff, terms(flat=True)), greeks=ALL, paths=8192).trades
    plain = gk.estimate(payoff, MODEL, greeks=ALL, paths=8192, underlying="X").to_frame()
    assert list(same.status) == list(plain.status)
    assert np.allclose(same.value, plain.value, rtol=1e-9, atol=1e-9, equal_nan=True)


def test_the_paths_of_level_steps_are_those_of_the_flat_model() -> None:
    """Weights, tangents and returns too."""
    from greeks.core.generator import first_of, stream_key
    from greeks.core.workspace import Workspace
    from greeks.models.base import Draw

    dates, lengths = (0.25, 0.6, 1.0), np.diff((0.0, 0.25, 0.6, 1.0))
    level = MODEL.stepwise(
        dates=dates, rates=tuple(0.03 * lengths), yields=tuple(0.01 * lengths), variances=tuple(0.04 * lengths),
        tilts=tuple(0.4 * lengths), after=0.0, maturity=1.0,
    )  # fmt: skip
    draw = Draw(stream_key(3, "x", *dates), first_of(0), 512, 512)
    ours, flat = (model.simulate(dates, draw, Workspace()) for model in (level, MODEL))
    assert np.allclose(ours.spot[:, :512], flat.spot[:, :512], rtol=1e-13)
    greeks = (*FIRST, "gamma")
    assert np.allclose(ours.weights(greeks)[:, :512], flat.weights(greeks)[:, :512], rtol=1e-9, atol=1e-9)
    for greek in FIRST:
        one, other = ours.tangent(greek), flat.tangent(greek)
        assert np.allclose(_slopes(one, 512), _slopes(other, 512), rtol=1e-10, atol=1e-10)
        step = 1e-6
        for a, b in zip(*(paths.shifted(greek, step, "s").spot[:, :512] for paths in (ours, flat)), strict=True):
            assert np.allclose(a, b, rtol=1e-12)
    for part in ("variance", "drift", "variance_slopes", "by_interval", "mean_second"):
        assert np.allclose(getattr(ours.returns(FIRST), part), getattr(flat.returns(FIRST), part), atol=1e-14)


def _slopes(tangent, count: int) -> np.ndarray:
    """Derivative of the log-spot, date by date and path by path."""
    out = np.repeat(tangent.by_date[:, None], count, axis=1)
    if tangent.by_path is not None:
        out = out * tangent.by_path[:count]
    if tangent.increments is not None:
        out = out + np.cumsum(tangent.scale[:, None] * tangent.increments[:, :count], axis=0)
    return out


def test_two_fixings_by_quadrature() -> None:
    """Price, delta and vega of a geometric average of two dates, in closed form from the variances of the intervals."""
    payoff = gk.Asian("call", strike=100, maturity=1.0, fixing_times=[0.4, 1.0], averaging="geometric")

    def exact(market: Terms, spot: float = 100.0) -> float:
        rate, dividend = market.curves["rate"], market.curves["dividend_yield"]
        totals = [market.smile.volatility(time) ** 2 * time for time in (0.4, 1.0)]
        ends = [rate.integral(t) - dividend.integral(t) for t in (0.4, 1.0)]
        mean = np.log(spot) + 0.5 * sum(ends) - 0.25 * sum(totals)
        variance = totals[0] + 0.25 * (totals[1] - totals[0])
        from scipy.stats import norm

        d = (mean - np.log(100.0) + variance) / sqrt(variance)
        forward = exp(mean + 0.5 * variance)
        return exp(-rate.integral(1.0)) * (forward * norm.cdf(d) - 100.0 * norm.cdf(d - sqrt(variance)))

    found = drawn(payoff, terms(), ("price", *FIRST), paths=2**18, estimators="pathwise").set_index("greek")
    h = 1e-5
    known = {
        "price": exact(terms()),
        "delta": (exact(terms(), 100 + h) - exact(terms(), 100 - h)) / (2 * h),
        "vega": (exact(terms(vols=h)) - exact(terms(vols=-h))) / (2 * h),
        "rho": (exact(terms(rates=h)) - exact(terms(rates=-h))) / (2 * h),
        "dividend_rho": (exact(terms(yields=h)) - exact(terms(yields=-h))) / (2 * h),
    }
    for greek, value in known.items():
        assert abs(found.value[greek] - value) < 4.5 * found.standard_error[greek], greek


def test_theta_is_the_first_interval_shrinking() -> None:
    model = book(ASIAN, terms()).model_of(book(ASIAN, terms()).trades[0])
    step = 1e-4
    values = []
    for s in (step, -step):
        moved = model.moved("theta", s)
        shorter = gk.Asian("call", strike=100, maturity=1.0 - s, fixing_times=list(moved.dates))
        values.append(gk.estimate(shorter, moved, greeks="price", paths=65536, estimators="pathwise")["price"].value)
    # Different dates are different streams: so the difference is taken by the estimator that keeps them.
    found = drawn(ASIAN, terms(), "theta", estimators="pathwise,finite_difference,conditional").set_index("estimator")
    assert found.value["pathwise"] == pytest.approx(
        found.value["finite_difference"], abs=0.05 * found.standard_error.max()
    )
    assert abs(found.value["pathwise"] - found.value["conditional"]) < 4.5 * found.standard_error["pathwise"]
    assert all(np.isfinite(values))


def test_trades_of_flat_and_stepped_volatility_share_their_paths() -> None:
    """A volatility of its own beside the term structure: alone and together the same bits, and a hedged net."""
    market = terms()
    own = gk.Trade("own", "X", ASIAN, -1.0, volatility=0.215)
    both = gk.Book((gk.Trade("a", "X", ASIAN), own), {"X": MODEL}, terms={"X": market})
    together = gk.run(both, greeks=ALL, paths=8192, estimators="pathwise,likelihood_ratio", analytic=False)
    alone = gk.run(gk.Book((own,), {"X": MODEL}, terms={"X": market}), greeks=ALL, paths=8192,
                   estimators="pathwise,likelihood_ratio", analytic=False)  # fmt: skip
    mine = together.trades[together.trades.trade_id == "own"]
    assert list(mine.value) == pytest.approx(list(alone.trades.value), rel=0, abs=0, nan_ok=True)
    price = together.net[(together.net.level == "book") & (together.net.greek == "price")]
    assert 0.0 < price.standard_error.iloc[0] < 0.3 * together.trades.position_standard_error.iloc[0]


def test_what_is_refused() -> None:
    """Payments before the end, extremes between dates, and Heston."""
    curves = pd.DataFrame([("C", 0.5, 0.02), ("C", 1.0, 0.03)], columns=["curve", "maturity", "zero_rate"])
    market = pd.DataFrame([{"underlying": "X", "spot": 100.0, "rate": "C", "volatility": 0.2}])
    row = {"trade_id": "A", "underlying": "X", "option_type": "call", "strike": 100.0, "maturity": 1.0}
    barrier = {**row, "product": "barrier", "barrier_type": "down-and-out", "barrier": 90.0}
    for refused in (barrier, {**barrier, "rebate": 5.0, "rebate_at": "hit", "monitoring": "discrete", "fixings": 4}):
        with pytest.raises(gk.PortfolioError, match="replace curve C by its number"):
            gk.read_portfolio(pd.DataFrame([refused]), market, curves=curves)
    good = {**barrier, "monitoring": "discrete", "fixings": 4}
    assert gk.read_portfolio(pd.DataFrame([good]), market, curves=curves).trades
