"""Two result files side by side: what is equal, what error bars explain, and what they cannot tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import inf, nan, sqrt
from pathlib import Path
from typing import Any

import pytest
from greeks_cli.differences import difference
from greeks_cli.resultfile import Number
from test_commands import rows

Call = Callable[..., Any]
HEAD = "trade_id,greek,estimator,value,standard_error,unit\n"


def number(value: float, error: float = 0.1, unit: str = "c") -> Number:
    return Number(value, error, unit)


@pytest.mark.parametrize(
    ("first", "second", "how", "verdict", "error"),
    [
        (number(1.0), number(1.0), "shared", "equal", 0.0),
        (number(1.0), number(1.0 + 1e-14), "unknown", "equal", 0.0),
        (number(1.0), number(1.3), "independent", "within", sqrt(0.02)),
        (number(1.0), number(2.0), "independent", "differ", sqrt(0.02)),
        (number(1.0), number(1.0001), "shared", "undecided", 0.2),
        (number(1.0), number(1.0001), "unknown", "undecided", 0.2),
        (number(1.0), number(1.9), "shared", "differ", 0.2),
        (number(1.0, 0.5), number(1.3, 0.4), "nested", "within", 0.3),
        (number(1.0, 0.5), number(2.3, 0.4), "nested", "differ", 0.3),
        (number(1.0), number(1.0001), "nested", "differ", 0.0),  # as many paths: nothing is left to chance
        (number(1.0, 0.0), number(1.1, 0.0), "independent", "differ", 0.0),
        (number(1.0, 0.0), number(1.1, 0.0), "shared", "differ", 0.0),
    ],
)
def test_verdicts(first: Number, second: Number, how: str, verdict: str, error: float) -> None:
    for one, other in ((first, second), (second, first)):
        found = difference(one, other, how, 1e-12, 4.0)
        assert (found.verdict, found.error) == (verdict, pytest.approx(error, abs=1e-15))
        assert found.gap == other.value - one.value


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (number(inf), number(1.0), "differ"),
        (number(inf), number(-inf), "differ"),
        (number(inf), number(inf), "equal"),
        (number(nan), number(nan), "equal"),
        (number(nan), number(1.0), "differ"),
        (number(1.0, nan), number(2.0), "differ"),
        (number(1.0), number(1.0, unit="d"), "differ"),
    ],
)
@pytest.mark.parametrize("how", ["independent", "nested", "shared", "unknown"])
def test_numbers_without_a_distance(first: Number, second: Number, verdict: str, how: str) -> None:
    assert difference(first, second, how, 1e-12, 4.0).verdict == verdict
    assert difference(second, first, how, 1e-12, 1e300).verdict == verdict


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "500")


@pytest.fixture
def runs(greeks: Call, tmp_path: Path) -> Callable[..., Path]:
    (tmp_path / "book.csv").write_text(
        "trade_id,underlying,product,option_type,strike,maturity,fixings\n"
        "A,X,asian,call,100,1,12\nB,X,asian,put,90,1,12\n"
    )

    def run(name: str, volatility: float, *options: object) -> Path:
        (tmp_path / "market.csv").write_text(f"underlying,spot,volatility\nX,100,{volatility}\n")
        arguments = ("--greeks", "price,delta", "--estimators", "pathwise", "-q", "-o", tmp_path / name)
        assert greeks("run", tmp_path / "book.csv", "-m", tmp_path / "market.csv", *arguments, *options).code == 0
        return tmp_path / name

    return run


@pytest.mark.parametrize("extension", ["csv", "json", "parquet"])
def test_a_volatility_that_moved_is_no_chance(greeks: Call, runs: Callable[..., Path], extension: str) -> None:
    if extension == "parquet":
        pytest.importorskip("pyarrow")
    first = runs(f"a.{extension}", 0.28, "--paths", 4096)
    second = runs(f"b.{extension}", 0.285, "--paths", 4096)
    got = greeks("compare", first, second)
    assert got.code == 5
    assert " 0 within" in got.out and "cannot be judged" in got.out
    assert "the runs share their random numbers (seed 42)" in got.out
    assert greeks("compare", first, second, "--independent").code == 0
    assert greeks("compare", first, first).code == 0


@pytest.mark.parametrize("extension", ["csv", "json"])
def test_other_seeds_are_independent(greeks: Call, runs: Callable[..., Path], extension: str) -> None:
    first = runs(f"a.{extension}", 0.28, "--paths", 4096)
    second = runs(f"b.{extension}", 0.28, "--paths", 4096, "--seed", 7)
    got = greeks("compare", first, second)
    assert got.code == 0, got.out
    assert (
        got.out.startswith("0 rows equal") and f"{8 if extension == 'json' else 4} within 4 standard errors" in got.out
    )
    assert "independent runs (seeds 42 and 7)" in got.out
    assert greeks("compare", first, second, "--same-seed").code == 5
    assert greeks("compare", first, second, "--sigmas", 0).code == 5


def test_more_paths_of_the_same_run(greeks: Call, runs: Callable[..., Path]) -> None:
    first = runs("a.json", 0.28, "--paths", 4096)
    second = runs("b.json", 0.28, "--paths", 16384)
    got = greeks("compare", first, second)
    assert got.code == 0, got.out
    assert "the shorter run is the beginning of the longer" in got.out
    errors = [
        {row["trade_id"] + row["greek"]: row for row in json.loads(p.read_text())["trades"]} for p in (first, second)
    ]
    one, two = (rows["Aprice"] for rows in errors)
    expected = abs(one["value"] - two["value"]) / sqrt(one["standard_error"] ** 2 - two["standard_error"] ** 2)
    (line,) = [line for line in got.out.splitlines() if line.startswith("A price ")]
    assert f" {expected:.2f} " in line
    assert greeks("compare", first, runs("c.json", 0.281, "--paths", 16384)).code == 5  # another input too


def test_files_that_do_not_say(greeks: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + "A,price,pw,1,0.1,c\nB,price,pw,2,0.1,c\n")
    (tmp_path / "b.csv").write_text(HEAD + "A,price,pw,1.1,0.1,c\nB,price,pw,2.1,0.1,c\n")
    got = greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv")
    assert got.code == 5
    assert "the files do not say whether the runs share their random numbers" in got.out
    assert greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv", "--independent").code == 0
    (tmp_path / "b.csv").write_text(HEAD + "A,price,pw,1.1,0.1,c\nB,price,pw,2,0.1,c\n")
    got = greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv")
    assert "share their random numbers (rows are equal in every bit)" in got.out


def test_the_worst_rows_come_first(greeks: Call, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(
        HEAD + "A,price,pw,1,0.1,c\nB,price,pw,1,0.1,c\nC,price,pw,,,c\nD,price,pw,2,0,c\nF,price,pw,1,1,c\n"
    )
    second.write_text(
        HEAD + "A,price,pw,2,0.1,c\nB,price,pw,3,0.1,c\nC,price,pw,,,c\nE,price,pw,2,0,c\nF,price,pw,2,1,c\n"
    )
    got = greeks("compare", first, second, "--independent")
    counts, _, header, *table = got.out.splitlines()
    assert got.code == 5
    assert counts == "1 rows equal to a relative 1e-12, 1 within 4 standard errors (largest distance 0.71), 4 differ"
    assert header.split() == ["row", "B", "-", "A", "errors", "apart", "A", "B"]
    assert [line.split()[0] for line in table if line] == ["D", "E", "B", "A", "F"]
    assert table[0].endswith("only in A") and table[1].endswith("only in B") and table[4].endswith("within")
    assert "14.14" in table[2]
    assert len(greeks("compare", first, second, "--independent", "--worst", 2).out.splitlines()) == 6
    assert len(greeks("compare", first, second, "--worst", 0).out.splitlines()) == 2


def test_an_infinite_value_equals_no_other(greeks: Call, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + "A,price,pw,inf,0.1,c\nB,price,pw,1,inf,c\n")
    (tmp_path / "b.csv").write_text(HEAD + "A,price,pw,1,0.1,c\nB,price,pw,2,inf,c\n")
    for options in ((), ("--independent",), ("--same-seed",)):
        got = greeks("compare", tmp_path / "a.csv", tmp_path / "b.csv", *options)
        assert got.code == 5 and "2 differ" in got.out


def test_files_that_are_no_results(greeks: Call, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.csv", tmp_path / "c.csv"
    good.write_text(HEAD + "A,price,pw,1,0.1,c\n")
    for text, said in (
        ("x,y\n1,2\n", "this is not a result file"),
        (HEAD + "A,price,pw,1,0.1,c\nA,price,pw,2,0.1,c\nB,price,pw,x,0,c\n", "A price pw appears twice"),
        (HEAD + "A,price,pw,1,0.1,c\nA,price,pw,2,0.1,c\nB,price,pw,x,0,c\n", "c.csv:4: B price pw: cannot read 'x'"),
        (HEAD + "A,price,pw,1,-0.1,c\n", "standard_error -0.1 is negative"),
        (HEAD, "the file holds no results"),
    ):
        bad.write_text(text)
        got = greeks("compare", good, bad)
        assert got.code == 3 and said in got.err
    assert greeks("compare", good, tmp_path / "none.csv").code == 3
    (tmp_path / "d.json").write_text("[1")
    assert greeks("compare", good, tmp_path / "d.json").code == 3
    assert greeks("compare", good, "b.txt").code == 2
    assert greeks("compare", good, good, "--worst", "-1").code == 2


def test_the_seed_is_a_column(greeks: Call, runs: Callable[..., Path]) -> None:
    found = rows(
        runs("a.csv", 0.2, "--paths", 4096, "--seed", 7, "--net", runs("n.csv", 0.2).parent / "n.csv").read_text()
    )
    assert {row["seed"] for row in found} == {"7"}
