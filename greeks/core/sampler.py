"""Where the random numbers of a simulation come from: one interface, two sources.

Rows are numbered: those of the Brownian motions that drive a path, which its model declares, and others beyond.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from greeks.compiler.jit import kernel
from greeks.core.bridge import bridge_increments, bridge_of
from greeks.core.elementary import normal_cdf
from greeks.core.generator import Counter, fill_normals, fill_uniforms, stream_key
from greeks.core.sobol import MOST_DIMENSIONS, Index, columns, fill_sobol, scramble
from greeks.core.workspace import Array
from greeks.errors import UsageError

Drivers = Mapping[int, tuple[float, ...]]  # by number of the first row: the times at which a Brownian motion is seen
_LARGEST = 1.0 - 2.0**-53


class Sampler(Protocol):
    """A source of random numbers.

    ``first`` is the index of a block's first path, ``row0`` the number of the first row; the first ``width`` columns of
    ``out`` are filled, one row an interval of the driver's times, independent of each other.
    """

    def normals(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Standard normals."""
        ...

    def uniforms(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Uniforms in (0, 1)."""
        ...


@dataclass(frozen=True)
class PseudoRandom:
    """Threefry's numbers, see :mod:`greeks.core.generator`."""

    key: tuple[int, int]

    def normals(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Standard normals."""
        fill_normals(*self.key, first, row0, out, width)

    def uniforms(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Uniforms in (0, 1)."""
        fill_uniforms(*self.key, first, row0, out, width)


class Sobol:
    """Scrambled Sobol points, see :mod:`greeks.core.sobol`: drivers by a bridge, other rows by dimensions of their own.

    Dimensions go to the points of all bridges by the variance that each adds, so that no driver has the best for
    itself. Rows of no driver share the dimensions behind: only one set of them is used by any number.

    Parameters
    ----------
    seed : int
    stream : str
        With ``times``, names the scrambles.
    times : tuple of float
    drivers : mapping of int to tuple of float
    replicates : int
        Independent scrambles.

    Raises
    ------
    UsageError
        If there are more numbers in a path than dimensions.
    """

    def __init__(self, seed: int, stream: str, times: tuple[float, ...], drivers: Drivers, replicates: int) -> None:
        self._bridges = {row0: bridge_of(seen) for row0, seen in drivers.items()}
        ranked = sorted(
            (-float(deviation) / drivers[row0][-1] ** 0.5, order, int(point), row0)
            for order, (row0, bridge) in enumerate(self._bridges.items())
            for point, deviation in zip(bridge.points[:, 0], bridge.weights[:, 2], strict=True)
        )
        self._own = len(ranked)
        if self._own > MOST_DIMENSIONS:
            raise UsageError(
                f"a path on {len(times)} dates has {self._own} random numbers, and sampler sobol {MOST_DIMENSIONS} "
                "dimensions: write fewer fixings or steps_per_year, or sampler pseudo"
            )
        self._dimensions = {row0: np.empty(len(seen), dtype=np.int64) for row0, seen in drivers.items()}
        for dimension, (_, _, point, row0) in enumerate(ranked):
            self._dimensions[row0][point] = dimension
        plain = columns(min(2 * self._own, MOST_DIMENSIONS))
        self._digits = np.empty((replicates, *plain.shape), dtype=np.uint64)
        self._shifts = np.empty((replicates, len(plain)), dtype=np.uint64)
        scratch = np.empty(plain.shape[1], dtype=np.uint64)
        for number, (digits, shifts) in enumerate(zip(self._digits, self._shifts, strict=True)):
            key = stream_key(seed, f"{stream}\0sobol", float(number), *times)
            scramble(np.uint64(key[0]), np.uint64(key[1]), plain, scratch, digits, shifts)

    def normals(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Standard normals: of a driver, by its bridge."""
        fill_sobol(self._digits, self._shifts, self._places(row0, len(out)), first, width, True, out)
        if row0 in self._bridges:
            bridge = self._bridges[row0]
            bridge_increments(bridge.points, bridge.weights, bridge.roots, width, out)

    def uniforms(self, first: Counter, width: int, row0: int, out: Array) -> None:
        """Uniforms in (0, 1): of a driver, from its normals."""
        if row0 in self._bridges:
            self.normals(first, width, row0, out)
            uniforms_of(out, width)
        else:
            fill_sobol(self._digits, self._shifts, self._places(row0, len(out)), first, width, False, out)

    def _places(self, row0: int, rows: int) -> Index:
        """Dimension of each row."""
        if row0 in self._dimensions:
            return self._dimensions[row0]
        if self._own + rows > self._digits.shape[1]:
            raise UsageError(
                f"a path has {self._own + rows} random numbers, and sampler sobol {MOST_DIMENSIONS} dimensions: write "
                "fewer fixings or steps_per_year, another estimator, or sampler pseudo"
            )
        return np.arange(self._own, self._own + rows)


@kernel
def uniforms_of(rows: Array, width: int) -> None:
    """Replace normals by uniforms in (0, 1)."""
    for j in range(rows.shape[0]):
        row = rows[j]
        for i in range(width):
            row[i] = min(max(normal_cdf(row[i]), 1e-300), _LARGEST)
