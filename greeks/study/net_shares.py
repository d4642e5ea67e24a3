"""Which trade makes a net uncertain: the share of each trade in the variance of a netted number.

The share of trade i is Cov(X_i, N) / Var(N), with X_i what the position adds to the net N, path by path: the shares of
a row add up to 1, and that of a hedge may be negative. The run itself keeps no products, so the same paths are drawn
once more, on one thread, and each trade is multiplied with the nets it is in: not all pairs, and one block of paths in
memory. Verified against a reference that keeps every path, and against the error of the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from greeks.book import Book
from greeks.core.workspace import Array, Workspace
from greeks.errors import UsageError
from greeks.execution.pilot import choices
from greeks.planning import Plan, Settings, plan
from greeks.planning.automatic import decisions
from greeks.planning.netting import NetCell
from greeks.results.tables import RunResult
from greeks.simulation.job import Job
from greeks.study.contributions import contributions

Own = tuple[list[int], Array]  # rows of a job, and what one unit of each counts


@dataclass(frozen=True)
class Share:
    """Part of one trade in the variance of a netted number; ``row`` is its place in the table of trades."""

    trade_id: str
    share: float
    row: int


def net_shares(book: Book, result: RunResult, threads: int | None = None) -> list[list[Share]]:
    """Shares of the trades of every netted number, largest first by size.

    Parameters
    ----------
    book : Book
        The one that was run.
    result : RunResult
        Of :func:`greeks.run`.
    threads : int, optional
        For the pilot only; does not change the result.

    Returns
    -------
    list of list of Share
        One list for each row of ``result.net``: without unit, adding up to 1 within rounding; 0 for an exact number.
        Empty where the net has no error, or no value.

    Raises
    ------
    UsageError
        If the book has other trades than the result.

    Notes
    -----
    Of Sobol points and exercise policies the covariances are those of the means of the replicates, as the error is,
    without its widening for skewness. Costs about a second run on one thread.
    """
    data = result.to_json()
    if list(dict.fromkeys(line["trade_id"] for line in data["trades"])) != [one.trade_id for one in book.trades]:
        raise UsageError("net_shares: the result is of other trades: give the book that was run")
    used = result.manifest["settings"]
    settings = Settings(**{part.name: used[part.name] for part in fields(Settings)})
    decided = decisions(book, settings)
    layout = plan(book, settings, {**decided, **choices(book, settings, threads, decided)})
    paths = {cell.job: data["trades"][index]["paths"] for index, cell in enumerate(layout.cells) if cell.job >= 0}
    uncertain = [place for place, line in enumerate(data["net"]) if line["standard_error"]]
    found = {place: np.zeros(len(layout.net[place].cells)) for place in uncertain}
    for number, job in enumerate(layout.jobs):
        if number not in paths:
            continue
        wanted = {place: _own(book, layout, layout.net[place], number) for place in uncertain}
        wanted = {place: own for place, own in wanted.items() if own[0]}
        for place, covariance in zip(wanted, _covariances(job, paths[number], list(wanted.values())), strict=True):
            cells = layout.net[place].cells
            found[place][[k for k, index in enumerate(cells) if layout.cells[index].job == number]] += covariance
    shares: list[list[Share]] = []
    for place, cell in enumerate(layout.net):
        parts = found.get(place, np.zeros(0))
        total = float(parts.sum())
        named = zip(cell.cells, parts, strict=True) if total > 0.0 else ()
        own = [Share(book.trades[layout.cells[c].trade].trade_id, float(part) / total, c) for c, part in named]
        shares.append(sorted(own, key=lambda one: -abs(one.share)))
    return shares


def _own(book: Book, layout: Plan, net: NetCell, job: int) -> Own:
    """Rows of a job that a netted number adds, in its order, each with quantity, currency and bucket."""
    cells = [layout.cells[index] for index in net.cells if layout.cells[index].job == job]
    trades = [book.trades[cell.trade] for cell in cells]
    factors = [
        trade.position * cell.factor * net.weight(cell.trade, trade.underlying)
        for cell, trade in zip(cells, trades, strict=True)
    ]
    return [cell.row for cell in cells], np.array(factors)


def _covariances(job: Job, paths: int, wanted: list[Own]) -> Iterator[Array]:
    """Covariances of the means of positions with that of their net, one array for each net."""
    shares = max(job.shares, 1)
    counts = np.zeros(shares)
    rows, workspace = job.rows - len(job.net_groups), Workspace()
    means, out = np.zeros((shares, rows)), np.empty((rows, job.width))
    products = [np.zeros(len(own)) for own, _ in wanted]
    for block, first, count in job.spans(paths):
        contributions(job, first, count, workspace, out)
        share = block % shares
        mean = out[:, :count].mean(axis=1)
        step = mean - means[share]
        merged = counts[share] + count
        if not job.shares:  # within shares paths are not independent
            for (own, factors), sums in zip(wanted, products, strict=True):
                centred = factors[:, None] * (out[own, :count] - mean[own, None])
                moved = factors * step[own]
                # einsum adds in one order: a BLAS product may depend on its number of threads
                sums += np.einsum("ij,j->i", centred, centred.sum(axis=0))
                sums += moved * moved.sum() * (counts[share] * count / merged)
        means[share] += step * (count / merged)
        counts[share] = merged
    for (own, factors), sums in zip(wanted, products, strict=True):
        if job.shares:
            centred = factors * (means - means.mean(axis=0))[:, own]
            yield np.einsum("ji,j->i", centred, centred.sum(axis=1)) / (shares * (shares - 1))
        else:
            yield sums / (counts[0] * (counts[0] - 1.0))
