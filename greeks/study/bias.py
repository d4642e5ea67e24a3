"""The bias of an estimator for one number: exact, measured, or estimated from another estimator on the same paths.

In the order of how much they can be trusted: the same difference of the closed form; the bias that came with the
estimate; the distance to an exact value, or to the best unbiased estimator on the same paths, where chance does not
explain it. A time grid's bias is shared by every estimator on the grid, so it does not count here.
"""

from __future__ import annotations

from math import nan

from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import on_grid
from greeks.study.batches import paired
from greeks.study.bump import exact_bias
from greeks.study.contributions import Study

_RESOLVED = 2.0  # standard errors of its own that a difference must exceed to be called a bias


def unbiased(done: Study, row: int) -> bool:
    """Whether nothing but chance, and the time grid, is in a cell's error."""
    return done.cells[row].greek == "price" or not ESTIMATORS[done.cells[row].estimator].biased


def bias(done: Study, row: int) -> float:
    """Bias of a cell: 0 for an unbiased estimator, nan where nothing is known of it.

    Parameters
    ----------
    done : Study
    row : int
        Of the study's cells.
    """
    cell, found = done.cells[row], done.sampled[row]
    if unbiased(done, row):
        return 0.0
    exact = done.exact.get(cell.greek)
    if cell.estimator == "finite_difference" and exact is not None:
        of_the_step = exact_bias(done.trade, done.model, cell.greek, done.exact, done.bump)
        if of_the_step == of_the_step:
            return of_the_step
    if found.bias == found.bias:
        return found.bias
    distances = []
    if exact is not None and not on_grid(done.model):
        distances.append((found.standard_error, found.value - exact))
    others = [k for k in done.rows(cell.greek) if unbiased(done, k)]
    if others:
        best = min(others, key=lambda k: done.sampled[k].standard_error)
        difference, error = paired(done, row, best)
        distances.append((error, difference))
    known = [pair for pair in distances if pair[0] == pair[0]]
    return _beyond(*min(known)) if known else nan


def _beyond(error: float, difference: float) -> float:
    """A difference that chance does not explain; 0 for one that it does."""
    return difference if abs(difference) > _RESOLVED * error else 0.0
