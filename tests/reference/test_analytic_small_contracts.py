"""Gap, power, forward-start and range-accrual contracts: published values, many digits, quadrature, identities."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from types import SimpleNamespace

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import greeks as gk
from greeks.analytic import black_scholes, gap, heston, range_accrual
from greeks.analytic.forward_start import forward_start
from greeks.analytic.power import power
from tests.reference import many_digits
from tests.reference.quadrature import Market, Quadrature
from tests.reference.quadrature_contracts import range_accrual as range_dates

ROWS = [
    row
    for row in csv.DictReader((Path(__file__).parent / "data" / "published_lookback.csv").read_text().splitlines())
    if row["product"] in ("forward_start", "cliquet")
]
MODEL = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)
HESTON = gk.Heston(
    spot=100.0, rate=0.05, dividend_yield=0.02, initial_variance=0.06, mean_reversion=1.5, long_run_variance=0.04,
    vol_of_vol=0.6, correlation=-0.7,
)  # fmt: skip
MARKETS = dict(  # noqa: C408
    rate=st.floats(-0.05, 0.12), dividend_yield=st.floats(-0.05, 0.12), volatility=st.floats(0.08, 0.6)
)


def same(got, want, scale=100.0, volatility=0.1, tolerance=1e-11) -> None:  # type: ignore[no-untyped-def]
    assert got.keys() == want.keys()
    for greek, value in want.items():
        unit = scale / volatility ** {"volga": 2, "price": 0, "delta": 0}.get(greek, 1)
        assert got[greek] == pytest.approx(value, rel=tolerance, abs=tolerance * unit), greek


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case_id"])
def test_published_forward_starts(row: dict[str, str]) -> None:
    terms = [
        float(row[name]) for name in ("strike", "reset_time", "maturity_years", "spot", "rate", "dividend", "sigma")
    ]
    price = forward_start(row["call_put"], *terms)["price"]
    assert abs(price - float(row["expected"])) <= float(row["tolerance"])
    assert price == pytest.approx(float(row["exact_value"]), rel=1e-12)


def _normals(forward, strike, deviation):  # type: ignore[no-untyped-def]
    d1 = mp.log(forward / strike) / deviation + deviation / 2
    return mp.ncdf(d1), mp.ncdf(d1 - deviation)


@settings(max_examples=10, deadline=None)
@given(strike=st.floats(60.0, 150.0), trigger=st.floats(60.0, 150.0), maturity=st.floats(0.05, 3.0), **MARKETS)
def test_gap(strike, trigger, maturity, rate, dividend_yield, volatility) -> None:  # type: ignore[no-untyped-def]
    model = gk.GBM(spot=100.0, rate=rate, dividend_yield=dividend_yield, volatility=volatility)
    for option_type, sign in (("call", 1), ("put", -1)):

        def price(s, r, q, v, e, sign=sign):  # type: ignore[no-untyped-def]
            t = maturity - e
            n1, n2 = _normals(s * mp.exp((r - q) * t), mp.mpf(trigger), v * mp.sqrt(t))
            n1, n2 = (n1, n2) if sign > 0 else (1 - n1, 1 - n2)
            return sign * (s * mp.exp(-q * t) * n1 - strike * mp.exp(-r * t) * n2)

        trade = SimpleNamespace(option_type=option_type, strike=strike, trigger=trigger, maturity=maturity)
        same(
            gap.reference(trade, model), many_digits.greeks(price, 100.0, rate, dividend_yield, volatility), 100.0, 0.08
        )


@pytest.mark.parametrize("model", [MODEL, HESTON])
def test_a_gap_triggered_at_its_strike_is_a_vanilla(model) -> None:  # type: ignore[no-untyped-def]
    trade = SimpleNamespace(kind="european", option_type="put", strike=95.0, trigger=95.0, maturity=0.8)
    form = heston if model.kind == "heston" else black_scholes
    same(gap.reference(trade, model), form.reference(trade, model), tolerance=1e-8 if model is HESTON else 1e-12)


@settings(max_examples=10, deadline=None)
@given(exponent=st.floats(0.3, 3.0), moneyness=st.floats(0.7, 1.4), maturity=st.floats(0.05, 3.0), **MARKETS)
def test_power(exponent, moneyness, maturity, rate, dividend_yield, volatility) -> None:  # type: ignore[no-untyped-def]
    strike = moneyness * 3.0**exponent
    for option_type, sign in (("call", 1), ("put", -1)):

        def price(s, r, q, v, e, sign=sign):  # type: ignore[no-untyped-def]
            t, n = maturity - e, mp.mpf(exponent)
            forward = s**n * mp.exp(n * (r - q + (n - 1) * v * v / 2) * t)
            n1, n2 = _normals(forward, mp.mpf(strike), n * v * mp.sqrt(t))
            n1, n2 = (n1, n2) if sign > 0 else (1 - n1, 1 - n2)
            return sign * mp.exp(-r * t) * (forward * n1 - strike * n2)

        got = power(option_type, exponent, 3.0, strike, maturity, rate, dividend_yield, volatility)
        want = many_digits.greeks(price, 3.0, rate, dividend_yield, volatility)
        same(got, want, 10.0 * 3.0**exponent, 0.08)


def test_the_first_power_is_the_spot_and_no_volatility_no_risk() -> None:
    same(
        power("call", 1.0, 100.0, 90.0, 1.0, 0.05, 0.02, 0.25),
        black_scholes.european("call", 100.0, 90.0, 1.0, 0.05, 0.02, 0.25),
    )
    assert power("put", 2.0, 100.0, 1e4, 1.0, 0.0, 0.05, 0.0)["price"] == pytest.approx(1e4 * (1 - math.exp(-0.1)))


@settings(max_examples=10, deadline=None)
@given(moneyness=st.floats(0.6, 1.5), start=st.floats(0.01, 2.0), rest=st.floats(0.05, 2.0), **MARKETS)
def test_forward_start(moneyness, start, rest, rate, dividend_yield, volatility) -> None:  # type: ignore[no-untyped-def]
    maturity = start + rest
    for option_type, sign in (("call", 1), ("put", -1)):

        def price(s, r, q, v, e, sign=sign):  # type: ignore[no-untyped-def]
            n1, n2 = _normals(mp.exp((r - q) * (maturity - start)), mp.mpf(moneyness), v * mp.sqrt(maturity - start))
            n1, n2 = (n1, n2) if sign > 0 else (1 - n1, 1 - n2)
            unit = mp.exp(-q * (maturity - start)) * n1 - moneyness * mp.exp(-r * (maturity - start)) * n2
            return sign * s * mp.exp(-q * (start - e)) * unit

        got = forward_start(option_type, moneyness, start, maturity, 80.0, rate, dividend_yield, volatility)
        same(got, many_digits.greeks(price, 80.0, rate, dividend_yield, volatility), 100.0, 0.08)
        assert got["gamma"] == 0.0


def test_a_start_today_is_a_vanilla_that_moves_with_the_spot() -> None:
    got = forward_start("put", 1.1, 0.0, 1.0, 100.0, 0.05, 0.02, 0.25)
    want = black_scholes.european("put", 100.0, 110.0, 1.0, 0.05, 0.02, 0.25)
    for greek in ("price", "vega", "rho", "dividend_rho", "theta", "volga"):
        assert got[greek] == pytest.approx(want[greek], rel=1e-13), greek
    assert got["delta"] == pytest.approx(want["price"] / 100.0, rel=1e-13)


@pytest.mark.parametrize(("lower", "upper"), [(90.0, 115.0), (60.0, 70.0), (130.0, 150.0)])
def test_range_accrual(lower: float, upper: float) -> None:
    times, maturity = [0.2, 0.5, 1.0], 1.1
    got = range_accrual.range_accrual(lower, upper, times, maturity, 80.0, 0.0, 0, MODEL)
    market = Market(100.0, 0.05, 0.02, 0.25)
    same(got, Quadrature(range_dates(lower, upper, times, maturity, 80.0), market).greeks(), 10.0, tolerance=1e-10)


@pytest.mark.parametrize("model", [MODEL, HESTON])
def test_range_accrual_with_open_sides_and_a_past(model) -> None:  # type: ignore[no-untyped-def]
    common = {"maturity": 1.0, "notional": 50.0, "past_fixings": (96.0, 94.0, 110.0), "fixing_times": (0.3, 1.0)}
    above, below = (
        range_accrual.reference(gk.RangeAccrual(**side, **common), model) for side in ({"lower": 95.0}, {"upper": 95.0})
    )
    total = {greek: above[greek] + below[greek] for greek in above}
    bond = 50.0 * math.exp(-0.05)
    assert len(above) == (14 if model is HESTON else 9)
    for greek, value in total.items():
        want = {"price": bond, "rho": -bond, "theta": 0.05 * bond}.get(greek, 0.0)
        assert value == pytest.approx(want, abs=1e-7), greek
