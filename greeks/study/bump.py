"""The U-curve of a finite difference's step: a long one is biased, a short one is noisy where the payoff jumps.

The bias is exact where the price has a closed form, which is then bumped alike; elsewhere it is the c h^2 of a weighted
fit to the differences themselves. Verified in the tests against Black-Scholes differences.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan, sqrt
from typing import Any

import numpy as np

from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.moments import MOMENT_COLUMNS, MomentTree
from greeks.estimators.finite_difference import FiniteDifference
from greeks.estimators.kernels import Terms, accumulate
from greeks.models.base import Draw
from greeks.names import SECOND_ORDER
from greeks.planning import Settings, plan
from greeks.sample import Sample
from greeks.simulation import Job
from greeks.study.contributions import BATCH, contributions
from greeks.workspace import Workspace

MULTIPLIERS = tuple(2.0**k for k in range(-6, 4))  # of the default step
_SAMPLED = 2**15


def bump_study(book: Book, trade: Trade, greek: str, settings: Settings) -> list[dict[str, Any]]:
    """Bias, variance and total error of one Greek for ten steps.

    Parameters
    ----------
    book : Book
    trade : Trade
    greek : str
        One that can be bumped for this trade.
    settings : Settings
        ``paths`` is the number that the variance is stated for; the steps are measured on at most 32768 paths.

    Returns
    -------
    list of dict
        By step: ``multiplier`` (of the default step), ``bump`` (in the first parameter's unit), ``value``,
        ``bias_squared``, ``variance`` (of the mean of ``paths`` paths), ``total`` (mean square error), ``chosen``
        (whether it is the step in use), ``best`` (whether its total is the least) and ``bias_from``. Steps without room
        on both sides are left out.
    """
    model = book.models[trade.underlying]
    method = FiniteDifference()
    measured = []
    for multiplier in MULTIPLIERS:
        steps = method.steps(trade.payoff, model, greek, multiplier)
        if not all(_room(model, trade.payoff, part, step) for part, step in steps.items()):
            continue
        mean, variance = _sampled(trade, model, greek, replace(settings, bump=multiplier))
        measured.append((multiplier, next(iter(steps.values())), mean, variance))
    if not measured:
        return []
    exact = reference(trade.payoff, model)
    known = "theta" not in SECOND_ORDER.get(greek, (greek,)) and greek in exact
    biases = (
        [_exact_bias(trade, model, greek, exact, multiplier) for multiplier, *_ in measured]
        if known
        else _fitted_bias(measured)
    )
    rows = [
        {
            "multiplier": multiplier,
            "bump": step,
            "value": mean,
            "bias_squared": bias**2,
            "variance": variance / settings.paths,
            "total": bias**2 + variance / settings.paths,
            "chosen": multiplier == settings.bump,
            "bias_from": "closed form" if known else "fit of c h^2",
        }
        for (multiplier, step, mean, variance), bias in zip(measured, biases, strict=True)
    ]
    best = min(row["total"] for row in rows)
    return [{**row, "best": row["total"] == best} for row in rows]


def _room(model: Any, payoff: Any, part: str, step: float) -> bool:
    """Whether a step stays where the model and the dates have a meaning."""
    dates = payoff.dates()
    if part == "theta":
        return bool(step < 0.5 * dates[0])
    return bool(0.0 < step <= 0.5 * model.step_scale(part, dates)) or part in ("delta", "rho", "dividend_rho")


def _job(trade: Trade, model: Any, greek: str, settings: Settings) -> Job:
    alone = Book((trade,), {trade.underlying: model})
    chosen = replace(settings, greeks=(greek,), estimators=("finite_difference",), group_by=())
    return plan(alone, chosen).jobs[0]


def _sampled(trade: Trade, model: Any, greek: str, settings: Settings) -> tuple[float, float]:
    """Mean, and variance of one contribution."""
    job, workspace, tree = _job(trade, model, greek, settings), Workspace(), MomentTree()
    paths = min(_SAMPLED, settings.paths)
    out, unnetted, fresh = np.empty((1, job.width)), np.full(1, -1), np.zeros(1, dtype=bool)
    for block in range(job.blocks(paths)):
        first = block * job.width
        count = min(job.width, paths - first)
        contributions(job, first, count, workspace, out)
        total = np.empty((1, MOMENT_COLUMNS))
        accumulate(Terms.of_rows(out), count, 1.0, unnetted, fresh, out, workspace, total)
        tree.add(block, total)
    moments = tree.total()[0]
    return float(moments[1]), float(moments[2] / (moments[0] - 1.0))


def _exact_bias(trade: Trade, model: Any, greek: str, exact: dict[str, float], multiplier: float) -> float:
    """The same stencil on the closed form, less its derivative; nan where the closed form fails at a shifted point."""
    dates, workspace = trade.payoff.dates(), Workspace()
    sample = Sample(model, model.simulate(dates, Draw((0, 0), 0, BATCH, 1), workspace), (), workspace)
    total = 0.0
    for factor, shifts in FiniteDifference().stencil(trade.payoff, model, greek, multiplier):
        total += factor * reference(trade.payoff, sample.shifted(*shifts).model).get("price", nan)
    return total - exact[greek]


def _fitted_bias(measured: list[tuple[float, float, float, float]]) -> list[float]:
    """c h^2 of the fit value = a + c h^2, weighted by the inverse variances."""
    steps, means, variances = (np.array([row[k] for row in measured]) for k in (1, 2, 3))
    if len(measured) < 3 or not np.all(variances > 0.0):
        return [nan] * len(measured)
    design = np.stack([np.ones_like(steps), (steps / steps.max()) ** 2], axis=1)
    weight = 1.0 / np.array([sqrt(v) for v in variances])
    fit, *_ = np.linalg.lstsq(design * weight[:, None], means * weight, rcond=None)
    return [float(fit[1] * value) for value in design[:, 1]]
