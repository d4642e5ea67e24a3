"""Published values as trades of this library: the contract, the market and the quantity of each row of the data files."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import greeks as gk
from greeks.payoffs.registry import PAYOFFS

DATA = Path(__file__).parent / "data"
ROWS = [row for path in sorted(DATA.glob("published_*.csv")) for row in csv.DictReader(path.open())]
CONTINUOUS_AVERAGE = "averages at every moment, and fixings are a list here"
MULTIPLIED_STRIKE = "its strike is a multiple of the average"
NO_CLOSED_FORM = "no exact value is known"


class Left(Exception):
    """A row that is no trade of this library, or has no exact value in it; the text says why."""


def contract(row: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Product and keywords of a row.

    Raises
    ------
    Left
        Where no product is this contract.
    """
    product, kind = row["product"], row["product"].removesuffix("_fx")
    terms: dict[str, Any] = {"option_type": row["call_put"], "maturity": float(row["maturity_years"])}
    if row.get("strike"):
        terms["strike"] = float(row["strike"])
    if product in ("digital_cash", "digital_asset"):
        return "digital", {**terms, "payout": product[8:], **_amount(row)}
    if kind == "european":
        return kind, terms
    if product in ("barrier", "barrier_discrete", "double_barrier"):
        return "barrier", {**terms, **_barrier(row)}
    if product.startswith(("one_touch", "no_touch")):
        return "touch", _touch(row)
    if product.startswith("lookback"):
        return "lookback", {**terms, **_lookback(row)}
    if row.get("reset_time"):  # the one cliquet resets once
        terms["moneyness"] = terms.pop("strike")
        return "forward_start", {**terms, "start": float(row["reset_time"])}
    if row["fixings"] == "continuous":
        raise Left(CONTINUOUS_AVERAGE)
    if product == "asian_floating_strike":
        raise Left(MULTIPLIED_STRIKE)
    count, first, last = int(row["fixings"]), float(row["first_fixing"]), terms["maturity"]
    times = [first + i * (last - first) / (count - 1) for i in range(count)]
    return "asian", {**terms, "averaging": row.get("average") or "geometric", "fixing_times": times}


def _amount(row: Mapping[str, str]) -> dict[str, float]:
    return {"cash": float(row["cash"])} if row.get("cash") else {}


def _barrier(row: Mapping[str, str]) -> dict[str, Any]:
    rebate = float(row["rebate"] or 0)
    if row["product"] == "double_barrier":
        levels: dict[str, Any] = {"lower_barrier": float(row["barrier"]), "upper_barrier": float(row["barrier_upper"])}
        levels["barrier_type"] = f"double-{row['side'].removeprefix('knock_')}"
    else:
        levels = {"barrier": float(row["barrier"]), "barrier_type": row["side"].replace("_", "-and-")}
    if rebate:
        levels |= {"rebate": rebate, "rebate_at": "hit" if row["side"].endswith("out") else "expiry"}
    discrete = row["product"] == "barrier_discrete"
    return levels | ({"monitoring": "discrete", "fixings": int(row["fixings"])} if discrete else {})


def _touch(row: Mapping[str, str]) -> dict[str, Any]:
    touch, payout = row["product"].rsplit("_", 1)
    return {
        "touch_type": touch.replace("_", "-"),
        "direction": row["side"],
        "barrier": float(row["barrier"]),
        "maturity": float(row["maturity_years"]),
        "payout": payout,
        "pay_at": "hit" if "pays at hit" in row["notes"] else "expiry",
        **(_amount(row) if payout == "cash" else {}),
    }


def _lookback(row: Mapping[str, str]) -> dict[str, Any]:
    floating = "floating" in row["product"]
    past = "past_min" if floating == (row["call_put"] == "call") else "past_max"
    extreme = {past: float(row["running_extreme"])} if row.get("running_extreme") else {}
    return {"lookback_type": "floating" if floating else "fixed", **extreme}


def market(row: Mapping[str, str]) -> Any:
    """The model of a row."""
    common = {"spot": float(row["spot"]), "rate": float(row["rate"]), "dividend_yield": float(row["dividend"] or 0)}
    if not row.get("v0"):
        return gk.GBM(**common, volatility=float(row["sigma"]))
    return gk.Heston(
        **common,
        initial_variance=float(row["v0"]),
        mean_reversion=float(row["kappa"]),
        long_run_variance=float(row["theta"]),
        vol_of_vol=float(row["xi"]),
        correlation=float(row["rho"]),
    )


def exact(trade: Any, model: Any, greek: str = "price") -> float:
    """The value that the library calls exact.

    Raises
    ------
    Left
        Where there is none.
    """
    found = gk.estimate(trade, model, greeks=[greek], estimators="analytic")[greek]
    if found.status == "na":
        raise Left(NO_CLOSED_FORM)
    assert found.standard_error == 0
    return float(found.value)


def value(row: Mapping[str, str]) -> float:
    """The quantity of a row by the library's exact values."""
    product, terms = contract(row)
    trade, model, quantity = PAYOFFS[product](**terms), market(row), row["quantity"]
    if quantity == "implied_vol":
        price = exact(trade, model)
        flat = gk.GBM(
            spot=model.spot, rate=model.rate, dividend_yield=model.dividend_yield, volatility=float(row["expected"])
        )
        return float(row["expected"]) + (price - exact(trade, flat)) / exact(trade, flat, "vega")
    if quantity == "theta_1day":
        day = 1.0 / 365.0
        later = PAYOFFS[product](**{**terms, "maturity": terms["maturity"] - day})
        return (exact(later, model) - exact(trade, model)) / day
    if quantity == "theta_per_day":
        return exact(trade, model, "theta") / 365.0
    return exact(trade, model, quantity)
