"""Equations that hold for any parameters: martingale, put-call parity of price and Greeks, change of currency unit."""

from __future__ import annotations

from dataclasses import replace
from math import exp, sqrt
from typing import Any, Literal

import numpy as np

from greeks.analytic.linear import linear_under
from greeks.book import Book, Trade
from greeks.core.moments import MOMENT_COLUMNS, block_moments
from greeks.core.trees import MomentTree
from greeks.core.workspace import Array, Workspace
from greeks.estimators.registry import ESTIMATORS
from greeks.payoffs.european import European
from greeks.planning import Settings, plan
from greeks.results.scale import natural_scale
from greeks.simulation.job import Job
from greeks.spec import altered
from greeks.study.contributions import contributions, study

_FACTOR = 2.0  # of the change of unit
_MONEYNESS = 0.9  # strike over forward of the call and put: at 1 their difference would be 0 and hide a wrong discount
_ROUNDING = 1e-12  # of the natural size of a number: what two orders of the same operations may differ by


def _job(book: Book, trades: tuple[Trade, ...], settings: Settings) -> Job | None:
    """The simulation of some trades of one underlying; None where no estimator gives any of their numbers.

    Without controls: they would explain the whole of what an identity is about, and leave rounding to be judged.
    """
    models = {trade.underlying: book.model_of(trade) for trade in trades}
    jobs = plan(Book(trades, models), replace(settings, group_by=(), analytic=False, controls=False)).jobs
    return jobs[0] if jobs else None


def martingale(book: Book, underlying: str, maturity: float, settings: Settings) -> list[dict[str, Any]]:
    """E[S_T] exp(-(r - q) T) against S_0: ``value``, ``standard_error``, ``reference`` and ``z_score``, in one row."""
    model = book.model_at(underlying, maturity)
    trade = Trade("forward", underlying, European("call", strike=model.spot, maturity=maturity))
    job = _job(book, (trade,), replace(settings, greeks=("price",), estimators=("pathwise",)))
    if job is None:
        return []
    workspace, factor = Workspace(), exp(-(model.rate - model.dividend_yield) * maturity)

    def fill(first: int, count: int, out: Array) -> None:
        draw = job.draw(first, count)
        out[0, :count] = factor * job.model.simulate(job.dates, draw, workspace).spot[-1, :count]

    mean, error = _moments(job, settings.paths, 1, fill)
    row = {
        "underlying": underlying,
        "maturity": maturity,
        "identity": "martingale",
        "greek": "price",
        "estimator": "",
        **_against(float(mean[0]), float(error[0]), model.spot, model.spot),
    }
    return [row]


def parity(book: Book, underlying: str, maturity: float, settings: Settings) -> list[dict[str, Any]]:
    """Call less put, path by path, against the forward contract: price and every Greek and estimator."""
    model = book.model_at(underlying, maturity)
    strike = _MONEYNESS * model.spot * exp((model.rate - model.dividend_yield) * maturity)
    call, put = (Trade(kind, underlying, _european(model, kind, strike, maturity)) for kind in ("call", "put"))
    job = _job(book, (call, put), settings)
    if job is None:
        return []
    job = _numbers(job)
    workspace, half = Workspace(), (job.rows - len(job.net_groups)) // 2
    both = np.empty((2 * half, job.width))

    def fill(first: int, count: int, out: Array) -> None:
        contributions(job, first, count, workspace, both)
        np.subtract(both[:half, :count], both[half:, :count], out=out[:, :count])

    mean, error = _moments(job, settings.paths, half, fill)
    known = linear_under(model, [1.0], [maturity], -strike, maturity)
    cells = [(greek, request.estimator) for request in job.lines[0].requests for greek in request.greeks]
    rows = []
    for k, (greek, estimator) in enumerate(cells):
        exact = known.get(greek, 0.0)
        scale = max(abs(exact), natural_scale(call.payoff, model, greek))
        rows.append(
            {
                "underlying": underlying,
                "maturity": maturity,
                "identity": "put-call parity",
                "greek": greek,
                "estimator": estimator,
                **_against(float(mean[k]), float(error[k]), exact, scale),
            }
        )
    return rows


def _numbers(job: Job) -> Job:
    """Without the measures beside the numbers: a call may have one that its put has not."""
    lines = [
        replace(line, requests=tuple(request for request in line.requests if request.estimator in ESTIMATORS))
        for line in job.lines
    ]
    return replace(job, lines=tuple(lines))


def _european(model: Any, kind: Literal["call", "put"], strike: float, maturity: float) -> Any:
    """A European at a strike that no desk would ask for, where the forward is far away."""
    return altered(European(kind, strike=model.spot, maturity=maturity), strike=strike)


def _moments(job: Job, paths: int, rows: int, fill: Any) -> tuple[Array, Array]:
    """Mean and standard error of each row that ``fill(first, count, out)`` writes."""
    out, tree = np.empty((rows, job.width)), MomentTree()
    for block, first, count in job.spans(paths):
        fill(first, count, out)
        moments = np.empty((rows, MOMENT_COLUMNS))
        block_moments(out, count, moments)
        tree.add(block, moments)
    total = tree.total()
    return total[:, 1], np.sqrt(total[:, 2] / (total[:, 0] - 1.0) / total[:, 0])


def _against(value: float, error: float, exact: float, scale: float) -> dict[str, float]:
    """A number beside what it must be; rounding counts as an error of its own."""
    spread = sqrt(error**2 + (_ROUNDING * scale) ** 2)
    return {"value": value, "standard_error": error, "reference": exact, "z_score": (value - exact) / spread}


def change_of_unit(book: Book, trade: Trade, settings: Settings) -> list[dict[str, Any]]:
    """A trade with spot, strike and cash doubled, on the same random numbers: each Greek must scale by its own power.

    Returns
    -------
    list of dict
        ``greek``, ``estimator``, ``power`` of two, and ``difference`` relative to the natural size of the number:
        rounding only.
        Empty for a payoff that does not say how it scales.
    """
    if trade.payoff.scaled(1.0) is None:
        return []
    model = book.model_of(trade)
    doubled = model.in_unit(_FACTOR)
    other = replace(trade, payoff=trade.payoff.scaled(_FACTOR))
    settings = replace(settings, antithetic=False)  # a centre of a pair may lie on a jump, where rounding decides
    plain = study(book, trade, settings)
    scaled = study(Book((other,), {trade.underlying: doubled}), other, settings)
    rows = []
    others = {(cell.greek, cell.estimator): one for cell, one in zip(scaled.cells, scaled.estimates, strict=True)}
    for cell, found in zip(plain.cells, plain.estimates, strict=True):
        if (cell.greek, cell.estimator) not in others:
            continue
        power = {"delta": 0, "gamma": -1, "vanna": 0}.get(cell.greek, 1)
        expected = found.value * _FACTOR**power
        size = max(abs(expected), natural_scale(other.payoff, doubled, cell.greek))
        difference = abs(others[cell.greek, cell.estimator].value - expected) / size
        rows.append(
            {
                "trade_id": trade.trade_id,
                "greek": cell.greek,
                "estimator": cell.estimator,
                "power": power,
                "difference": difference,
            }
        )
    return rows
