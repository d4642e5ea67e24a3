"""``estimate`` for one payoff, ``run`` for a book, and the bare score-function estimator."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import fields, replace
from time import perf_counter
from typing import Any

from greeks.book import Book, Trade
from greeks.checks.arguments import check_book, check_contract
from greeks.checks.checkpoints import check_checkpoint
from greeks.checks.options import known_keywords
from greeks.checks.plausible import doubts, mistaken
from greeks.errors import UsageError
from greeks.execution.checkpoint import Checkpoint
from greeks.execution.identity import identity_of
from greeks.execution.pilot import choices
from greeks.execution.target import Goal, simulate
from greeks.planning import Settings, plan
from greeks.planning.automatic import decisions
from greeks.planning.choices import make_settings
from greeks.planning.points import points_note, rounded_down
from greeks.portfolio.fx import fx_rates
from greeks.results.judgement import judgement
from greeks.results.net import net_rows
from greeks.results.result import Result
from greeks.results.tables import RunResult
from greeks.results.trades import make_manifest, trade_rows
from greeks.system.log import log_doubts, log_notes
from greeks.system.progress import EXACT, KERNELS, Progress, begin, shown
from greeks.text.visible import LONGEST, visible

DEFAULT_PATHS = 262_144


@known_keywords
def run(
    book: Book,
    *,
    greeks: str | Iterable[str] | None = None,
    estimators: str | Iterable[str] = "auto",
    paths: int = DEFAULT_PATHS,
    target: float | None = None,
    target_of: str = "trades",
    time_budget: float | None = None,
    max_paths: int | None = None,
    seed: int = 42,
    threads: int | None = None,
    units: str = "raw",
    group_by: str | Iterable[str] = (),
    bump: float = 1.0,
    steps_per_year: int | None = None,
    variance_reduction: str | Iterable[str] | None = None,
    analytic: bool = True,
    sampler: str = "pseudo",
    replicates: int | None = None,
    pilot: bool = True,
    fx: Any = None,
    currency: str | None = None,
    buckets: str | Iterable[str | float] | None = None,
    progress: bool | Progress | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> RunResult:
    """Greeks of every trade of a book, and of the netted book.

    Parameters
    ----------
    book : Book
        From :func:`greeks.read_portfolio`.
    greeks : str or iterable of str, optional
        Names, comma-separated or as a list, or "all"; default price, delta, gamma, vega, rho.
    estimators : str or iterable of str, default "auto"
        "auto", "all", or names: analytic, likelihood_ratio, pathwise, finite_difference, mixed, ...
    paths : int
        Paths of each simulation group, >= 2.
    target : float, optional
        Relative standard error at which a group stops; its paths are doubled from ``paths`` up to ``max_paths``.
        Relative to the size of the number, or to 1 % of the natural scale of such a number where that is larger; a row
        that missed it has status "warn" and ``target_met`` False.
    target_of : {"trades", "net"}
        Whether every number of every trade is to meet the target, or every number of the netted book: then only what
        moves the sum is simulated further, each group in proportion to the root of its variance over its cost. The
        scale of a sum is that of all positions it adds; a row of the book that missed it has status "warn".
    time_budget : float, optional
        Seconds for pilot and simulation, with a target or without: every group gets 8,192 paths, or ``paths`` if that
        is less; then groups are doubled one at a time, the one furthest from the target first, or with the largest
        relative error, as long as the next step is predicted to end in time. The number of paths is then up to the
        machine; it is in every row, and its bits are those of any such run.
    max_paths : int, optional
        Default 64 times ``paths`` with a target, none with a time budget; reached exactly where the target is not.
    seed : int
        Same seed, same bits.
    threads : int, optional
        Default: all processors. Does not change the result.
    units : {"raw", "market", "cash"}
        Per 1.00 and per year; or vega and rho per 0.01 and theta per day; or amounts of money, which are added over
        underlyings: delta times the spot, gamma per 1 % of it, vega per 0.01, rho per 0.0001, theta per day.
    group_by : str or iterable of str
        Label columns to net by, beside the underlying; comma-separated or as a list.
    buckets : str or iterable, optional
        Tenors, such as "3m,6m,1y,2y" or years: netted vega, rho and dividend rho are told by tenor too, in the column
        ``bucket``, each contract's between the two tenors beside its last date.
    bump : float, default 1
        Multiplier of every finite-difference step.
    steps_per_year : int, optional
        Time grid of models with a time-step bias; no effect on GBM, which is exact on any grid.
    variance_reduction : str or iterable of str, optional
        "controls" (default), "antithetic", both, or "none". With controls "conditional" takes off, under Heston, what
        functions of the variance path explain whose means are known; slopes are fitted on paths of their own.
        Antithetic numbers are the mean over a pair of paths, Z and -Z, or over four under Heston, where the random
        numbers of the variance are reflected as well. ``paths`` counts such means: a run takes two or four times as
        long. Likelihood ratios take the value at Z = 0 as baseline of the even part of the weight.
    analytic : bool, default True
        Whether "auto" takes the closed or semi-analytic value where there is one, with error 0; with False every
        number is simulated.
    sampler : {"pseudo", "sobol"}
        "sobol" takes scrambled Sobol points along Brownian bridges. ``paths`` is then rounded up to ``replicates``
        times a power of two; the error is that of the means of the replicates, and intervals take the quantile of
        Student's t. It does not go with antithetic.
    replicates : int, optional
        Independent scrambles, 8 to 1024; default 16 with "sobol", and nothing else with "pseudo".
    pilot : bool, default True
        Whether "auto" measures its candidates on 4,096 paths of their own, and takes for each number the one with the
        least work: where ``paths``, or with a target or a time budget the most paths that may be, is 65,536 or more,
        and the sampler is "pseudo". Else, and with False, the order of preference of docs/choice.md decides. What was
        measured is in the row's ``reason``.
    fx : mapping of str to float, DataFrame, path or open file, optional
        Rate of each currency of the book to the reporting currency: what one unit of it is worth. A file has columns
        ``currency, rate``. Rates are parameters: they have no error bar, and no Greek is taken with respect to them.
    currency : str, optional
        Code of the reporting currency, in which rows over underlyings are then added; those of one underlying stay in
        its own. By default a total for each currency of the book, and none across.
    progress : bool or callable, optional
        True for a bar on stderr; a callable is called with (blocks done, blocks in all).
    checkpoint : path, optional
        Folder that holds the moments of finished blocks, written every two seconds and when the run is interrupted.
        A pilot is repeated. It does not go with ``time_budget``, nor with a payoff that is a Python function.
    resume : bool, default False
        Whether to go on from what the folder holds: the result has the bits of a run that was not interrupted, with any
        number of threads. Refused if anything that decides the numbers differs.

    Returns
    -------
    RunResult

    Raises
    ------
    UsageError
        For an option out of range or an unknown name; the message says what to write instead. Options of the command
        line that are not here (sampler, cluster, ...) are refused with the alternative, unless they change nothing.
    """
    check_book(book)
    check_checkpoint(checkpoint, resume, time_budget)
    settings = make_settings(
        greeks=greeks,
        estimators=estimators,
        paths=paths,
        seed=seed,
        threads=threads,
        bump=bump,
        steps_per_year=steps_per_year,
        variance_reduction=variance_reduction,
        group_by=group_by,
        target=target,
        target_of=target_of,
        time_budget=time_budget,
        max_paths=max_paths,
        units=units,
        analytic=analytic,
        sampler=sampler,
        replicates=replicates,
        pilot=pilot,
        buckets=buckets,
    )
    for trade in book.trades:
        if mistake := mistaken(trade.payoff, book.model_of(trade)):
            raise UsageError(f"trade {visible(trade.trade_id, LONGEST)}: {mistake}")
    noted = tuple(filter(None, [points_note(int(paths), settings.paths, settings.replicates)]))
    rates = fx_rates(fx, currency, book)
    settings = replace(settings, currency=rates.currency, rates=tuple(rates.values.items()))
    log_notes(book.notes)
    with shown(progress) as told:
        begin(told, EXACT)
        start = perf_counter()
        decided = decisions(book, settings)
        layout = plan(book, settings, {**decided, **choices(book, settings, threads, decided)})
        begin(told, KERNELS)
        most = None if max_paths is None else rounded_down(int(max_paths), settings.replicates)
        left = None if time_budget is None else max(time_budget - (perf_counter() - start), 0.0)
        goal = Goal(target, target_of, most, left)
        store = None
        if checkpoint is not None:
            identity = identity_of(
                book, settings, layout.jobs, {"target": target, "target_of": target_of, "max_paths": most}
            )
            store = Checkpoint(os.fspath(checkpoint), identity, resume)
        totals = simulate(book, layout, settings.paths, goal, threads, told, store)
        noted += tuple(store.notes) if store is not None else ()
        begin(told, EXACT)
        found = judgement(book, layout, totals, target if target_of == "trades" else None)
    rows = trade_rows(book, layout, found.marked, found.exact, units, found.errors, found.met)
    log_doubts(rows)
    asked = {
        "target": _plain(target, float),
        "target_of": target_of,
        "time_budget": _plain(time_budget, float),
        "max_paths": most,
        "threads": _plain(threads, int),
    }
    of_net = target if target_of == "net" else None
    net, met = net_rows(book, layout, totals, found.known, found.estimates, found.exact, settings, units, of_net)
    return RunResult(
        rows,
        net,
        make_manifest(book, settings, units, asked, rates.sources, noted),
        met and False not in found.met,
    )


@known_keywords
def estimate(
    payoff: Any,
    model: Any,
    *,
    underlying: str = "",
    greeks: str | Iterable[str] | None = None,
    estimators: str | Iterable[str] = "auto",
    paths: int = DEFAULT_PATHS,
    target: float | None = None,
    target_of: str = "trades",
    time_budget: float | None = None,
    max_paths: int | None = None,
    seed: int = 42,
    threads: int | None = None,
    units: str = "raw",
    group_by: str | Iterable[str] = (),
    bump: float = 1.0,
    steps_per_year: int | None = None,
    variance_reduction: str | Iterable[str] | None = None,
    analytic: bool = True,
    sampler: str = "pseudo",
    replicates: int | None = None,
    pilot: bool = True,
    progress: bool | Progress | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> Result:
    """Greeks of one payoff.

    Parameters
    ----------
    payoff
        A payoff: European, Digital, Asian, Custom, ...
    model
        A market model: GBM, ...
    underlying : str
        Names the random stream; a trade of that underlying in a book gives the same bits.
    greeks, estimators, paths, target, target_of, time_budget, max_paths, seed, threads, units, group_by, bump, \
    steps_per_year, variance_reduction, analytic, sampler, replicates, pilot, progress, \
    checkpoint, resume
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
    if mistake := mistaken(payoff, model):
        raise UsageError(mistake)
    book = Book((Trade("trade", underlying, payoff),), {underlying: model}, notes=tuple(doubts(payoff, model)))
    result = run(
        book,
        greeks=greeks,
        estimators=estimators,
        paths=paths,
        target=target,
        target_of=target_of,
        time_budget=time_budget,
        max_paths=max_paths,
        seed=seed,
        threads=threads,
        units=units,
        group_by=group_by,
        bump=bump,
        steps_per_year=steps_per_year,
        variance_reduction=variance_reduction,
        analytic=analytic,
        sampler=sampler,
        replicates=replicates,
        pilot=pilot,
        progress=progress,
        checkpoint=checkpoint,
        resume=resume,
    )
    used = result.manifest["settings"]
    return Result(result, book, Settings(**{part.name: used[part.name] for part in fields(Settings)}))


def _plain(value: Any, kind: type) -> Any:
    """A number of NumPy as one of Python, which JSON can hold."""
    return None if value is None else kind(value)
