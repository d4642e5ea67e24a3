"""Yes or no is no number: Python takes True as 1, and a count, a size or a date that is one is a slip."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields
from itertools import chain
from typing import Any

import numpy as np
import pytest

import greeks as gk
from greeks.models.registry import MODELS as KINDS
from greeks.payoffs.registry import PAYOFFS as PRODUCTS
from greeks.portfolio import template
from greeks.portfolio.columns import columns
from tests.zoo import HELD, MODELS, PAYOFFS

YES, NO, NUMPY = True, False, np.True_
KINDS_OF_NUMBERS = ("number", "whole", "list", "moment")
GBM = MODELS["gbm"]
ASIAN = gk.Asian("call", strike=100.0, maturity=1.0, fixings=4)


def numbers_of(spec: Any) -> list[str]:
    return [name for name, column in columns(spec).items() if column.kind in KINDS_OF_NUMBERS]


@pytest.mark.parametrize("value", [YES, NO, NUMPY, [YES]], ids=str)
@pytest.mark.parametrize("made", [*chain(*(PAYOFFS | HELD).values()), *MODELS.values()], ids=lambda made: made.kind)
def test_no_field_of_a_contract_or_a_model_takes_one(made: Any, value: Any) -> None:
    given = {part.name: getattr(made, part.name) for part in fields(made)}
    for name in numbers_of(type(made)):
        with pytest.raises(gk.UsageError):
            type(made)(**{**given, name: value})


@pytest.mark.parametrize("value", [YES, NUMPY], ids=str)
@pytest.mark.parametrize("name", ["fixings", "past_fixings_count"])
def test_it_is_named(name: str, value: Any) -> None:
    known = {} if name == "fixings" else {"fixings": 2, "past_fixings_sum": 100.0}
    with pytest.raises(gk.UsageError, match=f"{name}.*True is no number"):
        gk.Asian("call", strike=100.0, maturity=1.0, **known, **{name: value})


def rows_of(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(template(name))))


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_no_cell_of_a_book_takes_one(product: str, form: str) -> None:
    """Every number of a trade, filled in or not, one trade a column."""
    row, market = rows_of(product)[0], rows_of("market")
    names = ["quantity", "multiplier", *numbers_of(PRODUCTS[product])]
    trades = [{**row, "trade_id": name, name: YES} for name in names]
    with pytest.raises(gk.PortfolioError) as caught:
        read(trades, market, form)
    for name in names:
        assert any(f"trade {name}" in str(issue) and name in str(issue.column) for issue in caught.value.issues), name


@pytest.mark.parametrize("form", ["csv", "json"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_cell_of_a_market_takes_one(kind: str, form: str) -> None:
    trade = rows_of("european")[0]
    quote = next(row for row in rows_of("market") if row["model"] == kind)
    for name in numbers_of(KINDS[kind]):
        with pytest.raises(gk.PortfolioError) as caught:
            read([{**trade, "underlying": quote["underlying"]}], [{**quote, name: YES}], form)
        assert name in {issue.column for issue in caught.value.issues}


def read(trades: list[dict[str, Any]], market: list[dict[str, Any]], form: str) -> gk.Book:
    if form == "json":
        full = [[{k: v for k, v in row.items() if v != ""} for row in part] for part in (trades, market)]
        return gk.read_portfolio(io.StringIO(json.dumps({"trades": full[0], "market": full[1]})))
    files = []
    for part in (trades, market):
        names = list(dict.fromkeys(chain(*part)))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, restval="")
        writer.writeheader()
        writer.writerows(part)
        files.append(io.StringIO(text.getvalue()))
    return gk.read_portfolio(*files)


@pytest.mark.parametrize("value", [YES, NUMPY], ids=str)
@pytest.mark.parametrize(
    "name", ["paths", "seed", "bump", "target", "max_paths", "threads", "steps_per_year", "replicates"]
)
def test_no_setting_takes_one(name: str, value: Any) -> None:
    options = {"paths": 64, **({"target": 0.1} if name == "max_paths" else {}), name: value}
    book = gk.Book((gk.Trade("a", "X", ASIAN),), {"X": GBM})
    for call in (lambda: gk.estimate(ASIAN, GBM, **options), lambda: gk.run(book, **options)):
        with pytest.raises(gk.UsageError, match=name):
            call()


@pytest.mark.parametrize("value", [YES, NUMPY], ids=str)
def test_a_sample_of_paths_takes_none(value: Any) -> None:
    good: dict[str, Any] = {"times": [0.5, 2.0], "paths": 8, "seed": 1}
    for name, bad in (("times", [0.5, value]), ("paths", value), ("seed", value)):
        with pytest.raises(gk.UsageError, match=name):
            gk.sample_paths(GBM, **{**good, name: bad})


@pytest.mark.parametrize("flag", ["memory", "already_hit"])
def test_a_flag_still_does(flag: str) -> None:
    kind = "autocallable" if flag == "memory" else "barrier"
    made = PAYOFFS[kind][0]
    given = {part.name: getattr(made, part.name) for part in fields(made)}
    assert getattr(type(made)(**{**given, flag: YES}), flag) is True


BARRIER = {"option_type": "call", "strike": 100.0, "barrier_type": "up-and-out", "barrier": 130.0}
TOUCH = {"touch_type": "one-touch", "direction": "up", "barrier": 130.0, "cash": 1.0}
LOOKBACK = {"option_type": "call", "lookback_type": "fixed", "strike": 100.0}
WATCHED = ((gk.Barrier, BARRIER), (gk.Touch, TOUCH), (gk.Lookback, LOOKBACK))


@pytest.mark.parametrize("end", [0.0, 0, "2026-03-02"])
@pytest.mark.parametrize(("kind", "terms"), WATCHED)
def test_a_window_that_is_over_is_refused(kind: Any, terms: dict[str, Any], end: Any) -> None:
    life = {"expiry": "2027-03-02", "as_of": "2026-03-02"} if isinstance(end, str) else {"maturity": 1.0}
    with pytest.raises(gk.UsageError, match="monitoring_end: the window ends now"):
        kind(**terms, **life, monitoring_end=end)


@pytest.mark.parametrize(("kind", "terms"), WATCHED)
def test_so_is_an_end_before_the_start(kind: Any, terms: dict[str, Any]) -> None:
    with pytest.raises(gk.UsageError, match="must be in order"):
        kind(**terms, maturity=1.0, monitoring_start=0.5, monitoring_end=0.4)
    with pytest.raises(gk.UsageError, match="must be in order"):
        kind(**terms, maturity=1.0, monitoring_start=0.5, monitoring_end=0.0)


def test_what_is_known_of_a_window_that_is_over_needs_none() -> None:
    assert gk.Barrier(**BARRIER, maturity=1.0, monitoring_end=0.0, already_hit=True).already_hit
    assert gk.Lookback(**LOOKBACK, maturity=1.0, monitoring_end=0.0, past_max=120.0).past_max == 120.0
    assert gk.Touch(**TOUCH, maturity=0.0, monitoring_end=0.0).maturity == 0.0
