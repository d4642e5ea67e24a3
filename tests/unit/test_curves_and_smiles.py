"""Curves and smiles: what interpolates, what is arbitrage, and that each contract has the numbers of its date and strike."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

import greeks as gk
from greeks.errors import PortfolioError
from greeks.market.curve import Curve
from greeks.market.smile import Quote, Smile

RATES = {"time": (0.25, 1.0, 2.0), "zero": (0.03, 0.035, 0.04)}
ALL = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta")


@given(st.lists(st.floats(0.01, 5.0), min_size=1, max_size=6), st.data())
def test_the_three_forms_of_a_curve_are_one(gaps, data) -> None:
    times = tuple(np.cumsum(gaps))
    rates = data.draw(st.lists(st.floats(-0.05, 0.2), min_size=len(times), max_size=len(times)))
    zero = Curve.of_zero_rates("c", times, rates)
    discounts = [exp(-rate * time) for rate, time in zip(rates, times, strict=True)]
    forwards = np.diff([r * t for r, t in zip(rates, times, strict=True)], prepend=0.0) / np.diff(times, prepend=0.0)
    others = Curve.of_discounts("c", times, discounts), Curve.of_forward_rates("c", times, list(forwards))
    for years in (*times, *(0.5 * times[0], 1.7 * times[-1])):
        for other in others:
            assert other.integral(years) == pytest.approx(zero.integral(years), abs=1e-12)
    assert [zero.zero(time) for time in times] == pytest.approx(rates, abs=1e-14)


def test_between_and_beyond_the_dates() -> None:
    """Forward rates are constant between dates, and the last goes on."""
    curve = Curve.of_zero_rates("c", RATES["time"], RATES["zero"])
    forward = (0.035 * 1.0 - 0.03 * 0.25) / 0.75
    assert curve.integral(0.5) == pytest.approx(0.03 * 0.25 + forward * 0.25, abs=1e-16)
    assert curve.zero(0.1) == curve.zero(0.0) == pytest.approx(0.03, abs=1e-16)
    last = 0.04 * 2.0 - 0.035 * 1.0
    assert curve.integral(5.0) == pytest.approx(0.08 + 3.0 * last, abs=1e-15)
    assert not curve.flat and Curve.of_zero_rates("f", (1.0, 3.0), (0.02, 0.02)).flat


def smile(*points: tuple[float, float, float]) -> Smile:
    """A surface of (years, strike over forward, volatility)."""
    by_years: dict[float, list[Quote]] = {}
    for years, ratio, volatility in points:
        by_years.setdefault(years, []).append(Quote(years, log(ratio), volatility))
    return Smile(tuple(tuple(by_years[years]) for years in sorted(by_years)), lambda years: 100.0 * exp(0.02 * years))


def test_a_smile_meets_its_quotes_and_is_linear_in_total_variance_between() -> None:
    points = (0.5, 0.9, 0.25), (0.5, 1.0, 0.2), (0.5, 1.1, 0.18), (2.0, 0.8, 0.24), (2.0, 1.2, 0.2)
    surface = smile(*points)
    assert surface.arbitrage() == []
    for years, ratio, volatility in points:
        assert surface.volatility(years, ratio * surface.forward(years)) == pytest.approx(volatility, abs=1e-14)
    at = 0.95
    within = [0.5 * (0.25**2 + (0.2**2 - 0.25**2) * (log(at) - log(0.9)) / (log(1.0) - log(0.9)))]
    within += [2.0 * (0.24**2 + (0.2**2 - 0.24**2) * (log(at) - log(0.8)) / (log(1.2) - log(0.8)))]
    total = within[0] + (within[1] - within[0]) * (1.1 - 0.5) / 1.5
    assert surface.volatility(1.1, at * surface.forward(1.1)) == pytest.approx(sqrt(total / 1.1), abs=1e-14)
    assert surface.volatility(0.1, 90.0 * exp(0.02 * 0.1)) == pytest.approx(0.25, abs=1e-14)
    assert surface.volatility(9.0, 50.0) == pytest.approx(0.24, abs=1e-14)
    assert surface.volatility(0.5) == pytest.approx(0.2, abs=1e-14)
    assert surface.beyond(9.0, 100.0) and surface.beyond(0.5, 50.0) and not surface.beyond(0.5, 100.0)


def test_planted_arbitrage_is_found_and_named() -> None:
    falling = smile((1.0, 1.0, 0.3), (2.0, 1.0, 0.2))
    ((quote, message),) = falling.arbitrage(by_strike=False)
    assert quote.years == 2.0 and message.startswith("calendar arbitrage")
    assert "maturity 1" in message and "maturity 2" in message
    for bad in (
        ((1.0, 0.9, 0.2), (1.0, 1.0, 0.5), (1.0, 1.1, 0.2)),  # a peak: the call at its top is too dear
        ((0.1, 1.0, 0.2), (0.1, 1.3, 1.8)),  # a call that is dearer at the higher strike
    ):
        found = smile(*bad).arbitrage(by_strike=False)
        assert found and all(message.startswith("butterfly arbitrage") for _, message in found)


@given(st.floats(0.05, 0.8), st.floats(-0.4, 0.4), st.floats(0.02, 3.0))
def test_a_sound_smile_is_not_accused(level, slope, years) -> None:
    """A quadratic of small slope and curvature in total variance, whose density is positive (Gatheral, 2006)."""
    ratios = np.exp(np.linspace(-0.3, 0.3, 9))
    points = []
    for ratio in ratios:
        total = level**2 * years * (1.0 + 0.3 * slope * log(ratio) + 0.05 * log(ratio) ** 2)
        points.append((years, float(ratio), sqrt(total / years)))
    calls = [float(_black(exp(log(r)), v * sqrt(years))) for _, r, v in points]
    slopes = np.diff(calls) / np.diff(ratios)
    convex = bool(np.all(np.diff(slopes) >= 0.0) and slopes[-1] <= 0.0 and slopes[0] >= -1.0)
    assert (smile(*points).arbitrage() == []) or not convex


def _black(strike: float, width: float) -> float:
    upper = -log(strike) / width + 0.5 * width
    return norm.cdf(upper) - strike * norm.cdf(upper - width)


TRADES = pd.DataFrame(
    [
        ("low", "X", "european", "call", 95.0, 1.0, 1.0),
        ("high", "X", "european", "call", 105.0, 1.0, -1.0),
        ("short", "X", "european", "put", 90.0, 0.4, 2.0),
        ("long", "X", "european", "put", 110.0, 3.0, 1.0),
    ],
    columns=["trade_id", "underlying", "product", "option_type", "strike", "maturity", "quantity"],
)
CURVES = pd.DataFrame(
    [("USD", 0.25, 0.03), ("USD", 1.0, 0.035), ("USD", 2.0, 0.04), ("DIV", 0.5, 0.01), ("DIV", 2.0, 0.02)],
    columns=["curve", "maturity", "zero_rate"],
)
VOLS = pd.DataFrame(
    [("X", t, k, v) for t, row in ((0.5, (0.24, 0.21, 0.19)), (1.5, (0.23, 0.215, 0.2)))
     for k, v in zip((90.0, 100.0, 110.0), row, strict=True)],
    columns=["underlying", "maturity", "strike", "volatility"],
)  # fmt: skip


def market(**cells) -> pd.DataFrame:
    row = {"underlying": "X", "model": "gbm", "spot": 100.0, "rate": "USD", "dividend_yield": "DIV", **cells}
    return pd.DataFrame([{**row, "volatility": cells.get("volatility")}])


def book(**options) -> gk.Book:
    given = {"market": market(), "curves": CURVES, "vols": VOLS, **options}
    return gk.read_portfolio(TRADES, given.pop("market"), **given)


def test_each_contract_has_the_numbers_of_its_date_and_strike() -> None:
    """Every number is that of a flat market with the zero rate, the yield and the volatility of the contract."""
    found = book()
    usd = Curve.of_zero_rates("USD", RATES["time"], RATES["zero"])
    for trade in found.trades:
        years = trade.payoff.maturity
        model = found.model_of(trade)
        assert model.rate == pytest.approx(usd.zero(years), abs=1e-15)
        assert model.volatility == found.terms["X"].smile.volatility(years, trade.payoff.strike)
        alone = gk.estimate(trade.payoff, model, greeks=ALL)
        frame = gk.run(found, greeks=ALL).trades
        for line in frame[frame.trade_id == trade.trade_id].itertuples():
            assert line.value == alone[line.greek].value


def test_simulated_numbers_meet_the_exact_ones_and_net_path_by_path() -> None:
    found = book()
    exact = gk.run(found, greeks=ALL).net
    drawn = gk.run(found, greeks=ALL, analytic=False, paths=65536).net
    for line, known in zip(drawn.itertuples(), exact.itertuples(), strict=True):
        assert abs(line.value - known.value) < 4.5 * line.standard_error
    same = gk.Book(found.trades[:2], found.models, terms=found.terms)
    hedged = gk.run(same, greeks="delta", analytic=False, paths=65536, estimators="pathwise")
    own = hedged.trades.position_standard_error
    assert hedged.net.standard_error[0] < 0.6 * np.hypot(*own)


def test_parallel_moves_of_the_curve_and_the_smile_are_rho_and_vega() -> None:
    step = 1e-5
    up = {"curves": CURVES.assign(zero_rate=CURVES.zero_rate + step * (CURVES.curve == "USD"))}
    down = {"curves": CURVES.assign(zero_rate=CURVES.zero_rate - step * (CURVES.curve == "USD"))}
    base = gk.run(book(), greeks=("rho", "vega")).trades.set_index(["trade_id", "greek"]).value
    # With moneyness quoted, the smile stays where it is when the forward moves: so it does when strikes stay.
    ends = [
        gk.run(replace_rates(book(**each)), greeks="price").trades.set_index("trade_id").value for each in (up, down)
    ]
    for trade in TRADES.trade_id:
        assert base[trade, "rho"] == pytest.approx((ends[0][trade] - ends[1][trade]) / (2 * step), rel=1e-6)
    moved = [gk.run(shifted_vols(s), greeks="price").trades.set_index("trade_id").value for s in (step, -step)]
    for trade in TRADES.trade_id:
        assert base[trade, "vega"] == pytest.approx((moved[0][trade] - moved[1][trade]) / (2 * step), rel=1e-6)


def replace_rates(moved: gk.Book) -> gk.Book:
    """The book with moved curves, and the volatilities of the book as it was."""
    still = book()
    trades = tuple(replace(trade, volatility=still.model_of(trade).volatility) for trade in still.trades)
    return replace(moved, trades=trades)


def shifted_vols(step: float) -> gk.Book:
    still = book()
    trades = tuple(replace(trade, volatility=still.model_of(trade).volatility + step) for trade in still.trades)
    return replace(still, trades=trades)


def test_heston_and_futures_have_curves_too() -> None:
    heston = {"initial_variance": 0.04, "mean_reversion": 1.0, "long_run_variance": 0.05, "vol_of_vol": 0.4,
              "correlation": -0.5}  # fmt: skip
    found = book(market=market(model="heston", **heston), vols=None)
    for trade in found.trades:
        flat = gk.estimate(trade.payoff, found.model_of(trade), greeks="price,rho")
        frame = gk.run(found, greeks="price,rho").trades
        assert list(frame[frame.trade_id == trade.trade_id].value) == [flat["price"].value, flat["rho"].value]
    futures = book(market=market(model="black76", dividend_yield=None))
    price = gk.run(futures, greeks="price").trades.set_index("trade_id").value["low"]
    rate, volatility = 0.035, futures.model_of(futures.trades[0]).volatility
    assert price == pytest.approx(exp(-rate) * 100.0 * _black(0.95, volatility), rel=1e-12)


def test_what_needs_more_than_one_number_is_refused_with_what_to_do() -> None:
    asian = pd.DataFrame([{**TRADES.iloc[0].to_dict(), "product": "asian", "fixings": 4, "volatility": None}])
    digital = pd.DataFrame([{**TRADES.iloc[0].to_dict(), "product": "digital", "volatility": None}])
    for trades, says in ((asian, "more of a smile than one point"), (digital, "more of a smile than one point")):
        with pytest.raises(PortfolioError, match=says):
            gk.read_portfolio(trades, market(), curves=CURVES, vols=VOLS)
    own = digital.assign(volatility=0.22)
    assert gk.read_portfolio(own, market(), curves=CURVES, vols=VOLS).trades[0].volatility == 0.22
    flat = market(rate=0.03, dividend_yield=0.0)
    assert gk.read_portfolio(asian.assign(volatility=0.2), flat, vols=VOLS)


def test_what_is_not_used_or_extrapolated_is_told() -> None:
    more = pd.concat([CURVES, pd.DataFrame([("EUR", 1.0, 0.02)], columns=CURVES.columns)])
    other = pd.concat([VOLS, pd.DataFrame([("Y", 1.0, 100.0, 0.2)], columns=VOLS.columns)])
    notes = "\n".join(book(curves=more, vols=other).notes)
    assert "curves that no underlying names: EUR" in notes
    assert "quotes of underlyings that no trade has: Y" in notes
    assert "trades long: beyond curve USD, whose last forward rate goes on" in notes
    assert "trades long: beyond the last expiry, 1.5 years, whose volatility goes on" in notes
