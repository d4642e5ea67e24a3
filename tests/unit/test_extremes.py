"""Numbers at the edge of floating point end in a status, not in a crash."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pytest
from zoo import MODELS

import greeks as gk

HESTON = MODELS["heston"]


@pytest.mark.parametrize("strike", [124.0, 126.0])
def test_contributions_that_are_tiny(strike):
    frame = gk.estimate(
        gk.European("call", strike=strike, maturity=1 / 365), HESTON, paths=4096, analytic=False
    ).to_frame()
    assert frame.value.map(isfinite).all()
    assert (frame.value < 1e-12).all()


@pytest.mark.parametrize(
    ("change", "greek"), [({"correlation": -1.0}, "price"), ({"scheme": "full_truncation"}, "vega")]
)
def test_no_hits_are_never_an_exact_zero(change, greek):
    trade = gk.Digital("call", strike=1000.0, maturity=0.1)
    found = gk.estimate(trade, replace(HESTON, **change), greeks=greek, estimators="fd", paths=4096)[greek]
    assert found.status == "warn"
    assert found.standard_error > 0.0
