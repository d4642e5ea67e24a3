"""The law of the log-returns from date to date, and of what is left open between the dates, with their derivatives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from greeks.core.workspace import Array


@dataclass(frozen=True)
class Returns:
    """Log-returns that are independent normals given what the model conditions on, and their derivatives.

    Arrays have shape (dates, stride), or (dates, 1) where no path differs. Return j has the mean ``mean[j] + drift[j]``
    and the variance ``variance[j]``. Along Greek p, with ``row = rows[p]`` (-1 for none), the mean moves by
    ``factors[p] mean_slopes[row, j] + by_interval[p, j]`` and the variance by ``factors[p] variance_slopes[row, j]``;
    ``mean_second`` is the second derivative of the mean along vega, shape (dates,), where the variance is certain; the
    deviation has none.
    """

    mean: Array
    variance: Array
    drift: Array
    mean_slopes: Array
    variance_slopes: Array
    rows: npt.NDArray[np.int64]
    factors: Array
    by_interval: Array
    mean_second: Array

    def moving(self, first: int) -> npt.NDArray[np.bool_]:
        """Whether each Greek moves the mean or the variance of a return from ``first`` on, where no path differs."""
        found = [
            (row >= 0 and factor != 0.0 and (self.variance_slopes[row, first:] != 0.0).any()) or (direct != 0.0).any()
            for row, factor, direct in zip(self.rows, self.factors, self.by_interval[:, first:], strict=True)
        ]
        return np.array(found, dtype=bool)

    def ordered(self, order: Sequence[int]) -> Returns:
        """With the Greeks in another order."""
        places = np.array(order, dtype=np.int64)
        return replace(self, rows=self.rows[places], factors=self.factors[places], by_interval=self.by_interval[places])

    def joined(self) -> Returns:
        """One return over all dates, where no path differs; else the same returns."""
        if self.mean.shape[1] > 1:
            return self

        def total(part: Array, axis: int = 0) -> Array:
            out: Array = np.sum(part, axis=axis, keepdims=True)
            return out

        return replace(
            self,
            mean=total(self.mean),
            variance=total(self.variance),
            drift=total(self.drift),
            mean_slopes=total(self.mean_slopes, 1),
            variance_slopes=total(self.variance_slopes, 1),
            by_interval=total(self.by_interval, 1),
            mean_second=total(self.mean_second),
        )


@dataclass(frozen=True)
class Known:
    """Functions of what the model conditions on, rows of shape (functions, stride), and their means, known exactly."""

    rows: Array
    means: Array


@dataclass(frozen=True)
class Bridges:
    """What is left open between dates given the spots at them: log-spots that are Brownian bridges.

    Attributes
    ----------
    variance : ndarray, shape (dates, stride), or (dates, 1) where no path differs
        Of the log-spot over each interval.
    slopes : tuple of ndarray
        Its derivatives along first-order Greeks, each of one of these shapes.
    second : ndarray, shape (dates, 1)
        Its second derivative along vega, where the variance is certain.
    """

    variance: Array
    slopes: tuple[Array, ...]
    second: Array
