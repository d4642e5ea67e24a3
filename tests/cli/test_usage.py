"""Wrong options: exit code 2, one message, and nothing read or computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]


def test_an_option_of_a_later_version_says_what_to_do(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, "--cluster", "tcp://x:1")
    assert (got.code, got.out) == (2, "")
    assert "leave it out" in got.err


@pytest.mark.parametrize(
    "option",
    [
        ("--greeks", "delt"),
        ("--estimators", "guess"),
        ("--estimators", "auto,lr"),
        ("--threads", "0"),
        ("--steps-per-year", "0.5"),
        ("--variance-reduction", "none,antithetic"),
        ("--sampler", "halton"),
        ("--replicates", "8"),
        ("--sampler", "sobol", "--replicates", "4"),
        ("--sampler", "sobol", "--variance-reduction", "antithetic"),
        ("--target", "nan"),
        ("--max-paths", "10"),
        ("--as-of", "2027-02-29"),
        ("--group-by", "nowhere"),
        ("--paths", "1.5"),
        ("--paths", "0"),
        ("--paths", "nan"),
        ("--target", "7"),
        ("--max-paths", "1e6"),
        ("--units", "imperial"),
        ("--format", "xml"),
        ("-o", "results.xyz"),
        ("--seed", "-1"),
    ],
)
def test_usage_errors(greeks: Call, example: tuple[str, ...], option: Any) -> None:
    got = greeks("run", *example, *option)
    assert (got.code, got.out) == (2, "")
    assert "Error:" in got.err
    assert "Traceback" not in got.err


def test_every_wrong_option_is_told_at_once(greeks: Call, example: tuple[str, ...]) -> None:
    got = greeks("run", *example, "--paths", "0", "--units", "imperial", "--target", "x", "--fail-on", "ok")
    assert (got.code, got.out) == (2, "")
    for option in ("--paths", "--units", "--target", "--fail-on"):
        assert got.err.count(f"Invalid value for '{option}'") == 1
    got = greeks("run", *example, "--target", "7", "--seed", "-1", "--estimators", "guess", "--steps-per-year", "1e6")
    assert got.code == 2
    assert [line.split()[0] for line in got.err.split("Error: ")[1].splitlines()] == [
        "seed", "target", "steps_per_year", "unknown",
    ]  # fmt: skip
    got = greeks("run", "--paths", "0")
    assert "Missing argument 'PORTFOLIO.csv'" in got.err and "'--paths'" in got.err
    assert greeks("run", *example, "--paths", "0").err.count("Invalid") == 1


def test_every_wrong_keyword_is_told_at_once() -> None:
    import greeks as gk

    call, model = gk.European("call", strike=100, maturity=1), gk.GBM(spot=100, volatility=0.2)
    with pytest.raises(gk.UsageError, match="(?s)paths is 1.*seed is -1.*unknown Greek 'delt'.*variance_reduction is"):
        gk.estimate(call, model, paths=1, seed=-1, greeks="delt", variance_reduction="magic")
    with pytest.raises(gk.UsageError, match="(?s)paths is 'x'.*seed is 1.5"):
        gk.estimate(call, model, paths="x", seed=1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "option", "having"),
    [
        ("report", "--sampler", "greeks run, greeks ladder and greeks one"),
        ("report", "--no-pilot", "greeks run and greeks one"),
        ("validate", "--quick", "greeks report"),
        ("info", "--quick", "greeks report"),
        ("one", "--checkpoint", "greeks run"),
        ("ladder", "--resume", "greeks run"),
    ],
)
def test_an_option_of_another_command_is_told_as_such(greeks: Call, command: str, option: str, having: str) -> None:
    got = greeks(command, option)
    assert (got.code, got.out) == (2, "")
    assert f"{option} is an option of {having}, not of greeks {command}" in got.err
