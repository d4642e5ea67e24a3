"""An upper bound of what is exercised early, beside the value of a policy, which is a lower one.

Whatever the martingale M, with M = 0 now, the holder is worth no more than E[max_k (D_k f_k - M_k)]: that of the value
of a good policy leaves little. Its steps are differences of that value from date to date, each by a simulation from the
path's spot; as in the lower bound the European value is taken off, so that their noise, which biases the bound upward,
is that of a premium.

Between the dates that are simulated an American may be exercised too. Waiting for the next one costs no more than the
interest on the strike, or the dividends of the spot, over the time between: that is added.

Source: Andersen and Broadie, Primal-dual simulation algorithm for pricing multidimensional American options (2004).
Verified in the tests: above exact values, and near them.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import exp, expm1, sqrt
from typing import Any

import numpy as np

from greeks.checks.arguments import check_contract
from greeks.checks.options import check_kinds
from greeks.core.generator import first_of, stream_key
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.estimators.exercise_policies import european_greeks, futures_of, known_of, policies
from greeks.estimators.registry import ESTIMATORS
from greeks.models.base import Draw
from greeks.results.estimate import Estimate
from greeks.simulation.upper_bound_kernels import climb, follow

_STREAM = "\0upper"
_WIDTH = 64  # outer paths of a block: a multiple of 8, as are those within


def upper_bound(payoff: Any, model: Any, *, paths: int = 1024, inner: int = 128, seed: int = 42) -> Estimate:
    """Upper bound of the price of an American or Bermudan contract.

    Parameters
    ----------
    payoff
        An American or a Bermudan.
    model
        A market model under which it is valued: GBM or Black76.
    paths : int
        Paths, at least 2.
    inner : int
        Paths from each date of each of them, a multiple of 8.
    seed : int
        In [0, 2^63).

    Returns
    -------
    Estimate
        The bound and its standard error. It is biased high, the less the more ``inner`` paths there are; its distance
        to a simulated price says how good the policy is, and is no error bar.

    Raises
    ------
    UsageError
        For what is not exercised early, a model that does not value it, or an option out of range.
    """
    check_contract(payoff, model)
    check_kinds(paths=paths, seed=seed)
    if refused := ESTIMATORS["longstaff_schwartz"].refuse(payoff, model, "price"):
        raise UsageError(f"no upper bound: {refused}")
    if "exercise" not in model.gives or not model.flat:
        under = model.kind if model.flat else "curves or dividends"
        raise UsageError(f"no upper bound under {under}: take gbm or black76 with flat rates")
    if paths < 2 or not 0 <= seed < 2**63:
        raise UsageError("paths or seed is out of range: write at least 2 paths, and a seed in [0, 2^63)")
    if isinstance(inner, bool) or not isinstance(inner, int) or inner < 8 or inner % 8:
        raise UsageError(f"inner is {inner!r}: write a multiple of 8 such as 128")
    named = Estimate(0.0, 0.0, 0, "ok", "", greek="price", estimator="upper_bound", unit="currency")
    if (now := payoff.settled(model.spot)) is not None:
        return replace(named, value=now, reason="settled: known without simulation")
    count = int(paths)
    blocks = -(-count // _WIDTH)
    worth, workspace = np.empty(blocks * _WIDTH), Workspace()
    levels = policies(payoff, model, 1, True, stream_key(int(seed), _STREAM))[0][0]
    for block in range(blocks):
        part = slice(block * _WIDTH, (block + 1) * _WIDTH)
        _block(payoff, model, levels, block, inner, int(seed), workspace, worth[part])
    found, wait = worth[:count], _between(payoff, model)
    value = float(found.mean()) + european_greeks(payoff, model)["price"] + wait
    text = "Andersen and Broadie (2004)"
    if wait > 0.0:
        text += f"; {wait:.3g} of it for an exercise between {len(payoff.dates())} dates"
    error = float(found.std(ddof=1)) / sqrt(count)
    return replace(named, value=value, standard_error=error, paths=count, reason=text)


def _between(payoff: Any, model: Any) -> float:
    """What an exercise between two dates may be worth more than at the next one."""
    if not payoff.any_time:
        return 0.0
    dates = payoff.dates()
    wait = max(b - a for a, b in pairwise((0.0, *dates)))
    interest, dividends = -expm1(-model.rate * wait), -expm1(-model.dividend_yield * wait)
    cash = float(payoff.strike) * max(1.0, exp(-model.rate * dates[-1]))
    if payoff.sign < 0.0:  # the spot is below the strike
        return cash * (max(interest, 0.0) - min(dividends, 0.0))
    spots = float(model.spot) * max(1.0, exp(-model.dividend_yield * dates[-1]))
    return spots * max(dividends, 0.0) - cash * min(interest, 0.0)


def _block(
    payoff: Any,
    model: Any,
    levels: Array,
    block: int,
    inner: int,
    seed: int,
    workspace: Workspace,
    worth: Array,
) -> None:
    """For each path the largest payment less the martingale."""
    dates = payoff.dates()
    draw = Draw(stream_key(seed, _STREAM, *dates), first_of(block * _WIDTH), _WIDTH, _WIDTH)
    spot = np.empty((len(dates) + 1, _WIDTH))
    spot[0] = model.spot
    spot[1:] = model.simulate(dates, draw, workspace).spot[:, :_WIDTH]
    known, futures = known_of(payoff, model), futures_of(model)
    steps = np.diff(dates, prepend=0.0)
    drift = (model.rate - model.dividend_yield - 0.5 * model.volatility**2) * steps
    spread, premium = model.volatility * np.sqrt(steps), np.zeros((len(dates) + 1, _WIDTH))
    sign, strike = payoff.sign, payoff.strike
    for place in range(len(dates)):  # of the last date nothing is left
        normals = workspace.array(f"upper/{place}", len(dates) - place, _WIDTH * inner)
        own = Draw(stream_key(seed, _STREAM, float(place), *dates), first_of(block * _WIDTH * inner), _WIDTH * inner, 0)
        own.normals(0, normals)
        follow(
            spot[place],
            normals,
            drift,
            spread,
            levels,
            known,
            payoff.sign,
            payoff.strike,
            futures,
            inner,
            premium[place],
        )
    climb(spot, premium, levels, known, sign, strike, futures, payoff.any_time, worth)
