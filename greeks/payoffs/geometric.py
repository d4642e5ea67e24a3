"""The geometric average of spots on paths, and its derivative along tangents: G = exp(sum_j a_j X_j + past).

Verified in the tests against the closed form, and against a plain implementation path by path.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from greeks.compiler.jit import kernel
from greeks.core.elementary import exp
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.payoffs.kernels import ONLY, last_directional, weighted_sums


def geometric_average(paths: Paths, weights: Array, past: float, out: Array) -> None:
    """Average of each path.

    Parameters
    ----------
    paths : Paths
    weights : ndarray, shape (dates,)
        Of each date's log-spot.
    past : float
        What past fixings add to the logarithm.
    out : ndarray, shape (1, stride)
    """
    weighted_sums(paths.log_spot, weights[None, :], ONLY, paths.count, out)
    exp_of_sum(out[0], past, paths.count)


def geometric_directional(
    paths: Paths,
    weights: Array,
    past: float,
    average_strike: bool,
    tangents: Sequence[Tangent],
    workspace: Workspace,
    out: Array,
) -> None:
    """dG = G sum_j a_j dX_j along each tangent; for an average strike, S_T dX_T - dG.

    Parameters
    ----------
    paths, weights, past
        As for :func:`geometric_average`.
    average_strike : bool
    tangents : sequence of Tangent
    workspace : Workspace
    out : ndarray, shape (tangents, stride)
    """
    n, width = paths.count, out.shape[-1]
    average = workspace.array("asian/average", 1, width)
    geometric_average(paths, weights, past, average)
    if average_strike:
        last_directional(paths.spot, tangents, n, workspace, out)
    slope = workspace.array("asian/slope", 1, width)
    remaining = np.cumsum(weights[::-1])[::-1]  # weight of an increment: that of all dates from its own on
    for k, tangent in enumerate(tangents):
        grows = tangent.increments is not None and tangent.scale is not None
        if tangent.increments is not None and tangent.scale is not None:
            weighted_sums(tangent.increments, (remaining * tangent.scale)[None, :], ONLY, n, slope)
        mean = float(np.dot(weights, tangent.by_date))
        varies = tangent.by_path is not None
        by_path = tangent.by_path if tangent.by_path is not None else slope[0]
        add_mean(mean, by_path, varies, grows, n, slope[0])
        if average_strike:
            subtract_product(average[0], slope[0], n, out[k])
        else:
            scaled_row(average[0], slope[0], n, out[k])


@kernel
def add_mean(mean: float, by_path: Array, varies: bool, grows: bool, n: int, slope: Array) -> None:
    """Add ``mean by_path`` (``mean`` where it does not vary) to ``slope`` (to nothing where it does not grow)."""
    for i in range(n):
        base = slope[i] if grows else 0.0
        slope[i] = base + (mean * by_path[i] if varies else mean)


@kernel
def exp_of_sum(sums: Array, constant: float, n: int) -> None:
    """``exp(sums + constant)`` in place."""
    for i in range(n):
        sums[i] = exp(sums[i] + constant)


@kernel
def exchange_values(first: Array, second: Array, sign: float, n: int, out: Array) -> None:
    """``max(sign (first - second), 0)``."""
    for i in range(n):
        out[i] = max(sign * (first[i] - second[i]), 0.0)


@kernel
def scaled_row(a: Array, b: Array, n: int, out: Array) -> None:
    """``out = a b``."""
    for i in range(n):
        out[i] = a[i] * b[i]


@kernel
def subtract_product(a: Array, b: Array, n: int, out: Array) -> None:
    """``out -= a b``."""
    for i in range(n):
        out[i] -= a[i] * b[i]
