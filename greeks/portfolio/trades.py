"""Portfolio file: one trade a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from greeks.book import Trade
from greeks.errors import Issue
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import all_columns, needed_by_all
from greeks.portfolio.contract import beside_market, read_payoff
from greeks.portfolio.fields import Problem
from greeks.portfolio.header import Header, resolve, stray
from greeks.portfolio.later import later_columns, later_terms
from greeks.portfolio.market import Market
from greeks.portfolio.names import Names
from greeks.portfolio.notes import Defaults
from greeks.portfolio.own_terms import OwnTerms, read_own_terms
from greeks.portfolio.past_fixings import PastFixings
from greeks.portfolio.payment_date import PAYMENT_DATE
from greeks.portfolio.position import Position, Positions
from greeks.portfolio.table import Table
from greeks.portfolio.trade_names import OF_MARKET, RARE, VOCABULARY
from greeks.portfolio.unusable import Unusable
from greeks.results.tables import NET_COLUMNS, TRADE_COLUMNS
from greeks.text.visible import LONGEST, visible


@dataclass
class Trades:
    """The good rows, and the issues of the others."""

    trades: list[Trade] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    defaults: Defaults = field(default_factory=Defaults)


def names() -> Names:
    """What a portfolio file's header may hold; what means nothing here may be a label."""
    own = [
        "trade_id",
        "underlying",
        "product",
        *all_columns(PAYOFFS),
        "expiry",
        PAYMENT_DATE,
        *all_columns({"": Position}),
        *all_columns({"": OwnTerms}),
    ]
    later = later_columns()
    known = [*own, *(name for name in later if name not in own)]
    results = "is a column of the results: choose another name for a label"
    reserved = dict.fromkeys((*TRADE_COLUMNS, *NET_COLUMNS, "bucket", "seed"), results)
    refused = {name: why for name, why in {**reserved, "currency": OF_MARKET}.items() if name not in known}
    return Names(
        known,
        needed=["trade_id", "underlying", "product", *sorted(needed_by_all(PAYOFFS) - {"maturity"})],
        refused=refused,
        elsewhere=dict.fromkeys(all_columns(MODELS), OF_MARKET),
        vocabulary=VOCABULARY,
        silent=[name for name in (*later, *RARE) if name != "exercise"],
        labels=True,
    )


def read_trades(
    table: Table,
    market: Market | None,
    as_of: date | None,
    labels: Sequence[str] | None = None,
    fixings: PastFixings | None = None,
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
    fixings : PastFixings, optional
        What past dates fixed at.
    """
    header = resolve(table, names(), labels) if table.header else Header()
    missing = {issue.column for issue in header.issues}  # reported once, not again in each row
    result, seen, unusable = Trades(), dict[str, int](), Unusable(market)
    held = Positions()
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
        filled, unfixed = fixings.filled(cells, as_of) if fixings is not None else (cells, [])
        payoff, more = read_payoff(filled, as_of, {*missing, *("fixing_dates" for _ in unfixed)})
        own, wrong = read_own_terms(cells, market)
        problems += found + wrong + (unfixed or more) + later_terms(cells) + beside_market(payoff, market, cells)
        if payoff is not None and market is not None and (terms := market.terms.get(underlying)) is not None:
            unfit = terms.unfit(payoff, market.models[underlying], own.volatility is not None)
            problems += [unfit] if unfit[1] else []
        if not problems and not lost and payoff is not None:
            label = header.label_cells(row)
            result.defaults.count(position.kind, position, cells)
            result.defaults.count(payoff.kind, payoff, cells)
            held_as = position.quantity, position.multiplier
            result.trades.append(Trade(key, underlying, payoff, *held_as, label, own.volatility))
        if problems:
            who = f"trade {visible(key, LONGEST)}" if key else ""
            result.issues += [
                Issue(table.name, line, message, who, header.written.get(column, column))
                for column, message in problems
            ]
    for at, count in unusable.counts():
        result.issues[at] = replace(result.issues[at], message=result.issues[at].message + count)
    return result, header
