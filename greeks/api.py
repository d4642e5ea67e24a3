"""``estimate`` for one payoff, ``run`` for a book, and the bare score-function estimator."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import nan, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from greeks.analytic.registry import reference
from greeks.book import Book, Trade
from greeks.core.generator import stream_key
from greeks.core.moments import MomentTree
from greeks.errors import UsageError
from greeks.estimators.registry import parse_estimators
from greeks.execution.threads import run_jobs
from greeks.models.base import Draw
from greeks.names import parse_greeks, unit
from greeks.options import check_contract, check_kinds, names_of, refuse_others
from greeks.planning import Plan, Settings, plan
from greeks.results import Estimate, Result, RunResult, from_moments, natural_scale, row
from greeks.workspace import Array, Workspace

DEFAULT_PATHS = 262_144
_TARGET_FLOOR = 0.01  # fraction of the natural scale below which a number counts as zero for the target


def run(
    book: Book,
    *,
    greeks: str | Iterable[str] | None = None,
    estimators: str | Iterable[str] = "auto",
    paths: int = DEFAULT_PATHS,
    target: float | None = None,
    max_paths: int | None = None,
    seed: int = 42,
    threads: int | None = None,
    units: str = "raw",
    group_by: str | Iterable[str] = (),
    bump: float = 1.0,
    steps_per_year: int | None = None,
    variance_reduction: str | Iterable[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    **others: Any,
) -> RunResult:
    """Greeks of every trade of a book, and of the netted book.

    Parameters
    ----------
    book : Book
        From :func:`greeks.read_portfolio`.
    greeks : str or iterable of str, optional
        Names, comma-separated or as a list, or "all"; default price, delta, gamma, vega, rho.
    estimators : str or iterable of str, default "auto"
        "auto", "all", or names: likelihood_ratio, pathwise, finite_difference, mixed.
    paths : int
        Paths of each simulation group, >= 2.
    target : float, optional
        Relative standard error at which a group stops; its paths are doubled from ``paths`` up to ``max_paths``.
    max_paths : int, optional
        Default 64 times ``paths``.
    seed : int
        Same seed, same bits.
    threads : int, optional
        Default: all processors. Does not change the result.
    units : {"raw", "market"}
        Per 1.00 and per year, or vega and rho per 0.01 and theta per day.
    group_by : str or iterable of str
        Label columns to net by, beside the underlying; comma-separated or as a list.
    bump : float, default 1
        Multiplier of every finite-difference step.
    steps_per_year : int, optional
        Time grid of models with a time-step bias; no effect on GBM, which is exact on any grid.
    variance_reduction : str or iterable of str, optional
        "none" (default) or "antithetic": likelihood ratios average over the pair Z, -Z with the value at Z = 0 as
        baseline of the even part of the weight.
    progress : callable, optional
        Called with (blocks done, blocks in all).
    **others
        sampler, replicates, cluster, checkpoint and resume of the command line: refused, with what to do instead,
        unless they are at the value that changes nothing.

    Returns
    -------
    RunResult

    Raises
    ------
    UsageError
        For an option out of range or an unknown name; the message says what to write instead.
    """
    refuse_others(others, run.__kwdefaults__ or ())
    grid = {"threads": threads, "steps_per_year": steps_per_year}
    check_kinds(paths=paths, target=target, max_paths=max_paths, seed=seed, bump=bump, **grid)
    _check(paths, target, max_paths, threads, units, bump, seed)
    antithetic = _check_more(steps_per_year, variance_reduction)
    settings = Settings(
        parse_greeks(None if greeks is None else names_of("greeks", greeks)),
        parse_estimators(names_of("estimators", estimators)),
        int(paths),
        seed,
        bump,
        steps_per_year,
        antithetic,
        names_of("group_by", group_by),
    )
    layout = plan(book, settings)
    sampled, met = _sample(book, layout, settings, target, max_paths, threads, progress)
    totals = [tree.total() for tree in sampled]
    estimates = [_estimate(book, layout, totals, index) for index in range(len(layout.cells))]
    trade_rows = _trade_rows(book, layout, estimates, units)
    net_rows = _net_rows(book, layout, totals, estimates, units)
    manifest = _manifest(book, settings, units, target, threads)
    return RunResult(trade_rows, net_rows, manifest, met)


def estimate(payoff: Any, model: Any, *, underlying: str = "", **options: Any) -> Result:
    """Greeks of one payoff.

    Parameters
    ----------
    payoff
        A payoff: European, Digital, Asian, Custom, ...
    model
        A market model: GBM, ...
    underlying : str
        Names the random stream; a trade of that underlying in a book gives the same bits.
    **options
        As for :func:`run`.

    Returns
    -------
    Result
        ``result["delta", "likelihood_ratio"].value``, ``.standard_error``, ``.ci(0.95)``, ``.status``.

    Raises
    ------
    UsageError
        As for :func:`run`.
    """
    check_contract(payoff, model)
    book = Book((Trade("trade", underlying, payoff),), {underlying: model})
    result = run(book, **options)
    estimates = {}
    for line in result.to_json()["trades"]:
        number = [
            nan if line[name] is None else line[name] for name in ("value", "standard_error", "ci_low", "ci_high")
        ]
        one_sided = line["status"] == "warn" and line["reason"].startswith("no path differs")
        low, high = (number[2], number[3]) if one_sided else (None, None)
        estimates[line["greek"], line["estimator"]] = Estimate(
            number[0], number[1], line["paths"], line["status"], line["reason"], line["kurtosis"], low, high
        )
    return Result(result, estimates)


def _check(
    paths: int, target: float | None, max_paths: int | None, threads: int | None, units: str, bump: float, seed: int
) -> None:
    if paths < 2 or int(paths) != paths:
        raise UsageError(f"paths is {paths}: write a whole number of at least 2")
    if target is not None and not 0.0 < target < 1.0:
        raise UsageError(f"target is {target}: write a relative standard error such as 0.01")
    if max_paths is not None and max_paths < paths:
        raise UsageError(f"max_paths is {max_paths}, below paths, {paths}: raise it or lower paths")
    if threads is not None and threads < 1:
        raise UsageError(f"threads is {threads}: write at least 1, or leave it out for all processors")
    if units not in ("raw", "market"):
        raise UsageError(f"units is {units!r}: choose raw or market")
    if not 0.0 < bump <= 4.0:
        raise UsageError(f"bump is {bump}: write a multiplier in (0, 4], 1 being the default step")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed is {seed}: write a whole number in [0, 2^63)")


def _check_more(steps_per_year: int | None, variance_reduction: str | Iterable[str] | None) -> bool:
    """Check the rest; whether antithetic pairs were asked for."""
    if steps_per_year is not None and not 1 <= steps_per_year <= 100_000:
        raise UsageError(f"steps_per_year is {steps_per_year}: write a whole number from 1 to 100000")
    given = variance_reduction.split(",") if isinstance(variance_reduction, str) else list(variance_reduction or ())
    names = {name.strip().lower() for name in given} - {""}
    if not names <= {"none", "antithetic"} or len(names) > 1:
        raise UsageError(f"variance_reduction is {variance_reduction!r}: choose none or antithetic")
    return names == {"antithetic"}


def _sample(
    book: Book,
    layout: Plan,
    settings: Settings,
    target: float | None,
    max_paths: int | None,
    threads: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[list[MomentTree], bool]:
    """Run every job; with a target, double the paths of the groups that miss it."""
    goal = [settings.paths] * len(layout.jobs)
    trees = run_jobs([(job, 0, settings.paths) for job in layout.jobs], threads, progress)
    if target is None:
        return trees, True
    limit = max_paths or 64 * settings.paths
    for number, job in enumerate(layout.jobs):  # whole blocks only, so that a longer run continues a shorter one
        goal[number] = job.blocks(settings.paths) * job.width
    trees = run_jobs([(job, 0, goal[i]) for i, job in enumerate(layout.jobs)], threads, progress)
    while True:
        missed = _missed(book, layout, [tree.total() for tree in trees], target)
        again = [number for number in sorted(missed) if 2 * goal[number] <= limit]
        if not again:
            return trees, not missed
        more = run_jobs(
            [(layout.jobs[i], layout.jobs[i].blocks(goal[i]), 2 * goal[i]) for i in again],
            threads,
            progress,
            [trees[i] for i in again],
        )
        for number, tree in zip(again, more, strict=True):
            trees[number] = tree
            goal[number] *= 2


def _missed(book: Book, layout: Plan, totals: Sequence[Array], target: float) -> set[int]:
    """Jobs with a number whose relative standard error is above the target."""
    missed = set()
    for index, cell in enumerate(layout.cells):
        if cell.job >= 0:
            found = _estimate(book, layout, totals, index)
            trade = book.trades[cell.trade]
            floor = _TARGET_FLOOR * natural_scale(trade.payoff, book.models[trade.underlying], cell.greek)
            if not found.standard_error <= target * max(abs(found.value), floor):
                missed.add(cell.job)
    return missed


def _estimate(book: Book, layout: Plan, totals: Sequence[Array], index: int) -> Estimate:
    cell = layout.cells[index]
    if cell.exact is not None:
        return Estimate(cell.exact, 0.0, 0, cell.status, cell.reason)
    if cell.job < 0:
        return Estimate(nan, nan, 0, cell.status, cell.reason)
    trade = book.trades[cell.trade]
    model = book.models[trade.underlying]
    scale = natural_scale(trade.payoff, model, cell.greek)
    random = model.no_density(cell.greek) is None
    return from_moments(totals[cell.job][cell.row], cell.status, cell.reason, scale, random)


def _trade_rows(book: Book, layout: Plan, estimates: Sequence[Estimate], units: str) -> list[dict[str, Any]]:
    exact: dict[int, Mapping[str, float]] = {}
    rows = []
    for cell, found in zip(layout.cells, estimates, strict=True):
        trade = book.trades[cell.trade]
        model = book.models[trade.underlying]
        if cell.trade not in exact:
            exact[cell.trade] = reference(trade.payoff, model)
        factor, _ = unit(cell.greek, units)
        known = exact[cell.trade].get(cell.greek, nan)
        rounding = 1e-12 * natural_scale(trade.payoff, model, cell.greek) if cell.job >= 0 else 0.0
        spread = max(found.standard_error, rounding)
        numbers = row(found, cell.greek, units)
        rows.append(
            {
                "trade_id": trade.trade_id,
                "underlying": trade.underlying,
                "product": trade.payoff.kind,
                "model": model.kind,
                "greek": cell.greek,
                "estimator": cell.estimator,
                **numbers,
                "reference": known * factor,
                "z_score": (found.value - known) / spread if found.paths and spread > 0 else nan,
                "quantity": trade.quantity,
                "multiplier": trade.multiplier,
                "position_value": trade.position * numbers["value"],
                "position_standard_error": abs(trade.position) * numbers["standard_error"],
                "kurtosis": found.kurtosis,
                **{name: trade.labels.get(name, "") for name in book.label_columns},
            }
        )
    return rows


def _net_rows(
    book: Book, layout: Plan, totals: Sequence[Array], estimates: Sequence[Estimate], units: str
) -> list[dict[str, Any]]:
    """Groups are independent, so their variances add; within a group the netted contributions were measured."""
    rows = []
    for cell in layout.net:
        value, variance, paths = cell.exact, 0.0, 0
        for job, line, factor in cell.rows:
            moments = totals[job][line]
            value += factor * float(moments[1])
            variance += factor**2 * float(moments[2]) / (moments[0] * max(moments[0] - 1.0, 1.0))
            paths = max(paths, int(moments[0]))
        members = [estimates[index] for index in cell.cells]
        absent = [m for m in members if m.status == "na"]
        warned = [m for m in members if m.status == "warn"]
        status, reason = "ok", ""
        if warned:
            status, reason = "warn", f"{len(warned)} of {len(members)} trades carry a warning"
        if absent:
            status = "na" if len(absent) == len(members) else "warn"
            reason = f"{len(absent)} of {len(members)} trades have no value and are left out: {absent[0].reason}"
        if status == "na":
            value = variance = nan
        numbers = row(Estimate(value, sqrt(variance), paths, status, reason), cell.greek, units)
        del numbers["paths"]
        tail = {name: numbers.pop(name) for name in ("unit", "status", "reason")}
        rows.append({"group": cell.group, "greek": cell.greek, **numbers, "trades": len(members), **tail})
    return rows


def _manifest(book: Book, settings: Settings, units: str, target: float | None, threads: int | None) -> dict[str, Any]:
    from importlib.metadata import version

    from greeks._version import __version__

    return {
        "version": __version__,
        "settings": {**asdict(settings), "units": units, "target": target, "threads": threads},
        "inputs": dict(book.sources),
        "machine": {
            "system": platform.platform(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "numba", "scipy")},
        },
    }


@dataclass(frozen=True)
class PathSample:
    """Paths and scores as arrays.

    Attributes
    ----------
    times : tuple of float
        Dates in years.
    spot : ndarray, shape (dates, paths)
    scores : dict of str to ndarray, shape (paths,)
        Likelihood-ratio weight of each first-order Greek, without the derivative of any discount factor.
    """

    times: tuple[float, ...]
    spot: Array
    scores: dict[str, Array]


def sample_paths(model: Any, *, times: Sequence[float], paths: int, seed: int = 42, underlying: str = "") -> PathSample:
    """Simulated spots and scores, for payoffs computed elsewhere.

    Parameters
    ----------
    model
        A market model.
    times : sequence of float
        Dates in years, ascending, positive.
    paths : int
    seed : int
    underlying : str
        Names the random stream.

    Returns
    -------
    PathSample

    Raises
    ------
    UsageError
        For dates out of order or a number of paths below 1.
    """
    dates = tuple(float(time) for time in times)
    if not dates or dates[0] <= 0 or any(b <= a for a, b in pairwise(dates)):
        raise UsageError(f"times is {list(times)}: write positive years in strictly ascending order")
    if paths < 1:
        raise UsageError(f"paths is {paths}: write at least 1")
    width, workspace = 1024, Workspace()
    greeks = tuple(greek for greek in model.greeks() if model.no_density(greek) is None)
    spot = np.empty((len(dates), paths))
    scores = {greek: np.empty(paths) for greek in greeks}
    key = stream_key(seed, underlying, *dates)
    for first in range(0, paths, width):
        count = min(width, paths - first)
        block = model.simulate(dates, Draw(key, first, width, count), workspace)
        spot[:, first : first + count] = block.spot[:, :count]
        if greeks:
            for greek, weights in zip(greeks, block.weights(greeks), strict=True):
                scores[greek][first : first + count] = weights[:count]
    return PathSample(dates, spot, scores)


def score_function_estimate(values: npt.ArrayLike, scores: npt.ArrayLike, *, baseline: bool = False) -> Estimate:
    """grad E[f] = E[f grad log p], for any density whatever.

    Parameters
    ----------
    values : array_like, shape (n,)
        f at each draw, not depending on the parameter.
    scores : array_like, shape (n,)
        Derivative of the log-density at each draw.
    baseline : bool, default False
        Subtract from each f a multiple of its score chosen to reduce the variance, estimated on the other half of
        the draws, so that the estimate stays unbiased (REINFORCE with a baseline).

    Returns
    -------
    Estimate
        Value and standard error.

    Raises
    ------
    UsageError
        If the shapes differ, are not one-dimensional, or hold fewer than 4 draws.
    """
    f, s = np.asarray(values, dtype=float), np.asarray(scores, dtype=float)
    if f.shape != s.shape or f.ndim != 1 or f.size < 4:
        raise UsageError(f"values {f.shape} and scores {s.shape} must be one-dimensional, alike, of at least 4 draws")
    product = f * s
    if baseline:
        half = f.size // 2
        parts = (slice(0, half), slice(half, None))
        for own, other in (parts, parts[::-1]):
            square = s[other] ** 2
            product[own] -= float(np.sum(f[other] * square) / np.sum(square)) * s[own]
    error = float(np.std(product, ddof=1) / sqrt(f.size))
    return Estimate(float(np.mean(product)), error, f.size, "ok", "")
