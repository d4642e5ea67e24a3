"""Shares of trades in the variance of the net."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.core.workspace import Workspace
from greeks.errors import UsageError
from greeks.planning import Settings, plan
from greeks.study.contributions import contributions
from greeks.study.net_shares import net_shares

A, B = gk.GBM(spot=100, rate=0.02, volatility=0.2), gk.GBM(spot=50, rate=0.02, volatility=0.4)
OPTIONS: dict[str, Any] = {"greeks": "price,vega", "analytic": False, "paths": 70_000, "pilot": False}


def call(strike: float, maturity: float = 1.0) -> Any:
    return gk.European(strike=strike, maturity=maturity, option_type="call")


def of(book: Book, level: str = "book", **options: Any) -> list[dict[str, float]]:
    result = gk.run(book, **{**OPTIONS, **options})
    lines = result.to_json()["net"]
    shares = net_shares(book, result)
    return [
        {one.trade_id: one.share for one in own}
        for line, own in zip(lines, shares, strict=True)
        if line["level"] == level
    ]


MIXED = Book(
    (Trade("a", "A", call(100), 3.0), Trade("b", "A", call(110), -2.0), Trade("c", "B", call(50), 5.0)),
    {"A": A, "B": B},
)


@pytest.mark.parametrize("more", [{}, {"sampler": "sobol"}, {"buckets": "6m,2y"}])
def test_shares_add_to_one(more: dict[str, Any]) -> None:
    for own in of(MIXED, **more):
        assert sum(own.values()) == pytest.approx(1.0, abs=1e-12)
        assert len(own) == 3


def test_a_hedge_has_a_negative_share() -> None:
    book = Book((Trade("long", "A", call(100), 2.0), Trade("short", "A", call(100.5), -1.0)), {"A": A})
    for own in of(book):
        assert own["short"] < 0.0 < 1.0 < own["long"]


def test_a_closed_position_is_not_uncertain() -> None:
    book = Book((Trade("long", "A", call(100), 1.0), Trade("short", "A", call(100), -1.0)), {"A": A})
    assert of(book) == [{}, {}]


def test_exact_numbers_are_not_uncertain() -> None:
    assert of(MIXED, analytic=True) == [{}, {}]


def test_independent_underlyings_share_as_their_variances() -> None:
    book = Book((Trade("a", "A", call(100), 3.0), Trade("c", "B", call(50), 5.0)), {"A": A, "B": B})
    result = gk.run(book, **OPTIONS)
    rows, nets = result.trades, result.net
    for (_, line), own in zip(nets.iterrows(), net_shares(book, result), strict=True):
        if line["level"] == "book":
            error = {r.trade_id: r.standard_error for r in rows.itertuples() if r.greek == line["greek"]}
            first, second = (3.0 * error["a"]) ** 2, (5.0 * error["c"]) ** 2
            found = {one.trade_id: one.share for one in own}
            assert found["a"] == pytest.approx(first / (first + second), rel=1e-9)


def test_shares_are_those_of_all_paths_kept() -> None:
    book = Book(MIXED.trades[:2], {"A": A})
    result = gk.run(book, **OPTIONS)
    used = result.manifest["settings"]
    job = plan(book, Settings(**{part.name: used[part.name] for part in fields(Settings)})).jobs[0]
    kept = []
    for _, first, count in job.spans(OPTIONS["paths"]):
        out = np.empty((job.rows - len(job.net_groups), job.width))
        contributions(job, first, count, Workspace(), out)
        kept.append(out[:, :count])
    price = np.concatenate(kept, axis=1)[[0, 2]] * [[3.0], [-2.0]]
    slow = np.cov(price, price.sum(axis=0))
    own_error = float(result.net["standard_error"][0])  # of the run's own sums, path by path
    assert own_error**2 == pytest.approx(slow[2, 2] / OPTIONS["paths"], rel=1e-9)
    assert of(book)[0]["b"] == pytest.approx(slow[1, 2] / slow[2, 2], rel=1e-9)


def test_threads_change_no_bit() -> None:
    assert of(MIXED, threads=1) == of(MIXED, threads=2)


def test_another_book_is_refused() -> None:
    result = gk.run(MIXED, **OPTIONS)
    with pytest.raises(UsageError, match="give the book"):
        net_shares(Book(MIXED.trades[:2], {"A": A}), result)
