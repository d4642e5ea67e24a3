"""From trades to jobs: who shares paths with whom, and which rows of moments hold which number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from greeks.book import Book
from greeks.core.workspace import Array
from greeks.estimators.exercise_policies import POLICIES
from greeks.planning.automatic import Choices, decisions, greeks_of
from greeks.planning.bridges import bridged
from greeks.planning.cells import Cell, requests_of, settled_cell, twin_for
from greeks.planning.grids import refined
from greeks.planning.measured import grid_paths, measures_beside
from greeks.planning.netting import Labels, Leaf, NetCell, NetRows, counted, group_columns, labels_of, net_cells
from greeks.planning.settings import Settings
from greeks.simulation.job import Job, Line, Request


@dataclass
class Plan:
    """Jobs to run, and how their moments become numbers."""

    jobs: list[Job] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    net: list[NetCell] = field(default_factory=list)
    grids: dict[int, Job] = field(default_factory=dict)  # by job: what measures its time-step bias

    def runs(self, paths: int) -> list[tuple[Job, int, int]]:
        """Job, first block and number of paths of everything to simulate: the jobs, then what measures their bias."""
        thin = [(job, 0, grid_paths(paths, job.replicates)) for job in self.grids.values()]
        return [(job, 0, paths) for job in self.jobs] + thin

    def grid_moments(self, job: int, totals: Sequence[Array]) -> Array | None:
        """Moments of the differences between two grids of a job, where they were simulated."""
        place = self._grid_places.get(job, len(totals))
        return totals[place] if place < len(totals) else None

    @cached_property
    def _grid_places(self) -> dict[int, int]:
        """Where the moments of :meth:`runs` hold those of a job's grids; the plan is whole by then."""
        return {job: place for place, job in enumerate(self.grids, start=len(self.jobs))}


def plan(book: Book, settings: Settings, decided: Choices | None = None) -> Plan:
    """Group trades by underlying and dates, choose estimators, lay out the rows of moments.

    Parameters
    ----------
    book, settings
    decided : mapping, optional
        What "auto" takes for each number, as a pilot may have measured; default the order of preference.

    Raises
    ------
    UsageError
        If ``group_by`` names a column the book does not have, or one that the netted table has already.
    """
    columns = group_columns(book, settings)
    book = bridged(book, settings)
    decided = decisions(book, settings) if decided is None else decided
    result = Plan()
    groups: dict[tuple[str, tuple[float, ...], bool], list[int]] = {}  # what is exercised early has paths of its own
    by_trade: dict[int, list[Cell]] = {}
    for number, trade in enumerate(book.trades):
        model = book.model_of(trade)
        settled = trade.payoff.settled(model.spot)
        if settled is None:
            groups.setdefault((trade.underlying, trade.payoff.dates(), trade.payoff.early), []).append(number)
        else:
            by_trade[number] = [
                settled_cell(number, trade, model, greek, settled) for greek in greeks_of(model, settings)
            ]
    net_rows: NetRows = {}
    for (underlying, dates, _), numbers in groups.items():
        _plan_group(book, settings, columns, decided, result, by_trade, net_rows, underlying, dates, numbers)
    for number in range(len(book.trades)):
        result.cells.extend(by_trade[number])
    result.grids = {
        number: refined(job)
        for number, job in enumerate(result.jobs)
        if job.lines and "two_grids" in job.model.gives and not job.model.still
    }
    result.net = list(net_cells(book, settings, result.cells, net_rows, [job.dates[-1] for job in result.jobs]))
    return result


def _by_model(numbers: list[int], models: Mapping[int, Any]) -> list[int]:
    """Trades of one model beside each other: its paths are made once."""
    if all(model is models[numbers[0]] for model in models.values()):
        return numbers
    place: dict[Any, int] = {}
    for number in numbers:
        place.setdefault(models[number], len(place))
    return sorted(numbers, key=lambda number: place[models[number]])


def _plan_group(
    book: Book,
    settings: Settings,
    columns: tuple[str, ...],
    decided: Choices,
    result: Plan,
    by_trade: dict[int, list[Cell]],
    net_rows: NetRows,
    underlying: str,
    dates: tuple[float, ...],
    numbers: list[int],
) -> None:
    """One job, the cells of its trades, and its netted rows."""
    job = len(result.jobs)
    models = {number: book.model_of(book.trades[number]) for number in numbers}
    first = models[numbers[0]]
    numbers = _by_model(numbers, models)
    leaves: dict[Labels, int] = {}
    lines: list[Line] = []
    used: dict[int, tuple[int, float]] = {}  # netted row: the first row that counts towards it, and its position
    alone = len(numbers) == 1  # one trade is its own net: no netted rows are needed
    width = len(settings.greeks)
    row = 0
    for number in numbers:
        trade = book.trades[number]
        model = models[number]
        twin = twin_for(trade, model, settings)
        payoff, position = (twin.payoff, twin.factor * trade.position) if twin else (trade.payoff, trade.position)
        wanted, cells = requests_of(number, trade, model, settings, decided)
        leaf = leaves.setdefault(labels_of(trade, columns), len(leaves))
        netted = {(cells[index].greek, cells[index].estimator) for index in counted(cells, trade, model).values()}
        requests: list[Request] = []
        place: dict[tuple[str, str], int] = {}
        for name, greeks in wanted:
            targets, fresh = [], []
            for greek in greeks:
                target = leaf * width + settings.greeks.index(greek)
                counts = (greek, name) in netted
                targets.append(target if counts and not alone else -1)
                fresh.append(target not in used)
                if counts:
                    used.setdefault(target, (row, position))
                place[greek, name] = row
                row += 1
            requests.append(Request(name, tuple(greeks), tuple(targets), tuple(fresh)))
        beside, found = measures_beside(wanted, trade, payoff, model, row)
        requests.extend(beside)
        row += sum(len(request.greeks) for request in beside)
        if requests:
            lines.append(Line(payoff, position, tuple(requests), None if model == first else model))
        by_trade[number] = [
            replace(
                cell,
                job=job,
                row=place[cell.greek, cell.estimator],
                measures=found.get((cell.greek, cell.estimator), {}),
            )
            if (cell.greek, cell.estimator) in place
            else cell
            for cell in cells
        ]
    net_groups: list[tuple[int, ...]] = []

    def net(leaf: Leaf, greek: str, members: tuple[int, ...]) -> None:
        places = net_rows.setdefault((leaf, greek), [])
        if alone:
            places.append((job, *used[members[0]]))
        else:
            places.append((job, row + len(net_groups), 1.0))
            net_groups.append(members)

    for position, greek in enumerate(settings.greeks):
        members = tuple(r for r in sorted(used) if r % width == position)
        if members:
            net((underlying, None), greek, members)
        if columns:
            for labels, leaf in leaves.items():
                if leaf * width + position in used:
                    net((underlying, labels), greek, (leaf * width + position,))
    if not lines:  # every number is exact
        return
    result.jobs.append(
        Job(
            underlying,
            first,
            dates,
            settings.seed,
            tuple(lines),
            0 if alone else width * len(leaves),
            tuple(net_groups),
            settings.bump,
            settings.steps_per_year,
            settings.antithetic,
            replicates=settings.replicates,
            controls=settings.controls,
            policies=(settings.replicates or POLICIES) if book.trades[numbers[0]].payoff.early else 0,
        )
    )
