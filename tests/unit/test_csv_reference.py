"""The reference of the columns knows every one of them, and its words on fixings are true."""

from __future__ import annotations

import re
from pathlib import Path

from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import all_columns
from greeks.portfolio.later import later_columns

TEXT = (Path(__file__).parents[2] / "docs" / "csv.md").read_text()


def test_every_column_is_described():
    rows = re.findall(r"^\| (`.*?) \|", TEXT, flags=re.M)
    described = {name for cell in rows for name in re.findall(r"`(\w+)`", cell)}
    known = {
        *all_columns(PAYOFFS),
        *all_columns(MODELS),
        "trade_id",
        "underlying",
        "product",
        "expiry",
        "quantity",
        "multiplier",
    }
    assert known <= described
    assert described <= known | {"model", "currency", "notional", "payment_date", *later_columns()}
    assert "spread from today" in TEXT
