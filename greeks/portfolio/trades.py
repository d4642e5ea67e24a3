"""Portfolio file: one trade a row."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date
from typing import Any

from greeks.book import Trade
from greeks.dates import moment, years_between
from greeks.errors import Issue, UsageError
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.plausible import mistaken
from greeks.portfolio.cells import CellError
from greeks.portfolio.columns import all_columns, columns, needed_by_all
from greeks.portfolio.fields import Problem, build, foreign, pick, unreadable_cells
from greeks.portfolio.header import Header, Names, resolve, stray
from greeks.portfolio.later import NAMES as LATER
from greeks.portfolio.later import later_terms
from greeks.portfolio.market import Market
from greeks.portfolio.notes import Defaults
from greeks.portfolio.table import Table
from greeks.portfolio.trade_names import OF_MARKET, VOCABULARY
from greeks.portfolio.unusable import Unusable
from greeks.results import NET_COLUMNS, TRADE_COLUMNS
from greeks.spec import Multiplier, Quantity, spec
from greeks.text import LONGEST, quoted, visible

_NEEDS_DATE = "needs a valuation date: give --as-of YYYY-MM-DD (as_of in Python)"


@spec
class Position:
    """How much of a payoff is held.

    Parameters
    ----------
    quantity : float, default 1
        Signed number of contracts.
    multiplier : float, default 1
        Units of the payoff in one contract, > 0.
    """

    kind = "trade"
    _: KW_ONLY
    quantity: Quantity = 1.0
    multiplier: Multiplier = 1.0


_HELD = tuple(columns(Position))


@dataclass
class Trades:
    """The good rows, and the issues of the others."""

    trades: list[Trade] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    defaults: Defaults = field(default_factory=Defaults)


def names() -> Names:
    """What a portfolio file's header may hold; what means nothing here may be a label."""
    own = ["trade_id", "underlying", "product", *all_columns(PAYOFFS), "expiry", *all_columns({"": Position})]
    known = [*own, *(name for name in LATER if name not in own)]
    results = "is a column of the results: choose another name for a label"
    reserved = dict.fromkeys((*TRADE_COLUMNS, *NET_COLUMNS, "kurtosis", "bias", "bucket", "seed"), results)
    refused = {name: why for name, why in {**reserved, "currency": OF_MARKET}.items() if name not in known}
    return Names(
        known,
        needed=["trade_id", "underlying", "product", *sorted(needed_by_all(PAYOFFS) - {"maturity"})],
        refused=refused,
        elsewhere=dict.fromkeys(all_columns(MODELS), OF_MARKET),
        vocabulary=VOCABULARY,
        silent=[name for name in LATER if name not in (*own, "exercise")],
        labels=True,
    )


def read_trades(
    table: Table, market: Market | None, as_of: date | None, labels: Sequence[str] | None = None
) -> tuple[Trades, Header]:
    """Trades from a portfolio table.

    Parameters
    ----------
    table : Table
        The portfolio.
    market : Market or None
        None when there is no usable market file to look underlyings up in.
    as_of : date or None
        What an expiry counts from.
    labels : sequence of str, optional
        The label columns, where they are declared.
    """
    header = resolve(table, names(), labels) if table.header else Header()
    missing = {issue.column for issue in header.issues}  # reported once, not again in each row
    result, seen, unusable = Trades(), dict[str, int](), Unusable(market)
    held = _Held()
    for line, row in table.rows:
        cells = header.cells(row)
        key = cells.get("trade_id", "")
        problems: list[Problem] = [("", message) for message in stray(header, row)]
        if not key and "trade_id" not in missing:
            problems.append(("trade_id", "is blank"))
        elif key and key in seen:
            problems.append(("trade_id", f"{visible(key, LONGEST)} is already on line {seen[key]}"))
        seen.setdefault(key, line)
        underlying = cells.get("underlying", "")
        lost = underlying and unusable.has(underlying)
        if not underlying and "underlying" not in missing:
            problems.append(("underlying", "is blank"))
        elif lost and (why := unusable.first(underlying, len(result.issues) + len(problems))):
            problems.append(("underlying", why))
        position, found = held(cells)
        payoff, more = read_payoff(cells, as_of, missing)
        problems += found + more + later_terms(cells) + _mistaken(payoff, market, cells)
        if not problems and not lost and payoff is not None:
            label = header.label_cells(row)
            result.defaults.count(position.kind, position, cells)
            result.defaults.count(payoff.kind, payoff, cells)
            result.trades.append(Trade(key, underlying, payoff, position.quantity, position.multiplier, label))
        who = f"trade {visible(key, LONGEST)}" if key else ""
        result.issues += [
            Issue(table.name, line, message, who, header.written.get(column, column)) for column, message in problems
        ]
    for at, count in unusable.counts():
        result.issues[at] = replace(result.issues[at], message=result.issues[at].message + count)
    return result, header


def _mistaken(payoff: Any, market: Market | None, cells: Mapping[str, str]) -> list[Problem]:
    """What must be a mistake in a contract beside its market."""
    model = market.models.get(cells.get("underlying", "")) if market is not None else None
    text = mistaken(payoff, model) if payoff is not None and model is not None else ""
    return [("past_fixings" if cells.get("past_fixings") else "past_fixings_sum", text)] if text else []


class _Held:
    """Positions by the text of their cells: a book holds few sizes, and each is checked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, ...], tuple[Any, list[Problem]]] = {}

    def __call__(self, cells: Mapping[str, str]) -> tuple[Any, list[Problem]]:
        key = tuple(map(cells.get, _HELD))
        if key not in self._known:
            self._known[key] = build(Position, cells, "trade")
        return self._known[key]


def read_payoff(
    cells: Mapping[str, str], as_of: date | None, unreadable: Collection[str] = ()
) -> tuple[Any, list[Problem]]:
    """The payoff of one row, or why there is none.

    Parameters
    ----------
    cells : mapping of str to str
        Text by column.
    as_of : date or None
        What an expiry counts from.
    unreadable : collection of str
        Columns whose problem is already reported.
    """
    given, problems = _expiry(cells, as_of)
    product = cells.get("product", "")
    if not product:
        return None, problems + ([] if "product" in unreadable else [("product", "is blank")])
    try:
        cls = pick(PAYOFFS, product, "product")
    except CellError as error:
        return None, [("product", str(error)), *problems, *unreadable_cells(PAYOFFS, cells, unreadable)]
    skip = {*unreadable, *(("maturity",) if problems else ())}
    payoff, found = build(cls, cells, "product", given, skip)
    return payoff, problems + foreign(cls, PAYOFFS, cells, "product") + found


def _expiry(cells: Mapping[str, str], as_of: date | None) -> tuple[dict[str, Any], list[Problem]]:
    """Expiry and valuation date as keywords of a payoff, where the row has dates."""
    years, expiry = cells.get("maturity", ""), cells.get("expiry", "")
    if years and expiry:
        return {}, [("expiry", "give maturity or expiry, not both")]
    if not years and not expiry:
        return {}, [("maturity", "is blank, and so is expiry: give one of them, in years or as a date")]
    if cells.get("fixing_dates") and as_of is None:
        return {}, [("fixing_dates", f"{quoted(cells['fixing_dates'])} {_NEEDS_DATE}")]
    if not expiry:
        return ({"as_of": as_of} if cells.get("fixing_dates") else {}), []
    try:
        day = moment(expiry)
        if as_of is None:
            raise UsageError(f"{quoted(expiry)} {_NEEDS_DATE}")
        years_between(as_of, day)
    except UsageError as error:
        return {}, [("expiry", str(error))]
    return {"expiry": day, "as_of": as_of}, []
