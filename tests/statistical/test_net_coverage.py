"""Intervals of netted rows that are ok cover 95 %, in books whose positions hedge each other."""

from __future__ import annotations

from math import nan, sqrt

import pytest

import greeks as gk
from greeks.analytic.registry import reference
from greeks.book import Book, Trade

GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
HESTON = gk.Heston(
    spot=100, rate=0.03, dividend_yield=0.01, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip
CALLS = {strike: gk.European("call", strike=strike, maturity=0.5) for strike in (95.0, 97.5, 100.0, 102.5, 105.0)}
WING = gk.European("put", strike=75.0, maturity=0.25)
DIGITAL = gk.Digital("call", strike=100.0, maturity=0.5, cash=5.0)
BOOKS = {
    "spreads": [(CALLS[100.0], 1.0), (CALLS[105.0], -1.0), (CALLS[95.0], 0.5), (CALLS[100.0], -0.5)],
    "butterfly": [(CALLS[95.0], 1.0), (CALLS[100.0], -2.0), (CALLS[105.0], 1.0)],
    "replicated digital": [(DIGITAL, -1.0), (CALLS[97.5], 1.0), (CALLS[102.5], -1.0)],
    "wings": [(WING, -20.0), (CALLS[100.0], 0.1)],
}
GREEKS = ("price", "delta", "gamma", "vega", "rho")


def coverage(held, seeds, paths=4096):
    """Share of ok rows whose interval holds the exact value, how many rows, and by number its ok rows and their share.

    Only numbers that are ok in at least half of the seeds are listed: the others are warned of.
    """
    trades = [Trade(f"{name}{i}", name, payoff, size, labels={"desk": str(i % 2)})
              for name in ("U", "V", "H") for i, (payoff, size) in enumerate(held)]  # fmt: skip
    models = {"U": GBM, "V": GBM, "H": HESTON}
    book = Book(tuple(trades), models, ("desk",), currencies={"U": "USD", "V": "EUR", "H": "EUR"})
    exact = {}
    for trade in trades:
        for greek, value in reference(trade.payoff, models[trade.underlying]).items():
            for name in ("", trade.underlying):
                for desk in ("", trade.labels["desk"]):
                    own = trade.position * (1.1 if name == "" and trade.underlying != "U" else 1.0) * value
                    unit = "initial" if greek == "vega" and trade.underlying == "H" else ""
                    key = name, desk, greek, unit
                    exact[key] = exact.get(key, 0.0) + own
    inside: dict[tuple[str, ...], list[bool]] = {}
    options = {"greeks": GREEKS, "paths": paths, "threads": 1, "group_by": "desk", "analytic": False}
    for seed in range(seeds):
        for line in gk.run(book, seed=seed, fx={"EUR": 1.1}, currency="USD", **options).to_json()["net"]:
            unit = "initial" if "initial" in line["unit"] else ""
            key = line["underlying"], line["desk"], line["greek"], unit
            if line["status"] == "ok":
                value = exact.get(key, nan)
                inside.setdefault(key, []).append(line["ci_low"] <= value <= line["ci_high"])
    hits = [hit for found in inside.values() for hit in found]
    numbers = {key: (len(found), sum(found) / len(found)) for key, found in inside.items() if len(found) >= seeds // 2}
    return sum(hits) / len(hits), len(hits), numbers


@pytest.mark.slow
@pytest.mark.parametrize("name", BOOKS)
def test_netted_rows_that_are_ok_cover(name):
    """Three deviations of each number's own ok rows are allowed below 92 %: one that covers 80 % is found in 98 of 100."""
    share, rows, numbers = coverage(BOOKS[name], 400)
    assert rows > 1000
    assert 0.93 <= share <= 0.97
    low = {key: found for key, found in numbers.items() if found[1] < 0.92 - 3.0 * sqrt(0.92 * 0.08 / found[0])}
    assert not low


def test_netted_rows_that_are_ok_cover_briefly():
    share, rows, _ = coverage(BOOKS["butterfly"], 20)
    assert rows > 300
    assert 0.90 <= share <= 0.99


def test_a_time_step_bias_is_told_beside_the_noise_of_a_bump():
    """Vega of five positions where Feller fails has a bias of .9 errors: told, or not resolved, in nearly all of 40 runs.

    While the noise of the bumps' biases hid it, 40 % of the runs were ok: 8 or fewer of 40 have then a chance of .6 %.
    """
    model = gk.Heston(
        spot=100, rate=0.03, dividend_yield=0.01, initial_variance=0.09, mean_reversion=0.5, long_run_variance=0.09,
        vol_of_vol=1.0, correlation=-0.7,
    )  # fmt: skip
    held = [*BOOKS["replicated digital"], (CALLS[100.0], 1.0), (CALLS[105.0], -1.0)]
    book = Book(tuple(Trade(str(i), "H", *each) for i, each in enumerate(held)), {"H": model})
    ok = 0
    for seed in range(40):
        lines = gk.run(book, greeks="vega", paths=4096, seed=seed, threads=1, analytic=False).to_json()["net"]
        ok += next(line["status"] for line in lines if line["level"] == "book" or line["underlying"] == "H") == "ok"
    assert ok <= 8
