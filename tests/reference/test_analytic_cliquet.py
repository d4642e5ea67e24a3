"""Cliquets against quadrature of each return's density in many digits, and simulation."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest

import greeks as gk
from greeks.analytic import registry
from greeks.analytic.cliquet import Cliquet, cliquet, reference
from tests.reference import many_digits

TIMES = (0.25, 0.5, 1.0)
MARKET = (100.0, 0.05, 0.02, 0.25)
CASES = [
    Cliquet(TIMES, 1.1, -0.03, 0.06, notional=50.0),
    Cliquet(TIMES, 1.0, -0.03, 0.06, notional=50.0, past=0.02, last=97.0),
    Cliquet(TIMES, 1.0, 0.0, None),
    Cliquet(TIMES, 1.0, None, 0.05, past=-0.01, last=104.0),
    Cliquet(TIMES, 1.0, None, None, past=0.1, last=104.0),
    Cliquet(TIMES, 1.0, -0.03, 0.06, global_floor=-0.09, global_cap=0.19),
]


@pytest.mark.parametrize("terms", CASES)
def test_the_sum_of_local_returns(terms: Cliquet) -> None:
    def price(s, r, q, v, e):  # type: ignore[no-untyped-def]
        total = mp.mpf(terms.past)
        ends = [mp.mpf(0), *(mp.mpf(t) - e for t in terms.times)]
        for i, (a, b) in enumerate(pairwise(ends)):
            mean, sd = (r - q - v * v / 2) * (b - a), v * mp.sqrt(b - a)
            if i == 0 and terms.last is not None:
                mean += mp.log(s / terms.last)

            def pays(z, mean=mean, sd=sd):  # type: ignore[no-untyped-def]
                x = mp.expm1(mean + sd * z)
                low = mp.mpf(-1 if terms.local_floor is None else terms.local_floor)
                high = mp.inf if terms.local_cap is None else mp.mpf(terms.local_cap)
                return min(max(x, low), high) * mp.npdf(z)

            levels = [terms.local_floor, terms.local_cap]
            kinks = [(mp.log1p(mp.mpf(x)) - mean) / sd for x in levels if x is not None]
            total += mp.quad(pays, [-18, -9, -4, *kinks, 4, 9, 18])
        return terms.notional * mp.exp(-r * (terms.maturity - e)) * total

    got = cliquet(terms, *MARKET)
    want = many_digits.greeks(price, *MARKET, digits=40)
    for greek, value in want.items():
        assert got[greek] == pytest.approx(value, rel=1e-10, abs=1e-12), greek
    assert (got["delta"] == 0.0) == (terms.last is None)


def test_global_levels() -> None:
    base = Cliquet(TIMES, 1.0, -0.03, 0.06, notional=10.0)
    free, bond = cliquet(base, *MARKET), math.exp(-0.05)
    assert cliquet(base._replace(global_floor=-0.09 - 1e-9), *MARKET) == free
    assert cliquet(base._replace(global_floor=0.2), *MARKET)["price"] == pytest.approx(2.0 * bond, rel=1e-15)
    assert cliquet(base._replace(global_cap=-0.1), *MARKET)["vega"] == 0.0
    assert cliquet(base._replace(global_floor=0.0), *MARKET) == {}
    assert cliquet(base._replace(global_cap=0.1), *MARKET) == {}
    assert cliquet(base._replace(past=0.1, last=100.0, global_floor=0.01), *MARKET)["price"] > free["price"]
    with pytest.raises(ValueError, match="above local_cap"):
        cliquet(base._replace(local_floor=0.07), *MARKET)
    with pytest.raises(ValueError, match="fixings must be in the future"):
        cliquet(base._replace(maturity=0.9), *MARKET)


def test_price_is_that_of_simulation() -> None:
    terms, (s, r, q, v) = CASES[1], MARKET
    rng = np.random.Generator(np.random.Philox(5))
    gaps = np.diff([0.0, *TIMES])[:, None]
    x = (r - q - 0.5 * v * v) * gaps + v * np.sqrt(gaps) * rng.standard_normal((3, 200_000))
    x[0] += math.log(s / 97.0)
    pays = math.exp(-r) * 50.0 * (0.02 + np.clip(np.expm1(x), -0.03, 0.06).sum(axis=0))
    assert abs(cliquet(terms, *MARKET)["price"] - pays.mean()) < 4.0 * pays.std() / math.sqrt(pays.size)


def test_the_contract_reaches_its_form() -> None:
    trade = gk.Cliquet(local_floor=-0.03, local_cap=0.06, notional=50.0, maturity=1.1, fixing_times=TIMES)
    model = gk.GBM(**dict(zip(("spot", "rate", "dividend_yield", "volatility"), MARKET, strict=True)))
    assert reference(trade, model) == cliquet(CASES[0], *MARKET)
    assert ("cliquet", "gbm", "cliquet") in [line[:3] for line in registry.LINES]
