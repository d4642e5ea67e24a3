"""What a user reads for every kind of bad input: the exact lines, the exit code, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bad_files import CASES, EXPIRY, GOOD, HEADER, MARKET, european


def write(folder: Path, name: str, content: Any) -> None:
    if content is not None:
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.mark.parametrize("case", CASES)
def test_every_problem_is_named_and_nothing_is_computed(
    case: str, greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from greeks.models.registry import MODELS
    from greeks.payoffs.registry import PAYOFFS

    portfolio, market_text, expected = CASES[case]
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "b.csv", portfolio)
    write(tmp_path, "m.csv", market_text)
    before = sorted(tmp_path.iterdir())
    got = greeks("run", "b.csv", "--market", "m.csv", "-o", "out.csv")
    *lines, last = got.err.splitlines()
    registries = {"products": ", ".join(PAYOFFS), "models": ", ".join(MODELS)}
    wanted = [line.format(**registries) for line in expected]
    assert sorted(lines) == sorted(wanted)
    assert last == f"{len(lines)} problem{'s' if len(lines) > 1 else ''} found; nothing was computed"
    assert (got.code, got.out) == (3, "")
    assert sorted(tmp_path.iterdir()) == before


def test_problems_come_by_file_and_line(
    greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "b.csv", f"{HEADER}\nA1,SPX,european,call,x,1\nA2,SPX,european\nA3,SPX,european,call,y,1\n")
    write(tmp_path, "m.csv", MARKET + "NDX,0,0,0.2\n")
    places = [line.split(": ")[0] for line in greeks("validate", "b.csv", "-m", "m.csv").err.splitlines()[:-1]]
    assert places == ["b.csv:2", "b.csv:3", "b.csv:4", "m.csv:3"]


def test_expiry_in_the_past_and_far_away(
    greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "b.csv", f"{EXPIRY}\nA1,SPX,european,call,100,,2025-01-01\nA2,SPX,european,call,100,,2999-01-01\n")
    write(tmp_path, "m.csv", MARKET)
    got = greeks("validate", "b.csv", "-m", "m.csv", "--as-of", "2025-06-30")
    assert got.err.splitlines()[:-1] == [
        "b.csv:2: trade A1: column expiry: '2025-01-01' is before the valuation date 2025-06-30",
        "b.csv:3: trade A2: column expiry: '2999-01-01' is more than 100 years after 2025-06-30",
    ]
    assert greeks("validate", "b.csv", "-m", "m.csv", "--as-of", "tomorrow").code == 2


def test_skip_keeps_the_good_rows(greeks: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "b.csv", GOOD + "A2,SPX,european,call,x,1\n")
    write(tmp_path, "m.csv", MARKET)
    got = greeks("validate", "b.csv", "-m", "m.csv", "--on-error", "skip")
    assert (got.code, got.out) == (4, "ok: 1 trade on 1 underlying\n")
    assert got.err.splitlines()[0] == "b.csv:3: trade A2: column strike: cannot read 'x' as a number"
    write(tmp_path, "b.csv", HEADER + "\nA2,SPX,european,call,x,1\n")
    assert greeks("validate", "b.csv", "-m", "m.csv", "--on-error", "skip").code == 3


def test_market_is_required(greeks: Callable[..., Any]) -> None:
    got = greeks("run", "b.csv")
    assert got.code == 2
    assert "--market" in got.err


def test_standard_input(process: Callable[..., Any], tmp_path: Path) -> None:
    write(tmp_path, "m.csv", MARKET)
    got = process("validate", "-", "-m", tmp_path / "m.csv", stdin=b"\xef\xbb\xbf" + european(strike="x").encode())
    assert got.code == 3
    assert got.err.startswith("<stdin>:2: trade A1: column strike: cannot read 'x' as a number\n")
    assert process("validate", "-", "-m", "-").code == 2
