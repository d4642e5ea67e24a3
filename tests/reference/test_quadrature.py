"""The quadrature references against closed forms, simulation of 400,000 paths, and each other."""

from __future__ import annotations

import math

import numpy as np
import pytest

from greeks.analytic.black_scholes import digital, european
from tests.reference.quadrature import Date, Market, Piece, Quadrature
from tests.reference.quadrature_contracts import autocallable, barrier, range_accrual, vanilla
from tests.reference.quadrature_lookback import Lookback

MARKET = Market(100.0, 0.05, 0.02, 0.25)
TIMES = (0.2, 0.5, 0.6, 1.0)
MATURITY = 1.1
TERMS = (MARKET.rate, MARKET.dividend_yield, MARKET.volatility)


@pytest.fixture(scope="module")
def paths() -> np.ndarray:
    rng = np.random.Generator(np.random.Philox(7))
    gaps = np.diff([0.0, *TIMES, MATURITY])[:, None]
    r, q, v = TERMS
    steps = (r - q - 0.5 * v * v) * gaps + v * np.sqrt(gaps) * rng.standard_normal((5, 400_000))
    return MARKET.spot * np.exp(np.cumsum(steps, axis=0))


def close(got: dict[str, float], exact: dict[str, float], tolerance: float) -> None:
    assert got.keys() == exact.keys()
    for name, value in exact.items():
        assert got[name] == pytest.approx(value, rel=tolerance, abs=tolerance * abs(exact["price"])), name


@pytest.mark.parametrize(("option_type", "strike"), [("call", 60.0), ("put", 100.0), ("call", 170.0)])
def test_one_date_is_black_scholes(option_type: str, strike: float) -> None:
    got = Quadrature([Date(1.0, (vanilla(option_type, strike),))], MARKET).greeks()
    close(got, european(option_type, 100.0, strike, 1.0, *TERMS), 2e-10)


def test_a_date_where_nothing_happens_changes_nothing() -> None:
    go = (Piece(0.0, math.inf, to=0),)
    dates = [Date(t, (go,)) for t in (0.1, 0.5, 0.9)] + [Date(1.0, (vanilla("put", 110.0),))]
    close(Quadrature(dates, MARKET).greeks(), european("put", 100.0, 110.0, 1.0, *TERMS), 2e-10)


def test_range_accrual_is_a_sum_of_digitals() -> None:
    got = Quadrature(range_accrual(90.0, 115.0, TIMES, TIMES[-1], 80.0), MARKET).greeks()
    exact = dict.fromkeys(got, 0.0)
    for t in TIMES:
        for strike, sign in ((90.0, 20.0), (115.0, -20.0)):
            later = math.exp(-TERMS[0] * (TIMES[-1] - t))
            leg = digital("call", "cash", 1.0, 100.0, strike, t, *TERMS)
            leg["rho"] -= (TIMES[-1] - t) * leg["price"]
            for name in exact:
                exact[name] += sign * later * leg[name]
    close(got, exact, 2e-10)


BARRIERS = [
    ("call", "up-and-out", 125.0, {"rebate": 3.0, "rebate_at": "hit"}),
    ("put", "down-and-out", 88.0, {"rebate": 3.0}),
    ("call", "down-and-in", 92.0, {"rebate": 2.0}),
    ("put", "double-out", (85.0, 120.0), {"payout": "asset"}),
    ("call", "double-in", (85.0, 120.0), {"payout": "cash", "cash": 10.0, "rebate": 1.0}),
]


@pytest.mark.parametrize(("option_type", "barrier_type", "levels", "more"), BARRIERS)
def test_barriers_are_those_of_simulation(option_type, barrier_type, levels, more, paths) -> None:  # type: ignore[no-untyped-def]
    price = Quadrature(barrier(option_type, 100.0, barrier_type, levels, TIMES, MATURITY, **more), MARKET).value()
    low, high = {"up": (0.0, levels), "down": (levels, math.inf)}.get(barrier_type.split("-")[0], levels)
    out = (paths[:-1] <= low) | (paths[:-1] >= high)
    end, sign = paths[-1], 1.0 if option_type == "call" else -1.0
    kind = more.get("payout", "vanilla")
    pays = np.maximum(sign * (end - 100.0), 0.0) if kind == "vanilla" else np.where(
        sign * (end - 100.0) > 0.0, end if kind == "asset" else more["cash"], 0.0)  # fmt: skip
    hit, rebate, discount = out.any(axis=0), more.get("rebate", 0.0), math.exp(-0.05 * MATURITY)
    if barrier_type.endswith("in"):
        values = discount * np.where(hit, pays, rebate)
    else:
        first = np.array(TIMES)[out.argmax(axis=0)] if more.get("rebate_at") == "hit" else MATURITY
        values = np.where(hit, rebate * np.exp(-0.05 * first), discount * pays)
    assert abs(price - values.mean()) < 4.0 * values.std() / math.sqrt(values.size)


