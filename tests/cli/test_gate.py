"""Numbers that are not ok do not pass unnoticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from greeks_cli.verdict import verdict
from test_commands import FEW, ONE, rows

ROW = {"trade_id": "A", "level": "book", "underlying": "", "greek": "delta", "estimator": "pathwise"}
Call = Callable[..., Any]
DIGITAL = ("one", "digital", "call", *ONE[3:], *FEW, "--estimators", "pathwise", "--greeks", "price,delta")


def test_absent_numbers_are_counted_and_explained(greeks: Call) -> None:
    got = greeks(*DIGITAL)
    assert got.code == 0
    assert [row["status"] for row in rows(got.out)] == ["ok", "na"]
    first, second = got.err.splitlines()
    assert first == "1 of 2 numbers is na:"
    assert second.startswith("  1, such as trade delta pathwise: discontinuous payoff")
    assert greeks(*DIGITAL, "-q").err == ""
    shown = greeks(*DIGITAL, "--format", "table")
    assert shown.err == "1 of 2 numbers is na: the notes of the table say why\n"
    assert "[1] na: discontinuous payoff" in shown.out


def test_a_book_with_digitals_under_pathwise(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, *FEW, "--estimators", "pathwise", "--greeks", "price,delta")
    absent = [row for row in rows(got.out) if row["status"] == "na"]
    assert got.code == 0 and absent
    assert f"{len(absent)} of 68 numbers are na:" in got.err
    assert f"such as {absent[0]['trade_id']} delta pathwise: {absent[0]['reason']}" in got.err


def test_every_absent_number_is_explained_once(greeks: Call, example: tuple[str, ...]) -> None:
    options = ("run", *example, *FEW, "--estimators", "pathwise", "--greeks", "price,delta", "--format", "table")
    assert "are na: the notes of the table say why" in greeks(*options).err
    for fewer in (("--top", "1"), ("--net-only",)):  # the table lacks what is not shown
        assert " na:\n" in greeks(*options, *fewer).err


def test_fail_on_na(greeks: Call) -> None:
    got = greeks(*DIGITAL, "--fail-on", "na")
    assert got.code == 5
    assert "--fail-on na: 1 of 2 numbers has the status na; the first is trade delta pathwise, na: disc" in got.err
    assert len(rows(got.out)) == 2  # the results are written all the same
    assert greeks(*DIGITAL, "--fail-on", "na", "-q").err.startswith("--fail-on na")
    assert greeks(*DIGITAL, "--fail-on", "ok").code == 2


@pytest.mark.parametrize(
    ("statuses", "level", "code"),
    [
        (("ok", "ok"), "warn", 0),
        (("ok", "warn"), "warn", 5),
        (("ok", "na"), "warn", 5),
        (("ok", "warn"), "na", 0),
        (("ok", "na"), "na", 5),
        (("warn", "na"), None, 0),
    ],
)
@pytest.mark.parametrize("netted", [False, True])
def test_levels(statuses: tuple[str, ...], level: str | None, code: int, netted: bool) -> None:
    found = [{**ROW, "status": status, "reason": "why"} for status in statuses]
    sound = [{**ROW, "status": "ok", "reason": ""}]
    trades, net = (sound, found) if netted else (found, sound)
    assert verdict(trades, net, fail_on=level) == code


def test_skipped_rows_do_not_hide_a_failure(tmp_path: Path) -> None:
    row = {**ROW, "status": "warn", "reason": "why"}
    assert verdict([row], rejected=1) == 4
    assert verdict([row], rejected=1, fail_on="warn") == 5


def test_the_first_number_that_missed_the_target_is_named(greeks: Call) -> None:
    target = ("--paths", 2000, "--max-paths", 4000, "--target", "1e-6", "--no-analytic", "--greeks", "price,delta")
    got = greeks(*ONE, *target)
    assert got.code == 5
    assert got.err.startswith("2 of 2 numbers missed the target; the first is trade price pathwise: ")
    assert "the target 1e-06 is missed" in got.err


def test_a_netted_number_that_missed_the_target_is_named(greeks: Call, example: tuple[str, ...]) -> None:
    few = ("--paths", 1000, "--max-paths", 2000, "--greeks", "vega", "--no-analytic")
    got = greeks("run", *example, *few, "--target", "1e-6", "--target-of", "net")
    assert got.code == 5
    assert "netted" not in got.err and "missed the target; the first is book vega " in got.err
    assert "the target 1e-06 is missed" in got.err
