"""Black-Scholes closed forms against published values, numerical differentiation and identities."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.analytic.black_scholes import digital, european

ROWS = list(csv.DictReader((Path(__file__).parent / "data" / "published_gbm.csv").read_text().splitlines()))
VANILLA = [row for row in ROWS if row["product"] in ("european", "european_fx")]
DIGITAL = [row for row in ROWS if row["product"].startswith("digital")]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")

trades = st.fixed_dictionaries(
    {
        "spot": st.floats(20.0, 200.0),
        "strike": st.floats(50.0, 150.0),
        "maturity": st.floats(0.02, 5.0),
        "rate": st.floats(-0.05, 0.15),
        "dividend_yield": st.floats(-0.05, 0.15),
        "volatility": st.floats(0.05, 0.8),
    }
)


def market(row: dict[str, str]) -> dict[str, float]:
    columns = {
        "spot": "spot",
        "strike": "strike",
        "maturity": "maturity_years",
        "rate": "rate",
        "dividend_yield": "dividend",
        "volatility": "sigma",
    }
    return {name: float(row[column]) for name, column in columns.items()}


def agrees(row: dict[str, str], value: float) -> None:
    assert abs(value - float(row["expected"])) <= float(row["tolerance"])
    assert value == pytest.approx(float(row["exact_value"]), rel=1e-10, abs=1e-13)


def test_every_published_row_is_used() -> None:
    asian = [row for row in ROWS if row["product"] == "asian_fixed_strike"]
    assert len(VANILLA) + len(DIGITAL) + len(asian) == len(ROWS) == 103


@pytest.mark.parametrize("row", VANILLA, ids=lambda row: row["case_id"])
def test_published_vanilla(row: dict[str, str]) -> None:
    value = european(row["call_put"], **market(row))
    if row["quantity"] == "theta_per_day":
        agrees(row, value["theta"] / 365.0)
    else:
        agrees(row, value[row["quantity"]])


@pytest.mark.parametrize("row", DIGITAL, ids=lambda row: row["case_id"])
def test_published_digital(row: dict[str, str]) -> None:
    payout, trade = row["product"].removeprefix("digital_"), market(row)
    cash = float(row["cash"] or 1.0)
    price = digital(row["call_put"], payout, cash, **trade)["price"]
    if row["quantity"] == "theta_1day":  # the source reprices a day later
        later = digital(row["call_put"], payout, cash, **{**trade, "maturity": trade["maturity"] - 1.0 / 365.0})
        agrees(row, (later["price"] - price) * 365.0)
    else:
        assert row["quantity"] == "price"
        agrees(row, price)


def _mp_price(kind: str, option_type: str, x: dict[str, mp.mpf]) -> mp.mpf:
    forward = x["spot"] * mp.exp((x["rate"] - x["dividend_yield"]) * x["maturity"])
    s = x["volatility"] * mp.sqrt(x["maturity"])
    d1 = mp.log(forward / x["strike"]) / s + s / 2
    sign = 1 if option_type == "call" else -1
    asset, cash = forward * mp.ncdf(sign * d1), mp.ncdf(sign * (d1 - s))
    value = {"vanilla": sign * (asset - x["strike"] * cash), "cash": cash, "asset": asset}[kind]
    return mp.exp(-x["rate"] * x["maturity"]) * value


def _mp_greeks(kind: str, option_type: str, trade: dict[str, float]) -> dict[str, float]:
    def derivative(**orders: int) -> float:
        names = list(orders)

        def price(*values: mp.mpf) -> mp.mpf:
            return _mp_price(kind, option_type, {**point, **dict(zip(names, values, strict=True))})

        with mp.workdps(60):
            point = {name: mp.mpf(value) for name, value in trade.items()}
            return float(mp.diff(price, tuple(point[n] for n in names), tuple(orders.values())))

    return {
        "price": derivative(spot=0),
        "delta": derivative(spot=1),
        "gamma": derivative(spot=2),
        "vega": derivative(volatility=1),
        "rho": derivative(rate=1),
        "dividend_rho": derivative(dividend_yield=1),
        "theta": -derivative(maturity=1),
        "vanna": derivative(spot=1, volatility=1),
        "volga": derivative(volatility=2),
    }


@pytest.mark.parametrize("option_type", ["call", "put"])
@pytest.mark.parametrize("kind", ["vanilla", "cash", "asset"])
@settings(max_examples=10, deadline=None)
@given(trade=trades)
def test_against_numerical_differentiation(kind: str, option_type: str, trade: dict[str, float]) -> None:
    got = european(option_type, **trade) if kind == "vanilla" else digital(option_type, kind, 1.0, **trade)
    want = _mp_greeks(kind, option_type, trade)
    scale = max(trade["spot"], trade["strike"]) if kind != "cash" else 1.0
    for greek in GREEKS:
        assert got[greek] == pytest.approx(want[greek], rel=1e-10, abs=1e-12 * scale), greek


@settings(max_examples=50, deadline=None)
@given(trade=trades)
def test_identities(trade: dict[str, float]) -> None:
    s, k, t, r, q, vol = (trade[n] for n in ("spot", "strike", "maturity", "rate", "dividend_yield", "volatility"))
    call, put = european("call", **trade), european("put", **trade)
    asset, cash = digital("call", "asset", 0.0, **trade), digital("call", "cash", k, **trade)
    growth, bond = s * math.exp(-q * t), k * math.exp(-r * t)
    parity = {
        "price": growth - bond,
        "delta": growth / s,
        "rho": t * bond,
        "dividend_rho": -t * growth,
        "theta": q * growth - r * bond,
    }
    for greek in GREEKS:
        close = {"rel": 1e-11, "abs": 1e-11 * (s + k)}
        assert call[greek] - put[greek] == pytest.approx(parity.get(greek, 0.0), **close), greek
        assert asset[greek] - cash[greek] == pytest.approx(call[greek], **close), greek
    for value in (call, put, asset, cash):
        # the Black-Scholes equation
        drift = (r - q) * s * value["delta"] + 0.5 * (vol * s) ** 2 * value["gamma"]
        assert value["theta"] + drift == pytest.approx(r * value["price"], rel=1e-11, abs=1e-11 * (s + k))
    for value in (call, put):
        assert value["vega"] == pytest.approx(value["gamma"] * s * s * vol * t, rel=1e-11, abs=1e-13 * s)
    # homogeneity: the derivative to the strike is minus the undiscounted cash digital
    assert s * call["delta"] - cash["price"] == pytest.approx(call["price"], rel=1e-11, abs=1e-11 * (s + k))


@pytest.mark.parametrize(("volatility", "maturity"), [(0.0, 1.0), (0.2, 0.0), (0.0, 0.0), (1e-120, 1.0), (1e-12, 1.0)])
def test_without_randomness(volatility: float, maturity: float) -> None:
    trade = {"spot": 110.0, "strike": 100.0, "rate": 0.03, "dividend_yield": 0.01}
    call = european("call", **trade, maturity=maturity, volatility=volatility)
    assert call["price"] == pytest.approx(110.0 * math.exp(-0.01 * maturity) - 100.0 * math.exp(-0.03 * maturity))
    assert call["delta"] == pytest.approx(math.exp(-0.01 * maturity))
    assert call["theta"] == pytest.approx(0.01 * 110 * math.exp(-0.01 * maturity) - 3.0 * math.exp(-0.03 * maturity))
    assert call["gamma"] == call["vega"] == call["vanna"] == call["volga"] == 0.0
    assert digital("call", "cash", 5.0, **trade, maturity=maturity, volatility=volatility)["price"] == pytest.approx(
        5.0 * math.exp(-0.03 * maturity)
    )
    assert european("put", **trade, maturity=maturity, volatility=volatility)["price"] == 0.0


def test_on_the_kink_only_the_price_is_defined() -> None:
    assert european("call", 100.0, 100.0, 0.0, 0.03, 0.0, 0.2) == {"price": 0.0}
    assert digital("call", "cash", 1.0, 100.0, 100.0, 0.0, 0.03, 0.0, 0.2) == {"price": 0.0}


@pytest.mark.parametrize(("volatility", "maturity"), [(1e-4, 1e-6), (0.01, 1.0), (4.0, 30.0)])
@pytest.mark.parametrize("strike", [1e-3, 99.0, 1e5])
def test_extremes_are_finite(volatility: float, maturity: float, strike: float) -> None:
    for option_type in ("call", "put"):
        vanilla = european(option_type, 100.0, strike, maturity, 0.0, 0.0, volatility)
        market = (100.0, strike, maturity, 0.0, 0.0, volatility)
        for value in (vanilla, *(digital(option_type, kind, 1.0, *market) for kind in ("cash", "asset"))):
            assert all(math.isfinite(number) for number in value.values())
            assert set(value) == set(GREEKS)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="choose call or put"):
        european("straddle", 100.0, 100.0, 1.0, 0.0, 0.0, 0.2)
    with pytest.raises(ValueError, match="choose cash or asset"):
        digital("call", "gold", 1.0, 100.0, 100.0, 1.0, 0.0, 0.0, 0.2)
    with pytest.raises(ValueError, match="must be positive"):
        european("call", -100.0, 100.0, 1.0, 0.0, 0.0, 0.2)
