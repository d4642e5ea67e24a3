"""Underlyings that have no model: one bad market cell is one problem, and not one for each trade on it."""

from __future__ import annotations

from collections import Counter

from greeks.portfolio.market import Market
from greeks.portfolio.words import did_you_mean
from greeks.text.visible import LONGEST, quoted, visible

_SEARCHED = 100  # names that the market is searched for: in a file of slips they show what is wrong with all


class Unusable:
    """Underlyings without a model: each is a problem once, at its first trade, which says how many more there are."""

    def __init__(self, market: Market | None) -> None:
        self._market = market
        self._at: dict[str, int] = {}
        self._trades: Counter[str] = Counter()

    def has(self, name: str) -> bool:
        """Whether an underlying has no model; False when there is no market file to look in."""
        market = self._market
        return market is not None and (name not in market.named or name in market.invalid)

    def first(self, name: str, at: int) -> str:
        """Count a trade, and say what is wrong if it is the first; ``at`` is the place of the issue."""
        assert self._market is not None
        self._trades[name] += 1
        if self._trades[name] > 1:
            return ""
        self._at[name] = at
        if name in self._market.named:
            line = self._market.named[name]
            return f"{visible(name, LONGEST)} cannot be used: line {line} of the market file is invalid"
        near = did_you_mean(name, list(self._market.named)) if len(self._at) <= _SEARCHED else ""
        return f"{quoted(name)} is not in the market file{near}"

    def counts(self) -> list[tuple[int, str]]:
        """Places of the issues with more than one trade, and what to add to each."""
        more = {name: count - 1 for name, count in self._trades.items() if count > 1}
        return [(self._at[name], f" ({n} more trade{'s' if n > 1 else ''} on it)") for name, n in more.items()]
