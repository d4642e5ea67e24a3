"""Variance and volatility swaps against many digits, the noncentral chi mean, the affine transform, and simulation."""

from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace

import mpmath as mp
import numpy as np
import pytest

import greeks as gk
from greeks.analytic import heston_variance_swap, registry, variance_swap, volatility_swap
from greeks.analytic.realised import Realised
from tests.reference import many_digits

TIMES = (0.1, 0.35, 0.6, 1.0)
MARKET = (100.0, 0.05, 0.02, 0.25)
SEASONED = Realised(TIMES, 1.1, 1.0 / 1.5, past=0.02, last=97.0)
FRESH = Realised(TIMES, 1.1, 1.0)
HESTON = {
    "rate": 0.05, "dividend_yield": 0.02, "initial_variance": 0.06, "mean_reversion": 1.5, "long_run_variance": 0.04,
    "vol_of_vol": 0.6, "correlation": -0.7,
}  # fmt: skip
SETS = [
    HESTON,
    {**HESTON, "mean_reversion": 0.02},
    {**HESTON, "vol_of_vol": 1.2, "correlation": 0.5, "initial_variance": 0.0},
]


def _moments(what: Realised, s, r, q, v, e):  # type: ignore[no-untyped-def]
    ends = [mp.mpf(0), *(mp.mpf(t) - e for t in what.times)]
    years = [b - a for a, b in pairwise(ends)]
    means = [(r - q - v * v / 2) * h for h in years]
    if what.last is not None:
        means[0] += mp.log(s / what.last)
    return means, [v * v * h for h in years]


@pytest.mark.parametrize("what", [FRESH, SEASONED])
def test_variance_swap(what: Realised) -> None:
    def price(s, r, q, v, e):  # type: ignore[no-untyped-def]
        means, variances = _moments(what, s, r, q, v, e)
        total = what.past + sum(m * m + w for m, w in zip(means, variances, strict=True))
        return mp.exp(-r * (what.maturity - e)) * 50 * (what.scale * total - mp.mpf(0.22) ** 2)

    got = variance_swap.variance_swap(what, 0.22, 50.0, *MARKET)
    want = many_digits.greeks(price, *MARKET)
    for greek, value in want.items():
        assert got[greek] == pytest.approx(value, rel=1e-12, abs=1e-16), greek
    assert (got["delta"] == 0.0) == (what is FRESH)


@pytest.mark.parametrize("what", [FRESH, SEASONED])
def test_volatility_swap(what: Realised) -> None:
    def price(s, r, q, v, e):  # type: ignore[no-untyped-def]
        means, variances = _moments(what, s, r, q, v, e)

        def rest(t):  # type: ignore[no-untyped-def]
            u = mp.exp(t)
            log_l = -what.past * u - sum(
                mp.log1p(2 * u * w) / 2 + u * m * m / (1 + 2 * u * w) for m, w in zip(means, variances, strict=True)
            )
            return -mp.expm1(log_l) / mp.sqrt(u)

        step = mp.mpf(1) / 4
        root = step * sum(rest(k * step) for k in range(-340, 340)) / (2 * mp.sqrt(mp.pi))
        return mp.exp(-r * (what.maturity - e)) * 50 * (mp.sqrt(what.scale) * root - mp.mpf(0.22))

    got = volatility_swap.volatility_swap(what, 0.22, 50.0, *MARKET)
    want = many_digits.greeks(price, *MARKET, digits=32)
    for greek, value in want.items():
        assert got[greek] == pytest.approx(value, rel=1e-9, abs=2e-10), greek


def test_volatility_swap_of_equal_intervals_is_the_mean_of_a_noncentral_chi() -> None:
    n, (_, r, q, v) = 12, MARKET
    h = 1.0 / n
    shift = n * ((r - q - 0.5 * v * v) * math.sqrt(h) / v) ** 2
    with mp.workdps(30):
        mean = mp.sqrt(2) * mp.gamma(mp.mpf(n + 1) / 2) / mp.gamma(mp.mpf(n) / 2) * mp.hyp1f1(-0.5, n / 2, -shift / 2)
    want = math.exp(-r) * 10.0 * (v * math.sqrt(h) * float(mean) - 0.2)
    what = Realised(tuple((i + 1) * h for i in range(n)), 1.0, 1.0)
    assert volatility_swap.volatility_swap(what, 0.2, 10.0, *MARKET)["price"] == pytest.approx(want, rel=1e-13)


def _heston_mp(what: Realised, x: dict[str, mp.mpf], spot: mp.mpf, elapsed: mp.mpf):  # type: ignore[no-untyped-def]
    """E sum x^2 from the second derivative of the joint transform, by the textbook Riccati solution in many digits."""
    v0, kappa, theta, xi, rho = (x[name] for name in list(HESTON)[2:])
    total, start = mp.mpf(what.past), mp.mpf(0)
    h_ = mp.mpf(10) ** -12

    def cumulants(s, years):  # type: ignore[no-untyped-def]
        beta = kappa - rho * xi * s
        d = mp.sqrt(beta**2 + xi**2 * (s - s * s))
        g = (beta - d) / (beta + d)
        e = mp.exp(-d * years)
        slope = (beta - d) / xi**2 * (1 - e) / (1 - g * e)
        level = kappa * theta / xi**2 * ((beta - d) * years - 2 * mp.log((1 - g * e) / (1 - g)))
        return level, slope

    def transform(s, years, after, first):  # type: ignore[no-untyped-def]
        """E exp(s x) for the return that starts ``after`` years from now."""
        level, slope = cumulants(s, years)
        c = xi**2 * -mp.expm1(-kappa * after) / (4 * kappa)
        z = 1 - 2 * c * slope
        carry = s * ((x["rate"] - x["dividend_yield"]) * years + first)
        return mp.exp(carry + level + v0 * mp.exp(-kappa * after) * slope / z) * z ** (-2 * kappa * theta / xi**2)

    for i, end in enumerate(what.times):
        end = mp.mpf(end) - elapsed
        first = mp.log(spot / what.last) if i == 0 and what.last is not None else mp.mpf(0)
        values = [transform(s, end - start, start, first) for s in (-h_, mp.mpf(0), h_)]
        total += (values[0] - 2 * values[1] + values[2]) / h_**2
        start = end
    return mp.exp(-x["rate"] * (what.maturity - elapsed)) * 50 * (what.scale * total - mp.mpf(0.22) ** 2)


