"""The word "all" stands for what a model can have; a name is answered, with the reason where there is nothing."""

from __future__ import annotations

from typing import Any

import pytest

import greeks as gk
from greeks.book import Book, Trade
from greeks.models.heston import Heston
from greeks.names import ORDER

HESTON = ("initial_variance", "mean_reversion", "long_run_variance", "vol_of_vol", "correlation")
GBM = gk.GBM(spot=100, rate=0.05, volatility=0.2)
OTHER = Heston(
    spot=100, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.04, vol_of_vol=0.3, correlation=-0.5
)
CALL = gk.European("call", strike=100, maturity=1.0)
OPTIONS: dict[str, Any] = {"paths": 2000, "threads": 1}


def greeks_of(rows: list[dict[str, Any]], trade: str) -> list[str]:
    return list(dict.fromkeys(row["greek"] for row in rows if row["trade_id"] == trade))


@pytest.fixture(scope="module")
def book() -> Book:
    done = gk.European("call", strike=100, maturity=0.0)
    trades = (Trade("g", "G", CALL), Trade("h", "H", CALL), Trade("settled", "G", done))
    return Book(trades, {"G": GBM, "H": OTHER})


def test_all_leaves_out_what_a_model_has_not(book: Book) -> None:
    data = gk.run(book, greeks="all", **OPTIONS).to_json()
    assert greeks_of(data["trades"], "g") == [greek for greek in ORDER if greek not in HESTON]
    assert greeks_of(data["trades"], "settled") == greeks_of(data["trades"], "g")
    assert greeks_of(data["trades"], "h") == list(ORDER)
    netted = {(row["level"], row["underlying"], row["greek"]): row for row in data["net"]}
    assert not [key for key in netted if key[1] == "G" and key[2] in HESTON]
    own = netted["underlying", "H", "correlation"]
    assert own["trades"] == 1 and own["status"] != "na"
    assert all(row["trades"] > 0 for row in netted.values())


@pytest.mark.parametrize("form", ["all", " ALL ", ["all"]])
def test_ways_to_write_it(form: Any) -> None:
    found = gk.estimate(CALL, GBM, greeks=form, **OPTIONS)
    assert not {greek for greek, _ in found} & set(HESTON)
    assert found.run.manifest["settings"]["all_greeks"] is True


def test_a_name_is_answered(book: Book) -> None:
    rows = gk.run(book, greeks=["price", "correlation"], **OPTIONS).to_json()["trades"]
    (found,) = [row for row in rows if row["trade_id"] == "g" and row["greek"] == "correlation"]
    assert found["status"] == "na"
    assert "gbm has no parameter for correlation" in found["reason"]
    rows = gk.run(book, greeks=ORDER, **OPTIONS).to_json()["trades"]
    assert greeks_of(rows, "g") == list(ORDER)


def test_all_estimators_leaves_out_those_of_another_model(book: Book) -> None:
    rows = gk.run(book, greeks="price", estimators="all", **OPTIONS).to_json()["trades"]
    used = {trade: {row["estimator"] for row in rows if row["trade_id"] == trade} for trade in ("g", "h")}
    assert used["h"] - used["g"] == {"full_likelihood_ratio"}
    assert {"likelihood_ratio", "pathwise", "finite_difference", "conditional"} <= used["g"]
    named = gk.run(book, greeks="price", estimators="cond,pw", **OPTIONS).to_json()["trades"]
    (found,) = [row for row in named if row["trade_id"] == "g" and row["estimator"] == "conditional"]
    assert found["status"] == "na"
    assert found["reason"].startswith("gbm has no variance path to condition on: use pathwise")
