"""Years to an expiry date are days over 365, leap days counted, from the valuation date given."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from greeks.portfolio import read_portfolio


@pytest.mark.parametrize(
    ("as_of", "expiry", "days"),
    [
        ("2026-02-28", "2027-02-28", 365),
        ("2026-02-28", "2028-02-29", 731),
        (date(2028, 2, 28), "2028-03-01", 2),
        (datetime(2025, 12, 31, 18, 30), "2026-01-01", 1),
        ("2026-02-28", "2026-02-28", 0),
    ],
)
def test_expiry_becomes_years(tmp_path, as_of, expiry, days):
    (tmp_path / "b.csv").write_text(
        f"trade_id,underlying,product,option_type,strike,expiry\nA,X,european,call,100,{expiry}\n"
    )
    (tmp_path / "m.csv").write_text("underlying,spot,volatility\nX,100,0.2\n")
    book = read_portfolio(tmp_path / "b.csv", market=tmp_path / "m.csv", as_of=as_of)
    assert book.trades[0].payoff.maturity == days / 365
