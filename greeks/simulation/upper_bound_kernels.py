"""Kernels of the upper bound of early exercise: what is kept at each date, and the best date of each path.

Everything is less the European value of its date, which is a martingale when discounted. Verified through the bounds.
"""

from __future__ import annotations

from greeks.compiler.jit import kernel, select
from greeks.core.elementary import exp
from greeks.core.workspace import Array
from greeks.estimators.exercise_kernels import DISCOUNT, LEFT, european_on


@kernel
def follow(
    start: Array,
    normals: Array,
    drift: Array,
    spread: Array,
    levels: Array,
    known: Array,
    sign: float,
    strike: float,
    futures: float,
    inner: int,
    out: Array,
) -> None:
    """Mean of what the policy pays later less the European value, discounted to now, from each spot of one date."""
    dates = drift.shape[0]
    place = dates - normals.shape[0]
    for i in range(start.shape[0]):
        total = 0.0
        for k in range(i * inner, (i + 1) * inner):
            s, done = start[i], False
            for j in range(place, dates - 1):  # at the last date the two are the same
                if not done:
                    s *= exp(drift[j] + spread[j] * normals[j - place, k])
                    if sign * s >= sign * levels[j + 1]:
                        done = True
                        found = european_on(s, sign, strike, futures, known[:, j + 1])
                        total += known[DISCOUNT, j + 1] * (max(sign * (s - strike), 0.0) - found[0])
        out[i] = total / inner


@kernel
def climb(
    spot: Array,
    premium: Array,
    levels: Array,
    known: Array,
    sign: float,
    strike: float,
    futures: float,
    now: bool,
    out: Array,
) -> None:
    """Largest payment less the martingale, discounted to now, over the dates of each path."""
    last = spot.shape[0] - 1
    for i in range(spot.shape[1]):
        best, grown, before = -1e300, 0.0, premium[0, i]
        for k in range(last + 1):
            s, left = spot[k, i], known[LEFT, k]
            found = european_on(s, sign, strike, futures, known[:, k])
            gain = known[DISCOUNT, k] * select(left > 0.0, max(sign * (s - strike), 0.0) - found[0], 0.0)
            kept = select(left > 0.0, premium[k, i], 0.0)
            if k > 0:
                value = select(sign * s >= sign * levels[k], gain, kept)
                grown += value - before
                before = kept
            if k > 0 or now:
                best = max(best, gain - grown)
        out[i] = best
