"""Contributions less a regression on functions of the variance path of known means: the same mean, less variance.

The functions are those of :mod:`greeks.models.heston_known`; of a derivative along a parameter, their derivatives too:
tangents where the contributions are tangents, and differences where they are differences. The slopes come from a pilot
on a stream of its own (:mod:`greeks.estimators.control_slopes`), so that blocks stay functions of their index alone,
and the estimate is unbiased whatever the slopes are. What measures a time-step bias has slopes of its own, fitted to
differences between two grids.

Source: Glasserman, Monte Carlo Methods in Financial Engineering (2003), section 4.1. Measured by
``python -m benchmarks.controls``.
"""

from __future__ import annotations

from typing import Any

from greeks.core.workspace import Array
from greeks.estimators.control_slopes import Moved, Question, Rows, fitted, known_of, weights_of
from greeks.estimators.preintegration_kernels import remove_linear
from greeks.estimators.valuation import Valuation


def take_off(
    valuation: Valuation, greeks: tuple[str, ...], moves: tuple[Moved, ...], bump: float, rows: Rows, out: Array
) -> None:
    """Take the regression off ``out``, one row a Greek, which ``rows`` computes of any paths."""
    sample, payoff = valuation.sample, valuation.payoff
    paths: Any = sample.paths
    form = payoff.half_line if payoff.half_line is not None else payoff.positive_part
    grid = paths.dates, paths.draw.steps_per_year
    asked = Question(
        sample.model, *grid, form, float(payoff.maturity), greeks, moves, bump, sample.controls, payoff, rows
    )
    for row, (move, parts) in enumerate(zip(moves, fitted(asked), strict=True)):
        for known, part in zip(known_of(sample, weights_of(payoff), move), parts, strict=True):
            remove_linear(known.rows, known.means, part, paths.count, out[row : row + 1])
