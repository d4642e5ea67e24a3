"""Jets: every Greek of a formula written once, against the closed forms there are and against 50 digits."""

from __future__ import annotations

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.analytic import black_scholes
from greeks.analytic.jets import cos, exp, greeks_of, log, market, power, reciprocal, sin, sqrt
from greeks.analytic.normal import log_normal_cdf, normal_cdf, normal_density, scaled_cdf

GREEKS = ["price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga"]


def written_once(kind, sign, spot, strike, maturity, rate, dividend_yield, volatility):
    m = market(spot, rate, dividend_yield, volatility)
    years = m.years(maturity)
    deviation = m.volatility * sqrt(years)
    forward = m.spot * exp((m.rate - m.dividend_yield) * years)
    d1 = log(forward / strike) / deviation + 0.5 * deviation
    asset, cash = forward * normal_cdf(sign * d1), normal_cdf(sign * (d1 - deviation))
    value = {"vanilla": sign * (asset - strike * cash), "cash": cash, "asset": asset}[kind]
    return greeks_of(exp(-m.rate * years) * value)


@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize("kind", ["vanilla", "cash", "asset"])
@settings(max_examples=30, deadline=None)
@given(
    spot=st.floats(60.0, 160.0), strike=st.floats(70.0, 140.0), maturity=st.floats(0.1, 5.0),
    rate=st.floats(-0.05, 0.15), dividend_yield=st.floats(-0.05, 0.15), volatility=st.floats(0.1, 0.8),
)  # fmt: skip
def test_all_nine_greeks_of_black_scholes(kind, option_type, spot, strike, **market):
    sign = 1.0 if option_type == "call" else -1.0
    got = written_once(kind, sign, spot, strike, **market)
    if kind == "vanilla":
        want = black_scholes.european(option_type, spot, strike, **market)
    else:
        want = black_scholes.digital(option_type, kind, 1.0, spot, strike, **market)
    assert list(got) == GREEKS == list(want)
    for greek in GREEKS:  # the floor: sums of such terms cancel where a Greek changes its sign
        assert got[greek] == pytest.approx(want[greek], rel=1e-12, abs=3e-13 * (1.0 if kind == "cash" else spot)), greek


def second_order(function, x):
    """Value, slope and curvature of a function of one number, by a jet in the spot."""
    found = greeks_of(function(market(x, 0.0, 0.0, 0.2).spot))
    return found["price"], found["delta"], found["gamma"]


FUNCTIONS = {
    "exp": (exp, mp.exp, [-700.0, -1.0, 0.3, 300.0]),
    "log": (log, mp.log, [1e-100, 0.3, 5.0]),
    "sqrt": (sqrt, mp.sqrt, [1e-20, 0.3, 1e20]),
    "sin": (sin, mp.sin, [-2.0, 0.1, 30.0]),
    "cos": (cos, mp.cos, [-2.0, 0.1, 30.0]),
    "reciprocal": (reciprocal, lambda x: 1 / x, [-3.0, 1e-20, 7.0]),
    "power": (lambda x: power(x, 2.5), lambda x: x**2.5, [0.1, 30.0]),
    "self power": (lambda x: power(x, x), lambda x: x**x, [0.1, 3.0]),
    "quotient": (lambda x: (2.0 - x) / (1.0 + x * x), lambda x: (2 - x) / (1 + x * x), [-3.0, 0.5, 10.0]),
    "normal_density": (normal_density, mp.npdf, [-30.0, -2.0, 0.0, 7.0]),
    "normal_cdf": (normal_cdf, mp.ncdf, [-37.0, -9.0, -1.0, 0.0, 2.0, 9.0]),
    "log_normal_cdf": (
        log_normal_cdf, lambda x: mp.log(mp.ncdf(x)), [-1e4, -50.0, -12.0, -3.0001, -2.9999, -0.5, 0.0, 3.0, 12.0, 37.0],
    ),
}  # fmt: skip
CASES = [(name, x) for name, (_, _, points) in FUNCTIONS.items() for x in points]


@pytest.mark.parametrize(("name", "x"), CASES, ids=[f"{name} at {x:g}" for name, x in CASES])
def test_every_function_and_its_two_derivatives(name, x):
    function, exact, _ = FUNCTIONS[name]
    with mp.workdps(400 if name == "log_normal_cdf" else 150):
        if name == "log_normal_cdf" and x < -100.0:  # ncdf itself is out of reach: its asymptotic series
            t = -mp.mpf(x)
            mills = mp.fsum((-1) ** k * mp.fac2(2 * k - 1) / t ** (2 * k + 1) for k in range(8))
            slope = 1 / mills
            want = [mp.log(mills * mp.npdf(t)), slope, -slope * (slope - t)]
        else:
            h = (abs(mp.mpf(x)) or 1) * mp.mpf(10) ** -40
            below, here, above = (exact(mp.mpf(x) + i * h) for i in (-1, 0, 1))
            want = [here, (above - below) / (2 * h), (above - 2 * here + below) / h**2]
        want = [float(w) for w in want]
    # an argument known to one rounding: exp(-x^2/2) cannot be better than x^2 of them
    lost = x * x if "normal" in name and x > -50.0 else 0.0
    assert second_order(function, x) == pytest.approx(want, rel=1e-14 + 2e-16 * lost, abs=1e-300)
    assert function(x) == pytest.approx(second_order(function, x)[0], rel=3e-16)  # a float in, a float out


def test_a_product_of_a_huge_and_a_tiny_factor():
    """exp(800) Phi(-40.5): each factor alone is out of range."""
    with mp.workdps(60):
        want = float(mp.exp(800) * mp.ncdf(mp.mpf(-40.5)))
    assert scaled_cdf(800.0, -40.5) == pytest.approx(want, rel=1e-12)


def test_values_compare_and_a_plain_number_has_no_derivatives():
    m = market(100.0, 0.05, 0.02, 0.2)
    assert max(m.spot, 90.0) is m.spot and max(m.spot, 110.0) == 110.0 and min(120.0, m.spot) is m.spot
    assert m.spot > 99 and m.spot >= 100 and m.rate < m.volatility and m.rate <= 0.05 and float(m.spot) == 100.0
    assert greeks_of(3.0) == {**dict.fromkeys(GREEKS, 0.0), "price": 3.0}
    assert greeks_of(m.years(0.5))["theta"] == -1.0 and m.years(0.0) == 0.0


def test_no_derivative_is_an_arithmetic_error():
    with pytest.raises(ArithmeticError):
        sqrt(market(100.0, 0.0, 0.0, 0.2).rate)
    with pytest.raises(ArithmeticError):
        exp(market(1e4, 0.0, 0.0, 0.2).spot)
