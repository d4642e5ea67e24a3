"""The bare score-function estimator, which knows nothing of finance: grad E[f] = E[f grad log p].

The baseline of draw i is b_i = sum_{j != i} f_j s_j^2 / sum_{j != i} s_j^2, the value whose control b s (of mean 0)
leaves the least variance, from the other draws alone: so the estimate is unbiased, and their order does not matter.
Clusters are added up first and are then the draws; a self-normalised mean is a ratio, linearised for its error.

Source: Williams, Simple statistical gradient-following algorithms for connectionist reinforcement learning (1992);
Greensmith, Bartlett and Baxter, Variance reduction techniques for gradient estimates in reinforcement learning (2004);
Owen, Monte Carlo theory, methods and examples (2013), chapter 9, for weights. Verified against gradients known in
closed form, for sorted draws and for few, and against loops that leave out each draw in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from greeks.core.leave_one_out import controlled, scalar_control
from greeks.core.moments import MOMENT_COLUMNS
from greeks.core.workspace import Array
from greeks.errors import UsageError
from greeks.results.estimate import Estimate
from greeks.results.status import DOUBT, Known, assess
from greeks.score_inputs import FEWEST, Labels, check_shapes, not_finite, numbered, numbers

_FEW = 200  # draws below which even the error bar of normal contributions is uncertain by more than 5 %
_DRAWS_A_CONTROL = 10
_OFF = 6.0  # standard errors that the mean of scores may be from 0


@dataclass(frozen=True)
class GradientEstimate:
    """A gradient with the covariance of its components.

    Attributes
    ----------
    estimates : tuple of Estimate
        One a parameter, each with its own status.
    covariance : ndarray, shape (p, p)
        Of the estimates; nan where a component is no number.
    """

    estimates: tuple[Estimate, ...]
    covariance: Array

    @property
    def value(self) -> Array:
        """Gradient, shape (p,)."""
        return np.array([one.value for one in self.estimates])

    @property
    def standard_error(self) -> Array:
        """Standard errors, shape (p,)."""
        return np.array([one.standard_error for one in self.estimates])

    @property
    def status(self) -> str:
        """The worst of the components'."""
        return max((one.status for one in self.estimates), key=("ok", "warn", "na").index)


def score_function_estimate(
    values: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
    baseline: bool | Literal["all"] = False,
    controls: npt.ArrayLike | None = None,
    pathwise: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    normalised: bool = False,
    clusters: npt.ArrayLike | None = None,
) -> Estimate | GradientEstimate:
    """grad E[f] = E[f grad log p], for any density whatever.

    Parameters
    ----------
    values : array_like, shape (n,)
        f at each draw.
    scores : array_like, shape (n,) or (n, p)
        Derivatives of the log-density at each draw, to one or to p parameters.
    baseline : bool or "all", default False
        Subtract from each f the baseline that reduces the variance, estimated on all other draws (leave-one-out), so
        that the estimate stays unbiased (REINFORCE with a baseline). "all" makes every score a control of every
        parameter.
    controls : array_like, shape (n,) or (n, k), optional
        Controls of mean 0 under the density; their coefficients too come from the other draws.
    pathwise : array_like, shape of scores, optional
        Derivative of f with the draw held fixed, where f depends on the parameters.
    weights : array_like, shape (n,), optional
        Importance weights, density over that drawn from. Values, scores and controls are those of the density.
    normalised : bool, default False
        Divide by the sum of the weights instead of n: for weights known up to a factor. The bias is of order 1/n.
    clusters : array_like, shape (n,), optional
        Label of the cluster of each draw, such as the pair of an antithetic draw. Clusters are independent, draws
        within one need not be; a cluster is left out whole.

    Returns
    -------
    Estimate or GradientEstimate
        Value and standard error; of scores (n, p) p of them and their covariance. Status "na" where an input is not
        finite, with their number; "warn" for a heavy tail, for fewer than 200 draws (clusters, effective draws of the
        weights), for scores or controls whose mean is not 0, and where no contribution differs from the others.

    Raises
    ------
    UsageError
        If the arrays hold no numbers, their shapes differ, weights are negative or all 0, or there are fewer than 4
        draws or 10 a control.
    """
    f, s = numbers("values", values), numbers("scores", scores)
    if f.ndim != 1 or s.ndim not in (1, 2) or s.shape[0] != f.size or f.size < FEWEST or s.size == 0:
        raise UsageError(
            f"values {f.shape} and scores {s.shape} must be alike, (n,) and (n,) or (n, p), of at least 4 draws"
        )
    if not (isinstance(baseline, (bool, np.bool_)) or (isinstance(baseline, str) and baseline == "all")):
        raise UsageError(f'baseline is {baseline!r}: write True, False or "all"')
    if normalised and weights is None:
        raise UsageError("normalised divides by the sum of weights, and there are none: give weights")
    given = {"values": f, "scores": s}
    for name, more in (("controls", controls), ("pathwise", pathwise), ("weights", weights)):
        if more is not None:
            given[name] = numbers(name, more)
    check_shapes(given)
    members, count = numbered(clusters, f.size)
    columns = s.reshape(f.size, -1)
    for name, array in given.items():
        if not np.isfinite(array).all():
            none = Estimate(np.nan, np.nan, f.size, "na", not_finite(name, array))
            width = columns.shape[1]
            return none if s.ndim == 1 else GradientEstimate((none,) * width, np.full((width, width), np.nan))
    with np.errstate(over="ignore", invalid="ignore"):
        found = _estimates(given, columns, baseline, normalised, members, count)
    return found.estimates[0] if s.ndim == 1 else found


