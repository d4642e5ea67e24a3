"""Where nothing is random, a payment on its kink or jump has no Greek: found before any number is made of it.

A central difference of a kink is half its slope, and a second one grows as the bump falls, with no error at all: so the
second difference of the payment is looked at for two steps, date by date, at the one path there is. It falls with the
square of the step where the payment is smooth, with the step at a kink, and not at all at a jump.

Verified in the tests for every payoff on and off its kink, and for functions of users.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np

from greeks.core.workspace import Array, Workspace, padded
from greeks.estimators.finite_difference import FiniteDifference
from greeks.models.laws import Bridges, Returns
from greeks.names import parts_of

_STEP = 1e-7  # of the spot
_FINER = 8.0  # by how much the second step is smaller
_SMOOTH = (0.6 / _FINER**2, 2.0 / _FINER**2)  # ratio of second differences of a smooth payment: 1/64
_ROUNDING = 64.0 * float(np.finfo(float).eps)
_DEEP = 1.5  # standard deviations of the log-spot: of 256 paths some are further out
_FLAT = 1e-9  # of the payment's size: a second difference below it is none over the step of a difference


@dataclass(frozen=True)
class _Given:
    """Spots to evaluate a payment on, one column each."""

    spot: Array
    count: int
    model: Any

    @property
    def log_spot(self) -> Array:
        return np.log(self.spot)

    def returns(self, greeks: Sequence[str]) -> Returns:
        """Nothing is random between the dates."""
        none = np.zeros((len(self.spot), 1))
        slopes = np.zeros((len(greeks), len(self.spot), 1))
        rows, factors = np.full(len(greeks), -1), np.ones(len(greeks))
        return Returns(none, none, none[:, 0], slopes, slopes, rows, factors, slopes[:, :, 0], none[:, 0])

    def bridges(self, greeks: Sequence[str]) -> Bridges:
        """Nothing is random between the dates."""
        none = np.zeros((len(self.spot), 1))
        return Bridges(none, (none,) * len(greeks), none)

    def uniforms(self, first_row: int) -> Array:
        """Any: nothing is random."""
        return np.full(self.spot.shape, 0.5)


def without_greeks(payoff: Any, model: Any) -> str | None:
    """Why no derivative exists where the one path there is ends on a kink or a jump; None where it does not."""
    if not model.still or payoff.early:
        return None
    path = _forward(model, payoff.dates())
    coarse, fine, size = _second_differences(payoff, model, path, _STEP * np.diag(path))
    kinked = (np.abs(fine) > _ROUNDING * size) & (np.abs(fine) > 0.5 / _FINER * np.abs(coarse))
    if not kinked.any():
        return None
    return (
        f"without randomness the payment is on its kink or jump (final spot {path[-1]:.6g}), "
        "where no derivative exists: move the strike or the spot off it, or give a volatility"
    )


def crossing(payoff: Any, model: Any, greek: str, bump: float) -> str | None:
    """Why a difference is none where its bump reaches over a kink or jump that no randomness smooths; or None."""
    if not model.still or payoff.early or greek == "price":
        return None
    dates = payoff.dates()
    path = _forward(model, dates)
    steps = FiniteDifference().steps(payoff, model, greek, bump)
    moves = np.array([_forward(model, dates, part, steps[part]) - path for part in parts_of(greek)])
    coarse, fine, size = _second_differences(payoff, model, path, moves)
    low, high = (factor * np.abs(coarse) for factor in _SMOOTH)
    smooth = (np.abs(coarse) <= _FLAT * size) | ((np.abs(fine) >= low) & (np.abs(fine) <= high))
    if smooth.all():
        return None
    return (
        "without randomness the bump reaches over the payment's kink or jump: "
        "move the strike or the spot further off it, or give a volatility"
    )


def deep_in_the_money(payoff: Any, model: Any) -> bool:
    """Whether an option is exercised on the forward, and where the last spot ends ``_DEEP`` deviations to either side.

    Then few paths if any end out of the money, and a sum over those that do not has a spread that tells nothing of it.
    """
    if model.still or not payoff.one_sided:
        return False
    dates = payoff.dates()
    path = _forward(model, dates)
    bend = _DEEP * model.step_scale("delta", dates) / model.spot * np.sqrt(np.array(dates) / dates[-1])
    columns = np.full((len(path), padded(3)), path[:, None])
    columns[:, :3] = path[:, None] * np.exp(np.outer(bend, (0.0, 1.0, -1.0)))
    values = np.empty(columns.shape[1])
    payoff.values(_Given(columns, 3, model), Workspace(), values)
    return bool((values[:3] > 0.0).all())


def _forward(model: Any, dates: tuple[float, ...], part: str = "", step: float = 0.0) -> Array:
    """The one path of a model without randomness, with one parameter shifted."""
    spot = model.spot + (step if part == "delta" else 0.0)
    shift = {"rho": 0.0 if model.futures else step, "dividend_rho": -step}.get(part, 0.0)
    elapsed = step if part == "theta" else 0.0
    return np.array([spot * exp((model.rate - model.dividend_yield + shift) * (date - elapsed)) for date in dates])


def _second_differences(payoff: Any, model: Any, path: Array, moves: Array) -> tuple[Array, Array, float]:
    """f(x + m) + f(x - m) - 2 f(x) of each move m and of m / 8, and the size of what is differenced."""
    around = [path, *(path + sign * move / by for by in (1.0, _FINER) for sign in (1.0, -1.0) for move in moves)]
    columns = np.full((len(path), padded(len(around))), path[:, None])
    columns[:, : len(around)] = np.array(around).T
    values = np.empty(columns.shape[1])
    payoff.values(_Given(columns, len(around), model), Workspace(), values)
    up, down, near_up, near_down = values[1 : len(around)].reshape(4, len(moves))
    size = float(max(np.abs(path).max(), np.abs(values[: len(around)]).max()))
    return up + down - 2.0 * values[0], near_up + near_down - 2.0 * values[0], size
