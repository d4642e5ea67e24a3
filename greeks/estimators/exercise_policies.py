"""Exercise policies from paths of their own: the first of the two passes of Longstaff and Schwartz.

Date by date from the end, what is paid later is regressed on powers of the spot, on the paths that might be exercised,
and the policy is the level of the spot beyond which exercising pays more than that. A call or put is exercised on one
side of a level; of several crossings of a polynomial the one counts that is worth most on the range of the paths.

What is regressed is what is paid later less the European value of that date, where that is known: its mean is the
premium of the options that are left, a tenth or so of the whole, and so is the noise of the policy.

Each policy has a stream of its own, and none has paths of a run: a value is then biased low, by what the policy is
short of the best, and the scatter of the policies is in the error of the mean over several. Source: Longstaff and
Schwartz, Valuing American options by simulation (2001). Verified in the tests against the exact boundary.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.generator import first_of, stream_key
from greeks.core.least_squares import slopes
from greeks.core.moments import Flags
from greeks.core.rows import scaled
from greeks.core.workspace import Array, Workspace
from greeks.estimators.exercise_kernels import european_now, exercise, gain, gather, means
from greeks.models.base import Draw

POLICIES = 16  # of which each has a sixteenth of the paths: their scatter is in the error
_SEED, _STREAM = 1414213562, "\0exercise"
_PATHS, _FEWEST, _ALL = 16_384, 2048, 2**18  # of one policy; where there are very many; of all
_DEGREE = 4
_FEW = 64  # paths below which nothing is regressed, and no path exercises
_GRID = 512  # levels that are compared


@dataclass(frozen=True)
class Policies:
    """One for each share of the paths.

    Attributes
    ----------
    levels : ndarray, shape (policies, dates)
        Of the spot: 0 or infinity where nobody exercises.
    now : ndarray of bool, shape (policies,)
        Whether the option is exercised at once.
    """

    levels: Array
    now: Flags


def market_of(model: Any) -> Array:
    """Rate, dividend yield and volatility, and 1 for a futures price."""
    return np.array([model.rate, model.dividend_yield, model.volatility, 1.0 if model.futures else 0.0])


@lru_cache(maxsize=1024)
def known_of(payoff: Any, model: Any) -> Array:
    """By date: discount factor, time left, and discount factors of the asset and of cash over that."""
    times = np.array(payoff.dates())
    rows = (
        [exp(-model.rate * time) for time in times],
        [payoff.maturity - time for time in times],
        [exp(-model.dividend_yield * (payoff.maturity - time)) for time in times],
        [exp(-model.rate * (payoff.maturity - time)) for time in times],
    )
    return np.array(rows)


@lru_cache(maxsize=256)
def european_greeks(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of the European option, now."""
    spot, rate, carried, sigma = model.spot, model.rate, model.dividend_yield, model.volatility
    left, found = payoff.maturity, np.empty(6)
    powers = np.array([exp(-carried * left), exp(-rate * left)])
    with Tape().recording():  # done once, not for each block
        european_now(spot, payoff.sign, payoff.strike, market_of(model), left, powers, found)
    value, slope, vega, rho, yields, bend = (float(each) for each in found)
    deviation = sigma * left**0.5
    up = (log(spot / payoff.strike) + (rate - carried) * left) / deviation + 0.5 * deviation
    return {
        "price": value,
        "delta": slope / spot,
        "gamma": bend / spot**2,
        "vega": vega,
        "rho": rho,
        "dividend_rho": yields,
        "theta": rate * value - (rate - carried) * slope - 0.5 * sigma * sigma * bend,
        "vanna": vega / spot * (1.0 - up / deviation),
    }


