"""The gate every number passes: what is not finite, a spread of rounding, no spread at all, heavy tails, bias."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from statistics import NormalDist

import numpy as np
import pytest

import greeks as gk
from greeks.core.moments import MOMENT_COLUMNS, block_moments
from greeks.results.bounds import sign_of
from greeks.results.status import Known, assess, measure

KNOWN = Known(bound=0.5)


def moments(values):
    out = np.empty((1, MOMENT_COLUMNS))
    block_moments(np.array([values], dtype=float), len(values), out)
    return out[0]


@pytest.fixture
def normal():
    return moments(np.random.default_rng(1).normal(2.0, 3.0, 4096))


def test_a_plain_number_is_ok(normal):
    found = assess([(normal, 1.0)], KNOWN)
    assert (found.status, found.reason) == ("ok", "")
    assert found.value == normal[1]
    assert found.standard_error == pytest.approx(3.0 / 64, rel=0.05)
    assert found.kurtosis == pytest.approx(3.0, abs=0.3)


@pytest.mark.parametrize(
    ("level", "half"), [(0.95, 1.959963984540054), (0.5, 0.6744897501960817), (0.99, 2.5758293035489)]
)
def test_an_interval_is_that_of_a_normal(normal, level, half):
    found = assess([(normal, 1.0)], KNOWN)
    low, high = found.ci(level)
    assert high - found.value == pytest.approx(half * found.standard_error, rel=1e-12)
    assert found.value - low == pytest.approx(half * found.standard_error, rel=1e-12)


@pytest.mark.parametrize("column", [1, 2])
@pytest.mark.parametrize("value", [nan, inf])
def test_what_is_not_finite_is_no_number(normal, column, value):
    normal[column] = value
    found = assess([(normal, 1.0)], KNOWN)
    assert (found.status, str(found.value), str(found.standard_error)) == ("na", "nan", "nan")
    assert "overflow" in found.reason


@pytest.mark.parametrize("value", [nan, inf])
def test_a_fourth_moment_that_is_not_finite_is_a_heavy_tail(normal, value):
    normal[4] = value
    found = assess([(normal, 1.0)], KNOWN)
    assert found.status == "warn"
    assert "fourth moment overflows" in found.reason


@pytest.mark.parametrize("factor", [1e200, -1e300])
def test_a_factor_that_overflows(normal, factor):
    normal[1:3] = 1e10, 1e20
    assert assess([(normal, factor)], KNOWN).status == ("ok" if factor == 1e200 else "na")


def test_a_spread_of_rounding_is_none():
    """An average-strike put's rho by paths: -11.4975457 +- 3e-18, exact -11.4975311."""
    values = -11.4975457 * (1.0 + 2.0**-52 * (np.arange(4096) % 3))
    found = assess([(moments(values), 1.0)], KNOWN)
    assert (found.status, found.standard_error) == ("warn", 0.5)
    assert found.reason.startswith("no path differs from -11.4975 in 4096 paths")
    assert assess([(moments(values * np.linspace(1, 1 + 1e-12, 4096)), 1.0)], KNOWN).status == "ok"
    assert assess([(moments(np.linspace(0, 1e-13, 4096)), 1.0)], replace(KNOWN, rounding=1e-12)).status == "warn"


@pytest.mark.parametrize(("sign", "interval"), [(0, (-0.5, 0.5)), (1, (0.0, 0.5)), (-1, (-0.5, 0.0))])
def test_a_bound_is_one_sided_where_the_sign_is_known(sign, interval):
    found = assess([(moments(np.zeros(4096)), 1.0)], replace(KNOWN, sign=sign))
    assert found.status == "warn"
    assert found.ci() == interval
    assert assess([(moments(np.full(4096, 2.0)), 1.0)], replace(KNOWN, sign=1)).ci() == (1.5, 2.5)


def test_deterministic_paths_need_no_spread():
    assert assess([(moments(np.ones(64)), 1.0)], replace(KNOWN, random=False)).status == "ok"


def test_a_heavy_tail():
    values = np.zeros(4096)
    values[:4] = 1.0
    found = assess([(moments(values), 1.0)], KNOWN)
    assert found.status == "warn"
    assert found.reason.startswith("heavy tail (kurtosis 1.02e+03): the error bar itself is uncertain by 25%")


def test_skewness_decides_before_the_uncertainty_of_the_error():
    """Of n exponential numbers the mean has a squared skewness of 4 / n: 20 of them are too few, 400 are enough."""
    for count, status in ((20, "warn"), (400, "ok")):
        row = moments(-np.log1p(-(np.arange(count) + 0.5) / count))
        assert measure([(row, 1.0)]).skewed == pytest.approx(row[3] ** 2 / row[2] ** 3)
        found = assess([(row, 1.0)], KNOWN)
        assert found.status == status, found.reason
        assert ("and the skewness of the mean, 0." in found.reason) == (status == "warn")
    symmetric = np.zeros(4096)
    symmetric[:2] = 1.0, -1.0
    found = assess([(moments(symmetric), 1.0)], KNOWN)
    assert measure([(moments(symmetric), 1.0)]).skewed < 1e-12
    assert found.status == "warn" and "skewness" not in found.reason
    uneven = np.zeros(4096)
    uneven[:40], uneven[40:80] = 1.0, -1.0
    assert assess([(moments(uneven), 1.0)], KNOWN).status == "ok"


