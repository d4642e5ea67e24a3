"""Ten books with hedges, several underlyings and labels, for :mod:`benchmarks.net_coverage`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import greeks as gk
from greeks.book import Book, Trade

_GBM = gk.GBM(spot=100, rate=0.03, dividend_yield=0.01, volatility=0.2)
_LOW = gk.GBM(spot=100, rate=0.01, volatility=0.08)
_HIGH = gk.GBM(spot=100, rate=0.05, volatility=0.5)
_HESTON = gk.Heston(
    spot=100, rate=0.03, dividend_yield=0.01, initial_variance=0.04, mean_reversion=1.5, long_run_variance=0.05,
    vol_of_vol=0.3, correlation=-0.7,
)  # fmt: skip
_WILD = replace(_HESTON, initial_variance=0.09, mean_reversion=0.5, long_run_variance=0.09, vol_of_vol=1.0)
_CODES = {"A": "USD", "B": "EUR", "C": "USD"}
RATES = {"USD": 1.0, "EUR": 1.1}

Held = tuple[str, Any, float, str]  # underlying, payoff, quantity, desk


def _vanilla(side: Any, strike: float, maturity: float = 0.5) -> Any:
    return gk.European(side, strike=strike, maturity=maturity)


def _digital(side: Any, strike: float, maturity: float = 0.5, **more: Any) -> Any:
    return gk.Digital(side, strike=strike, maturity=maturity, **more)


def _asian(side: Any, strike: float | None, maturity: float = 1.0, fixings: int = 4, **more: Any) -> Any:
    return gk.Asian(side, strike=strike, maturity=maturity, fixings=fixings, **more)


def _book(held: Sequence[Held], models: dict[str, Any]) -> Book:
    trades = [
        Trade(f"T{i}", name, payoff, size, 1.0, {"desk": desk}) for i, (name, payoff, size, desk) in enumerate(held)
    ]
    used = {name: models[name] for name in dict.fromkeys(name for name, *_ in held)}
    return Book(tuple(trades), used, ("desk",), currencies={name: _CODES[name] for name in used})


def books() -> dict[str, Book]:
    """The books by name."""
    spread = [("A", _vanilla("call", 100.0), 1.0, "x"), ("A", _vanilla("call", 105.0), -1.0, "x")]
    fly = [("A", _vanilla("call", k), size, "x") for k, size in ((95.0, 1.0), (100.0, -2.0), (105.0, 1.0))]
    collar = [("B", _vanilla("put", 90.0), 10.0, "y"), ("B", _vanilla("call", 112.0), -10.0, "y")]
    replicated = [
        ("A", _digital("call", 100.0, cash=5.0), -1.0, "x"),
        ("A", _vanilla("call", 97.5), 1.0, "x"),
        ("A", _vanilla("call", 102.5), -1.0, "x"),
    ]
    averages = [
        ("A", _asian("call", 100.0), 1.0, "x"),
        ("A", _asian("call", 100.0, averaging="geometric"), -1.0, "x"),
        ("B", _asian("put", 95.0, fixings=12), 2.0, "y"),
        ("B", _vanilla("put", 95.0, 1.0), -1.0, "y"),
    ]
    wings = [
        ("A", _vanilla("call", 130.0, 0.25), 20.0, "x"),
        ("A", _vanilla("put", 75.0, 0.25), -20.0, "y"),
        ("B", _vanilla("call", 100.0, 0.25), 0.2, "x"),
    ]
    deep = [
        ("A", _vanilla("put", 150.0, 0.25), 1.0, "x"),
        ("A", _vanilla("put", 140.0, 0.25), -1.0, "x"),
        ("A", _vanilla("call", 100.0, 0.25), 0.01, "y"),
    ]
    large = [
        (name, payoff, size * (-1.0) ** k, desk)
        for k, (name, payoff, size, desk) in enumerate(
            (name, make(side, strike, maturity), size, desk)
            for name, desk in (("A", "x"), ("B", "y"), ("C", "x"))
            for make in (_vanilla, _digital)
            for side, strike, size in (("call", 96.0, 3.0), ("put", 104.0, 2.5), ("call", 110.0, 4.0))
            for maturity in (0.25, 1.0)
        )
    ]
    gbm = {"A": _GBM, "B": _HIGH, "C": _LOW}
    mixed = {"A": _GBM, "B": _HESTON, "C": _HIGH}
    return {
        "call spread": _book([*spread, *collar], gbm),
        "butterfly": _book([*fly, *collar], gbm),
        "replicated digital": _book(replicated, gbm),
        "averages against their hedges": _book(averages, gbm),
        "wings": _book(wings, gbm),
        "deep spread": _book(deep, gbm),
        "three underlyings": _book(large, gbm),
        "two models": _book([*large, *averages], mixed),
        "Heston spread": _book([*spread, *fly, *collar], {"A": _HESTON, "B": _HESTON}),
        "Heston, Feller violated": _book([*spread, *replicated, *collar], {"A": _WILD, "B": _HESTON}),
    }