@pytest.mark.parametrize("what", [FRESH, SEASONED])
@pytest.mark.parametrize("parameters", SETS)
def test_heston_variance_swap(parameters: dict[str, float], what: Realised) -> None:
    got = heston_variance_swap.variance_swap(what, 0.22, 50.0, 100.0, parameters)
    with mp.workdps(60):
        x = {name: mp.mpf(value) for name, value in parameters.items()}
        h = mp.mpf(10) ** -8

        def at(spot=100, elapsed=0, **moved):  # type: ignore[no-untyped-def]
            return _heston_mp(what, {**x, **{k: x[k] + m for k, m in moved.items()}}, mp.mpf(spot), mp.mpf(elapsed))

        want = {"price": at(), "theta": (at(elapsed=h) - at(elapsed=-h)) / (2 * h)}
        want["delta"] = (at(100 + h) - at(100 - h)) / (2 * h)
        want["gamma"] = (at(100 + h) - 2 * at() + at(100 - h)) / h**2
        for name in parameters:
            greek = {"rate": "rho", "dividend_yield": "dividend_rho"}.get(name, name)
            want[greek] = (at(**{name: h}) - at(**{name: -h})) / (2 * h)
        v = x["initial_variance"]
        first, second = want["initial_variance"], (at(initial_variance=h) - 2 * at() + at(initial_variance=-h)) / h**2
        want["vega"], want["volga"] = 2 * mp.sqrt(v) * first, 2 * first + 4 * v * second
        cross = sum(a * b * at(100 + a * h, initial_variance=b * h) for a in (1, -1) for b in (1, -1)) / (4 * h * h)
        want["vanna"] = 2 * mp.sqrt(v) * cross
    assert set(got) == set(want)
    for greek, value in want.items():
        assert got[greek] == pytest.approx(float(value), rel=1e-8, abs=1e-9), greek


def test_heston_without_vol_of_vol_is_black_scholes() -> None:
    flat = {**HESTON, "vol_of_vol": 0.0, "initial_variance": 0.0625, "long_run_variance": 0.0625}
    got = heston_variance_swap.variance_swap(SEASONED, 0.22, 50.0, 100.0, flat)
    want = variance_swap.variance_swap(SEASONED, 0.22, 50.0, *MARKET)
    for greek in ("price", "delta", "gamma", "rho", "dividend_rho", "theta"):
        assert got[greek] == pytest.approx(want[greek], rel=1e-11), greek


def test_swaps_are_those_of_simulation() -> None:
    rng = np.random.Generator(np.random.Philox(5))
    gaps, (s, r, q, v) = np.diff([0.0, *TIMES])[:, None], MARKET
    x = (r - q - 0.5 * v * v) * gaps + v * np.sqrt(gaps) * rng.standard_normal((4, 400_000))
    x[0] += math.log(s / 97.0)
    variance = (0.02 + (x**2).sum(axis=0)) / 1.5
    for form, sample, strike in (
        (variance_swap.variance_swap, variance, 0.22**2),
        (volatility_swap.volatility_swap, np.sqrt(variance), 0.22),
    ):
        pays = math.exp(-r * 1.1) * 50.0 * (sample - strike)
        assert abs(form(SEASONED, 0.22, 50.0, *MARKET)["price"] - pays.mean()) < 4.0 * pays.std() / math.sqrt(pays.size)


def test_contracts_reach_their_form_and_a_cap_has_none() -> None:
    trade = {
        "maturity": 1.0, "strike_volatility": 0.2, "notional": 100.0, "past_fixings": (), "start": None,
        "future_fixings": lambda: (0.5, 1.0), "dates": lambda: (0.5, 1.0),
    }  # fmt: skip
    models = (
        gk.GBM(**dict(zip(("spot", "rate", "dividend_yield", "volatility"), MARKET, strict=True))),
        gk.Heston(spot=100.0, **HESTON),
    )
    for product, model in (("variance_swap", models[0]), ("variance_swap", models[1]), ("volatility_swap", models[0])):
        (line,) = [text for p, m, text, _ in registry.LINES if (p, m) == (product, model.kind)]
        form = {"variance_swap": variance_swap, "heston_variance_swap": heston_variance_swap}.get(line, volatility_swap)
        assert set(form.reference(SimpleNamespace(cap=None, **trade), model)) >= set(many_digits.NINE)
        assert form.reference(SimpleNamespace(cap=0.5, **trade), model) == {}
    with pytest.raises(ValueError, match="fixings must be in the future"):
        variance_swap.reference(SimpleNamespace(cap=None, **{**trade, "maturity": 0.9}), models[0])
