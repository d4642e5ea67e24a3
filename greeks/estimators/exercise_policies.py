"""Exercise policies from paths of their own: the first of the two passes of Longstaff and Schwartz.

Date by date from the end, what is paid later is regressed on powers of the spot, on the paths that might be exercised,
and the policy is the level of the spot beyond which exercising pays more than that. A call or put is exercised on one
side of a level; of several crossings of a polynomial the one counts that is worth most on the range of the paths. The
level is found from the paths near that of the next date, where a polynomial fits better.

What is regressed is what is paid later less the European value of that date, where that is known: its mean is the
premium of the options that are left, a tenth or so of the whole, and so is the noise of the policy. Paths start at
spots about the strike, so that there are paths near the level at every date (Letourneau and Stentoft 2016); the policy
does not depend on the spot now.

Each policy has a stream of its own, and none has paths of a run: a value is then biased low, by what the policy is
short of the best, and the scatter of the policies is in the error of the mean over several. Source: Longstaff and
Schwartz, Valuing American options by simulation (2001). Verified in the tests against the exact boundary.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from math import exp, inf, log
from typing import Any

import numpy as np

from greeks.compiler.jit import Tape
from greeks.core.generator import first_of, stream_key
from greeks.core.least_squares import slopes
from greeks.core.rows import scaled
from greeks.core.workspace import Array, Workspace
from greeks.estimators.exercise_kernels import (
    DISCOUNT,
    KEPT,
    STRIKE,
    disperse,
    european_now,
    exercise,
    gain,
    gather,
    means,
)
from greeks.models.base import Draw
from greeks.spec import altered

_LOCK = threading.RLock()
POLICIES = 16  # of which each has a sixteenth of the paths: their scatter is in the error
_STREAM = "\0policies"
_PATHS, _FEWEST, _ALL = 16_384, 2048, 2**18  # of one policy; where there are very many; of all
_DEGREE = 4
_FEW = 64  # paths below which nothing is regressed
_NEAR, _ROUNDS = 3.5, 3  # deviations to the next date about a level, from which it is found, and how often at most
_SETTLED = 0.3  # of those: a level that moved by less is the level
_CENTRE, _SPREAD = 0.5, 0.5  # of the last spot's deviation: where paths start, in the money, and how far apart
_START = 2**34  # number of the row of normals by which they do
_GRID = 512  # levels that are compared


def futures_of(model: Any) -> float:
    """1 for a futures price, else 0."""
    return 1.0 if model.futures else 0.0


def dates_of(payoff: Any, model: Any) -> tuple[float, ...]:
    """The exercise dates: those of the model's grid where its curves are not flat."""
    found: tuple[float, ...] = payoff.dates() if model.flat else model.dates
    return found


def last_strike(payoff: Any, model: Any) -> float:
    """The strike of the last date, of what is simulated."""
    return float(known_of(payoff, model)[STRIKE, -1])


@lru_cache(maxsize=1024)
def known_of(payoff: Any, model: Any) -> Array:
    """By date, now first, what :mod:`greeks.estimators.exercise_kernels` has rows for.

    The discount factor; time left, and the discount factors of the asset and of cash, mean rate, yield and volatility
    over that; and of an exercise the strike, the units of what is simulated, and what the rate does to the dividends.
    """
    if not model.flat:
        return _known_on_steps(payoff, model)
    times = (0.0, *payoff.dates())
    alike = np.ones(len(times))
    rows = (
        [exp(-model.rate * time) for time in times],
        [payoff.maturity - time for time in times],
        [exp(-model.dividend_yield * (payoff.maturity - time)) for time in times],
        [exp(-model.rate * (payoff.maturity - time)) for time in times],
        model.rate * alike,
        model.dividend_yield * alike,
        model.volatility * alike,
        alike,
        payoff.strike * alike,
        alike,
        0.0 * alike,
    )
    return np.array(rows)


def _known_on_steps(payoff: Any, model: Any) -> Array:
    """:func:`known_of` under curves and dividends."""
    times, escrow = np.array((0.0, *model.dates)), model.escrow
    left = times[-1] - times
    alive = np.maximum(left, 1e-300)
    cash, asset, variance, tilt = (
        np.append(np.cumsum(part[::-1])[::-1], 0.0)
        for part in (model.rates, model.yields, model.variances, model.tilts)
    )
    volatility = np.sqrt(variance / alive)
    volatility[-1] = 1.0  # of which nothing is read
    end = escrow.kept[-1]
    rows = (
        np.exp(-np.cumsum((0.0, *model.rates))),
        left,
        np.exp(-asset) * end,
        np.exp(-cash) * end,
        cash / alive,
        asset / alive,
        volatility,
        tilt / (2.0 * volatility * alive),
        (payoff.strike - escrow.due) / escrow.kept,
        escrow.kept,
        escrow.slope,
    )
    return np.array(rows)


