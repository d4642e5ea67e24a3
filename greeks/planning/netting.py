"""What is added up: the book, each underlying, each group asked for, and where the moments of each sum are.

Trades of one simulation group share paths, so their sum is measured path by path; different groups are independent.
Amounts of different currencies are never added, nor derivatives with respect to different parameters: a row that would
mix them is several rows, told apart by ``currency`` and by ``unit``. Verified in the tests: a book and its opposite net
to 0 +- 0, and parts of a position to the error of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from greeks.book import Book, Trade
from greeks.errors import UsageError
from greeks.estimators.registry import PREFERENCE, choose
from greeks.names import CASH_UNITS, spot_power, volatility_of
from greeks.planning.buckets import BUCKETED, shares
from greeks.planning.cells import Cell
from greeks.planning.currencies import currency_of, rates_of
from greeks.planning.settings import Settings
from greeks.text.visible import LONGEST, quoted, visible

# Greeks in currency per common unit: these may be added over underlyings. A delta of one index and a delta of
# another may not.
ADDITIVE = ("price", "vega", "rho", "dividend_rho", "theta")
# Columns of the netted table that a column to group by cannot be called.
_TAKEN = frozenset(
    ("level", "currency", "greek", "estimator", "value", "standard_error", "ci_low", "ci_high", "trades", "unit",
     "status", "reason", "bias", "bucket", "seed")
)  # fmt: skip

NOTHING = 1e-12  # of the positions held: what is left of equal ones by rounding

Labels = tuple[str, ...]
Leaf = tuple[str, Labels | None]  # an underlying, or its part with these labels
Place = tuple[int, int, float]  # job, row of its moments, factor
NetRows = dict[tuple[Leaf, str], list[Place]]  # by leaf and Greek


@dataclass(frozen=True)
class NetCell:
    """One netted number: independent rows of moments to add up, exact parts, and the cells it covers.

    ``labels`` has one entry for each column of ``group_columns``; ``currency`` is blank where none is stated. Of a
    ``bucket`` of time ``shares`` has the part of each trade that belongs to it.
    """

    level: str
    underlying: str
    currency: str
    labels: Labels
    greek: str
    estimator: str
    volatility: str
    rows: tuple[Place, ...]
    exact: float
    cells: tuple[int, ...]
    rates: Mapping[str, float]

    bucket: str = ""
    shares: Mapping[int, float] = field(default_factory=dict)

    def weight(self, number: int, underlying: str) -> float:
        """What one unit of a trade counts: of its currency, and of its unit of spot, and its share."""
        return self.rates.get(underlying, 1.0) * self.shares.get(number, 1.0)


def group_columns(book: Book, settings: Settings) -> tuple[str, ...]:
    """Columns to group by beside the underlying.

    Raises
    ------
    UsageError
        If the book has no such column, or the netted table has one of its own by that name.
    """
    known = (*book.label_columns, "underlying", "product")
    missing = [name for name in settings.group_by if name not in known]
    if missing:
        choices = ", ".join(visible(name, LONGEST) for name in known)
        raise UsageError(
            f"group_by: no column {', '.join(map(quoted, missing))} in the portfolio: choose from {choices}"
        )
    for name in settings.group_by:
        if name in _TAKEN:
            raise UsageError(f"group_by: the netted table has a column {name} of its own: rename the column")
    return tuple(name for name in dict.fromkeys(settings.group_by) if name != "underlying")


def labels_of(trade: Trade, columns: Sequence[str]) -> Labels:
    """A trade's entries in the columns to group by; blank where it has none."""
    return tuple(trade.payoff.kind if name == "product" else trade.labels.get(name, "") for name in columns)


def counted(cells: Sequence[Cell], trade: Trade, model: Any) -> dict[str, int]:
    """By Greek, which of a trade's cells is netted: the one of ``auto`` if it is there, or the best that is.

    Decided before simulation, by the estimators asked for and never by their order: a value known exactly, then what
    ``auto`` would take, then without a warning before with one, then in the order of ``PREFERENCE``.
    """
    chosen: dict[str, int] = {}
    for greek in dict.fromkeys(cell.greek for cell in cells):
        own = [index for index, cell in enumerate(cells) if cell.greek == greek]
        usable = [index for index in own if cells[index].status != "na"]
        taken = choose(trade.payoff, model, greek) if len(usable) > 1 else None
        chosen[greek] = min(usable or own, key=lambda index: _rank(cells[index], taken[0] if taken else ""))
    return chosen


def _rank(cell: Cell, taken: str) -> tuple[bool, bool, bool, int]:
    place = PREFERENCE.index(cell.estimator) if cell.estimator in PREFERENCE else len(PREFERENCE)
    return cell.exact is None, cell.estimator != taken, cell.status != "ok", place


def net_cells(
    book: Book, settings: Settings, cells: Sequence[Cell], net_rows: NetRows, times: Sequence[float]
) -> Iterator[NetCell]:
    """The book, each underlying, and each group, in that order; each with its buckets.

    ``times`` is the last date of each job.
    """
    for whole in _whole_cells(book, settings, cells, net_rows):
        yield whole
        if settings.buckets and whole.greek in BUCKETED:
            yield from _bucketed(book, settings, cells, whole, times)


