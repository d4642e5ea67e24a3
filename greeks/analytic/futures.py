"""Greeks of a futures price from those of a spot that moves as it does, one whose dividend yield is its rate.

Source: Black, The pricing of commodity contracts (1976). Verified against differences in the rate.
"""

from __future__ import annotations

from collections.abc import Mapping


def of_futures(found: Mapping[str, float]) -> dict[str, float]:
    """All but the rates' are the same; the rate of a futures price moves both of the spot's rates."""
    out = {greek: value for greek, value in found.items() if greek not in ("rho", "dividend_rho")}
    return out | {"rho": found["rho"] + found["dividend_rho"]} if {"rho", "dividend_rho"} <= found.keys() else out
