"""Barrier and touch closed forms: published values, formulas written another way, identities and extremes."""

from __future__ import annotations

import csv
import itertools
import math
import random
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greeks.analytic import black_scholes, corridor, first_passage, registry
from greeks.analytic.barrier import barrier
from greeks.analytic.monitored import Levels
from greeks.analytic.touch import touch
from tests.reference import barrier_formulas as exact

ROWS = list(csv.DictReader((Path(__file__).parent / "data" / "published_barrier.csv").read_text().splitlines()))
CLOSED = [row for row in ROWS if row["model"] == "gbm" and row["product"] != "barrier_discrete"]
GREEKS = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga")
BASE = {"spot": 100.0, "rate": 0.05, "dividend_yield": 0.02, "volatility": 0.25, "maturity": 1.0}


def contract(row):
    """A row's trade as the fields of the product."""
    side, number = row["side"].split("_")[0], {k: float(v) for k, v in row.items() if v and k in NUMBERS}
    levels = {"barrier": number["barrier"]}
    if row["product"] == "double_barrier":
        side, levels = "double", {"lower_barrier": number["barrier"], "upper_barrier": number["barrier_upper"]}
    common = {"maturity": number["maturity_years"], "monitoring": "continuous", "already_hit": False, **levels}
    if "touch" in row["product"]:
        kind, payout = row["product"].rsplit("_", 1)
        when = "hit" if "at hit" in row["notes"] else "expiry"
        return stand_in(
            "touch", touch_type=kind.replace("_", "-"), direction=side, payout=payout, cash=number.get("cash"),
            pay_at=when, **common,
        )  # fmt: skip
    return stand_in(
        "barrier", option_type=row["call_put"], strike=number["strike"], payout="vanilla", cash=None,
        barrier_type=f"double-{knock(row)}" if side == "double" else f"{side}-and-{knock(row)}",
        rebate=number["rebate"], rebate_at="hit" if knock(row) == "out" else "expiry", **common,
    )  # fmt: skip


NUMBERS = (
    "spot",
    "strike",
    "barrier",
    "barrier_upper",
    "rebate",
    "cash",
    "rate",
    "dividend",
    "sigma",
    "maturity_years",
)


def knock(row):
    return row["side"].split("_")[1]


class StandIn(SimpleNamespace):
    """A contract's fields by name: all that a closed form reads."""

    __hash__ = object.__hash__


def stand_in(kind, **fields):
    return StandIn(kind=kind, lag=0.0, **fields)


def gbm(spot, rate, dividend_yield, volatility, maturity=None):
    return stand_in("gbm", spot=spot, rate=rate, dividend_yield=dividend_yield, volatility=volatility)


def test_which_published_rows_have_a_closed_form():
    assert Counter(row["product"] for row in ROWS) - Counter(row["product"] for row in CLOSED) == {
        "barrier": 2, "barrier_discrete": 1,  # the two are of the Heston model
    }  # fmt: skip
    assert len(CLOSED) == 110


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row["case_id"])
def test_published(row):
    model = gbm(*(float(row[name]) for name in ("spot", "rate", "dividend", "sigma")))
    value = registry.reference(contract(row), model)[row["quantity"]]
    assert abs(value - float(row["expected"])) <= float(row["tolerance"])
    assert value == pytest.approx(float(row["exact_value"]), rel=2e-11, abs=1e-12)


def close(got, want, scale, rel=1e-9):
    """``scale``: the size of what is subtracted inside; each order of a derivative divides it by a standard deviation."""
    assert tuple(got) == GREEKS
    for greek in GREEKS:
        assert got[greek] == pytest.approx(want[greek], rel=rel, abs=scale * 1e-11), greek


def draw(rng):
    return {
        "spot": 100.0, "rate": rng.uniform(-0.01, 0.1), "dividend_yield": rng.uniform(0.0, 0.08),
        "volatility": rng.uniform(0.1, 0.5), "maturity": rng.uniform(0.1, 2.0),
    }  # fmt: skip


SINGLE = list(itertools.product(("call", "put"), ("vanilla", "cash", "asset"), ("up", "down"), ("in", "out")))


