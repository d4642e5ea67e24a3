"""Market file: one model for each underlying."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from greeks.errors import Issue
from greeks.market.currency import code_problem
from greeks.market.terms import Terms
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.cells import CellError
from greeks.portfolio.columns import all_columns, needed_by_all
from greeks.portfolio.fields import Problem, build, foreign, pick, unreadable_cells
from greeks.portfolio.header import Header, resolve, stray
from greeks.portfolio.market_names import ALIASES, VOCABULARY
from greeks.portfolio.market_terms import DEFAULT_MODEL, MarketTerms
from greeks.portfolio.names import Names
from greeks.portfolio.notes import Defaults
from greeks.portfolio.table import Table
from greeks.text.visible import LONGEST, visible

OF_TRADES = ("trade_id", "product", "expiry", "quantity", "multiplier")


@dataclass
class Market:
    """Models and currencies by underlying, the line of every underlying named, and those whose row is no good."""

    models: dict[str, Any] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    defaults: Defaults = field(default_factory=Defaults)
    terms: dict[str, Terms] = field(default_factory=dict)


def names() -> Names:
    """What a market file's header may hold."""
    known = ["underlying", "model", "currency", *all_columns(MODELS)]
    trades = dict.fromkeys(
        (*all_columns(PAYOFFS), *OF_TRADES), "belongs in the portfolio file, in the row of the trade"
    )
    elsewhere = {name: why for name, why in trades.items() if name not in known}
    needed = ["underlying", *sorted(needed_by_all(MODELS))]
    return Names(known, needed, ALIASES, elsewhere=elsewhere, vocabulary=VOCABULARY)


def read_market(table: Table, beside: MarketTerms) -> tuple[Market, Header]:
    """Models from a market table, and the header, whose issues make the file unusable.

    ``beside`` has the curves that its cells may name, and the smiles of its underlyings.
    """
    header = resolve(table, names()) if table.header else Header()
    market = Market()
    missing = {issue.column for issue in header.issues}  # reported once, not again in each row
    for line, row in table.rows:
        cells = header.cells(row)
        key = cells.get("underlying", "")
        problems: list[Problem] = [("", message) for message in stray(header, row)]
        if not key and "underlying" not in missing:
            problems.append(("underlying", "is blank"))
        elif key in market.named:
            problems.append(("underlying", f"{visible(key, LONGEST)} is already on line {market.named[key]}"))
        else:
            market.named[key] = line
        filled, curves, unknown = beside.filled(key, cells)
        model, found = read_model(filled, {*missing, *(column for column, _ in unknown)})
        terms, unfit = beside.terms(key, model, curves) if model is not None else (None, [])
        found += unknown + unfit
        code = cells.get("currency", "")
        problems += found + ([("currency", problem)] if code and (problem := code_problem(code)) else [])
        if problems and market.named.get(key) == line:
            market.invalid.add(key)
        elif not problems and model is not None:
            market.models[key] = model
            market.defaults.count("underlying", model, cells)
            if terms is not None:
                market.terms[key] = terms
            market.defaults.choose("underlying", "model", DEFAULT_MODEL, cells)
            if cells.get("currency"):
                market.currencies[key] = cells["currency"]
        who = f"underlying {visible(key, LONGEST)}" if key else ""
        market.issues += [
            Issue(table.name, line, message, who, header.written.get(column, column)) for column, message in problems
        ]
    return market, header


def read_model(cells: dict[str, str], unreadable: Collection[str] = ()) -> tuple[Any, list[Problem]]:
    """The model of one row, or why there is none."""
    try:
        spec = pick(MODELS, cells.get("model") or DEFAULT_MODEL, "model")
    except CellError as error:
        return None, [("model", str(error)), *unreadable_cells(MODELS, cells, unreadable)]
    model, problems = build(spec, cells, "model", unreadable=unreadable)
    return model, foreign(spec, MODELS, cells, "model") + problems