@pytest.mark.parametrize("barrier_type", ["up-and", "double"])
def test_in_and_out_make_the_vanilla(barrier_type: str) -> None:
    levels = {"up-and": 120.0, "double": (85.0, 120.0)}[barrier_type]
    both = [
        Quadrature(barrier("call", 95.0, f"{barrier_type}-{knock}", levels, TIMES, MATURITY), MARKET).greeks()
        for knock in ("in", "out")
    ]
    total = {name: both[0][name] + both[1][name] for name in both[0]}
    close(total, european("call", 100.0, 95.0, MATURITY, *TERMS), 2e-10)


@pytest.mark.parametrize("memory", [False, True])
def test_an_autocallable_is_that_of_simulation(memory: bool, paths: np.ndarray) -> None:
    contract = autocallable(110.0, 0.03, 95.0, 70.0, TIMES, 100.0, initial=100.0, memory=memory)
    price = Quadrature(contract, MARKET).value()
    value, missed = np.zeros(paths.shape[1]), np.zeros(paths.shape[1])
    alive = np.ones(paths.shape[1], dtype=bool)
    for k, t in enumerate(TIMES):
        spot, discount = paths[k], math.exp(-0.05 * t)
        earns = alive & (spot >= 95.0)
        value += discount * earns * 3.0 * (1 + missed * memory)
        missed = np.where(earns, 0, missed + 1)
        if k == len(TIMES) - 1:
            value += discount * alive * np.where(spot >= 70.0, 100.0, spot)
        called = alive & (spot >= 110.0)
        value += discount * 100.0 * (called & (k < len(TIMES) - 1))
        alive &= ~called
    assert abs(price - value.mean()) < 4.0 * value.std() / math.sqrt(value.size)


def _survival_integral(strike: float, past: float, market: Market) -> float:
    """D int P(max > z) dz above the level, each probability a discrete barrier's."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    low, high = math.log(max(strike, past)), math.log(max(strike, past)) + 9.0 * market.volatility
    total = max(past - strike, 0.0) * math.exp(-market.rate * MATURITY)
    for x, w in zip(0.5 * (low + high + (high - low) * nodes), 0.5 * (high - low) * weights, strict=True):
        below = (Piece(0.0, math.exp(x), to=0), Piece(math.exp(x), math.inf, 1.0, paid=MATURITY))
        dates = [Date(t, (below,)) for t in TIMES[:-1]] + [Date(TIMES[-1], (below[1:],))]
        total += w * math.exp(x) * Quadrature(dates, market).value()
    return total


@pytest.mark.parametrize(("strike", "past"), [(100.0, 108.0), (120.0, 90.0)])
def test_lookback_is_the_integral_of_survival(strike: float, past: float) -> None:
    got = Lookback("call", "fixed", TIMES, MATURITY, MARKET, strike=strike, past_extreme=past)
    assert got.value() == pytest.approx(_survival_integral(strike, past, MARKET), rel=1e-10)


@pytest.mark.parametrize("past", [None, 97.0, 103.0])
@pytest.mark.parametrize("lookback_type", ["fixed", "floating"])
@pytest.mark.parametrize("option_type", ["call", "put"])
def test_lookbacks_are_those_of_simulation(option_type: str, lookback_type: str, past: float | None, paths) -> None:  # type: ignore[no-untyped-def]
    got = Lookback(option_type, lookback_type, TIMES, MATURITY, MARKET, strike=100.0, past_extreme=past)
    high = (option_type == "call") == (lookback_type == "fixed")
    extreme = paths[:-1].max(axis=0) if high else paths[:-1].min(axis=0)
    if past is not None:
        extreme = np.maximum(extreme, past) if high else np.minimum(extreme, past)
    sign = 1.0 if high else -1.0
    pays = np.maximum(sign * (extreme - 100.0), 0.0) if lookback_type == "fixed" else sign * (extreme - paths[-1])
    values = math.exp(-0.05 * MATURITY) * pays
    assert abs(got.value() - values.mean()) < 4.0 * values.std() / math.sqrt(values.size)


def test_an_unseasoned_floating_lookback_is_proportional_to_the_spot() -> None:
    got = Lookback("put", "floating", TIMES, MATURITY, MARKET).greeks()
    assert got["delta"] == pytest.approx(got["price"] / 100.0, rel=1e-12)
    assert abs(got["gamma"]) < 1e-12


def test_price_does_not_hang_on_the_panels() -> None:
    dates = barrier("call", 100.0, "up-and-out", 120.0, TIMES, MATURITY)
    close(Quadrature(dates, MARKET, width=1.5).greeks(), Quadrature(dates, MARKET).greeks(), 1e-10)