@pytest.mark.parametrize(("option_type", "payout", "side", "knock"), SINGLE)
def test_one_barrier_against_the_table_of_haug(option_type, payout, side, knock):
    rng = random.Random(f"{option_type} {payout} {side} {knock}")
    for strike, rebate_at in itertools.product((80.0, 100.0, 125.0), ("hit", "expiry")):
        trade, up = draw(rng), side == "up"
        level = rng.uniform(102.0, 130.0) if up else rng.uniform(75.0, 98.0)
        levels = Levels(None, level) if up else Levels(level, None)
        terms = trade["maturity"], False, trade["spot"], trade["rate"], trade["dividend_yield"], trade["volatility"]
        got = barrier(option_type, payout, 1.0, strike, knock, levels, 3.0, rebate_at, *terms)

        def price(x, strike=strike, up=up, level=level, rebate_at=rebate_at):
            return exact.single(x, option_type, payout, strike, up, knock, level, 3, rebate_at)

        close(got, exact.greeks(price, trade), 100.0)


DOUBLE = list(itertools.product(("call", "put"), ("vanilla", "cash", "asset"), ("in", "out")))


@pytest.mark.parametrize(("option_type", "payout", "knock"), DOUBLE)
def test_two_barriers_against_eigenfunctions_alone(option_type, payout, knock):
    rng = random.Random(f"{option_type} {payout} {knock}")
    for strike, rebate_at in itertools.product((70.0, 95.0, 140.0), ("hit", "expiry")):
        trade, low, high = draw(rng), rng.uniform(75.0, 95.0), rng.uniform(105.0, 130.0)
        terms = trade["maturity"], False, trade["spot"], trade["rate"], trade["dividend_yield"], trade["volatility"]
        got = barrier(option_type, payout, 1.0, strike, knock, Levels(low, high), 3.0, rebate_at, *terms)

        def price(x, strike=strike, low=low, high=high, rebate_at=rebate_at):
            return exact.double(x, option_type, payout, strike, knock, low, high, 3, rebate_at)

        close(got, exact.greeks(price, trade), 100.0)


TOUCHES = [
    (kind, payout, when) for kind in ("one-touch", "no-touch") for payout in ("cash", "asset") for when in ("hit", "expiry")
    if not (kind == "no-touch" and when == "hit")
]  # fmt: skip


@pytest.mark.parametrize("side", ["up", "down", "double"])
@pytest.mark.parametrize(("kind", "payout", "when"), TOUCHES)
def test_touch_against_formulas_written_another_way(kind, payout, when, side):
    rng, leg = random.Random(f"{kind} {payout} {when} {side}"), 0 if payout == "asset" else 1
    for _ in range(3):
        trade, low, high = draw(rng), rng.uniform(75.0, 95.0), rng.uniform(105.0, 130.0)
        levels = Levels(None if side == "up" else low, None if side == "down" else high)
        terms = trade["maturity"], False, trade["spot"], trade["rate"], trade["dividend_yield"], trade["volatility"]
        got = touch(kind, levels, payout, 2.0, when, *terms)

        def price(x, low=low, high=high):
            amount = 2 if payout == "cash" else 1
            if when == "hit":
                if side == "double":
                    down, up = exact.double_at_hit(x, low, high)
                    return amount * (down + up) if leg else low * down + high * up
                level = high if side == "up" else low
                return exact.at_hit(x, level) * (amount if leg else level)
            total = x["spot"] * mp.exp(-x["dividend_yield"] * x["maturity"]), mp.exp(-x["rate"] * x["maturity"])
            if side == "double":
                stays = exact.survival(x, low, high, low, high)[leg]
                return amount * (stays if kind == "no-touch" else total[leg] - stays)
            touched = exact.touch_at_expiry(x, high if side == "up" else low, side == "up")[leg]
            return amount * (touched if kind == "one-touch" else total[leg] - touched)

        close(got, exact.greeks(price, trade), 100.0)


MARKETS = {
    "spot": st.floats(91.0, 119.0), "rate": st.floats(-0.02, 0.15), "dividend_yield": st.floats(-0.02, 0.15),
    "volatility": st.floats(0.05, 0.8), "maturity": st.floats(0.02, 5.0),
}  # fmt: skip
SIDES = {"up": Levels(None, 120.0), "down": Levels(90.0, None), "double": Levels(90.0, 120.0)}
markets, sides = st.fixed_dictionaries(MARKETS), st.sampled_from(sorted(SIDES))


def ordered(market):
    return market["spot"], market["rate"], market["dividend_yield"], market["volatility"]


