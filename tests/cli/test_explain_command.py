"""``greeks explain``: two result files, what is said of them, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest

import greeks as gk

BOOK = "trade_id,underlying,product,option_type,strike,expiry,quantity\na,X,european,call,100,2027-03-02,10\n"


@pytest.fixture
def runs(greeks, tmp_path) -> tuple[str, str]:
    """A day apart, the spot one higher."""
    (tmp_path / "book.csv").write_text(BOOK)
    found = []
    for name, spot, day in (("a", 100, "2026-03-02"), ("b", 101, "2026-03-03")):
        (tmp_path / f"{name}.csv").write_text(
            f"underlying,model,currency,spot,rate,volatility\nX,gbm,EUR,{spot},0.03,0.2\n"
        )
        found.append(str(tmp_path / f"{name}.json"))
        got = greeks(
            "run", tmp_path / "book.csv", "--market", tmp_path / f"{name}.csv", "--as-of", day, "--greeks", "all", "-q",
            "-o", found[-1],
        )  # fmt: skip
        assert got.code == 0, got.err
    return found[0], found[1]


def test_the_terms_are_those_of_the_library(greeks, runs) -> None:
    got = greeks("explain", *runs, "--format", "csv")
    assert got.code == 0 and "1 of 1 underlying left a rest beyond its error bar" in got.err
    rows = list(csv.DictReader(io.StringIO(got.out)))
    data = [json.loads(Path(path).read_text()) for path in runs]
    own = gk.explain(*data).to_json()["explain"]
    assert [(row["term"], float(row["amount"])) for row in rows] == [(row["term"], row["amount"]) for row in own]
    theta = next(row for row in rows if row["term"] == "theta" and row["level"] == "underlying")
    assert float(theta["move"]) == pytest.approx(1 / 365)


def test_every_format(greeks, runs, tmp_path) -> None:
    shown = greeks("explain", *runs, "--format", "table")
    assert "underlying X EUR" in shown.out and "book EUR" in shown.out and "unexplained" in shown.out
    assert greeks("explain", *runs, "-o", tmp_path / "out.json", "-q").err == ""
    assert greeks("explain", *runs, "-o", tmp_path / "out.parquet").code == 0
    data = json.loads((tmp_path / "out.json").read_text())["explain"]
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == len(data)


def test_what_cannot_be_explained_is_refused(greeks, runs, tmp_path) -> None:
    for arguments, code, said in (
        (("explain", runs[1], runs[0]), 2, "exchange the two"),
        (("explain", *runs, "--days", "7"), 2, "1 days apart"),
        (("explain", runs[0], tmp_path / "none.json"), 3, "cannot read the file"),
        (("explain", runs[0], tmp_path / "book.csv"), 3, "explain reads the JSON of greeks run -o FILE.json"),
        (("explain", runs[0]), 2, "Missing argument"),
    ):
        got = greeks(*arguments)
        assert (got.code, got.out) == (code, "") and said in got.err and "Traceback" not in got.err


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: 7,
        lambda data: {},
        lambda data: {**data, "manifest": None},
        lambda data: {**data, "manifest": {**data["manifest"], "market": {"X": 3}}},
        lambda data: {**data, "manifest": {**data["manifest"], "market": {"X": {"spot": "high"}}}},
        lambda data: {**data, "manifest": {**data["manifest"], "settings": {}}},
        lambda data: {**data, "manifest": {name: part for name, part in data["manifest"].items() if name != "market"}},
        lambda data: {**data, "net": [3]},
        lambda data: {**data, "trades": [{"greek": "price"}]},
        lambda data: {**data, "net": []},
        lambda data: {**data, "manifest": {**data["manifest"], "as_of": "yesterday"}},
    ],
)
def test_a_spoilt_file_is_refused_without_a_traceback(greeks, runs, tmp_path, spoil) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(spoil(json.loads(Path(runs[0]).read_text()))))
    got = greeks("explain", bad, runs[1])
    assert "Traceback" not in got.err and "internal error" not in got.err
    assert (got.code, got.out) == (2, "") and got.err.startswith("Error: ")
