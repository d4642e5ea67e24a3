"""Where the spot is at a lookback's strike or extreme so far, gamma is not one number."""

from __future__ import annotations

import pytest

import greeks as gk

GBM = gk.GBM(spot=100.0, rate=0.05, dividend_yield=0.02, volatility=0.25)


@pytest.mark.parametrize(
    ("trade", "said"),
    [
        (gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=0.5), "at the strike"),
        (gk.Lookback("put", lookback_type="fixed", strike=100.0, maturity=0.5), "at the strike"),
        (gk.Lookback("put", lookback_type="floating", past_max=100.0, maturity=0.5), "at the extreme so far"),
        (gk.Lookback("call", lookback_type="fixed", strike=101.0, maturity=0.5), ""),
        (gk.Lookback("call", lookback_type="floating", maturity=0.5), ""),
        (gk.Lookback("call", lookback_type="fixed", strike=100.0, maturity=0.5, monitoring_start=0.1), ""),
    ],
)
def test_gamma_is_warned_of_at_the_kink_alone(trade, said):
    """The closed form says 0, a difference the mean of both sides."""
    found = gk.estimate(trade, GBM, greeks="delta,gamma", paths=1024)
    for key in found:
        number = found[key]
        assert ("gamma jumps where the spot is" in number.reason) == (bool(said) and key[0] == "gamma")
        if said and key[0] == "gamma":
            assert number.status == "warn" and said in number.reason
