"""Sizes that no market and no book has: one clear error with the range, in files and in Python."""

from __future__ import annotations

from math import isfinite

import pytest

import greeks as gk
from greeks.checks import ranges
from greeks.errors import PortfolioError, UsageError

CALL = {"strike": 100.0, "maturity": 1.0}
GBM = {"spot": 100.0, "rate": 0.05, "volatility": 0.2}
HESTON = {"spot": 100.0, "initial_variance": 0.04, "mean_reversion": 1.5, "long_run_variance": 0.04, "vol_of_vol": 0.5,
          "correlation": -0.7}  # fmt: skip
BEYOND = {
    "quantity": [("1e155", "a quantity is 0, or 1e-12 to 1e15, long or short"), ("-1e154", "long or short"), ("1e-200", "1e-12")],
    "multiplier": [("1e16", "a multiplier is 1e-12 to 1e15"), ("1e-13", "1e-12 to 1e15")],
    "strike": [("1e308", "a price or amount is 1e-12 to 1e15"), ("1e-300", "1e-12 to 1e15")],
    "maturity": [("1e-9", "a time in years is 0, or 1e-8 to 100"), ("5e-324", "1e-8 to 100")],
}  # fmt: skip
BEYOND_MARKET = {
    "spot": [("1e-200", "1e-200 is out of range: a price or amount is 1e-12 to 1e15"), ("1e16", "1e-12 to 1e15")],
    "volatility": [("2e-309", "a volatility is 0, or 1e-6 to 4"), ("1e-170", "1e-6 to 4")],
    "initial_variance": [("5e-324", "a variance is 0, or 1e-12 to 16")],
    "long_run_variance": [("1e-300", "a variance is 0, or 1e-12 to 16")],
    "mean_reversion": [("1e-300", "a mean reversion a year is 0, or 1e-6 to 100")],
}


def problems(folder, trade, market):
    cells = {"trade_id": "A", "underlying": "X", "product": "european", "option_type": "call", **CALL, **trade}
    quotes = {"underlying": "X", **market}
    for name, row in (("b.csv", cells), ("m.csv", quotes)):
        (folder / name).write_text("\n".join(",".join(map(str, part)) for part in (row, row.values())) + "\n")
    with pytest.raises(PortfolioError) as caught:
        gk.read_portfolio(folder / "b.csv", market=folder / "m.csv")
    return [issue for issue in caught.value.issues if issue.column != "underlying"]


@pytest.mark.parametrize(("column", "text", "range_"), [(c, *case) for c in BEYOND for case in BEYOND[c]])
def test_of_a_trade(tmp_path, column, text, range_):
    (issue,) = problems(tmp_path, {column: text}, GBM)
    assert issue.column == column and range_ in issue.message
    call = gk.European("call", **CALL)
    with pytest.raises(UsageError, match="out of range"):
        _ = (
            gk.Trade("A", "X", call, **{column: float(text)})
            if column in ("quantity", "multiplier")
            else gk.European("call", **{**CALL, column: float(text)})
        )


@pytest.mark.parametrize(("column", "text", "range_"), [(c, *case) for c in BEYOND_MARKET for case in BEYOND_MARKET[c]])
def test_of_a_market(tmp_path, column, text, range_):
    kind, good = (gk.GBM, GBM) if column in GBM else (gk.Heston, HESTON)
    (issue,) = problems(tmp_path, {}, {**good, "model": kind.kind, column: text})
    assert issue.column == column and range_ in issue.message
    with pytest.raises(UsageError, match="out of range"):
        kind(**{**good, column: float(text)})


@pytest.mark.parametrize("spot", [ranges.PRICE.least, ranges.PRICE.most])
@pytest.mark.parametrize("volatility", [0.0, ranges.VOLATILITY.least, ranges.VOLATILITY.most])
@pytest.mark.parametrize("quantity", [ranges.QUANTITY.least, -ranges.QUANTITY.most])
def test_at_the_ends_of_the_ranges_every_number_is_finite_or_has_a_reason(spot, volatility, quantity):
    payoffs = [
        gk.European("put", strike=spot, maturity=ranges.YEARS.least),
        gk.Digital("call", strike=ranges.PRICE.most, maturity=1.0, cash=ranges.PRICE.most),
        gk.Asian("call", strike=spot, maturity=ranges.YEARS.most, fixings=2),
    ]
    trades = tuple(gk.Trade(p.kind, "X", p, quantity, ranges.MULTIPLIER.most) for p in payoffs)
    model = gk.GBM(spot=spot, rate=1.0, volatility=volatility)
    result = gk.run(gk.Book(trades, {"X": model}), paths=1024, greeks="all")
    for table in (result.trades, result.net):
        good = table[table.status != "na"]
        assert good.value.map(isfinite).all() and good.standard_error.map(isfinite).all()
        assert (table.reason[table.status != "ok"] != "").all()
