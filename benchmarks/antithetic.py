"""Variance that antithetic paths save, by estimator: ``python -m benchmarks.antithetic`` writes docs/antithetic.md.

A factor is the variance of one path over that of the mean over its antithetic paths; these take two or four times as
long, so that a factor above 2 under GBM, or 4 under Heston, is gained.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import greeks as gk
from benchmarks.documents import MODELS, write_table

PATHS = 2**16
TRADES: dict[str, Any] = {
    "European call 100, 1 year": gk.European("call", strike=100.0, maturity=1.0),
    "European call 125, 1 year": gk.European("call", strike=125.0, maturity=1.0),
    "digital call 100, 1 year": gk.Digital("call", strike=100.0, maturity=1.0),
    "Asian call 100, 12 fixings": gk.Asian("call", strike=100.0, maturity=1.0, fixings=12),
    "down-and-out put 100/80, 12 dates": gk.Barrier(
        "put", strike=100.0, maturity=1.0, barrier_type="down-and-out", barrier=80.0, monitoring="discrete", fixings=12
    ),
}
GREEKS = ("price", "delta", "gamma", "vega", "rho")
ESTIMATORS = ("likelihood_ratio", "pathwise", "mixed", "conditional", "one_step_survival", "finite_difference")
_HEAD = """# What antithetic paths save

Written by `python -m benchmarks.antithetic`: the variance of one path over that of the mean over its antithetic paths, at
65,536 of either, without controls. `--variance-reduction antithetic` takes the mean over Z and -Z under GBM, and over four paths under
Heston, where the random numbers of the variance are reflected too; uniforms go to 1 - U. It takes about two (GBM) or
four (Heston) times as long, so that what is above that is gained. The price is the same by all estimators but
`conditional` and `one_step_survival`. `full_likelihood_ratio`, which is there for comparison, draws its paths itself and
gains nothing.

`--paths` counts the means. Their error bar is that of independent numbers, as the means of different pairs are.
"""


def factor(trade: Any, model: Any, estimator: str) -> dict[str, float]:
    """Of each Greek that the estimator gives."""
    options: dict[str, Any] = {"greeks": GREEKS, "estimators": estimator, "paths": PATHS, "analytic": False}
    one = gk.estimate(trade, model, variance_reduction="none", **options)
    pairs = gk.estimate(trade, model, variance_reduction="antithetic", seed=43, **options)
    return {
        greek: (one[greek].standard_error / pairs[greek].standard_error) ** 2
        for greek in GREEKS
        if one[greek].status != "na"
    }


def rows() -> Iterator[list[str]]:
    """One for each model, trade and estimator that gives more than the price."""
    for name, model in MODELS.items():
        for text, trade in TRADES.items():
            for estimator in ESTIMATORS:
                found = factor(trade, model, estimator)
                if set(found) - {"price"}:
                    yield [name, text, estimator, *(f"{found[each]:.3g}" if each in found else "" for each in GREEKS)]


def main() -> None:
    """Write the table."""
    write_table("antithetic", _HEAD, ("model", "trade", "estimator", *GREEKS), rows())


if __name__ == "__main__":
    main()
