"""What a run says while it runs: phases, tenths, the time that is left, and the logger."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from test_commands import FEW, ONE, complaints

import greeks as gk
from greeks.system.progress import SIMULATING, Bar, Lines, progress_bar

Call = Callable[..., Any]
MANY = ("--paths", "4e6", "--no-analytic", "--greeks", "price,delta", "--threads", 1)


def test_a_log_gets_a_line_for_every_phase_and_every_tenth(greeks: Call) -> None:
    err = greeks(*ONE, *MANY, "--progress").err
    phases = [re.sub(" .*", "", line) for line in err.splitlines()]
    assert list(dict.fromkeys(phases)) == ["exact", "loading", "simulating"] and phases[-1] == "exact"
    percents = [int(found) for found in re.findall(r"simulating (\d+) %", err)]
    assert len(percents) > 1
    assert percents == sorted(set(percents)) and percents[-1] == 100
    assert greeks(*ONE, *FEW, "--progress", "-q").err == ""


def test_a_run_tells_that_it_writes(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, *FEW, "--greeks", "price", "--progress")
    assert complaints(got.err)[-1] == "writing"
    assert "writing" not in greeks("run", *example, *FEW, "--greeks", "price").err


def test_nothing_is_simulated(greeks: Call) -> None:
    got = greeks(*ONE, "--maturity", "0", "--greeks", "price", "--progress")
    assert got.code == 0 and "simulating" not in got.err


def test_time_left(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter((100.0, 110.0, 120.0, 200.0, 200.0, 230.0))
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    lines = Lines(SIMULATING)
    for done, total in ((10, 100), (30, 100), (100, 100), (1, 10), (2, 10), (4, 10)):
        lines(done, total)
    assert capsys.readouterr().err.splitlines() == [
        "simulating 10 %", "simulating 30 %, 35 s left", "simulating 100 %",
        "simulating 10 %", "simulating 20 %, 0 s left", "simulating 40 %, 60 s left",
    ]  # fmt: skip


def test_a_bar_names_its_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(None, quiet=False) as bar:
        assert isinstance(bar, Bar)
        bar.begin("loading kernels")
        bar(1, 2)
        bar.begin("writing")
    text = screen.getvalue()
    assert "loading kernels" in text or "simulating" in text or "writing" in text
    with progress_bar(None, quiet=True) as nothing:
        assert nothing is None


def test_the_library_logs_and_prints_nothing(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    model, payoff = gk.GBM(spot=100, volatility=0.2), gk.Digital("call", strike=100, maturity=1)
    with caplog.at_level(logging.INFO, logger="greeks"):
        gk.estimate(payoff, model, greeks="price,delta,vega", estimators="pathwise", paths=2000)
    records = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert ("INFO", "exact values") in records
    assert ("INFO", "simulating 100 %") in records
    (warning,) = [text for level, text in records if level == "WARNING"]
    assert warning.startswith("2 numbers are na, such as trade delta pathwise: discontinuous payoff")
    caplog.clear()
    gk.estimate(payoff, model, greeks="price", paths=2000)
    assert not [record for record in caplog.records if record.levelname == "INFO"]
    assert capsys.readouterr() == ("", "")


def test_verbose_shows_the_log(greeks: Call) -> None:
    err = greeks(*ONE, *FEW, "--greeks", "price,vega", "--no-analytic", "-v").err
    assert "info: exact values\n" in err and "info: simulating 100 %\n" in err
    assert greeks(*ONE, *FEW, "--greeks", "price").err == ""
    assert not [handler for handler in logging.getLogger("greeks").handlers if type(handler) is logging.Handler]
