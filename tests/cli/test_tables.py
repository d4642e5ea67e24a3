"""Tables for people: numbers of one column in one format, nothing wrapped or cut at any width."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import inf, nan
from typing import Any

import pytest
from greeks_cli.grid import Cell, Column, cut, parts
from greeks_cli.numbers import column, point_aligned
from greeks_cli.page import Page
from greeks_cli.single import render_one
from greeks_cli.tables import largest, render
from rich.cells import cell_len
from test_commands import FEW, ONE

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ([(10.45123, 0.0312)], [("10.451", "0.031")]),
        ([(1234567.8, 4321.0), (2.5, 12.0)], [("1,234,568", "4,321"), ("2", "12")]),
        ([(0.0, 0.0)], [("0", "")]),
        ([(5.25, None)], [("5.2500", "")]),
        ([(None, None), (nan, 1.0), (inf, 1.0)], [("n/a", "")] * 3),
        ([(9.99, 0.0999)], [("9.99", "0.10")]),
        ([(-0.001, 0.02)], [("-0.001", "0.020")]),
        ([(-0.0001, 0.02)], [("0.000", "0.020")]),
        ([(1e9, 1e3), (0.018, 0.0007)], [("1.00000e+09", "1.0e+03"), ("1.80000e-02", "7.0e-04")]),
        ([(55e6, 0.0), (0.0192, 0.0007)], [("55,000,000.0000", ""), ("0.0192", "0.0007")]),
        ([(1e-9, 2e-11)], [("1.000e-09", "2.0e-11")]),
        ([(1.0, inf)], [("1.0000", "inf")]),
    ],
)
def test_one_format_for_a_column(numbers: Any, shown: Any) -> None:
    assert column(numbers) == shown


def test_no_number_of_a_column_vanishes() -> None:
    for exponent in range(-12, 12):
        for error in (0.0, 0.3, 0.01):
            value = 1.234567 * 10.0**exponent
            for text, bar in column([(7.7e6, 1e5), (value, error * value)]):
                assert float(text.replace(",", "")) != 0.0
                assert bar == "" or float(bar.replace(",", "")) != 0.0


def test_points_are_aligned() -> None:
    shown = point_aligned([(4.661, 0.076), (0.0302, 0.0013), (-55.0, 97.0), (None, None)])
    assert [text for text, _ in shown] == ["4.661 ", "0.0302", "-55     ", "n/a     "]


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("options", [(), ("--estimators", "lr,pw"), ("--group-by", "desk,strategy", "--greeks", "all")])
def test_nothing_is_wrapped_or_cut(
    greeks: Call, example: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, width: int, options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = greeks("run", *example, "--paths", 1000, "--format", "table", *options).out
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    assert "Net positions" in text and "\x1b" not in text
    for line in text.splitlines():
        if line.startswith("SPX-001 "):
            assert re.search(r" -?\d|n/a", line)


def test_columns_are_in_the_usual_order(greeks: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    text = greeks(*ONE, *FEW, "--greeks", "rho,gamma,price,vega,delta", "--format", "table").out
    assert [line.split()[0] for line in text.splitlines()[1:6]] == ["price", "delta", "gamma", "vega", "rho"]


def row(trade: str, value: float | None, status: str = "ok", reason: str = "", **more: Any) -> dict[str, Any]:
    return {
        "trade_id": trade, "underlying": "X", "product": "european", "greek": "price", "estimator": "pathwise",
        "value": value, "standard_error": 0.5, "unit": "currency", "status": status, "reason": reason,
        "z_score": None, "quantity": -3.0, "multiplier": 100.0,
        "position_value": None if value is None else -300.0 * value, "position_standard_error": 150.0, **more,
    }  # fmt: skip


def test_the_table_shows_positions_and_estimators() -> None:
    text = render([row("A", 12.5)], [], 100, False).decode()
    assert re.search(r"A +european +-300 +X +-3,750 ± 150 pw\n", text)
    assert "pw pathwise" in text


@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_reason_is_whole(width: int) -> None:
    reasons = ["heavy tail: " + "word " * 60 + "end", "x" * 300, "short"]
    rows = [row(f"T{k}", 1.0, "warn", reason) for k, reason in enumerate(reasons)]
    text = render(rows, [], width, False).decode()
    assert max(map(len, text.splitlines())) <= width
    joined = re.sub(r"\s+", "", text)
    for number, reason in enumerate(reasons, start=1):
        assert f"[{number}]warn:{re.sub(' +', '', reason)}" in joined
    assert text.count("[1]") == 2  # at the number and at the reason


@pytest.mark.parametrize("width", [50, 80, 120])
def test_estimators_of_one_trade_are_told_apart_at_any_width(width: int) -> None:
    names = ("likelihood_ratio", "finite_difference", "analytic")
    rows = [row("", 1.0) | {"greek": "delta", "estimator": name, "reference": 1.5} for name in names]
    text = render_one([{**found, "unit": "per 1.00 of spot squared"} for found in rows], width, False).decode()
    found = [line for line in text.splitlines() if line.startswith("delta ")]
    assert max(map(len, text.splitlines())) <= width
    assert len({" ".join(line.split()[:2]) for line in found}) == 3
    assert all(short in text for short in ("lr likelihood ratio", "fd finite difference")) == (width == 50)


def test_long_names_leave_room_for_numbers() -> None:
    rows = [row("a" * 200 + str(k), 1.0) for k in range(2)]
    lines = render(rows, [], 80, False).decode().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2] != lines[3]  # cut in the middle, so that the ends tell them apart
    assert cell_len(cut("日本" * 30, 20)) <= 20


def test_the_largest_positions() -> None:
    rows = [row("A", 1.0), row("B", 5.0), row("B", -90.0, greek="delta"), row("C", None), row("D", -7.0)]
    assert [found["trade_id"] for found in largest(rows, 2)] == ["D", "B", "B"]
    assert {found["trade_id"] for found in largest(rows, 9)} == {"A", "B", "C", "D"}
    yen = [row("Y1", 9e6, underlying="N"), row("Y2", 9.1e6, underlying="N")]  # no larger for being yen
    found = largest([*rows, *yen], 3, {"X": "USD", "N": "JPY"})
    assert list(dict.fromkeys(one["trade_id"] for one in found)) == ["D", "Y2", "Y1"]


def test_top_and_net_only(greeks: Call, example: tuple[str, ...]) -> None:
    table = ("--format", "table", *FEW)
    text = greeks("run", *example, *table, "--top", 3).out
    assert "3 of 34 trades are shown, the largest positions" in text
    assert re.search(r"\nNKY-002 ", text) and not re.search(r"\nSPX-005 ", text)
    text = greeks("run", *example, *table, "--net-only").out
    assert "Net positions" in text and "SPX-005" not in text
    got = greeks("run", *example, *FEW, "--net-only")
    assert got.out.startswith("level,underlying,currency,greek")
    for options in (("--top", 3), ("--top", 3, "--net-only", "--format", "table"), ("--top", 0)):
        got = greeks("run", *example, *options)
        assert (got.code, got.out) == (2, "") and "--top" in got.err


def test_parts_repeat_the_first_column_only() -> None:
    def block(name: str, size: int) -> Column:
        return Column(name, [Cell("1" * size)])

    keys = [block("key", 4), block("more", 10)]
    found = list(parts(keys, [block("a", 20), block("b", 20), block("c", 20)], 64))
    assert [[column.header for column in part] for part in found] == [["key", "more", "a", "b"], ["key", "c"]]
    found = list(parts(keys, [block("a", 20), block("b", 20)], 50))
    assert [[column.header for column in part] for part in found] == [["key", "a", "b"]]
    found = list(parts(keys, [block("a", 90), block("b", 90)], 50))
    assert [[column.header for column in part] for part in found] == [["key", "a"], ["key", "b"]]


@pytest.mark.parametrize(
    ("variable", "value", "colored"), [("NO_COLOR", "1", False), ("NO_COLOR", "", True), ("TERM", "dumb", False)]
)
def test_no_color(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, colored: bool) -> None:
    from greeks_cli.terminal import terminal

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, value)
    assert terminal(True)[1] is colored
    assert terminal(False)[1] is False
    page = Page(80, terminal(True)[1])
    page.say("text", "\x1b[31m")
    assert (b"\x1b" in page.content()) is colored


def test_rows_of_nothing(greeks: Call) -> None:
    rows: Sequence[dict[str, Any]] = [row("A", None, "na", "why")]
    assert "n/a" in render(rows, [], 80, False).decode()
