"""Lookbacks against published values, an integral of probabilities, 80-digit differentiation, identities and limits."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from types import SimpleNamespace

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.analytic.lookback import lookback, reference
from tests.reference import many_digits
from tests.reference.quadrature import Market
from tests.reference.quadrature_lookback import Lookback

ROWS = [
    row
    for row in csv.DictReader((Path(__file__).parent / "data" / "published_lookback.csv").read_text().splitlines())
    if row["product"].startswith("lookback")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["case_id"])
def test_published_values(row: dict[str, str]) -> None:
    kind = row["product"].split("_")[1]
    market = [float(row[name]) for name in ("spot", "rate", "dividend", "sigma")]
    strike = float(row["strike"]) if row["strike"] else None
    got = lookback(row["call_put"], kind, strike, float(row["maturity_years"]), float(row["running_extreme"]), *market)
    assert abs(got["price"] - float(row["expected"])) <= float(row["tolerance"])
    assert got["price"] == pytest.approx(float(row["exact_value"]), rel=1e-13)


def test_every_published_value_is_there() -> None:
    assert len(ROWS) == 26


def _textbook(option_type, lookback_type, strike, maturity, extreme):  # type: ignore[no-untyped-def]
    """The extreme integrated out as in Haug's formulas, the rate moved by 1e-30 where it equals the yield."""
    maximum = (option_type == "call") == (lookback_type == "fixed")

    def price(spot, rate, dividend, volatility, elapsed):  # type: ignore[no-untyped-def]
        t, b = maturity - elapsed, rate - dividend
        b = b if b else mp.mpf(10) ** -30
        levels = [mp.mpf(x) for x in (extreme, strike) if x is not None]
        # where the spot is the extreme it is so after every move, too
        home = (max if maximum else min)(levels, default=None)
        level = spot if home is None or (home <= spot_now if maximum else home >= spot_now) else home
        s, stock, bond = volatility * mp.sqrt(t), mp.exp(-dividend * t), mp.exp(-rate * t)
        d1 = (mp.log(spot / level) + (b + volatility**2 / 2) * t) / s
        shifted, power = d1 - 2 * b * mp.sqrt(t) / volatility, (spot / level) ** (-2 * b / volatility**2)
        weight, sign = spot * bond * volatility**2 / (2 * b), 1 if maximum else -1
        tail = (
            sign * (spot * stock * mp.ncdf(sign * d1) - level * bond * mp.ncdf(sign * (d1 - s)))
            + sign * weight * (mp.exp(b * t) * mp.ncdf(sign * d1) - power * mp.ncdf(sign * shifted))
        )  # fmt: skip
        return tail + sign * (level * bond - (strike * bond if lookback_type == "fixed" else spot * stock))

    spot_now = mp.mpf(100)
    return price


@pytest.mark.parametrize("extreme", [None, 85.0, 100.0, 110.0])
@pytest.mark.parametrize("lookback_type", ["fixed", "floating"])
@pytest.mark.parametrize("option_type", ["call", "put"])
@settings(max_examples=3, deadline=None)
@given(
    strike=st.floats(70.0, 140.0), maturity=st.floats(0.05, 3.0), rate=st.floats(-0.05, 0.12),
    carry=st.one_of(st.sampled_from([0.0, 1e-9, -1e-5, 0.01]), st.floats(-0.3, 0.3).map(lambda x: round(x, 9))), volatility=st.floats(0.1, 0.6),
)  # fmt: skip
def test_all_greeks(option_type, lookback_type, extreme, strike, maturity, rate, carry, volatility) -> None:  # type: ignore[no-untyped-def]
    dividend = rate - carry
    got = lookback(option_type, lookback_type, strike, maturity, extreme, 100.0, rate, dividend, volatility)
    price = _textbook(option_type, lookback_type, strike if lookback_type == "fixed" else None, maturity, extreme)
    want = many_digits.greeks(price, 100.0, rate, dividend, volatility, digits=100)
    for greek, value in want.items():
        scale = {"gamma": 1.0 / volatility, "volga": 1.0 / volatility**2}.get(greek, 1.0 / volatility)
        assert got[greek] == pytest.approx(value, rel=3e-11, abs=2e-12 * 100.0 * scale), greek


def test_an_integral_of_the_probabilities_of_the_maximum() -> None:
    spot, level, b, v, t = map(mp.mpf, ("100", "108", "0.03", "0.25", "1"))
    nu = b - v**2 / 2

    def above(z):  # type: ignore[no-untyped-def]
        y = mp.log(z / spot)
        return mp.ncdf((nu * t - y) / v) + mp.exp(2 * nu * y / v**2) * mp.ncdf((-y - nu * t) / v)

    want = mp.exp(mp.mpf("-0.05")) * mp.quad(above, [level, 150, 250, 600])
    got = lookback("call", "fixed", 108.0, 1.0, None, 100.0, 0.05, 0.02, 0.25)["price"]
    assert got == pytest.approx(float(want), rel=1e-12)


