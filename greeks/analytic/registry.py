"""Closed forms and semi-analytic values by product and model: the estimator ``analytic``, and the column ``reference``.

A closed form is one module of this package and one line here. The module has ``reference(payoff, model)``: price and
Greeks in raw units, read from the payoff's and the model's fields by name; a Greek that it does not give is not known,
and an empty answer says that this contract has none. The functions are verified in ``tests/reference``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from math import isfinite, nan
from types import MappingProxyType
from typing import Any

from greeks.analytic.combination import paid_later
from greeks.analytic.futures import of_futures
from greeks.spec import altered

_LINEAR = "closed form: exercised for certain, the payment is linear in the spots"
_SPOT = "closed form: the spot itself"
_CASH = "closed form: the amount itself"
_FORWARD = "closed form: the forward price less the strike, discounted"
_FUTURE = "closed form: the futures price less the strike, settled daily and not discounted"
_OF_FUTURES = ", of a futures price (Black 1976)"  # beside every form of a spot
_HESTON_1993 = "semi-analytic: Fourier integral to 1e-8 of its size (Heston 1993)"
_BARRIER = "closed form (Reiner and Rubinstein 1991; of two barriers Ikeda and Kunitomo 1992)"
# product, model, module, what a result names as its source; of several lines the first that knows the contract counts
LINES: tuple[tuple[str, str, str, str], ...] = (
    ("european", "gbm", "black_scholes", "closed form (Black and Scholes 1973)"),
    ("digital", "gbm", "black_scholes", "closed form (Reiner and Rubinstein 1991)"),
    ("barrier", "gbm", "barrier", _BARRIER),
    ("touch", "gbm", "touch", _BARRIER),
    ("asian", "gbm", "geometric_asian", "closed form of the geometric average (Kemna and Vorst 1990)"),
    ("asian", "gbm", "linear", _LINEAR),
    ("asian", "heston", "linear", _LINEAR),
    ("european", "heston", "heston", _HESTON_1993),
    ("digital", "heston", "heston", _HESTON_1993),
    ("gap", "gbm", "gap", "closed form (Reiner and Rubinstein 1991)"),
    ("gap", "heston", "gap", _HESTON_1993),
    ("power", "gbm", "power", "closed form (Haug 2007)"),
    ("forward_start", "gbm", "forward_start", "closed form (Rubinstein 1991)"),
    ("forward_start", "heston", "heston_forward_start", _HESTON_1993),
    ("cliquet", "gbm", "cliquet", "closed form: each return is a forward start (Rubinstein 1991)"),
    ("range_accrual", "gbm", "range_accrual", "closed form: a sum of digitals (Reiner and Rubinstein 1991)"),
    ("range_accrual", "heston", "range_accrual", _HESTON_1993),
    ("variance_swap", "gbm", "variance_swap", "closed form: second moments of normal returns"),
    ("variance_swap", "heston", "heston_variance_swap", "closed form: second moments by the affine transform"),
    ("volatility_swap", "gbm", "volatility_swap", "semi-analytic: Laplace transform of the realised variance"),
    ("lookback", "gbm", "lookback", "closed form (Goldman, Sosin and Gatto 1979; Conze and Viswanathan 1991)"),
    ("american", "gbm", "american", "semi-analytic: the integral equation of the boundary (Andersen et al. 2016)"),
    ("bermudan", "gbm", "bermudan", "semi-analytic: cosine series from date to date (Fang and Oosterlee 2009)"),
    ("stock", "gbm", "instruments", _SPOT),
    ("stock", "heston", "instruments", _SPOT),
    ("forward", "gbm", "instruments", _FORWARD),
    ("forward", "heston", "instruments", _FORWARD),
    ("future", "gbm", "instruments", _FUTURE),
    ("future", "heston", "instruments", _FUTURE),
    ("cash", "gbm", "instruments", _CASH),
    ("cash", "heston", "instruments", _CASH),
)
_NONE: Mapping[str, float] = MappingProxyType({})


def reference(payoff: Any, model: Any) -> Mapping[str, float]:
    """Exact price and Greeks in raw units; empty where none is known, or none to full accuracy."""
    return _known(payoff, model)[0]


def source(payoff: Any, model: Any) -> str:
    """What the exact values of a contract rest on; empty where there are none."""
    return _known(payoff, model)[1]


def _known(payoff: Any, model: Any) -> tuple[Mapping[str, float], str]:
    futures = getattr(model, "futures", False)
    spot = model.as_spot if futures else model
    lines = _BY_PAIR.get(
        (payoff.kind, getattr(spot, "forms", spot.kind))
    )  # a payoff that no line knows need not be hashable
    if not lines:
        return _NONE, ""
    found, text = _computed(payoff, spot, lines)
    return (MappingProxyType(of_futures(found)), f"{text}{_OF_FUTURES}") if futures and found else (found, text)


@lru_cache(maxsize=4096)  # the planner asks, and the table of results asks again
def _computed(payoff: Any, model: Any, lines: tuple[tuple[str, str], ...]) -> tuple[Mapping[str, float], str]:
    lag = payoff.lag
    payoff = altered(payoff, payment_lag=0.0) if lag else payoff
    for module, text in lines:
        try:
            found = import_module(f"greeks.analytic.{module}").reference(payoff, model)
        except ArithmeticError:  # an overflow, a missed accuracy: no reference rather than a doubtful one
            continue
        chain = getattr(model, "chain", {})  # what a parameter does to the spot, beside what it does else
        found = (
            {greek: value + chain.get(greek, 0.0) * found.get("delta", nan) for greek, value in found.items()}
            if chain
            else found
        )
        found = paid_later(found, lag, model.rate) if lag and found else found
        known = {greek: float(value) for greek, value in found.items() if isfinite(value)}
        if "price" in known:
            return MappingProxyType(known), text
    return _NONE, ""


def _by_pair() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    out: dict[tuple[str, str], tuple[tuple[str, str], ...]] = {}
    for product, model, module, text in LINES:
        out[product, model] = (*out.get((product, model), ()), (module, text))
    return out


_BY_PAIR = _by_pair()
