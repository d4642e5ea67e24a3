"""What moved between two runs: the parameters of each underlying, and the time; each with the Greek that pays for it.

To second order in spot and volatility: delta dS, gamma dS^2 / 2, vega dv, vanna dS dv, volga dv^2 / 2; to first order
in rate, dividend yield, time and the parameters of a model. An initial variance has its part in vega, as the volatility
that is its root, and none of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from greeks.errors import UsageError
from greeks.market.dates import DAYS_A_YEAR, days_between, moment
from greeks.text.visible import LONGEST, visible

# The Greek of each parameter beside spot and volatility.
_FIRST = {
    "rate": "rho",
    "dividend_yield": "dividend_rho",
    **{name: name for name in ("mean_reversion", "long_run_variance", "vol_of_vol", "correlation")},
}
ROUNDING = 1e-12  # relative: a parameter that moved by less did not
Market = Mapping[str, Any]  # of one underlying, as in a manifest


def volatility_in(market: Market) -> float:
    """The volatility, or the root of the initial variance; 0 of a model that has neither."""
    return sqrt(market["initial_variance"]) if "initial_variance" in market else float(market.get("volatility", 0.0))


def moves_of(name: str, before: Market, after: Market, years: float) -> dict[str, float]:
    """By Greek, what multiplies it; those of parameters that did not move are left out.

    Raises
    ------
    UsageError
        Where the underlying has another model, or curves, a smile or dividends of its own.
    """
    if by_time := before.get("by_time") or after.get("by_time"):
        raise UsageError(
            f"{visible(name, LONGEST)} has a {by_time} in a file of its own, and no one number of it moved: this "
            "version explains runs under numbers of the market file alone; greeks ladder values moves of all of it"
        )
    if before.get("kind") != after.get("kind"):
        raise UsageError(
            f"{visible(name, LONGEST)} is {before.get('kind')} before and {after.get('kind')} after: no Greek goes "
            "from one model to another; run both days under one"
        )
    spot = _moved(float(before["spot"]), float(after["spot"]))
    found = {"delta": spot, "gamma": 0.5 * spot * spot}
    found |= volatility_moves(spot, volatility_in(before), volatility_in(after))
    found |= {
        greek: _moved(float(before[parameter]), float(after[parameter]))
        for parameter, greek in _FIRST.items()
        if parameter in before and parameter in after
    }
    found["theta"] = years
    return {greek: move for greek, move in found.items() if move}


def volatility_moves(spot: float, before: float, after: float) -> dict[str, float]:
    """Those of the Greeks to a volatility, of an underlying or of a contract's own."""
    moved = _moved(before, after)
    return {"vega": moved, "vanna": spot * moved, "volga": 0.5 * moved * moved}


def _moved(before: float, after: float) -> float:
    step = after - before
    return step if abs(step) > ROUNDING * max(abs(before), abs(after)) else 0.0


def years_passed(before: Mapping[str, Any], after: Mapping[str, Any], days: float | None) -> tuple[float, str]:
    """Years between two manifests, ACT/365F, and a note where neither says.

    Raises
    ------
    UsageError
        Where the second is before the first, or ``days`` contradict the dates.
    """
    dates = before.get("as_of"), after.get("as_of")
    if None in dates:
        if days is None:
            return 0.0, "the runs have no valuation date (as_of): no time is taken to pass; --days N says how many do"
        return days / DAYS_A_YEAR, ""
    passed = days_between(moment(dates[0]), moment(dates[1]), "as_of")
    if days is not None and abs(days - passed) > 1e-6:
        raise UsageError(f"days is {days:g}, and the runs are {passed:g} days apart by their as_of: leave it out")
    if passed < 0.0:
        raise UsageError(f"B is of {dates[1]}, before A of {dates[0]}: exchange the two")
    return passed / DAYS_A_YEAR, ""