def _bucketed(
    book: Book, settings: Settings, cells: Sequence[Cell], whole: NetCell, times: Sequence[float]
) -> Iterator[NetCell]:
    """A netted number by tenor: every trade of a job has the job's last date, so that its sums have one share."""
    by_trade = {}
    for index in whole.cells:
        payoff = book.trades[cells[index].trade].payoff
        by_trade[cells[index].trade] = shares((payoff.dates() or (payoff.maturity,))[-1], settings.buckets)
    by_job = {job: shares(times[job], settings.buckets) for job, _, _ in whole.rows}
    for name, _ in settings.buckets:
        part = {number: share[name] for number, share in by_trade.items() if name in share}
        covered = tuple(index for index in whole.cells if cells[index].trade in part)
        if covered:
            rows = tuple(
                (job, row, factor * by_job[job][name]) for job, row, factor in whole.rows if name in by_job[job]
            )
            exact = _added([part[cells[c].trade] * _exact(book, cells[c], whole.rates) for c in covered])
            yield replace(whole, rows=rows, exact=exact, cells=covered, bucket=name, shares=part)


def _whole_cells(book: Book, settings: Settings, cells: Sequence[Cell], net_rows: NetRows) -> Iterator[NetCell]:
    first: dict[tuple[int, str], int] = {}
    start = 0
    for number, trade in enumerate(book.trades):
        end = start
        while end < len(cells) and cells[end].trade == number:
            end += 1
        for greek, index in counted(cells[start:end], trade, book.model_of(trade)).items():
            first[number, greek] = start + index
        start = end
    for level, labels, members, leaves in _groups(book, group_columns(book, settings)):
        for currency, alike in _by_currency(book, settings, level, members).items():
            for greek in settings.greeks:
                having = [i for i in alike if (i, greek) in first]
                for volatility, part in _by_volatility(book, having, greek).items():
                    underlyings = dict.fromkeys(book.trades[i].underlying for i in part)
                    if len(underlyings) > 1 and greek not in (CASH_UNITS if settings.units == "cash" else ADDITIVE):
                        continue
                    covered = tuple(first[i, greek] for i in part)
                    rates = _in_cash(book, settings, greek, rates_of(book, settings, level, list(underlyings)), part)
                    yield NetCell(
                        level,
                        next(iter(underlyings)) if level.startswith("underlying") else "",
                        currency,
                        labels,
                        greek,
                        _joined([cells[c] for c in covered]),
                        volatility,
                        tuple(
                            (job, row, factor * rates.get(leaf[0], 1.0))
                            for leaf in leaves
                            if leaf[0] in underlyings
                            for job, row, factor in net_rows.get((leaf, greek), [])
                        ),
                        _added([_exact(book, cells[c], rates) for c in covered]),
                        covered,
                        rates,
                    )


def _in_cash(
    book: Book, settings: Settings, greek: str, rates: dict[str, float], members: Sequence[int]
) -> dict[str, float]:
    """Rates of the members' underlyings, each times the power of its spot that the unit has."""
    if not (power := spot_power(greek, settings.units)):
        return rates
    trades = [book.trades[i] for i in members]
    return {
        trade.underlying: rates.get(trade.underlying, 1.0) * book.model_of(trade).quoted_spot ** power
        for trade in trades
    }


def _groups(book: Book, columns: Sequence[str]) -> Iterator[tuple[str, Labels, list[int], list[Leaf]]]:
    """Level, labels, trades, and the leaves that hold their moments."""
    everything = list(range(len(book.trades)))
    blank = ("",) * len(columns)
    whole: dict[str, list[int]] = {}
    for i in everything:
        whole.setdefault(book.trades[i].underlying, []).append(i)
    yield "book", blank, everything, [(name, None) for name in whole]
    for name, members in whole.items():
        yield "underlying", blank, members, [(name, None)]
    if not columns:
        return
    over: dict[Labels, list[int]] = {}
    fine: dict[tuple[str, Labels], list[int]] = {}
    for i in everything:
        labels = labels_of(book.trades[i], columns)
        over.setdefault(labels, []).append(i)
        fine.setdefault((book.trades[i].underlying, labels), []).append(i)
    for labels, members in over.items():
        yield "group", labels, members, list(dict.fromkeys((book.trades[i].underlying, labels) for i in members))
    for (name, labels), members in fine.items():
        yield "underlying_group", labels, members, [(name, labels)]


def _by_currency(book: Book, settings: Settings, level: str, members: Sequence[int]) -> dict[str, list[int]]:
    """Trades whose amounts may be added."""
    parts: dict[str, list[int]] = {}
    for i in members:
        parts.setdefault(currency_of(book, settings, level, book.trades[i].underlying), []).append(i)
    return parts


def _by_volatility(book: Book, members: Sequence[int], greek: str) -> dict[str, list[int]]:
    """Trades whose derivatives are with respect to one parameter, by what :func:`volatility_of` calls it."""
    parts: dict[str, list[int]] = {}
    for i in members:
        parts.setdefault(volatility_of(greek, book.model_of(book.trades[i])), []).append(i)
    return parts


def _exact(book: Book, cell: Cell, rates: Mapping[str, float]) -> float:
    """What a position adds without simulation."""
    trade = book.trades[cell.trade]
    return trade.position * ((cell.exact or 0.0) + cell.part) * rates.get(trade.underlying, 1.0)


def _added(parts: Sequence[float]) -> float:
    """Their sum; 0 where what is left of equal positions is rounding."""
    total = sum(parts)
    return total if abs(total) > NOTHING * sum(map(abs, parts)) else 0.0


def _joined(cells: Sequence[Cell]) -> str:
    """Names of the estimators that are added, in the order of the trades."""
    usable = [cell for cell in cells if cell.status != "na"] or cells
    return " + ".join(dict.fromkeys(cell.estimator for cell in usable))
