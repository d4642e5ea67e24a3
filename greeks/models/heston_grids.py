"""The same Heston paths on two grids, one twice as fine: what their difference averages to is the time-step bias.

The driver of a coarse step is the sum of those of its two halves, as normals; the spot's normals, one a date, are the
same on both. Two things of a path have a mean that is known on every grid, and explain a part of the difference: the
variance it collects, and its growth. Verified in the tests: the drivers of the coarse grid are uniform, the means are
as stated, and the measured bias is that of the scheme against semi-analytic values.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from greeks.compiler.jit import fma, kernel
from greeks.core.elementary import exp, inverse_normal, normal_cdf
from greeks.core.rows import add_scaled
from greeks.core.workspace import Array, Workspace
from greeks.models.base import SPOT_ROW, Draw
from greeks.models.heston_constants import grid_of
from greeks.models.heston_paths import VARIANCE_ROW, HestonPaths

if TYPE_CHECKING:
    from greeks.models.heston import Heston

_LARGEST = 1.0 - 2.0**-53


def both_grids(
    model: Heston, dates: tuple[float, ...], draw: Draw, workspace: Workspace
) -> tuple[HestonPaths, HestonPaths]:
    """Paths on a grid twice as fine as the model's own, and on its own."""
    coarse = model.substeps(dates, draw.steps_per_year)
    fine = tuple(2 * steps for steps in coarse)
    normals = workspace.array("normals", len(dates), draw.stride)
    draw.normals(SPOT_ROW, normals)
    halves = workspace.array("drivers/fine", sum(fine), draw.stride)
    wholes = workspace.array("drivers/coarse", sum(coarse), draw.stride)
    uniform = model.scheme == "qe"
    (draw.uniforms if uniform else draw.normals)(VARIANCE_ROW, halves)
    (join_uniforms if uniform else join_normals)(halves, draw.count, wholes)
    return (
        HestonPaths(model, dates, fine, normals, halves, draw, workspace, "fine"),
        HestonPaths(model, dates, coarse, normals, wholes, draw, workspace, "coarse"),
    )


def controls(fine: HestonPaths, own: HestonPaths, workspace: Workspace) -> Array:
    """Differences between the grids of what has the same mean on both, shape (2, stride); see :func:`with_mean_0`."""
    rows = [
        with_mean_0(paths, workspace.array(f"controls/{i}", 2, own.draw.stride)) for i, paths in enumerate((own, fine))
    ]
    for row, other in zip(*rows, strict=True):
        add_scaled(other, -1.0, own.count, row)
    return rows[0]


def with_mean_0(paths: HestonPaths, out: Array) -> Array:
    """The collected variance over its mean, and the growth given the variance path, both less 1.

    QE meets the mean of every step's variance, so that of their sum is a recursion; and the mean growth is 1 by its
    martingale correction, which every path has where ``A <= 0`` (:mod:`greeks.models.heston_constants`), as for a
    correlation up to 0. Full truncation cuts the variance off and misses its mean, but its log-returns are those of a
    martingale without a correction. A row that is not known to have mean 0 is 0.
    """
    grid, qe = grid_of(paths.model, paths.dates, paths.substeps), paths.model.scheme == "qe"
    expected, v = 0.0, paths.model.initial_variance
    for row, steps in zip(grid.constants, grid.substeps, strict=True):
        for _ in range(int(steps)):
            following = row[0] * v + row[1]
            expected += row[6] * (v + following)
            v = following
    martingale = not qe or bool(np.all(grid.constants[:, 4] <= 0.0))
    control_rows(*paths.moments, 1.0 / expected if qe and expected > 0.0 else 0.0, martingale, paths.count, *out)
    return out


@kernel
def control_rows(
    mean: Array, variance: Array, per_mean: float, martingale: bool, n: int, collected: Array, growth: Array
) -> None:
    """``sum variance per_mean - 1`` and ``exp(sum mean + sum variance / 2) - 1``, or 0."""
    for i in range(n):
        collected[i] = 0.0
        growth[i] = 0.0
    for k in range(mean.shape[0]):
        first, second = mean[k], variance[k]
        for i in range(n):
            growth[i] += first[i]
            collected[i] += second[i]
    for i in range(n):
        growth[i] = exp(fma(0.5, collected[i], growth[i])) - 1.0 if martingale else 0.0
    for i in range(n):
        collected[i] = fma(per_mean, collected[i], -1.0) if per_mean > 0.0 else 0.0


@kernel
def join_normals(halves: Array, n: int, out: Array) -> None:
    """Normals of whole steps from those of two halves."""
    root = sqrt(0.5)
    for j in range(out.shape[0]):
        first, second, row = halves[2 * j], halves[2 * j + 1], out[j]
        for i in range(n):
            row[i] = root * (first[i] + second[i])


@kernel
def join_uniforms(halves: Array, n: int, out: Array) -> None:
    """Uniforms of whole steps from those of two halves."""
    root = sqrt(0.5)
    for j in range(out.shape[0]):
        first, second, row = halves[2 * j], halves[2 * j + 1], out[j]
        for i in range(n):
            row[i] = min(normal_cdf(root * (inverse_normal(first[i]) + inverse_normal(second[i]))), _LARGEST)
