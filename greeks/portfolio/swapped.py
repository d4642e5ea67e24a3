"""A market file where the portfolio belongs, or the reverse: said in one line, not in one for each column."""

from __future__ import annotations

from greeks.errors import Issue
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import all_columns, needed_by_all
from greeks.portfolio.market_names import ALIASES
from greeks.portfolio.table import Table

_SHOWN = 3  # columns named as the evidence


def swapped(portfolio: Table, market: Table) -> list[Issue]:
    """What is wrong with the places of two files, by their columns.

    Returns
    -------
    list of Issue
        One where the files stand in each other's place; one for each file that stands where the other kind belongs;
        empty for files that stand right, and for those that are neither.
    """
    first, second = _of_market(portfolio), _of_trades(market)
    if first and second and portfolio.name != market.name:
        message = f"is a market file, and {market.name} a portfolio: swap the two"
        return [Issue(portfolio.name, portfolio.header_line, f"{message} ({_evidence(first)} here)")]
    found = []
    if first:
        message = f"is a market file, by its {_evidence(first)}: give the portfolio here, with trade_id and product"
        found.append(Issue(portfolio.name, portfolio.header_line, message))
    if second:
        message = f"is a portfolio, by its {_evidence(second)}: give the market file here, with spot and volatility"
        found.append(Issue(market.name, market.header_line, message))
    return found


def _of_market(table: Table) -> list[str]:
    """Columns that only a market file has; nothing if the table may be a portfolio."""
    return _only(table, {*all_columns(MODELS), *ALIASES}, {"trade_id", "product", *needed_by_all(PAYOFFS)}, "spot")


def _of_trades(table: Table) -> list[str]:
    """Columns that only a portfolio has; nothing if the table may be a market file."""
    return _only(table, {"trade_id", "product", *all_columns(PAYOFFS)}, set(all_columns(MODELS)), "product")


def _only(table: Table, own: set[str], others: set[str], needed: str) -> list[str]:
    names = [name.lower() for name in table.header]
    found = [name for name in names if name in own]
    return found if needed in names and len(found) > 1 and not others & set(names) else []


def _evidence(names: list[str]) -> str:
    return f"columns {', '.join(names[:_SHOWN])}"