@settings(max_examples=60, deadline=None)
@given(
    market=markets, side=sides, strike=st.floats(60.0, 150.0), option_type=st.sampled_from(["call", "put"]),
    payout=st.sampled_from(["vanilla", "cash", "asset"]),
)  # fmt: skip
def test_in_and_out_make_the_plain_option(market, side, strike, option_type, payout):
    terms = strike, market["maturity"], *ordered(market)[1:]
    if payout == "vanilla":
        plain = black_scholes.european(option_type, market["spot"], *terms)
    else:
        plain = black_scholes.digital(option_type, payout, 1.0, market["spot"], *terms)
    knocked = [
        barrier(option_type, payout, 1.0, strike, knock, SIDES[side], 0.0, None, market["maturity"], False, *ordered(market))
        for knock in ("in", "out")
    ]  # fmt: skip
    spread = market["volatility"] * math.sqrt(market["maturity"])
    for greek in GREEKS:
        total = knocked[0][greek] + knocked[1][greek]
        size = max(abs(knocked[0][greek]), abs(plain[greek]), 1.0)
        assert total == pytest.approx(plain[greek], abs=3e-11 * size / min(spread, 1.0) ** 2), greek
    for found in knocked:
        assert 0.0 <= found["price"] <= plain["price"] * (1.0 + 1e-12) + 1e-12


@settings(max_examples=40, deadline=None)
@given(market=markets, side=sides)
def test_one_touch_and_no_touch_make_the_payment(market, side):
    terms = market["maturity"], False, *ordered(market)
    one, no = (touch(kind, SIDES[side], "cash", 5.0, "expiry", *terms) for kind in ("one-touch", "no-touch"))
    t, paid = market["maturity"], 5.0 * math.exp(-market["rate"] * market["maturity"])
    want = {**dict.fromkeys(GREEKS, 0.0), "price": paid, "rho": -t * paid, "theta": market["rate"] * paid}
    for greek in GREEKS:
        assert one[greek] + no[greek] == pytest.approx(want[greek], rel=1e-9, abs=1e-10 * max(1.0, abs(one[greek]))), (
            greek
        )
    at_hit = touch("one-touch", SIDES[side], "cash", 5.0, "hit", *terms)["price"]
    assert at_hit >= one["price"] * (1 - 1e-12) if market["rate"] >= 0.0 else at_hit <= one["price"] * (1 + 1e-12)


