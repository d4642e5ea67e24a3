"""What `auto` takes, by measurement: each candidate on a few paths of a stream of its own, before the run.

For each number the work of the estimators that give it without a doubt: the variance of their contributions times the
cost of a path, from a table that is shipped (:mod:`greeks.planning.costs`), not from a clock. The seed of the pilot is
its own, so that the choice depends on the contract and the model alone: not on the seed of the
run, the threads, the machine or the other trades; and the estimate stays unbiased, for the choice knows nothing of its
paths. A variance from few paths is uncertain by its kurtosis, and counted with that; a candidate whose contributions
hardly ever differ has met too little and is none.

Verified in the tests against exact variances, and by ``python -m benchmarks.panel``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

from greeks.book import Book, Trade
from greeks.core.moments import standard_error
from greeks.core.workspace import Array
from greeks.estimators.registry import ESTIMATORS
from greeks.execution.threads import run_jobs
from greeks.planning.automatic import Choice, Choices, candidates, decisions, greeks_of
from greeks.planning.bridges import bridged
from greeks.planning.cells import twin_for
from greeks.planning.costs import cost_of
from greeks.planning.measured import few_jumps, jumps_beside
from greeks.planning.settings import Settings
from greeks.results.scale import rounding
from greeks.simulation.job import Job, Line, Request
from greeks.system.progress import Progress

_SEED = 2718281828
_STREAM = "\0pilot"
_UNSURE, _OF_FEW = 2.0, 3.0  # deviations of a variance counted against a candidate, and the more where few paths decide
_HEAVIEST = 0.05 * 65_536  # kurtosis above which the error bar of a run of so many paths would be in doubt
_ALONE = "in a pilot a few paths decide whatever else gives it"
_OWN_PATHS = 10.0  # times less work, before what shares no path with a hedge is taken
_BETTER = 1.1  # times less work, before the order of preference gives way


@dataclass(frozen=True)
class _Trial:
    """One contract, and its candidates by Greek in the order of preference."""

    job: Job
    candidates: Mapping[str, Sequence[str]]
    trades: list[int]


def choices(
    book: Book,
    settings: Settings,
    threads: int | None,
    decided: Choices | None = None,
    progress: Progress | None = None,
) -> Choices:
    """What is measured to be best, by trade and Greek, of numbers with more than one candidate; none without a pilot.

    ``decided`` is what "auto" takes unmeasured, where that is known already.
    """
    if not settings.pilot:
        return {}
    trials = _trials(bridged(book, settings), settings, decisions(book, settings) if decided is None else decided)
    trees = run_jobs([(trial.job, 0, settings.pilot) for trial in trials], threads, progress)
    found: dict[tuple[int, str], Choice] = {}
    for trial, tree in zip(trials, trees, strict=True):
        for greek, choice in _decided(trial, tree.total()).items():
            found.update({(number, greek): choice for number in trial.trades})
    return found


def _trials(book: Book, settings: Settings, decided: Choices) -> list[_Trial]:
    """One for each different contract with a choice."""
    known: dict[object, _Trial | None] = {}
    for number, trade in enumerate(book.trades):
        model = book.model_of(trade)
        key = (type(model), model, type(trade.payoff), trade.payoff)
        if key not in known:
            known[key] = _trial(number, trade, model, settings, decided)
        if (trial := known[key]) is not None:
            trial.trades.append(number)
    return [trial for trial in known.values() if trial is not None]


def _trial(number: int, trade: Trade, model: object, settings: Settings, decided: Choices) -> _Trial | None:
    taken = {greek: decided[number, greek] for greek in greeks_of(model, settings) if (number, greek) in decided}
    named = {greek: candidates(trade.payoff, model, greek, first, settings.bump) for greek, first in taken.items()}
    among = {greek: names for greek, names in named.items() if len(names) > 1}
    if not among:
        return None
    twin = twin_for(trade, model, settings)
    by_estimator: dict[str, list[str]] = {}
    for greek, names in among.items():
        for name in names:
            by_estimator.setdefault(name, []).append(greek)
    requests = tuple(
        Request(name, tuple(greeks), (-1,) * len(greeks), (False,) * len(greeks))
        for name, greeks in by_estimator.items()
    )
    simulated = twin.payoff if twin else trade.payoff
    requests += jumps_beside(requests, simulated, model)
    line = Line(simulated, 1.0, requests)
    job = Job(
        _STREAM,
        model,
        trade.payoff.dates(),
        _SEED,
        (line,),
        0,
        bump=settings.bump,
        steps_per_year=settings.steps_per_year,
        antithetic=settings.antithetic,
        controls=settings.controls,
    )
    return _Trial(job, among, [])


def _decided(trial: _Trial, totals: Array) -> dict[str, Choice]:
    """What is best, by Greek."""
    (line,) = trial.job.lines
    rows: dict[tuple[str, str], list[Array]] = {}
    places = ((greek, request.estimator) for request in line.requests for greek in request.greeks)
    for place, row in zip(places, totals, strict=True):
        rows.setdefault(place, []).append(row)
    found = {}
    for greek, names in trial.candidates.items():
        met = {name: not few_jumps(line.payoff, trial.job.model, name, greek, rows) for name in names}
        work = {name: _work(trial.job, line, greek, name, rows[greek, name][0]) if met[name] else inf for name in names}
        held = {name: (_OWN_PATHS if ESTIMATORS[name].own_paths else 1.0) * work[name] for name in names}
        least = min(names, key=lambda name: held[name])
        first = next((name for name in names if held[name] <= _BETTER * held[least]), least)
        others = [name for name in names if name != first and work[name] < inf]
        if work[first] == inf:
            continue  # no path met what makes the number: the order of preference decides
        best = min(others, key=lambda name: work[name], default="")
        reason = _reason(work[best] / work[first] if work[first] else inf, best) if best else _ALONE
        found[greek] = Choice(first, reason)
    return found


def _work(job: Job, line: Line, greek: str, name: str, row: Array) -> float:
    """Variance, and what it may be larger by, times cost; infinite where the error bar of a run would be in doubt."""
    count, _, m2, _, m4 = (float(each) for each in row[:5])
    error = standard_error(row)
    if error * sqrt(count) <= rounding(line.payoff, job.model, greek, {}):
        return 0.0 if _exact(line.payoff, job.model, greek, name) else inf
    if not 0.0 < m2 < inf:
        return inf
    kurtosis = count * (m4 / m2 / m2)
    share = max(kurtosis - 1.0, 0.0) / count  # of n paths of which k decide it is 1 / k
    doubt = 1.0 + _UNSURE * sqrt(share) + _OF_FEW * share
    if not 0.0 < kurtosis * doubt <= _HEAVIEST:
        return inf
    return error * error * count * doubt * cost_of(job.model, line.payoff, name, greek, job.steps)


def _exact(payoff: Any, model: Any, greek: str, name: str) -> bool:
    """Whether contributions that do not differ are the number itself."""
    estimator = ESTIMATORS[name]
    return greek in payoff.unmoved or estimator.certain(payoff, model) or estimator.exact_if_equal(payoff)


def _reason(ratio: float, other: str) -> str:
    """What the pilot says."""
    if ratio == inf:
        return f"a pilot measured no variance, unlike {other}"
    if ratio < 1.0:
        return f"a pilot measured about the work of {other}"
    return f"a pilot measured {ratio:.2g} times less work than {other}"
