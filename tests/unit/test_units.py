"""The factor of a unit is what its text says, and every column of a result is in that unit."""

from __future__ import annotations

import re
from math import prod

import pytest
from zoo import MODELS

import greeks as gk
from greeks.names import ORDER, unit

COLUMNS = (
    "value",
    "standard_error",
    "ci_low",
    "ci_high",
    "reference",
    "bias",
    "position_value",
    "position_standard_error",
)


def said(text):
    """The factor that a text states: a day of a year, or each "0.01 of ...", squared where it says so."""
    if "calendar day" in text:
        return 1.0 / 365.0
    parts = [float(number) for number in re.findall(r"\d\.\d+", text)]
    return prod(parts) ** (2 if text.endswith("squared") else 1)


@pytest.mark.parametrize("greek", ORDER)
@pytest.mark.parametrize("units", ["raw", "market"])
def test_the_factor_is_the_one_in_the_text(greek, units):
    factor, text = unit(greek, units)
    assert factor == pytest.approx(said(text), rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_every_column_is_in_the_unit(model):
    book = gk.Book(
        (gk.Trade("t", "u", gk.Digital("put", strike=101.0, maturity=0.7), -3.0, 10.0),), {"u": MODELS[model]}
    )
    runs = [
        gk.run(book, greeks="all", estimators="finite_difference", paths=4096, units=units)
        for units in ("raw", "market")
    ]
    raw, market = (run.trades.set_index("greek") for run in runs)
    for greek in raw.index:
        factor, text = unit(greek, "market", raw.unit[greek].partition("of ")[2] if greek == "vega" else "volatility")
        assert market.unit[greek].startswith(text[:8])
        for column in COLUMNS:
            assert market[column][greek] == pytest.approx(factor * raw[column][greek], rel=1e-12, nan_ok=True), column
    raw, market = (run.net[run.net.level == "book"].set_index("greek") for run in runs)
    for greek in raw.index:
        for column in COLUMNS[:4]:
            assert market[column][greek] == pytest.approx(unit(greek, "market")[0] * raw[column][greek], rel=1e-12), (
                column
            )