@pytest.mark.parametrize("knock", ["in", "out"])
@pytest.mark.parametrize("rebate_at", ["hit", "expiry"])
def test_a_remote_second_barrier_does_not_matter(knock, rebate_at):
    market = ordered(BASE)
    for pair, alone in ((Levels(90.0, 1e6), Levels(90.0, None)), (Levels(1e-4, 120.0), Levels(None, 120.0))):
        found = [
            barrier("call", "vanilla", 1.0, 100.0, knock, levels, 2.0, rebate_at, 1.0, False, *market)
            for levels in (pair, alone)
        ]
        assert found[0] == pytest.approx(found[1], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("payout", ["vanilla", "cash", "asset"])
def test_a_barrier_out_of_reach_leaves_the_plain_option(payout):
    market = ordered({**BASE, "maturity": 0.25})
    if payout == "vanilla":
        plain = black_scholes.european("put", 100.0, 100.0, 0.25, *market[1:])
    else:
        plain = black_scholes.digital("put", payout, 1.0, 100.0, 100.0, 0.25, *market[1:])
    for levels in (Levels(None, 1e5), Levels(1e-3, None), Levels(1e-3, 1e5)):
        out, into = (
            barrier("put", payout, 1.0, 100.0, knock, levels, 0.0, None, 0.25, False, *market)
            for knock in ("out", "in")
        )
        assert out == pytest.approx(plain, rel=1e-12)
        assert max(map(abs, into.values())) < 1e-100


def test_a_barrier_before_the_strike_decides_alone():
    """An up-and-in call with its strike above the barrier is the call; the out is worth nothing, exactly."""
    market = ordered(BASE)
    into = barrier("call", "vanilla", 1.0, 125.0, "in", Levels(None, 110.0), 0.0, None, 1.0, False, *market)
    assert into == pytest.approx(black_scholes.european("call", 100.0, 125.0, 1.0, *market[1:]), rel=1e-12)
    out = barrier("call", "vanilla", 1.0, 125.0, "out", Levels(None, 110.0), 0.0, None, 1.0, False, *market)
    assert set(out.values()) == {0.0}


@pytest.mark.parametrize("levels", [Levels(None, 100.0), Levels(100.0, None), Levels(100.0, 120.0), Levels(None, 95.0)])
def test_at_or_beyond_the_barrier_it_has_been_touched(levels):
    market, cash = ordered(BASE), math.exp(-0.05)
    terms = 1.0, False, *market
    plain = black_scholes.european("call", 100.0, 100.0, 1.0, *market[1:])
    assert barrier("call", "vanilla", 1.0, 100.0, "in", levels, 3.0, "expiry", *terms) == plain
    assert barrier("call", "vanilla", 1.0, 100.0, "out", levels, 0.0, "hit", *terms)["price"] == 0.0
    at_hit = barrier("call", "vanilla", 1.0, 100.0, "out", levels, 3.0, "hit", *terms)
    assert at_hit == {**dict.fromkeys(GREEKS, 0.0), "price": 3.0}
    later = barrier("call", "vanilla", 1.0, 100.0, "out", levels, 3.0, "expiry", *terms)
    assert (later["price"], later["rho"]) == pytest.approx((3.0 * cash, -3.0 * cash))
    assert touch("one-touch", levels, "cash", 2.0, "hit", *terms)["price"] == 2.0
    assert touch("one-touch", levels, "asset", 0.0, "hit", *terms)["delta"] == 1.0
    assert touch("one-touch", levels, "cash", 2.0, "expiry", *terms)["price"] == pytest.approx(2.0 * cash)
    assert touch("one-touch", levels, "asset", 0.0, "expiry", *terms)["delta"] == pytest.approx(math.exp(-0.02))
    assert touch("no-touch", levels, "cash", 2.0, "expiry", *terms)["price"] == 0.0


def test_already_hit_pays_at_hit_no_more():
    terms = 1.0, True, *ordered(BASE)
    assert barrier("call", "vanilla", 1.0, 90.0, "out", Levels(None, 120.0), 3.0, "hit", *terms)["price"] == 0.0
    assert touch("one-touch", Levels(None, 120.0), "cash", 3.0, "hit", *terms)["price"] == 0.0
    assert touch("one-touch", Levels(None, 120.0), "cash", 3.0, "expiry", *terms)["price"] == 3.0 * math.exp(-0.05)
    into = barrier("call", "vanilla", 1.0, 90.0, "in", Levels(None, 120.0), 3.0, None, *terms)
    assert into == black_scholes.european("call", 100.0, 90.0, 1.0, 0.05, 0.02, 0.25)


EXTREMES = [
    {**BASE, "volatility": 0.005}, {**BASE, "volatility": 0.02, "rate": 0.0, "dividend_yield": 0.0},
    {**BASE, "volatility": 0.01, "rate": 0.0, "dividend_yield": 0.06}, {**BASE, "volatility": 0.01, "rate": 0.09},
    {**BASE, "maturity": 1e-5}, {**BASE, "maturity": 1 / 365, "rate": 0.0, "dividend_yield": 0.0},
    {**BASE, "maturity": 30.0}, {**BASE, "volatility": 2.0, "maturity": 5.0}, {**BASE, "rate": 0.0},
    {**BASE, "rate": 0.0, "dividend_yield": -0.03125}, {**BASE, "rate": -0.02}, {**BASE, "spot": 119.9999},
    {**BASE, "spot": 90.0001, "volatility": 0.05},
]  # fmt: skip


def two_alone(x, knock, rebate_at):
    """Both barriers where no path that counts touches both: what each takes, added."""
    into = sum(exact.single(x, "call", "vanilla", 100, up, "in", level, 0, None) for up, level in ((0, 90), (1, 120)))
    cash = sum(exact.touch_at_expiry(x, level, up)[1] for up, level in ((0, 90), (1, 120)))
    if knock == "in":
        return into + mp.exp(-x["rate"] * x["maturity"]) - cash
    rebate = sum(exact.at_hit(x, level) for level in (90, 120)) if rebate_at == "hit" else cash
    return exact.plain(x, "call", "vanilla", 100) - into + rebate


@pytest.mark.parametrize("trade", EXTREMES, ids=str)
@pytest.mark.parametrize("side", ["up", "down", "double"])
def test_extremes_keep_their_digits(trade, side):
    """Low and high volatility, short and long lives, no drift, negative rates, a spot next to the barrier."""
    levels, spread = SIDES[side], trade["volatility"] * math.sqrt(trade["maturity"])
    terms = trade["maturity"], False, *ordered(trade)
    for knock, rebate_at in (("out", "hit"), ("out", "expiry"), ("in", "expiry")):
        got = barrier("call", "vanilla", 1.0, 100.0, knock, levels, 1.0, rebate_at, *terms)

        def price(x, knock=knock, rebate_at=rebate_at):
            if side == "double":
                if spread < 0.03:
                    return two_alone(x, knock, rebate_at)
                return exact.double(x, "call", "vanilla", 100, knock, 90, 120, 1, rebate_at)
            level = 120 if side == "up" else 90
            return exact.single(x, "call", "vanilla", 100, side == "up", knock, level, 1, rebate_at)

        want = exact.greeks(price, trade, 100 if spread < 0.03 else 60)
        for greek in GREEKS:  # a second derivative multiplies rounding by 1 / spread^2
            slack = 1e-11 / min(spread, 1.0) ** 2
            assert got[greek] == pytest.approx(want[greek], rel=1e-9, abs=slack), (knock, rebate_at, greek)


@pytest.mark.parametrize("volatility", [0.05, 0.1, 0.2, 0.4])
def test_both_series_of_a_corridor_agree(monkeypatch, volatility):
    terms = 1.0, False, 100.0, 0.04, 0.01, volatility
    found = []
    for switch in (0.0, 10.0):
        monkeypatch.setattr(corridor, "_SWITCH", switch)
        found.append(
            [
                barrier("call", "vanilla", 1.0, 95.0, "out", Levels(85.0, 120.0), 2.0, "hit", *terms),
                barrier("put", "asset", 1.0, 95.0, "in", Levels(85.0, 120.0), 2.0, "expiry", *terms),
                touch("one-touch", Levels(85.0, 120.0), "asset", 1.0, "hit", *terms),
            ]
        )
    for images, waves in zip(*found, strict=True):
        assert images == pytest.approx(waves, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rate", [0.0, 0.0002, 0.002])
def test_both_forms_of_the_discounted_passage_agree(monkeypatch, rate):
    found = []
    for small in (0.0, 0.2):
        monkeypatch.setattr(first_passage, "_SMALL", small)
        found.append(touch("one-touch", Levels(None, 110.0), "cash", 1.0, "hit", 0.5, False, 100.0, rate, 0.0, 0.2))
    assert found[0] == pytest.approx(found[1], rel=1e-9, abs=1e-11)


def test_without_randomness_the_path_is_known():
    up, down = Levels(None, 103.0), Levels(97.0, None)
    still = 1.0, False, 100.0, 0.05, 0.0, 0.0
    plain = black_scholes.european("call", 100.0, 90.0, 1.0, 0.05, 0.0, 0.0)
    assert barrier("call", "vanilla", 1.0, 90.0, "in", up, 0.0, None, *still) == plain
    assert barrier("call", "vanilla", 1.0, 90.0, "out", down, 0.0, "hit", *still) == plain
    assert barrier("call", "vanilla", 1.0, 90.0, "out", up, 2.0, "expiry", *still)["price"] == 2.0 * math.exp(-0.05)
    assert touch("no-touch", down, "cash", 2.0, "expiry", *still)["price"] == 2.0 * math.exp(-0.05)
    with pytest.raises(ArithmeticError):
        barrier("call", "vanilla", 1.0, 90.0, "out", up, 2.0, "hit", *still)
    expired = 0.0, False, 100.0, 0.05, 0.0, 0.2
    assert barrier("call", "vanilla", 1.0, 90.0, "out", up, 0.0, "hit", *expired)["price"] == 10.0
    assert barrier("call", "vanilla", 1.0, 90.0, "in", up, 2.0, None, *expired)["price"] == 2.0


def test_what_is_not_monitored_over_the_whole_life_has_no_closed_form():
    fields = {
        "option_type": "call", "strike": 100.0, "payout": "vanilla", "cash": None, "barrier_type": "up-and-out",
        "barrier": 120.0, "rebate": 0.0, "rebate_at": "hit", "maturity": 1.0, "already_hit": False,
    }  # fmt: skip
    model = gbm(*ordered(BASE))
    whole = {"monitoring": "continuous", "monitoring_start": 0.0, "monitoring_end": 1.0}
    assert registry.reference(stand_in("barrier", **fields, **whole), model)["price"] > 0.0
    for special in ({"monitoring": "discrete"}, {"monitoring_start": 0.5}, {"monitoring_end": 0.5}):
        assert registry.reference(stand_in("barrier", **fields, **{**whole, **special}), model) == {}
