"""Short runs within a long one: coverage of their intervals, fall of their error, differences between estimators."""

from __future__ import annotations

from math import nan, sqrt

import numpy as np

from greeks.core.workspace import Array
from greeks.results.estimate import Z95
from greeks.study.contributions import BATCH, Study

_FEWEST = 8  # runs that a root mean square is taken over


def merged(study: Study, row: int, size: int) -> tuple[Array, Array]:
    """Means and standard errors of consecutive runs of ``size`` paths, a multiple of BATCH."""
    width = size // BATCH
    runs = study.means.shape[1] // width
    means = study.means[row, : runs * width].reshape(runs, width)
    squares = study.errors[row, : runs * width].reshape(runs, width) ** 2 * (BATCH * (BATCH - 1.0))
    mean = means.mean(axis=1)
    total = squares.sum(axis=1) + BATCH * ((means - mean[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(total / (size - 1.0) / size)


def covered(study: Study, row: int, size: int) -> tuple[int, int] | None:
    """How many of the 95 % intervals of runs of ``size`` paths hold the exact value, and of how many.

    None where no exact value is known, or nothing is random.
    """
    exact = study.exact.get(study.cells[row].greek, nan)
    means, errors = merged(study, row, size)
    if exact != exact or not np.any(errors > 0.0):
        return None
    # A run without any spread has the one-sided interval that greeks.run gives it: 3/n of the natural scale.
    reach = np.where(errors > 0.0, Z95 * errors, 3.0 / size * study.scale(study.cells[row].greek))
    return int(np.sum(np.abs(means - exact) <= reach)), len(means)


def convergence(study: Study, row: int) -> list[dict[str, float]]:
    """Root mean square error of runs of BATCH, 2 BATCH, 4 BATCH, ... paths.

    Returns
    -------
    list of dict
        ``paths``, ``error``, and ``runs``, the number of runs it is taken over. The error is to the exact value where
        one is known, else to the mean of all runs (with the loss of one degree of freedom made good).
    """
    exact = study.exact.get(study.cells[row].greek, nan)
    known = exact == exact
    rows = []
    size = BATCH
    while study.means.shape[1] * BATCH // size >= _FEWEST:
        means, _ = merged(study, row, size)
        centre = exact if known else float(means.mean())
        freedom = len(means) - (0 if known else 1)
        error = sqrt(float(np.sum((means - centre) ** 2)) / freedom)
        rows.append({"paths": size, "error": error, "runs": len(means)})
        size *= 2
    return rows


def slope(rows: list[dict[str, float]]) -> tuple[float, float]:
    """Fitted slope of log error against log paths, -1/2 where there is no bias, and its standard error.

    The logarithm of a root mean square over m normal errors has mean -1/(2 m) and variance 1/(2 m). A level of fewer,
    longer runs is made of the same paths, so its covariance with a level of m runs is that level's variance.
    """
    rows = [row for row in rows if row["error"] > 0.0]
    if len(rows) < 2:
        return nan, nan
    runs = np.array([row["runs"] for row in rows])
    x = np.log([row["paths"] for row in rows])
    y = np.log([row["error"] for row in rows]) + 0.5 / runs
    centred = x - np.average(x, weights=runs)
    weight = runs * centred / np.sum(runs * centred**2)
    covariance = 0.5 / np.maximum.outer(runs, runs)
    return float(weight @ y), sqrt(max(float(weight @ covariance @ weight), 0.0))


def paired(study: Study, row: int, other: int) -> tuple[float, float]:
    """Mean difference of two cells on the same paths, and its standard error from the differences of the batches."""
    difference = study.means[row] - study.means[other]
    runs = len(difference)
    if runs < 2:
        return float(difference.mean()), nan
    return float(difference.mean()), float(difference.std(ddof=1) / sqrt(runs))