@lru_cache(maxsize=64)
def policies(payoff: Any, model: Any, number: int, control: bool) -> tuple[Policies, ...]:
    """For each schedule of the payoff as many policies as asked for."""
    with Tape().recording():  # done once, not for each block
        workspace = Workspace()
        paths = max(_FEWEST, min(_PATHS, _ALL // number))
        found = [_policy(payoff, model, k, paths, control, workspace) for k in range(number)]
    return tuple(
        Policies(np.array([levels[s] for levels, _ in found]), np.array([now[s] for _, now in found]))
        for s in range(len(payoff.schedules))
    )


def _policy(
    payoff: Any, model: Any, number: int, paths: int, control: bool, workspace: Workspace
) -> tuple[list[Array], list[bool]]:
    """Levels, and whether to exercise at once, for each schedule."""
    dates = payoff.dates()
    draw = Draw(stream_key(_SEED, _STREAM, *dates), first_of(number * paths), paths, paths)
    spot = model.simulate(dates, draw, workspace).spot
    known, market, sign = known_of(payoff, model), market_of(model), payoff.sign
    terms = known, sign, payoff.strike, market, control
    gains, later = workspace.array("exercise/gains", len(dates), draw.stride), workspace.array("later", draw.stride)
    for place in range(len(dates)):
        gain(spot[place], known, place, sign, payoff.strike, market, control, paths, gains[place])
    rows = workspace.array("exercise/rows", _DEGREE + 1, draw.stride)
    levels, now = [], []
    for _, places in payoff.schedules:
        own = np.full(len(dates), _never(sign))
        scaled(gains[places[-1]], 1.0, paths, later)
        for place, after in zip(places[-2::-1], places[:0:-1], strict=True):
            scaled(later, exp(-model.rate * (dates[after] - dates[place])), paths, later)
            own[place] = _level(spot[place], gains[place], later, place, terms, paths, rows)
            exercise(spot[place], gains[place], float(own[place]), sign, paths, later)
        levels.append(own)
        now.append(payoff.any_time and _at_once(payoff, model, later, dates[places[0]], control, paths))
    return levels, now


def _never(sign: float) -> float:
    """A level at which nobody exercises."""
    return inf if sign > 0.0 else 0.0


def _level(spot: Array, gains: Array, later: Array, place: int, terms: Any, paths: int, rows: Array) -> float:
    """The level beyond which the payment is above what is regressed."""
    known, sign, strike, market, control = terms
    count = np.empty(1, dtype=np.int64)
    gather(spot, gains, later, sign, strike, paths, rows, count)
    n = int(count[0])
    if n < _FEW:
        return _never(sign)
    middle = np.empty(len(rows) + 2)
    means(rows, n, middle)
    found = slopes(rows, n)
    constant = float(middle[_DEGREE]) - sum(float(a) * float(b) for a, b in zip(found, middle[:_DEGREE], strict=True))
    grid = np.linspace(float(middle[-2]), float(middle[-1]), _GRID)
    if sign > 0.0:
        grid = grid[::-1].copy()  # from far in the money to the strike
    at, paid = strike * (1.0 + grid), np.empty(_GRID)
    gain(at, known, place, sign, strike, market, control, _GRID, paid)
    kept = np.zeros(_GRID)
    for slope in found[::-1]:
        kept = (kept + slope) * grid
    ahead = paid - np.maximum(kept + constant, 0.0)
    worth = np.cumsum(ahead)
    best = int(np.argmax(worth))
    if not worth[best] > 0.0:
        return _never(sign)
    if best + 1 == _GRID:
        return float(at[best])
    share = float(ahead[best] / (ahead[best] - ahead[best + 1]))
    return float(at[best] + share * (at[best + 1] - at[best]))


def _at_once(payoff: Any, model: Any, later: Array, wait: float, control: bool, paths: int) -> bool:
    """Whether to exercise now pays more than to keep the option."""
    middle = np.empty(3)
    means(later[None, :], paths, middle)
    kept = float(middle[0]) * exp(-model.rate * wait)
    own = max(payoff.sign * (model.spot - payoff.strike), 0.0)
    european = european_greeks(payoff, model)["price"] if control else 0.0
    return own > 0.0 and own - european > kept
