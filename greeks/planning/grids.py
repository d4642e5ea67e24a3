"""The job that measures the time-step bias of another: the same numbers, each by what resolves its bias best.

A time-step bias is of the scheme, the payoff and the Greek: every estimator without a bias of its own has the same.
What differs is the noise of the difference between two grids: a path that meets a jump on one grid only hides it, and
so does a derivative along the variance path. Verified in the tests against exact values.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from greeks.estimators.registry import ESTIMATORS
from greeks.simulation.job import Job, Line, Request

_OWN = ("conditional", "full_likelihood_ratio")  # the best there is; and one whose bias is of its own kind


def refined(job: Job) -> Job:
    """The job on two grids, with the rows of moments of the job itself."""
    lines = tuple(
        replace(line, requests=tuple(part for request in line.requests for part in _parts(request, line, job.model)))
        for line in job.lines
    )
    return replace(job, lines=lines, refined=True)


def _parts(request: Request, line: Line, model: Any) -> list[Request]:
    """A request in runs of Greeks that share an estimator."""
    chosen = [_resolving(request.estimator, line.payoff, model, greek) for greek in request.greeks]
    parts = []
    for name, run in groupby(range(len(chosen)), key=chosen.__getitem__):
        first, *rest = run
        part = slice(first, first + len(rest) + 1)
        parts.append(Request(name, request.greeks[part], request.net_rows[part], request.net_fresh[part]))
    return parts


def _resolving(estimator: str, payoff: Any, model: Any, greek: str) -> str:
    """The estimator of least noise between two grids; a measure stays as it is."""
    if estimator in _OWN or estimator not in ESTIMATORS:
        return estimator
    if ESTIMATORS["conditional"].refuse(payoff, model, greek) is None:
        return "conditional"
    jumps = estimator == "finite_difference" and payoff.smoothness != "lipschitz"
    if jumps and ESTIMATORS["likelihood_ratio"].refuse(payoff, model, greek) is None:
        return "likelihood_ratio"
    return estimator
