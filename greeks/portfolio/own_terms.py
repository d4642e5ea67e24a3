"""What a contract has of its own in place of what its underlying's model says: a volatility, as a point of a smile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import TYPE_CHECKING, Any

from greeks.portfolio.columns import columns
from greeks.portfolio.fields import Problem, build
from greeks.spec import Volatility, spec
from greeks.text.visible import quoted

if TYPE_CHECKING:
    from greeks.portfolio.market import Market


@spec
class OwnTerms:
    """Parameters of the model that a contract has of its own.

    Parameters
    ----------
    volatility : float, optional
        Of this contract in place of its underlying's (sticky strike), per square root of a year, as a decimal. The
        contract's vega is to it.
    """

    kind = "trade"
    _: KW_ONLY
    volatility: Volatility | None = None


_COLUMNS = tuple(columns(OwnTerms))
_NONE = OwnTerms()


def read_own_terms(cells: Mapping[str, str], market: Market | None) -> tuple[Any, list[Problem]]:
    """The terms of one row, or why there are none.

    Parameters
    ----------
    cells : mapping of str to str
        Text by column.
    market : Market or None
        Whose models say which of their parameters a contract may have of its own.
    """
    if not any(cells.get(name) for name in _COLUMNS):
        return _NONE, []
    own, problems = build(OwnTerms, cells, "trade")
    model = market.models.get(cells.get("underlying", "")) if market is not None else None
    for name in _COLUMNS:
        if cells.get(name) and model is not None and name not in model.of_contracts:
            remedy = f"leave it blank, or give the underlying a model with one {name}, such as gbm"
            problems.append((name, f"{quoted(cells[name])} has no meaning under model {model.kind}: {remedy}"))
    return own, problems