@pytest.mark.parametrize("option_type", ["call", "put"])
def test_unseasoned_floating_is_proportional_to_the_spot(option_type: str) -> None:
    got = lookback(option_type, "floating", None, 0.7, None, 90.0, 0.03, 0.01, 0.3)
    assert got["delta"] == pytest.approx(got["price"] / 90.0, rel=1e-14)
    assert got["vanna"] == pytest.approx(got["vega"] / 90.0, rel=1e-14)
    assert abs(got["gamma"]) < 1e-15


def test_a_fixed_call_struck_below_the_maximum_is_a_floating_put_and_a_forward() -> None:
    market = (100.0, 0.05, 0.02, 0.25)
    fixed = lookback("call", "fixed", 90.0, 1.0, 112.0, *market)
    floating = lookback("put", "floating", None, 1.0, 112.0, *market)
    forward = {
        "price": 100 * math.exp(-0.02) - 90 * math.exp(-0.05),
        "delta": math.exp(-0.02),
        "rho": 90 * math.exp(-0.05),
    }
    for greek in ("price", "delta", "gamma", "vega", "rho", "vanna", "volga"):
        assert fixed[greek] - floating[greek] == pytest.approx(forward.get(greek, 0.0), abs=1e-11), greek


@pytest.mark.parametrize("carry", [0.0, 1e-12, 1e-6, 1e-3])
def test_no_step_where_rate_and_yield_cross(carry: float) -> None:
    """On both sides of r = q, and of the change to the series, the same smooth function."""
    value = {x: lookback("call", "fixed", 105.0, 1.0, 103.0, 100.0, 0.03 + x, 0.03, 0.2) for x in (-carry, 0.0, carry)}
    for greek in ("price", "delta", "gamma", "vega", "rho", "vanna"):
        middle = 0.5 * (value[-carry][greek] + value[carry][greek])
        assert middle == pytest.approx(value[0.0][greek], rel=1e-10 + 100 * carry**2), greek


@pytest.mark.parametrize(("strike", "want_digits"), [(350.0, 1e-11), (1000.0, 1e-10)])
def test_far_from_the_money(strike: float, want_digits: float) -> None:
    for carry in (0.0, 0.02, 0.2):
        got = lookback("call", "fixed", strike, 0.5, None, 100.0, 0.05, 0.05 - carry, 0.2)
        want = many_digits.greeks(_textbook("call", "fixed", strike, 0.5, None), 100.0, 0.05, 0.05 - carry, 0.2, 150)
        assert 0.0 < got["price"] < 1e-12
        for greek, value in want.items():
            assert got[greek] == pytest.approx(value, rel=want_digits), greek


def test_many_dates_come_close() -> None:
    """Below the continuous one by 0.5826 deviations of a step and a term in 1/n (Broadie, Glasserman and Kou 1999)."""
    market, rest = Market(100.0, 0.05, 0.02, 0.25), []
    for n in (32, 64):
        dates = [(i + 1) / n for i in range(n)]
        shift = math.exp(0.5825971579 * 0.25 * math.sqrt(1.0 / n))
        continuous = lookback("call", "fixed", 115.0 * shift, 1.0, None, *market)["price"] / shift
        rest.append(Lookback("call", "fixed", dates, 1.0, market, strike=115.0).value() - continuous)
    assert rest[1] < 0.05
    assert 2.0 * rest[1] - rest[0] == pytest.approx(0.0, abs=2e-3)


def test_what_has_no_closed_form_has_no_reference() -> None:
    model = SimpleNamespace(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.2)
    terms = dict(option_type="put", lookback_type="fixed", strike=95.0, maturity=1.0, past_min=97.0, past_max=120.0)  # noqa: C408
    got = reference(SimpleNamespace(monitoring="continuous", **terms), model)
    assert got == lookback("put", "fixed", 95.0, 1.0, 97.0, 100.0, 0.05, 0.02, 0.2)
    assert not reference(SimpleNamespace(monitoring="discrete", **terms), model)
    assert not reference(SimpleNamespace(monitoring="continuous", monitoring_end=0.5, **terms), model)


def test_what_is_wrong_is_refused() -> None:
    with pytest.raises(ValueError, match="choose fixed or floating"):
        lookback("call", "partial", 100.0, 1.0, None, 100.0, 0.05, 0.02, 0.2)
    with pytest.raises(ValueError, match="must be positive"):
        lookback("call", "fixed", 100.0, 0.0, None, 100.0, 0.05, 0.02, 0.2)