def _estimates(
    given: dict[str, Array], scores: Array, baseline: bool | str, normalised: bool, labels: Labels | None, count: int
) -> GradientEstimate:
    """Contributions of every parameter, and what the gate says of them."""
    f, size = given["values"], given["values"].size
    weights = given.get("weights", np.ones(size))
    extra = given.get("controls", np.zeros((size, 0))).reshape(size, -1)
    explicit = given.get("pathwise", np.zeros_like(scores)).reshape(scores.shape)
    mass = _added(weights if normalised else np.ones(size), labels, count)
    number = extra.shape[1] + (scores.shape[1] if baseline == "all" else int(bool(baseline)))
    if (extra.shape[1] or baseline == "all") and count <= _DRAWS_A_CONTROL * number:
        raise UsageError(f"{count} draws for {number} controls: give more than {_DRAWS_A_CONTROL} draws a control")
    effective = min(count, int(weights.sum() ** 2 / (weights**2).sum()))
    few = f"{effective} draws are few for an error bar: ask for {_FEW} or more" if effective < _FEW else ""
    away = [_off_centre("controls", _added(weights * c, labels, count)) for c in extra.T]
    away = [text for text in away if text]
    contributions, estimates = np.empty((count, scores.shape[1])), []
    for j, s in enumerate(scores.T):
        y = _added(weights * (f * s + explicit[:, j]), labels, count)
        own = scores if baseline == "all" else s[:, None] if baseline else scores[:, :0]
        z = np.column_stack(
            [_added(weights * c, labels, count) for c in np.hstack((own, extra)).T] or [np.zeros(count)]
        )
        if z.shape[1] > 1 or extra.shape[1]:
            y = controlled(y, z) if np.isfinite(y).all() and np.isfinite(z).all() else np.full(count, np.nan)
        elif baseline:
            y = scalar_control(y, z[:, 0])
        ratio = y.sum() / mass.sum()
        plain = labels is None and not normalised
        contributions[:, j] = y if plain else ratio + count / mass.sum() * (y - mass * ratio)
        largest = float(np.abs(s).max()) * (float(np.abs(f).max()) or 1.0) * float(weights.max() / weights.mean())
        known = Known(
            3.0 / count * largest, rounding=float(np.finfo(float).eps) * largest * (64.0 if number > 1 else 1.0)
        )
        found = assess([(_moments(contributions[:, j]), 1.0)], known)
        found = found.warned(few, DOUBT) if few else found
        off = _off_centre("scores", _added(weights * s, labels, count))
        off = "; ".join([off] * bool(off) + away)
        estimates.append(found.warned(off, DOUBT) if off else found)
    centred = contributions - contributions.mean(axis=0)
    return GradientEstimate(tuple(estimates), centred.T @ centred / (count * (count - 1.0)))


def _added(x: Array, labels: Labels | None, count: int) -> Array:
    """Sums within clusters."""
    if labels is None:
        return x
    out: Array = np.bincount(labels, weights=x, minlength=count).astype(float)
    return out


def _off_centre(name: str, s: Array) -> str:
    """Why scores or controls are none: their mean is not 0."""
    mean, spread = float(s.mean()), float(s.std(ddof=1)) / s.size**0.5
    if not abs(mean) > _OFF * spread + float(np.finfo(float).eps) * float(np.abs(s).max()):
        return ""
    return (
        f"{name} have mean {mean:.3g} +- {spread:.2g}, not 0 under the density drawn from: the estimate may be biased"
    )


def _moments(x: Array) -> Array:
    """Count, mean and central power sums, as the gate reads them."""
    out = np.empty(MOMENT_COLUMNS)
    mean = float(x.mean())
    out[:2] = x.size, mean
    for power in (2, 3, 4):
        out[power] = ((x - mean) ** power).sum()
    return out
