"""Wrong options: exit code 2, one message, and nothing read or computed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Call = Callable[..., Any]


@pytest.mark.parametrize(
    "option",
    [("--sampler", "sobol"), ("--replicates", 8), ("--cluster", "tcp://x:1"), ("--checkpoint", "d"), ("--resume",)],
)
def test_options_of_later_versions_say_what_to_do(greeks: Call, example: tuple[str, ...], option: Any) -> None:
    got = greeks("run", *example, *option)
    assert (got.code, got.out) == (2, "")
    assert "leave it out" in got.err


@pytest.mark.parametrize(
    "option",
    [
        ("--greeks", "delt"),
        ("--estimators", "guess"),
        ("--estimators", "auto,lr"),
        ("--estimators", "mvd"),
        ("--threads", "0"),
        ("--steps-per-year", "0.5"),
        ("--variance-reduction", "none,antithetic"),
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
