"""Greeks in money: raw ones times their factors, added over underlyings, and what their texts say."""

from __future__ import annotations

import math

import pytest

import greeks as gk
from greeks.names import CASH_UNITS, ORDER, unit

GBM = gk.GBM(spot=90, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = gk.Heston(
    spot=110, rate=0.02, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05, vol_of_vol=0.5,
    correlation=-0.6,
)  # fmt: skip
CALL, JUMP = gk.European("call", strike=100, maturity=1.0), gk.Digital("put", strike=95, maturity=0.5)
TRADES = (
    gk.Trade("a", "X", CALL, 3.0, labels={"desk": "one"}),
    gk.Trade("b", "X", JUMP, -2.0, labels={"desk": "two"}),
    gk.Trade("c", "Y", CALL, -1.0, labels={"desk": "one"}),
    gk.Trade("d", "Z", JUMP, 5.0, volatility=0.3, labels={"desk": "one"}),
)
BOOK = gk.Book(
    TRADES,
    {"X": GBM, "Y": HESTON, "Z": gk.GBM(spot=100, volatility=0.25)},
    ("desk",),
    currencies={"X": "USD", "Y": "EUR", "Z": "EUR"},
)
SPOTS = {"X": 90.0, "Y": 110.0, "Z": 100.0}
# By hand: what a raw Greek is multiplied by.
FACTORS = {
    "price": lambda s: 1.0,
    "delta": lambda s: s,
    "gamma": lambda s: s * s / 100.0,
    "vega": lambda s: 0.01,
    "rho": lambda s: 1e-4,
    "dividend_rho": lambda s: 1e-4,
    "theta": lambda s: 1.0 / 365.0,
    "vanna": lambda s: s / 100.0,
    "volga": lambda s: 1e-4,
}
NUMBERS = ("value", "standard_error", "ci_low", "ci_high", "bias")


@pytest.fixture(scope="module", params=[False, True], ids=["simulated", "exact"])
def runs(request) -> tuple[gk.RunResult, gk.RunResult]:
    options = {
        "greeks": "all",
        "paths": 4096,
        "analytic": request.param,
        "group_by": "desk",
        "fx": {"EUR": 1.25},
        "currency": "USD",
        "estimators": "auto" if request.param else "finite_difference",
    }
    return gk.run(BOOK, **options), gk.run(BOOK, **options, units="cash")


def test_a_trade_has_its_raw_number_times_the_factor(runs) -> None:
    raw, cash = (run.trades.set_index(["trade_id", "greek"]) for run in runs)
    for (name, greek), row in raw.iterrows():
        factor = FACTORS.get(greek, lambda s: 1.0)(SPOTS[row.underlying])
        for column in (*NUMBERS, "reference", "position_value", "position_standard_error"):
            found = cash.loc[(name, greek), column]
            assert found == pytest.approx(row[column] * factor, rel=1e-12, nan_ok=True), (name, greek, column)


def test_the_net_of_an_underlying_is_its_raw_net_times_the_factor(runs) -> None:
    keys = ["level", "underlying", "desk", "greek"]
    raw, cash = (run.net[run.net.underlying != ""].set_index(keys) for run in runs)
    assert len(raw) == len(cash) > 30
    for key, row in raw.iterrows():
        factor = FACTORS.get(key[-1], lambda s: 1.0)(SPOTS[key[1]])
        for column in NUMBERS:
            size = abs(row["value"] * factor)
            assert cash.loc[key, column] == pytest.approx(row[column] * factor, rel=1e-9, abs=1e-12 * size, nan_ok=True)
        assert cash.loc[key, "status"] == row["status"]


def test_cash_is_added_over_underlyings_in_one_currency(runs) -> None:
    """Delta and gamma too, which raw are not; errors of independent underlyings as roots of sums of squares."""
    raw, cash = runs
    rates = {"X": 1.0, "Y": 1.25, "Z": 1.25}
    assert not (raw.net[raw.net.level == "book"].greek == "delta").any()
    book, parts = (cash.net[cash.net.level == level] for level in ("book", "underlying"))
    for greek in ("price", "delta", "gamma", "rho", "dividend_rho", "theta"):
        (total,) = book[book.greek == greek].itertuples()
        own = [row for row in parts.itertuples() if row.greek == greek]
        assert len(own) == 3
        value = sum(rates[row.underlying] * row.value for row in own)
        error = math.hypot(*(rates[row.underlying] * row.standard_error for row in own))
        assert total.value == pytest.approx(value, rel=1e-9)
        assert total.standard_error == pytest.approx(error, rel=1e-6, abs=1e-12)
        assert total.trades == 4 and total.currency == "USD"
    both = book[book.greek == "vanna"]
    assert list(both.unit.str.contains("initial volatility")) == [False, True]
    assert not book.greek.isin(["mean_reversion"]).any() or len(book[book.greek == "mean_reversion"]) == 1


def test_without_rates_currencies_are_kept_apart() -> None:
    net = gk.run(BOOK, greeks="delta", units="cash").net
    assert list(net[net.level == "book"].currency) == ["USD", "EUR"]


def test_delta_in_cash_is_the_change_for_a_move_of_the_whole_spot() -> None:
    """By differences of the price: 1 % of the spot is worth a hundredth of the cash delta, and gamma moves it."""
    step = 1e-4
    found = gk.estimate(CALL, GBM, greeks="price,delta,gamma,vanna,rho", units="cash")

    def price(**fields: float) -> float:
        from dataclasses import replace

        return gk.estimate(CALL, replace(GBM, **fields))["price"].value

    up, down = price(spot=90 * (1 + step)), price(spot=90 * (1 - step))
    assert found["delta"].value == pytest.approx((up - down) / (2 * step), rel=1e-6)
    gamma = (up - 2 * price() + down) / (90 * step) ** 2
    assert found["gamma"].value == pytest.approx(gamma * 90**2 / 100, rel=1e-4)
    assert found["rho"].value == pytest.approx((price(rate=0.0301) - price(rate=0.0299)) / 2, rel=1e-5)


@pytest.mark.parametrize("greek", ORDER)
def test_the_text_says_what_the_factor_is(greek: str) -> None:
    factor, text = unit(greek, "cash", spot=50.0)
    assert factor == pytest.approx(FACTORS.get(greek, lambda s: 1.0)(50.0), rel=1e-14)
    if greek not in CASH_UNITS:
        assert text == unit(greek, "raw")[1]
        return
    assert text.startswith("currency")
    spelled = {"gamma": "gamma x spot squared / 100", "delta": "delta x spot", "vanna": "vanna x spot / 100"}
    said = spelled.get(greek) or {"theta": "per calendar day", "price": "currency"}.get(greek) or f"{factor:g} of"
    assert said.replace("1e-04", "0.0001") in text or (greek == "volga" and "0.01 of volatility squared" in text)


def test_a_target_of_the_net_is_met_in_cash() -> None:
    trades = gk.Trade("a", "X", CALL, 1.0), gk.Trade("b", "Z", CALL, 1.0)
    book = gk.Book(trades, {"X": GBM, "Z": BOOK.models["Z"]})
    result = gk.run(book, greeks="delta", units="cash", target=0.004, target_of="net", paths=2048, analytic=False)
    (total,) = result.net[result.net.level == "book"].itertuples()
    assert result.target_met and total.standard_error < 0.004 * total.value
