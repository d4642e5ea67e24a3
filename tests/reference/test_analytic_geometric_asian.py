"""Geometric Asian closed form against a published value, its limits, quadrature and numerical differentiation."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.analytic.black_scholes import european
from greeks.analytic.geometric_asian import geometric_asian

ROWS = [
    row
    for row in csv.DictReader((Path(__file__).parent / "data" / "published_gbm.csv").read_text().splitlines())
    if row["product"] == "asian_fixed_strike"
]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")


def test_published_row() -> None:
    (row,) = ROWS
    count, maturity = int(row["fixings"]), float(row["maturity_years"])
    times = [maturity * (i + 1) / count for i in range(count)]
    assert times[0] == float(row["first_fixing"])
    rates = [float(row[name]) for name in ("spot", "rate", "dividend", "sigma")]
    value = geometric_asian(row["call_put"], "price", times, float(row["strike"]), maturity, 0.0, 0, *rates)["price"]
    assert abs(value - float(row["expected"])) <= float(row["tolerance"])
    assert value == pytest.approx(float(row["exact_value"]), rel=1e-12)


def _mp_price(option_type: str, average_of: str, contract: dict, x: dict) -> mp.mpf:
    """The definition written out with the double sum of covariances."""
    times = [t - x["elapsed"] if t > 0 else mp.mpf(0) for t in contract["times"]]
    pay = contract["maturity"] - x["elapsed"]
    n = len(times) + contract["past_count"]
    drift = x["rate"] - x["dividend"]
    nu = drift - x["volatility"] ** 2 / 2
    mean = (contract["past_sum"] + sum(mp.log(x["spot"]) + nu * t for t in times)) / n
    var_g = x["volatility"] ** 2 * sum(min(a, b) for a in times for b in times) / n**2
    average = mp.exp(mean + var_g / 2)
    if average_of == "price":
        a, b, variance = average, mp.mpf(contract["strike"]), var_g
    else:
        covariance = x["volatility"] ** 2 * sum(min(a, pay) for a in times) / n
        a, b, variance = x["spot"] * mp.exp(drift * pay), average, x["volatility"] ** 2 * pay + var_g - 2 * covariance
    s, sign = mp.sqrt(variance), 1 if option_type == "call" else -1
    d1 = mp.log(a / b) / s + s / 2
    return mp.exp(-x["rate"] * pay) * sign * (a * mp.ncdf(sign * d1) - b * mp.ncdf(sign * (d1 - s)))


ORDERS = {
    "price": {"spot": 0},
    "delta": {"spot": 1},
    "gamma": {"spot": 2},
    "vega": {"volatility": 1},
    "rho": {"rate": 1},
    "dividend_rho": {"dividend": 1},
    "theta": {"elapsed": 1},
    "vanna": {"spot": 1, "volatility": 1},
    "volga": {"volatility": 2},
}


@pytest.mark.parametrize("average_of", ["price", "strike"])
@pytest.mark.parametrize("option_type", ["call", "put"])
@settings(max_examples=12, deadline=None)
@given(
    times=st.lists(st.floats(0.05, 2.0), min_size=1, max_size=5, unique=True),
    today=st.booleans(),
    lag=st.floats(0.01, 0.5),
    past=st.lists(st.floats(70.0, 140.0), max_size=3),
    spot=st.floats(60.0, 160.0),
    rate=st.floats(-0.05, 0.1),
    dividend=st.floats(-0.05, 0.1),
    volatility=st.floats(0.05, 0.7),
)
def test_against_numerical_differentiation(
    option_type: str,
    average_of: str,
    times: list[float],
    today: bool,
    lag: float,
    past: list[float],
    spot: float,
    rate: float,
    dividend: float,
    volatility: float,
) -> None:
    times = [0.0, *times] if today else times
    contract = {
        "times": times,
        "maturity": max(times) + lag,
        "strike": 100.0,
        "past_sum": math.fsum(map(math.log, past)),
        "past_count": len(past),
    }
    got = geometric_asian(
        option_type, average_of, times, 100.0, contract["maturity"], contract["past_sum"], len(past), spot, rate,
        dividend, volatility,
    )  # fmt: skip
    with mp.workdps(60):
        point = {"spot": spot, "rate": rate, "dividend": dividend, "volatility": volatility, "elapsed": 0.0}
        point = {name: mp.mpf(value) for name, value in point.items()}
        for greek, orders in ORDERS.items():

            def price(*values: mp.mpf, names: tuple[str, ...] = tuple(orders)) -> mp.mpf:
                return _mp_price(option_type, average_of, contract, {**point, **dict(zip(names, values, strict=True))})

            want = float(mp.diff(price, tuple(point[n] for n in orders), tuple(orders.values())))
            assert got[greek] == pytest.approx(want, rel=1e-10, abs=2e-11 * spot), greek


@pytest.mark.parametrize(("average_of", "sign"), [("price", 1), ("price", -1), ("strike", 1), ("strike", -1)])
def test_against_quadrature_of_the_payoff(average_of: str, sign: int) -> None:
    spot, rate, dividend, vol, strike, past = 100.0, 0.05, 0.02, 0.3, 95.0, 105.0
    t1, t2, pay = 0.4, 1.0, 1.25
    # plain trapezoidal sums over the three normals: the kink leaves about 1e-4
    z = np.linspace(-7.0, 7.0, 281)
    w = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * (z[1] - z[0])
    nu = rate - dividend - 0.5 * vol**2
    x1 = math.log(spot) + nu * t1 + vol * math.sqrt(t1) * z
    x2 = x1[:, None] + nu * (t2 - t1) + vol * math.sqrt(t2 - t1) * z
    x3 = x2[:, :, None] + nu * (pay - t2) + vol * math.sqrt(pay - t2) * z
    g = np.exp((math.log(past) + x1[:, None] + x2) / 3.0)[:, :, None]
    payoff = g - strike if average_of == "price" else np.exp(x3) - g
    weights = w[:, None, None] * w[:, None] * w
    want = math.exp(-rate * pay) * float(np.sum(np.maximum(sign * payoff, 0.0) * weights))
    option_type = "call" if sign > 0 else "put"
    got = geometric_asian(option_type, average_of, (t2, t1), strike, pay, math.log(past), 1, spot, rate, dividend, vol)[
        "price"
    ]
    assert got == pytest.approx(want, rel=2e-4)


def test_one_fixing_at_expiry_is_a_vanilla() -> None:
    rates = (100.0, 0.04, 0.01, 0.25)
    asian = geometric_asian("put", "price", [0.75], 95.0, 0.75, 0.0, 0, *rates)
    vanilla = european("put", 100.0, 95.0, 0.75, *rates[1:])
    assert asian == pytest.approx(vanilla, rel=1e-13, abs=1e-14)


def test_fully_fixed_average() -> None:
    logs = math.log(110.0) + math.log(120.0)
    done = geometric_asian("call", "price", [], 100.0, 0.25, logs, 2, 90.0, 0.04, 0.0, 0.3)
    payoff = math.sqrt(110.0 * 120.0) - 100.0
    assert done["price"] == pytest.approx(math.exp(-0.01) * payoff)
    assert done["rho"] == pytest.approx(-0.25 * done["price"])
    assert done["theta"] == pytest.approx(0.04 * done["price"])
    assert done["delta"] == done["gamma"] == done["vega"] == 0.0
    struck = geometric_asian("call", "strike", [], 1.0, 0.25, logs, 2, 90.0, 0.04, 0.0, 0.3)
    assert struck == pytest.approx(european("call", 90.0, math.sqrt(110.0 * 120.0), 0.25, 0.04, 0.0, 0.3), rel=1e-12)


def test_average_strike_fixed_at_expiry_alone_pays_nothing() -> None:
    value = geometric_asian("call", "strike", [1.0], 1.0, 1.0, 0.0, 0, 100.0, 0.0, 0.0, 0.3)
    assert value == {"price": pytest.approx(0.0, abs=1e-12)}


def test_parity_in_every_greek() -> None:
    arguments = ([0.25, 0.5, 1.0], 97.0, 1.1, math.log(103.0), 1, 100.0, 0.05, 0.02, 0.3)
    for average_of in ("price", "strike"):
        call, put = (geometric_asian(kind, average_of, *arguments) for kind in ("call", "put"))
        deep = geometric_asian("call", average_of, *arguments[:-1], 1e-9)
        assert set(call) == set(put) == set(GREEKS)
        # call - put is a forward on the mean: linear payoff, whose price needs only the expectations
        assert call["price"] - put["price"] == pytest.approx(
            math.exp(-0.055) * _forward_difference(average_of), rel=1e-12
        )
        assert deep["volga"] == 0.0 or math.isfinite(deep["volga"])


def _forward_difference(average_of: str) -> float:
    times, n = np.array([0.25, 0.5, 1.0]), 4
    nu = 0.05 - 0.02 - 0.5 * 0.3**2
    mean = (math.log(103.0) + 3 * math.log(100.0) + nu * times.sum()) / n
    average = math.exp(mean + 0.5 * 0.3**2 * float(np.minimum.outer(times, times).sum()) / n**2)
    return average - 97.0 if average_of == "price" else 100.0 * math.exp(0.03 * 1.1) - average


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="price or strike"):
        geometric_asian("call", "both", [1.0], 100.0, 1.0, 0.0, 0, 100.0, 0.0, 0.0, 0.2)
    with pytest.raises(ValueError, match="at least one fixing"):
        geometric_asian("call", "price", [], 100.0, 1.0, 0.0, 0, 100.0, 0.0, 0.0, 0.2)
    with pytest.raises(ValueError, match="must lie in 0 to maturity"):
        geometric_asian("call", "price", [0.5, 1.5], 100.0, 1.0, 0.0, 0, 100.0, 0.0, 0.0, 0.2)
