"""Greeks by Cauchy's integral against those of the closed form."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from greeks.analytic.black_scholes import european
from greeks.analytic.cauchy import Radii, greeks

MATURITY = 0.7


def _call(strike: float):  # type: ignore[no-untyped-def]
    def value(spot, rate, dividend_yield, volatility, elapsed):  # type: ignore[no-untyped-def]
        years = MATURITY - elapsed
        deviation = volatility * np.sqrt(years)
        d1 = (np.log(spot / strike) + (rate - dividend_yield) * years) / deviation + 0.5 * deviation
        stock, bond = spot * np.exp(-dividend_yield * years), strike * np.exp(-rate * years)
        return stock * ndtr(d1) - bond * ndtr(d1 - deviation)

    return value


@pytest.mark.parametrize("volatility", [0.05, 0.3])
@pytest.mark.parametrize("strike", [90.0, 100.0, 130.0])
def test_greeks_of_a_call(strike: float, volatility: float) -> None:
    exact = european("call", 100.0, strike, MATURITY, 0.03, 0.05, volatility)
    radii = Radii(
        spot=20.0 * volatility * MATURITY**0.5, rate=0.1 * volatility, volatility=0.04 * volatility, elapsed=0.03
    )
    got = greeks(_call(strike), 100.0, 0.03, 0.05, volatility, radii)
    assert got.keys() == exact.keys()
    scale = {"gamma": 1e-2, "vanna": 1.0 / volatility, "volga": 100.0 / volatility, "vega": 100.0}
    for name, value in exact.items():
        assert got[name] == pytest.approx(value, rel=1e-10, abs=1e-11 * scale.get(name, 1.0)), name