@lru_cache(maxsize=256)
def european_greeks(payoff: Any, model: Any) -> dict[str, float]:
    """Price and Greeks of the European option, now."""
    spot, rate, carried, sigma = model.spot, model.rate, model.dividend_yield, model.volatility
    left, found = payoff.maturity, np.empty(6)
    known, strike = np.ascontiguousarray(known_of(payoff, model)[:, 0]), last_strike(payoff, model)
    with Tape().recording():  # done once, not for each block
        european_now(spot, payoff.sign, strike, futures_of(model), known, found)
    value, slope, vega, rho, yields, bend = (float(each) for each in found)
    deviation = sigma * left**0.5
    up = (log(spot / strike) + (rate - carried) * left) / deviation + 0.5 * deviation
    if not model.flat:  # a day that passes shortens the first interval
        length = model.dates[0]
        rate, carried, sigma = model.first_rate, model.yields[0] / length, (model.variances[0] / length) ** 0.5
    chain = {greek: part * slope / spot for greek, part in model.chain.items()}
    plain = {
        "price": value,
        "delta": slope / spot,
        "gamma": bend / spot**2,
        "vega": vega,
        "rho": rho,
        "dividend_rho": yields,
        "theta": rate * value - (rate - carried) * slope - 0.5 * sigma * sigma * bend,
        "vanna": vega / spot * (1.0 - up / deviation),
    }
    return {greek: number + chain[greek] if greek in chain else number for greek, number in plain.items()}


def policies(payoff: Any, model: Any, number: int, control: bool, key: tuple[int, int]) -> tuple[Array, ...]:
    """For each schedule of the payoff the levels of as many policies, shape (number, dates + 1), those of now first.

    0 or infinity where nobody exercises. The spot of the model is not read; ``key`` is that of the run's paths, so that
    another seed has other policies too.
    """
    unread = altered(model, spot=payoff.strike)  # so that contracts on many spots have the same policies
    with _LOCK:  # the threads that need it wait for the one that does it
        return _policies(payoff, unread, number, control, key)


