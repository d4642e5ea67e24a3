"""Dates of an average given by a count: the last is the maturity itself, whatever n T / n rounds to."""

from __future__ import annotations

import pytest

import greeks as gk


@pytest.mark.parametrize(("maturity", "fixings"), [(0.21668, 5), (0.8, 3), (1.0, 12), (0.1, 7)])
@pytest.mark.parametrize("average_of", ["price", "strike"])
def test_the_last_fixing_is_the_maturity(maturity, fixings, average_of):
    strike = 100.0 if average_of == "price" else None
    trade = gk.Asian(
        "call", strike=strike, maturity=maturity, fixings=fixings, averaging="geometric", average_of=average_of
    )
    dates = trade.dates()
    assert len(dates) == fixings
    assert dates[-1] == maturity
    assert dates[:-1] == tuple(i * maturity / fixings for i in range(1, fixings))
    model = gk.GBM(spot=100.0, volatility=0.2)
    found = gk.estimate(trade, model, greeks="price", paths=20_000, analytic=False).to_frame()
    assert abs(found.z_score.iloc[0]) < 4.5  # the closed form has the same dates
