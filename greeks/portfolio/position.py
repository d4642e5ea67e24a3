"""How much of a contract is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY
from typing import Any

from greeks.portfolio.columns import columns
from greeks.portfolio.fields import Problem, build
from greeks.spec import Multiplier, Quantity, spec


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


_COLUMNS = tuple(columns(Position))


class Positions:
    """Positions by the text of their cells: a book holds few sizes, and each is checked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str | None, ...], tuple[Any, list[Problem]]] = {}

    def __call__(self, cells: Mapping[str, str]) -> tuple[Any, list[Problem]]:
        """The position of one row, or why there is none."""
        key = tuple(map(cells.get, _COLUMNS))
        if key not in self._known:
            self._known[key] = build(Position, cells, "trade")
        return self._known[key]
