"""From trades to jobs: which estimator gives each number, who shares paths with whom, and what is netted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.estimators.registry import ESTIMATORS, choose
from greeks.simulation import Job, Line, Request

# Greeks in currency per common unit: these may be added over underlyings. A delta of one index and a delta of
# another may not.
ADDITIVE = ("price", "vega", "rho", "dividend_rho", "theta")


NetRows = dict[tuple[str, str], list[tuple[int, int, float]]]  # (group, Greek) to (job, row, factor)


@dataclass(frozen=True)
class Settings:
    """What decides the numbers, apart from the book: everything here is in the manifest."""

    greeks: tuple[str, ...]
    estimators: tuple[str, ...]
    paths: int
    seed: int
    bump: float = 1.0
    steps_per_year: int | None = None
    antithetic: bool = False
    group_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cell:
    """One number to report: where it comes from, or why there is none.

    ``job`` and ``row`` point at moments; ``exact`` holds a value known without simulation; with neither, the
    number is not available and ``reason`` says why.
    """

    trade: int
    greek: str
    estimator: str
    status: str
    reason: str
    job: int = -1
    row: int = -1
    exact: float | None = None


@dataclass(frozen=True)
class NetCell:
    """One netted number: independent rows (job, row, factor) to add up, exact parts, and the cells it covers."""

    group: str
    greek: str
    rows: tuple[tuple[int, int, float], ...]
    exact: float
    cells: tuple[int, ...]


@dataclass
class Plan:
    """Jobs to run, and how their moments become numbers."""

    jobs: list[Job] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    net: list[NetCell] = field(default_factory=list)


def plan(book: Book, settings: Settings) -> Plan:
    """Group trades by underlying and dates, choose estimators, lay out the rows of moments.

    Raises
    ------
    UsageError
        If ``group_by`` names a column the book does not have.
    """
    missing = [name for name in settings.group_by if name not in (*book.label_columns, "underlying", "product")]
    if missing:
        known = ", ".join((*book.label_columns, "underlying", "product"))
        raise UsageError(f"--group-by: no column {', '.join(map(repr, missing))} in the portfolio: choose from {known}")
    result = Plan()
    groups: dict[tuple[str, tuple[float, ...]], list[int]] = {}
    by_trade: dict[int, list[Cell]] = {}
    for number, trade in enumerate(book.trades):
        model = book.models[trade.underlying]
        settled = trade.payoff.settled(model.spot)
        if settled is None:
            groups.setdefault((trade.underlying, trade.payoff.dates()), []).append(number)
        else:
            by_trade[number] = [_settled_cell(number, trade, model, greek, settled) for greek in settings.greeks]
    net_rows: NetRows = {}
    for (underlying, dates), numbers in groups.items():
        _plan_group(book, settings, result, by_trade, net_rows, underlying, dates, numbers)
    for number in range(len(book.trades)):
        result.cells.extend(by_trade[number])
    result.net = list(_net_cells(book, settings, result.cells, net_rows))
    return result


def _settled_cell(number: int, trade: Trade, model: Any, greek: str, value: float) -> Cell:
    """A payment that depends on no future spot: its discounted value, and no Greeks."""
    if greek == "price":
        from math import exp

        exact = value * exp(-model.rate * trade.payoff.maturity)
        return Cell(number, greek, "analytic", "ok", "settled: known without simulation", exact=exact)
    return Cell(number, greek, "analytic", "na", "settled: nothing is left to differentiate, only the price is given")


def _requests(
    number: int, trade: Trade, model: Any, settings: Settings
) -> tuple[list[tuple[str, list[str]]], list[Cell]]:
    """Greeks by estimator for one trade, and its cells in order of Greek, then estimator."""
    wanted: dict[str, list[str]] = {}
    cells: list[Cell] = []
    for greek in settings.greeks:
        names: Sequence[str] = settings.estimators
        note = ""
        if names == ("auto",):
            chosen = choose(trade.payoff, model, greek)
            if chosen is None:
                refusal = ESTIMATORS["likelihood_ratio"].refuse(trade.payoff, model, greek)
                cells.append(Cell(number, greek, "auto", "na", refusal or "no estimator is valid"))
            names = () if chosen is None else (chosen[0],)
            note = chosen[1] if chosen else ""
        for name in names:
            refusal = ESTIMATORS[name].refuse(trade.payoff, model, greek)
            if refusal is not None:
                cells.append(Cell(number, greek, name, "na", refusal))
                continue
            status, reason = ESTIMATORS[name].remark(trade.payoff, model, greek, settings.bump)
            reason = "; ".join(part for part in (note, reason) if part)
            wanted.setdefault(name, []).append(greek)
            cells.append(Cell(number, greek, name, status, reason))
    return list(wanted.items()), cells


def _plan_group(
    book: Book,
    settings: Settings,
    result: Plan,
    by_trade: dict[int, list[Cell]],
    net_rows: NetRows,
    underlying: str,
    dates: tuple[float, ...],
    numbers: list[int],
) -> None:
    """One job, the cells of its trades, and its netted rows."""
    model, job = book.models[underlying], len(result.jobs)
    leaves: dict[tuple[str, ...], int] = {}
    lines: list[Line] = []
    used: dict[int, tuple[int, float]] = {}  # netted row: the first row that counts towards it, and its position
    alone = len(numbers) == 1  # one trade is its own net: no netted rows are needed
    width = len(settings.greeks)
    row = 0
    for number in numbers:
        trade = book.trades[number]
        wanted, cells = _requests(number, trade, model, settings)
        leaf = leaves.setdefault(leaf_key(trade, settings.group_by), len(leaves))
        taken: set[str] = set()
        requests: list[Request] = []
        place: dict[tuple[str, str], int] = {}
        for name, greeks in wanted:
            targets, fresh = [], []
            for greek in greeks:
                target = leaf * width + settings.greeks.index(greek)
                counts = greek not in taken
                targets.append(target if counts and not alone else -1)
                fresh.append(target not in used)
                if counts:
                    used.setdefault(target, (row, trade.position))
                place[greek, name] = row
                row += 1
            taken.update(greeks)
            requests.append(Request(name, tuple(greeks), tuple(targets), tuple(fresh)))
        lines.append(Line(trade.payoff, trade.position, tuple(requests)))
        by_trade[number] = [
            replace(cell, job=job, row=place[cell.greek, cell.estimator])
            if (cell.greek, cell.estimator) in place
            else cell
            for cell in cells
        ]
    net_groups: list[tuple[int, ...]] = []

    def net(name: str, greek: str, members: tuple[int, ...]) -> None:
        places = net_rows.setdefault((name, greek), [])
        if alone:
            places.append((job, *used[members[0]]))
        else:
            places.append((job, row + len(net_groups), 1.0))
            net_groups.append(members)

    for position, greek in enumerate(settings.greeks):
        members = tuple(r for r in sorted(used) if r % width == position)
        if members:
            net(underlying, greek, members)
        if settings.group_by:
            for key, leaf in leaves.items():
                if leaf * width + position in used:
                    net(_leaf_name(key), greek, (leaf * width + position,))
    result.jobs.append(
        Job(
            underlying,
            model,
            dates,
            settings.seed,
            tuple(lines),
            0 if alone else width * len(leaves),
            tuple(net_groups),
            settings.bump,
            settings.steps_per_year,
            settings.antithetic,
        )
    )


def leaf_key(trade: Trade, group_by: Sequence[str]) -> tuple[str, ...]:
    """The finest netting a trade belongs to: its underlying and its labels."""
    known = {"underlying": trade.underlying, "product": trade.payoff.kind}
    parts = [f"{name}={known.get(name) or trade.labels.get(name, '') or '(blank)'}" for name in group_by]
    return (trade.underlying, *(part for part, name in zip(parts, group_by, strict=True) if name != "underlying"))


def _leaf_name(key: tuple[str, ...]) -> str:
    return " | ".join(key)


def _net_cells(book: Book, settings: Settings, cells: Sequence[Cell], net_rows: NetRows) -> Iterator[NetCell]:
    """The book, each underlying, and each group, in that order."""
    first: dict[tuple[int, str], int] = {}
    for index, cell in enumerate(cells):
        usable = cell.status != "na"
        held = first.get((cell.trade, cell.greek))
        if held is None or (usable and cells[held].status == "na"):
            first[cell.trade, cell.greek] = index
    underlyings = list(dict.fromkeys(trade.underlying for trade in book.trades))
    keys = [leaf_key(trade, settings.group_by) for trade in book.trades]
    groups: list[tuple[str, list[int], list[str], bool]] = []  # name, trades, names of moments rows, additive only
    everything = list(range(len(book.trades)))
    groups.append(("book", everything, underlyings, len(underlyings) > 1))
    groups.extend(
        (name, [i for i in everything if book.trades[i].underlying == name], [name], False) for name in underlyings
    )
    if settings.group_by:
        for labels in dict.fromkeys(key[1:] for key in keys if key[1:]):
            members = [i for i in everything if keys[i][1:] == labels]
            leaves = list(dict.fromkeys(_leaf_name(keys[i]) for i in members))
            groups.append((_leaf_name(labels), members, leaves, len({keys[i][0] for i in members}) > 1))
        groups.extend(
            (_leaf_name(key), [i for i in everything if keys[i] == key], [_leaf_name(key)], False)
            for key in dict.fromkeys(key for key in keys if key[1:])
        )
    for name, members, sources, additive_only in groups:
        for greek in settings.greeks:
            if additive_only and greek not in ADDITIVE:
                continue
            rows = tuple(place for source in sources for place in net_rows.get((source, greek), []))
            covered = tuple(first[i, greek] for i in members if (i, greek) in first)
            exact = sum(book.trades[cells[c].trade].position * (cells[c].exact or 0.0) for c in covered)
            yield NetCell(name, greek, rows, exact, covered)
