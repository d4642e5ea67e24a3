"""Vega and rho by tenor: tents on the curve, sums, error bars, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import greeks as gk
from greeks.errors import UsageError
from greeks.planning.buckets import parse_buckets, shares
from tests.unit.test_curves_and_smiles import CURVES, book, replace_rates

TENORS = "3m,6m,1y,2y"
YEARS = (0.25, 0.5, 1.0, 2.0)


def net(held: gk.Book, **options) -> pd.DataFrame:
    frame = gk.run(held, greeks="price,vega,rho,dividend_rho", buckets=TENORS, **options).net
    return frame[frame.level == "book"]


@pytest.mark.parametrize("analytic", [True, False])
def test_buckets_add_up_to_the_parallel_greek(analytic) -> None:
    frame = net(book(), analytic=analytic, paths=8192)
    assert set(frame[frame.greek == "price"].bucket) == {""}
    for greek in ("vega", "rho", "dividend_rho"):
        rows = frame[frame.greek == greek]
        whole, parts = rows[rows.bucket == ""], rows[rows.bucket != ""]
        assert parts.value.sum() == pytest.approx(whole.value.iloc[0], rel=1e-12)
        assert set(parts.bucket) == {"3m", "6m", "1y", "2y"}


def test_a_bucket_is_the_derivative_to_a_tent() -> None:
    """The curve of zero rates moved by a tent at a tenor, on dates that hold every kink of it."""
    times = np.array(sorted({*YEARS, *CURVES[CURVES.curve == "USD"].maturity, *(0.4, 3.0)}))
    base = book(curves=curve(times, 0.0, 0))
    found = net(base, analytic=True)
    for place, name in enumerate(TENORS.split(",")):
        step = 1e-5
        ends = [
            gk.run(replace_rates(book(curves=curve(times, s * step, place))), greeks="price").net.value[0]
            for s in (1, -1)
        ]
        row = found[(found.greek == "rho") & (found.bucket == name)]
        assert row.value.iloc[0] == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=2e-3, abs=1e-3)


def curve(times: np.ndarray, step: float, place: int) -> pd.DataFrame:
    """The curve USD on more dates, moved by a tent, and the curve of dividends as it is."""
    usd = CURVES[CURVES.curve == "USD"]
    totals = np.interp(times, (0.0, *usd.maturity), (0.0, *(usd.maturity * usd.zero_rate)))
    last = usd.maturity.iloc[-1]
    forward = np.diff((usd.maturity * usd.zero_rate).to_numpy())[-1] / np.diff(usd.maturity.to_numpy())[-1]
    totals = np.where(times > last, usd.zero_rate.iloc[-1] * last + forward * (times - last), totals)
    tent = np.interp(times, YEARS, np.eye(len(YEARS))[place])
    moved = pd.DataFrame({"curve": "USD", "maturity": times, "zero_rate": totals / times + step * tent})
    return pd.concat([moved, CURVES[CURVES.curve == "DIV"]])


def test_the_error_of_a_bucket_is_that_of_its_paths() -> None:
    """Over 100 seeds: the deviation of each bucket is its error, though two contracts of one share their paths."""
    exact = net(book(), analytic=True).set_index(["greek", "bucket"]).value
    runs = [net(book(), analytic=False, paths=2048, seed=seed, threads=1) for seed in range(100)]
    for greek, bucket in (("vega", "1y"), ("rho", "1y"), ("rho", "6m")):
        rows = [run[(run.greek == greek) & (run.bucket == bucket)].iloc[0] for run in runs]
        values, errors = np.array([[row.value, row.standard_error] for row in rows]).T
        deviation = values.std(ddof=1)  # known to 7 %
        assert errors.mean() == pytest.approx(deviation, rel=0.28)
        assert abs(values.mean() - exact[greek, bucket]) < 4.5 * deviation / 10.0


def test_shares() -> None:
    tenors = parse_buckets(TENORS)
    assert [years for _, years in tenors] == list(YEARS)
    assert shares(0.1, tenors) == {"3m": 1.0} and shares(5.0, tenors) == {"2y": 1.0}
    assert shares(0.5, tenors) == {"6m": 1.0} and shares(0.75, tenors) == {"6m": 0.5, "1y": 0.5}
    assert parse_buckets([0.5, 1]) == (("0.5", 0.5), ("1", 1.0)) and parse_buckets("10d,2W")[1] == ("2W", 14.0 / 365.0)


@pytest.mark.parametrize(
    ("given", "says"),
    [("", "no tenor"), ("3x", "no tenor"), ("1y,6m", "not ascending"), ("1,1", "not ascending"), ("0", "no tenor"),
     ("200y", "no tenor"), ("-1y", "no tenor"), ([], "write 1 to 64"), ("nan", "no tenor")],
)  # fmt: skip
def test_what_is_no_list_of_tenors(given, says) -> None:
    with pytest.raises(UsageError, match=f"buckets: .*{says}"):
        gk.run(book(), buckets=given)


def test_labels_and_underlyings_have_buckets_too(tmp_path) -> None:
    frame = gk.run(book(), greeks="vega", buckets=TENORS).net
    assert list(frame.columns[:4]) == ["level", "underlying", "currency", "bucket"]
    own = frame[(frame.level == "underlying")]
    assert own[own.bucket != ""].value.sum() == pytest.approx(own[own.bucket == ""].value.iloc[0], rel=1e-12)
    assert "bucket" not in gk.run(book(), greeks="vega").net.columns
