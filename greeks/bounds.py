"""What is known of a number when no path differs from the others: a bound in place of an error bar.

Of n paths none met the event that moves the payment, so its probability is below 3/n with 95 % confidence, and it lies
beyond z*, the normal quantile of 1 - 3/n. There a payment is of the order of its scale, and a Greek of order k in the
normal draws (the degree of its likelihood-ratio weight) is z*^k times that: without the factor the bound of every Greek
misses. The bound is one-sided only where the sign is known. Verified by its coverage over seeds without a hit.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

# Degree in the normals of the likelihood-ratio weight; 2 for the parameters of the variance.
_DEGREE = {"price": 0, "delta": 1, "rho": 1, "dividend_rho": 1, "vanna": 3, "volga": 4}
_OTHER = 2


def no_hit_bound(paths: int, scale: float, greek: str) -> float:
    """Largest error of a number whose contributions do not differ over ``paths`` paths, with 95 % confidence.

    Parameters
    ----------
    paths : int
    scale : float
        Natural scale of the number.
    greek : str
    """
    share = min(3.0 / paths, 0.5)
    beyond = max(NormalDist().inv_cdf(1.0 - share), 1.0)
    return share * scale * beyond ** _DEGREE.get(greek, _OTHER)


def sign_of(payoff: Any, greek: str) -> int:
    """1 or -1 where a number cannot have the other sign whatever the model, 0 where it can.

    A payment that is never negative, one that is monotone in every spot, and one that is convex in them: monotone in
    the spot itself, in the dividend yield, and (for a European, whose convexity the price keeps) in the volatility.
    """
    kind, side = payoff.kind, 1 if getattr(payoff, "option_type", "call") == "call" else -1
    if kind not in ("european", "digital", "asian"):
        return 0
    if greek == "price":
        return 1
    if kind == "asian" and payoff.average_of == "strike":
        return 0
    if kind == "digital" and payoff.payout == "asset" and side < 0:
        return 0
    if greek == "delta":
        return side
    if greek == "dividend_rho":
        return -side
    if kind == "european":
        return {"rho": side, "gamma": 1, "vega": 1, "initial_variance": 1, "long_run_variance": 1}.get(greek, 0)
    return 0
