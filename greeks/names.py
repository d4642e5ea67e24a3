"""The Greeks: their names, what they differentiate, and their units.

A Greek of first order is the derivative of the price with respect to one parameter; one of second order is
named by the pair of first-order Greeks it composes. ``theta`` is the change per year of calendar time passing:
the valuation date moves while every fixing and payment date stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from greeks.errors import UsageError

FIRST_ORDER = (
    "delta",
    "vega",
    "rho",
    "dividend_rho",
    "theta",
    "initial_variance",
    "mean_reversion",
    "long_run_variance",
    "vol_of_vol",
    "correlation",
)
SECOND_ORDER = {"gamma": ("delta", "delta"), "vanna": ("delta", "vega"), "volga": ("vega", "vega")}
ORDER = ("price", "delta", "gamma", "vega", "rho", "dividend_rho", "theta", "vanna", "volga", *FIRST_ORDER[5:])
DEFAULT = ("price", "delta", "gamma", "vega", "rho")

PARAMETERS = {
    "delta": "spot",
    "vega": "volatility",
    "rho": "rate",
    "dividend_rho": "dividend yield",
    "theta": "time",
}

UNITS = {
    "price": "currency",
    "delta": "per 1.00 of spot",
    "gamma": "per 1.00 of spot squared",
    "vega": "per 1.00 of volatility",
    "rho": "per 1.00 of rate",
    "dividend_rho": "per 1.00 of dividend yield",
    "theta": "per year of calendar time, fixing dates fixed",
    "vanna": "per 1.00 of spot and 1.00 of volatility",
    "volga": "per 1.00 of volatility squared",
    "initial_variance": "per 1.00 of initial variance",
    "mean_reversion": "per 1.00 of mean reversion",
    "long_run_variance": "per 1.00 of long-run variance",
    "vol_of_vol": "per 1.00 of vol of vol",
    "correlation": "per 1.00 of correlation",
}

# Quotation on a desk: vega and rho for one percentage point, theta for one calendar day.
MARKET_UNITS = {
    "vega": (0.01, "per 0.01 of volatility"),
    "rho": (0.01, "per 0.01 of rate"),
    "dividend_rho": (0.01, "per 0.01 of dividend yield"),
    "theta": (1.0 / 365.0, "per calendar day, fixing dates fixed"),
    "vanna": (0.01, "per 1.00 of spot and 0.01 of volatility"),
    "volga": (0.0001, "per 0.01 of volatility squared"),
}


# Amounts of money, which may be added over underlyings: a factor, a power of the spot, and the text. Greeks that are
# not here, to parameters of a model, are as in raw units.
CASH_UNITS = {
    "price": (1.0, 0, "currency"),
    "delta": (1.0, 1, "currency of spot held, delta x spot"),
    "gamma": (0.01, 2, "currency of spot to trade per 1 % of spot, gamma x spot squared / 100"),
    "vega": (0.01, 0, "currency per 0.01 of volatility"),
    "rho": (0.0001, 0, "currency per 0.0001 of rate (DV01)"),
    "dividend_rho": (0.0001, 0, "currency per 0.0001 of dividend yield"),
    "theta": (1.0 / 365.0, 0, "currency per calendar day, fixing dates fixed"),
    "vanna": (0.01, 1, "currency of spot to trade per 0.01 of volatility, vanna x spot / 100"),
    "volga": (0.0001, 0, "currency per 0.01 of volatility squared"),
}
QUOTATIONS = ("raw", "market", "cash")

OF_VOLATILITY = ("vega", "vanna", "volga")  # with respect to the parameter that ``volatility_of`` names


def volatility_of(greek: str, model: Any) -> str:
    """What vega, vanna and volga of a model are derivatives with respect to; blank for every other Greek.

    "volatility", or "initial volatility" where the volatility moves along the path: numbers of the one and of the other
    may not be added.
    """
    if greek not in OF_VOLATILITY:
        return ""
    return str(model.volatility_name)


def unit(greek: str, units: str, volatility: str = "volatility", spot: float = 1.0) -> tuple[float, str]:
    """Scale factor and description of a Greek's unit, for ``units`` "raw", "market" or "cash".

    ``volatility`` is the name from :func:`volatility_of`; ``spot`` matters to cash units alone, and stays 1 for a
    number that has its power of the spot already (:func:`spot_power`).
    """
    factor, text = 1.0, UNITS[greek]
    if units == "market" and greek in MARKET_UNITS:
        factor, text = MARKET_UNITS[greek]
    if units == "cash" and greek in CASH_UNITS:
        factor, power, text = CASH_UNITS[greek]
        factor *= spot**power
    return factor, text.replace("volatility", volatility or "volatility")


def spot_power(greek: str, units: str) -> int:
    """The power of the spot in a unit: 0 but for cash units."""
    return CASH_UNITS[greek][1] if units == "cash" and greek in CASH_UNITS else 0


def parts_of(greek: str) -> tuple[str, ...]:
    """First-order Greeks that a Greek is composed of; none for the price."""
    return SECOND_ORDER.get(greek, () if greek == "price" else (greek,))


def parse_greeks(names: str | Iterable[str] | None) -> tuple[str, ...]:
    """Greek names from a comma-separated text or a sequence, without repeats, in the order given.

    Raises
    ------
    UsageError
        For an unknown name; the message lists the known ones.
    """
    if names is None:
        return DEFAULT
    given = names.split(",") if isinstance(names, str) else list(names)
    cleaned = [name.strip().lower().replace("-", "_") for name in given if name.strip()]
    if cleaned == ["all"]:
        return ORDER
    unknown = [name for name in cleaned if name not in ORDER]
    if unknown or not cleaned:
        what = f"unknown Greek {', '.join(map(repr, unknown))}" if unknown else "no Greek is named"
        raise UsageError(f"{what}: choose from {', '.join(ORDER)}, or all")
    return tuple(dict.fromkeys(cleaned))
