"""``greeks ladder``: formats, what is said, and what is refused."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

import greeks as gk

OPTIONS = ("--paths", "2048", "--spot", "-10%,0", "--vol", "2pt", "--rate", "-25bp,0")


@pytest.fixture
def files(tmp_path) -> tuple[str, str, str]:
    (tmp_path / "book.csv").write_text(
        "trade_id,underlying,product,option_type,strike,maturity,quantity,fixings,desk\n"
        "a,X,european,call,100,1,10,,one\nb,X,asian,put,95,1,-5,4,two\nc,H,european,put,100,1,2,,one\n"
    )
    (tmp_path / "market.csv").write_text(
        "underlying,model,spot,rate,volatility,initial_variance,mean_reversion,long_run_variance,vol_of_vol,correlation\n"
        "X,gbm,100,0.03,0.2,,,,,\nH,heston,100,0.02,,0.04,1.5,0.05,0.5,-0.6\n"
    )
    return str(tmp_path / "book.csv"), "--market", str(tmp_path / "market.csv")


def test_the_numbers_are_those_of_the_library(greeks, files) -> None:
    got = greeks("ladder", *files, *OPTIONS, "--group-by", "DESK", "--format", "csv")
    assert got.code == 0
    rows = list(csv.DictReader(io.StringIO(got.out)))
    frame = gk.ladder(
        gk.read_portfolio(files[0], market=files[2]), spot="-10%,0", volatility="2pt", rate="-25bp,0", paths=2048,
        group_by="desk",
    ).to_frame()  # fmt: skip
    assert len(rows) == len(frame) == 4 * (1 + 2 + 2 + 3)
    for row, own in zip(rows, frame.itertuples(), strict=True):
        for name in ("level", "underlying", "desk", "scenario", "greek", "status"):
            assert row[name] == getattr(own, name)
        for name in ("spot_shift", "value", "standard_error", "change", "change_standard_error", "change_ci_high"):
            assert float(row[name]) == getattr(own, name)
        assert row["seed"] == "42" and row["noise"] == str(own.noise)


def test_every_format(greeks, files, tmp_path) -> None:
    shown = greeks("ladder", *files, *OPTIONS, "--format", "table")
    assert shown.code == 0
    assert "book: price, currency" in shown.out and "spot -10%, volatility +0.02" in shown.out
    assert "the volatility that moves is the initial one under heston" in shown.err
    assert greeks("ladder", *files, *OPTIONS, "-o", tmp_path / "out.json").code == 0
    data = json.loads((tmp_path / "out.json").read_text())
    assert data["manifest"]["scenarios"]["spot"] == ["-10%", "0"] and {"base", "ladder"} <= set(data)
    assert greeks("ladder", *files, *OPTIONS, "-o", tmp_path / "out.parquet", "-q").err == ""
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == len(data["ladder"])


def test_greeks_and_units(greeks, files) -> None:
    got = greeks("ladder", *files, "--spot", "5%", "--greeks", "delta,vega", "--units", "market", "--paths", "2048", "--format", "csv")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(got.out)))
    assert {row["greek"] for row in rows} == {"delta", "vega"}
    assert {row["unit"] for row in rows if row["greek"] == "vega"} == {
        "per 0.01 of volatility",
        "per 0.01 of initial volatility",
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no shift is given: write spot -10%,0,10%"),
        (("--spot", "5pt"), "in points, which a spot has not"),
        (("--spot", "x"), "'x' is no shift: write a shift such as -10% or +25"),
        (("--rate", "10bp,10bp"), "named twice"),
        (("--spot", "-100%"), "X under spot -100%"),
        (("--vol", "-30pt"), "the volatility 0.2 would be -0.1: name a smaller shift"),
        (("--spot", "5%", "--target", "0.01"), "--target is an option of greeks run and greeks one, not of greeks ladder"),
        (("--spot", "5%", "--units", "cash"), "write raw or market"),
        (("--spot", "5%", "--group-by", "book"), "no column 'book' in the portfolio"),
        (("--spot", "5%", "--cluster", "x"), "not available in this version"),
        (("--spot", "5%", "-o", "out.xls"), "add --format"),
        (("--spot", "5%", "--paths", "0"), "--paths"),
    ],
)  # fmt: skip
def test_what_cannot_be_met_is_refused(greeks, files, arguments, said) -> None:
    got = greeks("ladder", *files, *arguments)
    assert (got.code, got.out) == (2, "") and said in got.err and "Traceback" not in got.err


def test_bad_files_and_bad_numbers(greeks, files, tmp_path) -> None:
    assert greeks("ladder", tmp_path / "none.csv", *files[1:], "--spot", "5%").code == 3
    jump = tmp_path / "jump.csv"
    jump.write_text("trade_id,underlying,product,option_type,strike,maturity\na,X,digital,call,400,0.1\n")
    got = greeks(
        "ladder", jump, *files[1:], "--spot", "1%", "--no-analytic", "--paths", "512", "--fail-on", "warn", "--format", "csv"
    )  # fmt: skip
    assert got.code == 5 and "--fail-on warn" in got.err