def test_third_cumulants_of_parts_add_with_their_signs():
    skewed = moments(np.random.default_rng(5).exponential(size=300))
    one = measure([(skewed, 2.0)]).skewed
    assert measure([(skewed, 1.0), (skewed, -1.0)]).skewed == pytest.approx(0.0, abs=1e-15)
    assert measure([(skewed, 3.0), (skewed, 3.0)]).skewed == pytest.approx(one / 2)
    assert measure([(skewed, -1.0), (skewed, -1.0)]).skewed == pytest.approx(one / 2)


@pytest.mark.parametrize(("paths", "status"), [(4095, "warn"), (4096, "ok")])
def test_a_doubted_tail_is_shown_or_refuted_by_enough_paths(paths, status):
    row = moments(np.random.default_rng(1).normal(size=paths))
    found = assess([(row, 1.0)], replace(KNOWN, status="doubt", reason="a tail that may be heavy"))
    assert (found.status, found.reason) == (status, "a tail that may be heavy")
    assert found.causes == ({"doubt"} if status == "warn" else set())
    assert assess([(row, 1.0)], replace(KNOWN, status="warn", reason="for good")).status == "warn"


def test_doubt_bias_and_few_crossings_are_told(normal):
    found = assess([(normal, 1.0)], replace(KNOWN, status="warn", reason="infinite variance", bias=1.0, few="3 paths"))
    assert found.status == "warn"
    assert all(text in found.reason for text in ("infinite variance", "measured bias 1:", "3 paths"))
    assert found.causes == {"doubt", "bias", "no hit"}
    error = assess([(normal, 1.0)], KNOWN).standard_error
    for share, noise, status, said in (
        (0.3, 0.0, "ok", ""),
        (0.38, 0.0, "ok", "0.38 st"),
        (0.42, 0.0, "warn", "0.42 st"),
        (1.1, 0.8, "warn", "1.1 st"),
        (1.1, 0.9, "ok", "1.1 st"),
    ):
        found = assess([(normal, 1.0)], replace(KNOWN, bias=share * error, bias_error=noise * error))
        assert (found.status, said in found.reason, bool(found.reason)) == (status, True, bool(said)), share
    for noise, status in ((0.4, "ok"), (0.6, "warn")):
        found = assess([(normal, 1.0)], replace(KNOWN, unresolved=noise * error))
        assert found.status == status and ("only known to +- 0.6 standard errors" in found.reason) == (status == "warn")
    found = assess([(normal, 1.0)], replace(KNOWN, bias=3.0 * error, unresolved=2.0 * error))
    assert found.causes == {"bias"}


def test_the_noise_of_a_bump_does_not_hide_a_time_step(normal):
    """A bias of one error that is known to half an error is told, however little is known of another beside it."""
    error = assess([(normal, 1.0)], KNOWN).standard_error
    for step, own, status in (
        (1.0, 0.5, "warn"),
        (-1.0, 0.5, "warn"),
        (0.6, 0.5, "ok"),
        (0.3, 0.0, "ok"),
        (0.42, 0.0, "warn"),
    ):
        for bump in (0.0, 0.5, -0.5):
            for summed in (True, False):
                known = replace(
                    KNOWN, bias=(step + bump) * error, bias_error=5.0 * error, step=step * error, step_error=own * error,
                    summed=summed,
                )  # fmt: skip
                found = assess([(normal, 1.0)], known)
                if summed or abs(step + bump) <= 1.0:
                    assert found.status == status, (step, own, bump)
                    assert ("of which the time step" in found.reason) == (status == "warn")
                else:
                    assert found.status == "warn"


def test_a_bias_is_tolerated_while_an_interval_covers_93_percent():
    off = 0.41
    normal_law = NormalDist()
    assert normal_law.cdf(1.96 - off) - normal_law.cdf(-1.96 - off) == pytest.approx(0.93, abs=0.002)


def test_independent_parts_add_their_variances_and_the_doubt_of_them():
    """A heavy tail counts by its share of the error: a kurtosis of two parts is that of one as uncertain."""
    generator = np.random.default_rng(2)
    a, b = generator.normal(0, 1, 4096), generator.standard_t(3, 4096)
    rows = moments(a), moments(b)
    found = measure([(rows[0], 2.0), (rows[1], -1.0)], exact=5.0)
    errors = [np.sqrt(row[2] / 4095 / 4096) for row in rows]
    assert found.value == pytest.approx(5.0 + 2.0 * a.mean() - b.mean())
    assert found.error == pytest.approx(np.hypot(2.0 * errors[0], errors[1]))
    alone = [measure([(row, 1.0)]) for row in rows]
    spread = [(2.0 * errors[0]) ** 2 * alone[0].shaky, errors[1] ** 2 * alone[1].shaky]
    assert found.shaky == pytest.approx(np.hypot(*spread) / found.error**2)
    assert min(a.shaky for a in alone) < found.shaky < max(a.shaky for a in alone)


def test_signs():
    put, call = (gk.European(side, strike=100.0, maturity=1.0) for side in ("put", "call"))
    gbm, futures = gk.GBM(spot=100.0, volatility=0.2), gk.Black76(spot=100.0, volatility=0.2)
    assert [sign_of(each, futures, "rho") for each in (put, call)] == [-1, -1]
    assert [sign_of(put, gbm, greek) for greek in ("price", "delta", "gamma", "vega", "rho", "theta")] == [
        1,
        -1,
        1,
        1,
        -1,
        0,
    ]
    assert sign_of(call, gbm, "dividend_rho") == -1
    assert sign_of(gk.Digital("put", strike=100.0, maturity=1.0, payout="asset"), gbm, "delta") == 0
    assert sign_of(gk.Asian("call", maturity=1.0, average_of="strike", fixings=4), gbm, "delta") == 0
