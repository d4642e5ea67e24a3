"""What is known of a number when no path differs from the others: a bound in place of an error bar.

Of n paths none met the event that moves the payment, so its probability is below 3/n with 95 % confidence, and it lies
beyond z*, the normal quantile of 1 - 3/n. There a payment is of the order of its scale, and a Greek of degree k in the
normal draws (that of its likelihood-ratio weight) is about z*^k times that: without the factor the bound of every Greek
misses. The bound is one-sided only where the sign is known. Verified against closed forms of contracts that 0.1 to 3 of
n paths are expected to meet, and by its coverage over seeds without a hit.
"""

from __future__ import annotations

from math import exp, expm1, sqrt
from statistics import NormalDist
from typing import Any

from greeks.names import volatility_of

# Degree in the normals of the likelihood-ratio weight; 2 for the parameters of the variance.
_DEGREE = {"price": 0, "delta": 1, "rho": 1, "dividend_rho": 1, "vanna": 3, "volga": 4}
_OTHER = 2
_SPOT = {"delta": 1, "dividend_rho": -1}
_CURVED = ("gamma", "vega", "initial_variance", "long_run_variance")
_NORMAL = NormalDist()
_SKEWED, _LARGEST = 0.5, 200.0
_POWER_SKEWNESS, _SKEWED_WEIGHT = (0.0, 4.1, 7.5, 13.7, 25.1), 0.4  # by degree of the weight
_THIN = 1.5  # how much narrower a wing may be where the volatility falls on the way to it


def no_hit_bound(paths: int, scale: float, payoff: Any, model: Any, greek: str) -> float:
    """Largest error of a number whose contributions do not differ over ``paths`` paths, with 95 % confidence.

    Beyond z* a normal has the hazard h = phi(z*) / Phi(-z*), a little more than z*, and d1 and d2 differ by the
    deviation s of the log-spot: each degree is worth h + s, and half more where the volatility moves, whose wings are
    narrower. A payment without an upper limit grows on the way there like a power n of the spot, by
    Phi(n s - z*) / Phi(-z*) times the mean of the power over that of the spot now.

    Parameters
    ----------
    paths : int
    scale : float
        Natural scale of the number.
    payoff, model
    greek : str
    """
    share = min(3.0 / paths, 0.5)
    beyond, dates = -_NORMAL.inv_cdf(share), payoff.dates()
    deviation = model.step_scale("delta", dates) / model.spot
    growth = 1.0
    if not payoff.limited:
        n, drift = payoff.power, (model.rate - model.dividend_yield) * dates[-1]
        gain = min(max(n * drift + 0.5 * n * (n - 1.0) * deviation**2, 0.0), _LARGEST)
        growth = max(_NORMAL.cdf(n * deviation - beyond) / share * exp(gain), 1.0)
    reach = max(_NORMAL.pdf(beyond) / share, 1.0) + deviation
    if volatility_of("vega", model) != "volatility":
        reach *= _THIN
    bound: float = share * growth * scale * reach ** _DEGREE.get(greek, _OTHER)
    return bound


def weight_beyond_reach(paths: int, greek: str, estimator: str) -> str:
    """Why paths are too few for a likelihood-ratio weight; blank where they are not.

    A payment that grows like a normal x from the strike on, times a weight of degree k, has the skewness of x^(k+1) on
    its half line. Without the rule it is the samples that miss the tail, and they alone, that have a status "ok":
    of 256 paths a tenth of those of volga, none of which covers.
    """
    degree = _DEGREE.get(greek, _OTHER)
    if "likelihood_ratio" not in estimator or not degree:
        return ""
    least = (_POWER_SKEWNESS[degree] / _SKEWED_WEIGHT) ** 2
    if paths >= least:
        return ""
    return (
        f"the weight of {greek} has degree {degree} in the normals, and a tail that {paths} paths do not reach: "
        f"ask for at least {least:.0f}"
    )


def beyond_reach(paths: int, payoff: Any, model: Any, greek: str) -> str:
    """Why paths are too few for a payment that grows with the spot; blank where they are not.

    The mean of a lognormal lies a deviation above its median, and what its square adds two: of paths that do not reach
    so far neither the mean nor the error can be seen, and the moments that would tell lie further still. So the
    skewness is that of the distribution, not of the sample: intervals cover too little where it is above ``_SKEWED``
    times the root of the paths, the less the higher the degree of the weight.
    """
    if payoff.limited or model.still:
        return ""
    deviation = payoff.power * model.step_scale("delta", payoff.dates()) / model.spot
    square = expm1(min(deviation**2, _LARGEST))
    skewness = (square + 3.0) * sqrt(square)
    if skewness * (1.0 + _DEGREE.get(greek, _OTHER)) <= _SKEWED * sqrt(paths):
        return ""
    what = "the spot" if payoff.power == 1.0 else f"the spot to the power {payoff.power:g}"
    return (
        f"the log of {what} has a deviation of {deviation:.3g}: a payment that grows with it has a tail that "
        f"{paths} paths do not reach; ask for more paths"
    )


def sign_of(payoff: Any, model: Any, greek: str) -> int:
    """1 or -1 where a number cannot have the other sign whatever the model, 0 where it can, or the payoff says nothing.

    Of the price, of a Greek to what moves every spot alike, and of one that convexity decides.
    """
    rising: int = payoff.rising
    if greek == "price":
        return int(payoff.positive)
    if greek == "rho" and model.futures:
        return -int(payoff.positive)  # what is paid is discounted, and no spot moves
    if greek in _SPOT:
        return _SPOT[greek] * rising
    if payoff.convex:
        return rising if greek == "rho" else int(greek in _CURVED)
    return 0