@lru_cache(maxsize=64)
def _policies(payoff: Any, model: Any, number: int, control: bool, key: tuple[int, int]) -> tuple[Array, ...]:
    with Tape().recording():  # done once, not for each block
        workspace = Workspace()
        paths = max(_FEWEST, min(_PATHS, _ALL // number))
        own = stream_key(key[0] >> 1, _STREAM, str(key[1]), *payoff.dates())
        found = [_policy(payoff, model, own, k, paths, control, workspace) for k in range(number)]
    return tuple(np.array([levels[s] for levels in found]) for s in range(len(payoff.schedules)))


def _policy(
    payoff: Any, model: Any, key: tuple[int, int], number: int, paths: int, control: bool, workspace: Workspace
) -> list[Array]:
    """Levels by date, now first, for each schedule."""
    dates, sign = dates_of(payoff, model), payoff.sign
    known = known_of(payoff, model)
    deviation = model.volatility * dates[-1] ** 0.5
    centre = last_strike(payoff, model) * exp(sign * _CENTRE * deviation)
    draw = Draw(key, first_of(number * paths), paths, paths)
    spot = workspace.array("exercise/spot", len(dates) + 1, draw.stride)
    z = workspace.array("exercise/z", 1, draw.stride)
    draw.normals(_START, z)
    spot[1:] = altered(model, spot=centre).simulate(dates, draw, workspace).spot
    disperse(centre, _SPREAD * deviation, spot[1:], z[0], paths, spot[0])
    fit = _Fit(payoff, model, control, paths, workspace, draw.stride)
    gains, later = workspace.array("exercise/gains", *spot.shape), workspace.array("exercise/later", draw.stride)
    for place in range(len(spot)):
        fit.gain(spot[place], place, paths, gains[place])
    times, levels = (0.0, *dates), []
    for _, chosen in payoff.schedules:
        places = [0] * payoff.any_time + [place + 1 for place in chosen]
        own = np.full(len(times), fit.never)
        scaled(gains[places[-1]], 1.0, paths, later)
        for place, after in zip(places[-2::-1], places[:0:-1], strict=True):
            wait = times[after] - times[place]
            share = exp(-model.rate * wait) if model.flat else float(known[DISCOUNT, after] / known[DISCOUNT, place])
            scaled(later, share, paths, later)
            if not model.flat and _kept_for_sure(model, known, sign, place, after):
                continue
            start = float(known[STRIKE, after] if after == places[-1] else own[after])
            own[place] = fit.level(spot[place], gains[place], later, place, wait, start)
            exercise(spot[place], gains[place], float(own[place]), sign, paths, later)
        levels.append(own)
    return levels


def _kept_for_sure(model: Any, known: Array, sign: float, place: int, after: int) -> bool:
    """Whether an exercise at the date after, decided now, is worth no less than one now at every spot in the money.

    So of a call on a spot without a yield unless a dividend is next, and of a put before a large one. What is regressed
    there is noise.
    """
    strike, kept, cash = float(known[STRIKE, place]), float(known[KEPT, place]), float(known[KEPT, after])
    asset = cash * exp(-sum(model.yields[place:after]))
    cash *= float(known[STRIKE, after] * known[DISCOUNT, after] / known[DISCOUNT, place])
    at_strike = sign * (asset * strike - cash)
    far = asset - kept if sign > 0.0 else cash - kept * strike
    return min(at_strike, far) >= -1e-12 * strike


class _Fit:
    """The levels of one contract."""

    def __init__(self, payoff: Any, model: Any, control: bool, paths: int, workspace: Workspace, stride: int) -> None:
        self._payoff, self._futures, self._known = payoff, futures_of(model), known_of(payoff, model)
        self._control, self._paths, self._volatility = control, paths, model.volatility
        self._rows = workspace.array("exercise/rows", _DEGREE + 1, stride)
        self.never = inf if payoff.sign > 0.0 else 0.0

    def gain(self, spot: Array, place: int, n: int, out: Array) -> None:
        """What an exercise at a date would pay, less what is taken off."""
        known = np.ascontiguousarray(self._known[:, place])
        gain(spot, known, self._payoff.sign, float(self._known[STRIKE, -1]), self._futures, self._control, n, out)

    def level(self, spot: Array, gains: Array, later: Array, place: int, wait: float, start: float) -> float:
        """The level beyond which the payment is above what is regressed; nobody exercises where there is none.

        Sought about ``start``, the level of the date after, and again about what is found as long as that is far away.
        """
        reach = _NEAR * self._volatility * wait**0.5
        found = start if start != self.never else self._crossing(spot, gains, later, place, 0.0, inf)
        for _ in range(_ROUNDS):
            if found is None:
                return self.never
            before, near = found, exp(reach)
            found = self._crossing(spot, gains, later, place, before / near, before * near)
            if found is None:  # no path is near, or none of them would exercise
                found = self._crossing(spot, gains, later, place, 0.0, inf)
            elif abs(log(found / before)) < _SETTLED * reach:
                break
        return self.never if found is None else found

    def _crossing(self, spot: Array, gains: Array, later: Array, place: int, low: float, high: float) -> float | None:
        """The same from the paths between two spots; None where there is none or the paths are too few."""
        rows, sign, strike = self._rows, self._payoff.sign, float(self._known[STRIKE, place])
        count, middle = np.empty(1, dtype=np.int64), np.empty(len(rows) + 2)
        gather(spot, gains, later, low, high, sign, strike, self._paths, rows, count)
        n = int(count[0])
        if n < _FEW:
            return None
        means(rows, n, middle)
        found = slopes(rows, n)
        constant = float(middle[_DEGREE])
        constant -= sum(float(a) * float(b) for a, b in zip(found, middle[:_DEGREE], strict=True))
        grid = np.linspace(float(middle[-2]), float(middle[-1]), _GRID)
        if sign > 0.0:
            grid = grid[::-1].copy()  # from far in the money to the strike
        at, paid, kept = strike * (1.0 + grid), np.empty(_GRID), np.zeros(_GRID)
        self.gain(at, place, _GRID, paid)
        for slope in found[::-1]:
            kept = (kept + slope) * grid
        ahead = paid - np.maximum(kept + constant, 0.0)
        worth = np.cumsum(ahead)
        best = int(np.argmax(worth))
        if not worth[best] > 0.0:
            return None
        if best + 1 == _GRID:
            return float(at[best])
        share = float(ahead[best] / (ahead[best] - ahead[best + 1]))
        return float(at[best] + share * (at[best + 1] - at[best]))
