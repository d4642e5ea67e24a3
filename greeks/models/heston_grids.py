"""The same Heston paths on two grids, one twice as fine: what their difference averages to is the time-step bias.

The driver of a coarse step is the sum of those of its two halves, as normals; the spot's normals, one a date, are the
same on both. Verified in the tests: the drivers of the coarse grid are uniform, and the measured bias is that of the
scheme against semi-analytic values.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from greeks.compiler.jit import kernel
from greeks.core.elementary import inverse_normal, normal_cdf
from greeks.core.generator import fill_normals, fill_uniforms
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Draw
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
    fill_normals(*draw.key, draw.first_path, 0, normals, draw.width)
    halves = workspace.array("drivers/fine", sum(fine), draw.stride)
    wholes = workspace.array("drivers/coarse", sum(coarse), draw.stride)
    uniform = model.scheme == "qe"
    (fill_uniforms if uniform else fill_normals)(*draw.key, draw.first_path, VARIANCE_ROW, halves, draw.width)
    (join_uniforms if uniform else join_normals)(halves, draw.count, wholes)
    return (
        HestonPaths(model, dates, fine, normals, halves, draw, workspace, "fine"),
        HestonPaths(model, dates, coarse, normals, wholes, draw, workspace, "coarse"),
    )


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
