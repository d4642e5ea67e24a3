"""The bare score-function estimator, which knows nothing of finance: grad E[f] = E[f grad log p].

The baseline of draw i is b_i = sum_{j != i} f_j s_j^2 / sum_{j != i} s_j^2, the value whose control b s (of mean 0)
leaves the least variance, from the other draws alone: so the estimate is unbiased, and their order does not matter.

Source: Williams, Simple statistical gradient-following algorithms for connectionist reinforcement learning (1992);
Greensmith, Bartlett and Baxter, Variance reduction techniques for gradient estimates in reinforcement learning (2004).
Verified against gradients known in closed form, for sorted draws and for few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.core.moments import MOMENT_COLUMNS
from greeks.core.workspace import Array
from greeks.errors import UsageError
from greeks.results.estimate import Estimate
from greeks.results.status import DOUBT, Known, assess

_FEWEST = 4
_FEW = 200  # draws below which even the error bar of normal contributions is uncertain by more than 5 %
_LEVERAGE = 1e-8  # of the sum of squares: what is left when one draw has nearly all of it, and is summed anew


def score_function_estimate(values: npt.ArrayLike, scores: npt.ArrayLike, *, baseline: bool = False) -> Estimate:
    """grad E[f] = E[f grad log p], for any density whatever.

    Parameters
    ----------
    values : array_like, shape (n,)
        f at each draw, not depending on the parameter.
    scores : array_like, shape (n,)
        Derivative of the log-density at each draw.
    baseline : bool, default False
        Subtract from each f the baseline that reduces the variance, estimated on all other draws (leave-one-out), so
        that the estimate stays unbiased (REINFORCE with a baseline).

    Returns
    -------
    Estimate
        Value and standard error. Status "na" where a value or score is not finite, with their number; "warn" for a
        heavy tail, for fewer than 200 draws, and where no contribution differs from the others.

    Raises
    ------
    UsageError
        If the arrays hold no numbers, their shapes differ, are not one-dimensional, or hold fewer than 4 draws.
    """
    f, s = _numbers("values", values), _numbers("scores", scores)
    if f.shape != s.shape or f.ndim != 1 or f.size < _FEWEST:
        raise UsageError(f"values {f.shape} and scores {s.shape} must be one-dimensional, alike, of at least 4 draws")
    count = f.size
    for name, array in (("values", f), ("scores", s)):
        bad = ~np.isfinite(array)
        if bad.any():
            first = int(np.argmax(bad))
            text = f"{int(bad.sum())} of {count} {name} are not finite (the first is {array[first]} at {first})"
            return Estimate(np.nan, np.nan, count, "na", f"{text}: leave them out only if they belong to no density")
    with np.errstate(over="ignore", invalid="ignore"):
        product = (f - _baseline(f, s) if baseline else f) * s
        moments = _moments(product)
    few = f"{count} draws are few for an error bar: ask for {_FEW} or more" if count < _FEW else ""
    largest = float(np.abs(s).max()) * (float(np.abs(f).max()) or 1.0)
    known = Known(3.0 / count * largest, rounding=float(np.finfo(float).eps) * largest)
    found = assess([(moments, 1.0)], known)
    return found.warned(few, DOUBT) if few else found


def _numbers(name: str, given: Any) -> Array:
    try:
        return np.asarray(given, dtype=float)
    except (TypeError, ValueError):
        raise UsageError(f"{name} are no array of numbers: write one number for each draw") from None


def _baseline(f: Array, s: Array) -> Array:
    """b_i of every draw; 0 where the other scores are all 0, and with them the control."""
    square = s * s
    if not square.any():
        return np.zeros_like(f)
    rest = square.sum() - square
    weighted = (f * square).sum() - f * square
    for i in np.flatnonzero(rest <= _LEVERAGE * square.sum()):  # one draw at most, but for zeros
        others = np.arange(f.size) != i
        rest[i], weighted[i] = square[others].sum(), (f * square)[others].sum()
    out = np.zeros_like(f)
    np.divide(weighted, rest, out=out, where=rest > 0.0)
    return out


def _moments(x: Array) -> Array:
    """Count, mean and central power sums, as the gate reads them."""
    out = np.empty(MOMENT_COLUMNS)
    mean = float(x.mean())
    out[:2] = x.size, mean
    for power in (2, 3, 4):
        out[power] = ((x - mean) ** power).sum()
    return out
