"""Early exercise under curves and dividends by finite differences: what the simulation is held against.

The escrowed model: Y = S less the value of the dividends to come, lognormal; an exercise at t pays on F_t Y + D_t.
Crank and Nicolson in log Y with four fully implicit half steps after each date of exercise (Rannacher 1984); what is
exercised at any time by operator splitting (Ikonen and Toivanen 2004). Shares no line with the package. At an ex-date
the holder of an American takes the better side, that of a Bermudan the one after the dividend. Verified against another
library's escrowed engine in ``tests/statistical/test_early_exercise_terms.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve_banded

Totals = Callable[[float], float]


@dataclass(frozen=True)
class Case:
    """A contract and its market; ``rate``, ``carried`` and ``variance`` are integrals from today, by time."""

    option_type: str
    strike: float
    maturity: float
    spot: float
    rate: Totals
    carried: Totals
    variance: Totals
    dividends: tuple[tuple[float, float, float], ...] = ()  # years, amount, fraction
    exercises: tuple[float, ...] | None = None  # at any time if None


def due(case: Case, time: float, cum: bool) -> tuple[float, float]:
    """Units of Y in a spot, and the value of the amounts that are to come."""
    kept, worth, left = 1.0, 0.0, 1.0
    grown = case.rate(time) - case.carried(time)
    for years, amount, fraction in case.dividends:
        if years < time - 1e-12 or (abs(years - time) <= 1e-12 and not cum):
            kept *= 1.0 - fraction
        else:
            left *= 1.0 - fraction
            worth += amount * np.exp(grown - case.rate(years) + case.carried(years)) / left
    return kept, worth


def value(case: Case, points: int = 800, steps: int = 400) -> float:
    """Price."""
    return float(np.interp(0.0, *_curve(case, points, steps)[:2]))


def delta_gamma(case: Case, points: int = 800, steps: int = 400) -> tuple[float, float]:
    """First two derivatives to the spot, from the grid about it."""
    x, v, start = _curve(case, points, steps)
    i, h = int(np.argmin(np.abs(x))), x[1] - x[0]
    first, second = (v[i + 1] - v[i - 1]) / (2 * h), (v[i + 1] - 2 * v[i] + v[i - 1]) / h**2
    return first / start, (second - first) / start**2


def slope(case: Case, move: Callable[[Case, float], Case], step: float) -> float:
    """Derivative along a parameter, by a central difference."""
    return (value(move(case, step)) - value(move(case, -step))) / (2 * step)


def rate_moved(case: Case, step: float) -> Case:
    """All zero rates moved."""
    return replace(case, rate=lambda t, old=case.rate: old(t) + step * t)


def yield_moved(case: Case, step: float) -> Case:
    """All yields moved."""
    return replace(case, carried=lambda t, old=case.carried: old(t) + step * t)


def volatility_moved(case: Case, step: float) -> Case:
    """All implied volatilities moved."""
    return replace(case, variance=lambda t, old=case.variance: (np.sqrt(old(t) / t) + step) ** 2 * t if t else 0.0)


def _curve(case: Case, points: int, steps: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Logarithms of Y over Y today, values there, and Y today."""
    call = case.option_type == "call"
    sign = 1.0 if call else -1.0
    start = case.spot - due(case, 0.0, False)[1]
    reach = 7.0 * np.sqrt(case.variance(case.maturity)) + abs(np.log(start / case.strike))
    reach = np.ceil(4.0 * reach + 0.5) / 4.0  # the same grid for a parameter moved a little
    x = np.linspace(-reach, reach, 2 * (points // 2) + 1)
    y, h = start * np.exp(x), x[1] - x[0]
    ex = [time for time, *_ in case.dividends if time <= case.maturity]
    fixed = {0.0, case.maturity, *ex, *(case.exercises or ())}
    grid = sorted(
        fixed | {t for i in range(1, steps) if min(abs((t := case.maturity * i / steps) - f) for f in fixed) > 1e-9}
    )

    def payment(time: float, cum: bool) -> np.ndarray:
        kept, worth = due(case, time, cum)
        return np.maximum(sign * (kept * y + worth - case.strike), 0.0)

    any_time = case.exercises is None
    v = payment(case.maturity, any_time and call)
    penalty, rough = np.zeros_like(v), 2
    for low, high in zip(grid[-2::-1], grid[:0:-1], strict=True):
        parts = 2 if rough else 1
        for part in range(parts):
            ends = [low + (high - low) * share for share in (1 - part / parts, 1 - (part + 1) / parts)]
            totals = [f(ends[0]) - f(ends[1]) for f in (case.rate, case.carried, case.variance)]
            v, penalty = _step(
                v,
                penalty,
                h,
                *totals,
                1.0 if rough else 0.5,
                ends[0] - ends[1],
                payment(ends[1], ends[1] > low or not call) if any_time else None,
            )
        rough = max(rough - 1, 0)
        on_date = low in ex
        if any_time and on_date:
            v = np.maximum(v, payment(low, call))
            penalty, rough = np.zeros_like(v), 2
        if not any_time and low > 0.0 and any(abs(low - t) < 1e-12 for t in case.exercises or ()):
            v, rough = np.maximum(v, payment(low, False)), 2
    return x, v, start


def _step(v, penalty, h, rate, carried, variance, theta, length, floor):
    """One step back; ``theta`` 1 is fully implicit."""
    a, b = 0.5 * variance / h**2, 0.5 * (rate - carried - 0.5 * variance) / h
    lower, middle, upper = a - b, -2.0 * a - rate, a + b
    right = v.copy()
    right[1:-1] += (1 - theta) * (lower * v[:-2] + middle * v[1:-1] + upper * v[2:]) + length * penalty[1:-1]
    bands = np.zeros((3, len(v)))
    bands[0, 2:], bands[1], bands[2, :-2] = -theta * upper, 1.0 - theta * middle, -theta * lower
    bands[1, [0, -1]] = 1.0
    right[[0, -1]] = v[[0, -1]] if floor is None else floor[[0, -1]]
    found = solve_banded((1, 1), bands, right)
    if floor is None:
        return found, penalty
    kept = np.maximum(found - length * penalty, floor)
    return kept, np.maximum(penalty + (floor - found) / length, 0.0)
