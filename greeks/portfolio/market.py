"""Market file: one model for each underlying."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from greeks.errors import Issue
from greeks.models.registry import MODELS
from greeks.portfolio.cells import CellError
from greeks.portfolio.columns import all_columns, needed_by_all
from greeks.portfolio.fields import Problem, build, foreign, pick, unreadable_cells
from greeks.portfolio.header import Header, Names, resolve, stray
from greeks.portfolio.table import Table
from greeks.text import LONGEST, visible

DEFAULT_MODEL = "gbm"
ALIASES = {
    "v0": "initial_variance",
    "kappa": "mean_reversion",
    "long_var": "long_run_variance",
    "xi": "vol_of_vol",
    "q": "dividend_yield",
    "r": "rate",
    "vol": "volatility",
}
REFUSED = {
    "theta": "is the long-run variance in some texts and a Greek in others: write long_run_variance",
    "rho": "is the correlation in some texts and the Greek of the rate in others: write correlation, or rate",
    "sigma": "is the volatility in some texts and the vol of variance in others: write volatility, or vol_of_vol",
}
_SLIPS = {
    "s": "spot",
    "s0": "spot",
    "spot_price": "spot",
    "price": "spot",
    "interest_rate": "rate",
    "risk_free_rate": "rate",
    "div": "dividend_yield",
    "iv": "volatility",
    "implied_vol": "volatility",
    "implied_volatility": "volatility",
    "volatility_pct": "volatility",
    "symbol": "underlying",
    "ticker": "underlying",
}


@dataclass
class Market:
    """Models by underlying, the line of every underlying named, and those whose row is no good."""

    models: dict[str, Any] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    invalid: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)


def names() -> Names:
    """What a market file's header may hold."""
    known = ["underlying", "model", *all_columns(MODELS)]
    slips = {slip: meant for slip, meant in _SLIPS.items() if slip not in known}
    return Names(known, ["underlying", *sorted(needed_by_all(MODELS))], ALIASES, REFUSED, slips)


def read_market(table: Table) -> tuple[Market, Header]:
    """Models from a market table, and the header, whose issues make the file unusable."""
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
        model, found = read_model(cells, missing)
        problems += found
        if problems and market.named.get(key) == line:
            market.invalid.add(key)
        elif not problems and model is not None:
            market.models[key] = model
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
