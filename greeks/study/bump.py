"""The U-curve of a finite difference's step: a long one is biased, a short one is noisy where the payoff jumps.

The bias is exact where the price has a closed form, which is then bumped alike; elsewhere it is the c h^2 of a weighted
fit to the differences themselves, or not resolved where that is no more than noise. A step so short that no path
met a kink has no measured variance: it gets the bound that ``greeks.run`` gives such a number, and is never the best.
Verified in the tests against Black-Scholes differences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan, sqrt
from typing import Any

import numpy as np

from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.generator import first_of
from greeks.core.moments import MOMENT_COLUMNS, block_moments
from greeks.core.workspace import Array, Workspace
from greeks.estimators.finite_difference import FiniteDifference
from greeks.estimators.valuation import Sample
from greeks.models.base import Draw
from greeks.planning import Plan, Settings, plan
from greeks.planning.edges import crossing
from greeks.results.status import BIAS
from greeks.results.trades import from_moments
from greeks.spec import shifted
from greeks.study.contributions import BATCH, contributions

MULTIPLIERS = tuple(2.0**k for k in range(-6, 4))  # of the step in use
_SAMPLED = 2**15
_RESOLVED = 2.0  # standard errors of its own that a fitted bias must exceed


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
        ``bias_squared`` (nan where not resolved), ``variance`` (of the mean of ``paths`` paths), ``total`` (mean square
        error), ``chosen`` (whether it is the step in use), ``best`` (whether its total is the least, within the range),
        ``sampled`` (whether its variance is that of enough paths; where no path differs it is a bound) and
        ``bias_from``. Steps without room on both sides are left out.
    """
    model = book.model_of(trade)
    method = FiniteDifference()
    measured: list[_Step] = []
    for multiplier in (settings.bump * each for each in MULTIPLIERS):
        steps = method.steps(trade.payoff, model, greek, multiplier)
        within = crossing(trade.payoff, model, greek, multiplier) is None
        capped = measured and next(iter(steps.values())) <= measured[-1].bump  # no longer step has room
        if within and not capped:
            runs = _sampled(trade, model, greek, replace(settings, bump=multiplier))
            measured.append(_Step(multiplier, next(iter(steps.values())), *runs))
    if not measured:
        return []
    exact = reference(trade.payoff, model)
    biases, origin = [], "closed form"
    if greek in exact:
        biases = [exact_bias(trade, model, greek, exact, step.multiplier) for step in measured]
    if not biases or any(each != each for each in biases):
        biases, origin = _fitted_bias(measured, settings.bump)
    rows = [
        {
            "multiplier": step.multiplier,
            "bump": step.bump,
            "value": float(step.means.mean()),
            "bias_squared": bias**2,
            "variance": step.variance / settings.paths,
            "total": bias**2 + step.variance / settings.paths,
            "chosen": step.multiplier == settings.bump,
            "sampled": step.sampled,
            "bias_from": origin,
        }
        for step, bias in zip(measured, biases, strict=True)
    ]
    best = _best(rows, biases)
    return [{**row, "best": k == best} for k, row in enumerate(rows)]


@dataclass(frozen=True)
class _Step:
    """What was sampled at one step: means of batches, the variance of one contribution, and whether it holds."""

    multiplier: float
    bump: float
    means: Array
    variance: float
    sampled: bool


def _best(rows: list[dict[str, Any]], biases: list[float]) -> int:
    """The sampled step of least total, of those up to which the bias grows: beyond, a sign change may flatter one.

    -1 where the bias is not known, or still falls short of the noise at the longest step.
    """
    last = 0
    while last + 1 < len(rows) and abs(biases[last + 1]) >= abs(biases[last]):
        last += 1
    totals = {k: row["total"] for k, row in enumerate(rows[: last + 1]) if row["sampled"]}
    if not totals or any(total != total for total in totals.values()):
        return -1
    best = min(totals, key=lambda k: totals[k])
    return best if best < len(rows) - 1 else -1


def _plan(trade: Trade, model: Any, greek: str, settings: Settings) -> Plan:
    alone = Book((trade,), {trade.underlying: model})
    chosen = replace(settings, greeks=(greek,), estimators=("finite_difference",), group_by=())
    return plan(alone, chosen)


def _sampled(trade: Trade, model: Any, greek: str, settings: Settings) -> tuple[Array, float, bool]:
    """Means of batches of contributions, the variance of one, and whether enough paths contribute to it."""
    layout, workspace = _plan(trade, model, greek, settings), Workspace()
    job, cell = layout.jobs[0], layout.cells[0]
    paths = min(_SAMPLED, -(-settings.paths // BATCH) * BATCH)
    rows = job.rows - len(job.net_groups)  # the difference, and the measures that go with it
    out, found = np.empty((rows, job.width)), np.empty((rows, paths))
    for _, first, count in job.spans(paths):
        contributions(job, first, count, workspace, out)
        found[:, first : first + count] = out[:, :count]
    moments = np.empty((rows, MOMENT_COLUMNS))
    block_moments(found, paths, moments)
    judged = from_moments(moments, trade.payoff, model, cell, settings.bump)
    means = found[cell.row].reshape(-1, BATCH).mean(axis=1)
    return means, judged.standard_error**2 * paths, judged.causes <= {BIAS}


def exact_bias(trade: Trade, model: Any, greek: str, exact: Mapping[str, float], multiplier: float) -> float:
    """The same stencil on the closed form, less its derivative; nan where there is none at a shifted point."""
    dates, workspace = trade.payoff.dates(), Workspace()
    sample = Sample(model, model.simulate(dates, Draw((0, 0), first_of(0), BATCH, 1), workspace), (), workspace)
    total = 0.0
    for factor, shifts in FiniteDifference().stencil(trade.payoff, model, greek, multiplier):
        passed = sum(step for part, step in shifts if part == "theta")
        payoff = shifted(trade.payoff, "maturity", -passed) if passed else trade.payoff
        if passed and payoff.dates() != (payoff.maturity,):
            return nan  # a passing day moves every date, which a payoff of several does not take as a number
        total += factor * reference(payoff, sample.shifted(*shifts).model).get("price", nan)
    return total - exact[greek]


def _fitted_bias(measured: list[_Step], used: float) -> tuple[list[float], str]:
    """c h^2 of the fit value = a + c h^2 to the steps up to twice the one in use, where it is more than its own noise.

    The fit is made for each batch of paths, so that the spread of c over the batches is its error.
    """
    near = [step for step in measured if step.multiplier <= 2.0 * used]
    unknown = [nan] * len(measured), "not resolved"
    if len(near) < 3 or not all(step.sampled and step.variance > 0.0 for step in near):
        return unknown
    longest = near[-1].bump
    design = np.stack([np.ones(len(near)), np.array([(step.bump / longest) ** 2 for step in near])], axis=1)
    weight = 1.0 / np.sqrt([step.variance for step in near])
    batches = np.stack([step.means for step in near]) * weight[:, None]
    fits = np.linalg.lstsq(design * weight[:, None], batches, rcond=None)[0][1]
    runs = len(fits)
    if runs < 2 or abs(fits.mean()) < _RESOLVED * fits.std(ddof=1) / sqrt(runs):
        return unknown
    return [float(fits.mean()) * (step.bump / longest) ** 2 for step in measured], "fit of c h^2"
