"""What moves a bridge between dates: the spots at its ends along tangents, today's spot, and the variance between.

A derivative takes the spots at the dates along a tangent (pathwise), or holds them and moves the rest (the explicit
part); one of second order may do both. Each is one record, which the kernels of the bridge read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from greeks.core.rows import fill
from greeks.core.workspace import Array, Workspace
from greeks.models.base import Paths, Tangent
from greeks.models.laws import Bridges
from greeks.names import SECOND_ORDER, parts_of
from greeks.payoffs.surviving_pieces import tangent_rows

Changes = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Moves:
    """Derivatives of all that a payment between dates depends on, along a direction a, a second one b, and both.

    Attributes
    ----------
    greek : str
        Whose parameters a and b are, which may move the law of hits; blank where nothing but the spots moves.
    order : int
        Of the derivative: 0, 1 (along a) or 2 (along a and b).
    slope, held : ndarray, shape (dates, stride)
        Of the log-spots at the dates along a, and along both; along b they stand still.
    begin : ndarray, shape (3,)
        Of today's log-spot, along a, b and both.
    changes : tuple of ndarray
        Of the variances of the intervals, along a, b and both.
    """

    greek: str
    order: int
    slope: Array
    held: Array
    begin: Array
    changes: Changes


def of_spots(paths: Paths, tangent: Tangent | None, workspace: Workspace) -> Moves:
    """The spots at the dates alone move, along a tangent; without one nothing does."""
    slope, held = _rows(paths, tangent, None, workspace)
    none = np.zeros((len(slope), 1))
    return Moves("", 0 if tangent is None else 1, slope, held, np.zeros(3), (none, none, none))


def of_the_rest(paths: Paths, greek: str, workspace: Workspace) -> Moves:
    """The spots at the dates stand still, and the parameters of a Greek of first or second order move the rest."""
    first, second = parts_of(greek) if greek in SECOND_ORDER else (greek, greek)
    bridges, spot = paths.bridges((first, second)), float(paths.model.spot)
    begin = np.array([_of_start(first, spot), _of_start(second, spot), 0.0])
    begin[2] = -begin[0] * begin[1]  # of the logarithm
    slope, held = _rows(paths, None, None, workspace)
    return Moves(greek, 2 if greek in SECOND_ORDER else 1, slope, held, begin, _changes(bridges, greek))


def of_both(paths: Paths, greek: str, tangent: Tangent, held: Tangent | None, workspace: Workspace) -> Moves:
    """All move along the first parameter of a Greek of second order, the second one moves what is not at the dates.

    The tangent of the spots to today's is 1 / S_0 at every date, today's included: what its own derivative gives, the
    estimator knows.
    """
    first, second = parts_of(greek)
    bridges, spot = paths.bridges((first, second)), float(paths.model.spot)
    begin = np.array([_of_start(first, spot), _of_start(second, spot), 0.0])
    return Moves(greek, 2, *_rows(paths, tangent, held, workspace), begin, _changes(bridges, greek))


def _rows(paths: Paths, tangent: Tangent | None, held: Tangent | None, workspace: Workspace) -> tuple[Array, Array]:
    """Derivatives of the log-spots at the dates along a tangent, and along it and a second parameter."""
    shape = paths.spot.shape
    both = workspace.array("continuous/slope", *shape), workspace.array("continuous/held", *shape)
    for rows, each in zip(both, (tangent, held), strict=True):
        if each is None:
            fill(0.0, rows.size, rows.reshape(-1))
            continue
        by_path, increments, scale = each.by_path, each.increments, each.scale
        tangent_rows(
            each.by_date, rows[0] if by_path is None else by_path, by_path is not None,
            rows if increments is None else increments, each.by_date if scale is None else scale,
            increments is not None, paths.count, rows,
        )  # fmt: skip
    return both


def _of_start(greek: str, spot: float) -> float:
    """Derivative of today's log-spot."""
    return 1.0 / spot if greek == "delta" else 0.0


def _changes(bridges: Bridges, greek: str) -> Changes:
    """Derivatives of the variances along the parts of a Greek, and along both."""
    first, second = bridges.slopes
    return first, second, bridges.second if greek == "volga" else np.zeros_like(bridges.second)
