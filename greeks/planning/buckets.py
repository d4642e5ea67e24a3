"""Buckets of time: which share of a contract's vega or rho belongs to which tenor.

A contract is sensitive to the one volatility, zero rate and yield of its date. A tent-shaped move of a curve, one at a
tenor and 0 at its neighbours, moves these by the height of the tent at the date: its share. Before the first tenor and
beyond the last the share is whole, and the shares of a date add up to 1, so that buckets add up to the parallel Greek.
Source: Ho, Key rate durations (1992). Verified in the tests against moved curves, and by their sums.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from itertools import pairwise

from greeks.errors import UsageError
from greeks.text.visible import shown

BUCKETED = ("vega", "rho", "dividend_rho")
Buckets = tuple[tuple[str, float], ...]  # how a tenor is written, and its years
_TENOR = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(d|w|m|y|)", re.IGNORECASE | re.ASCII)
_YEARS = {"d": 1.0 / 365.0, "w": 7.0 / 365.0, "m": 1.0 / 12.0, "y": 1.0, "": 1.0}
_MOST = 64


def parse_buckets(given: str | Iterable[str | float] | None) -> Buckets:
    """Tenors such as ``3m,6m,1y,2y``, or numbers of years.

    Raises
    ------
    UsageError
        For what is no tenor, or not ascending.
    """
    if given is None:
        return ()
    parts = [part.strip() for part in given.split(",")] if isinstance(given, str) else [str(part) for part in given]
    found = []
    for part in parts:
        match = _TENOR.fullmatch(part)
        years = float(match[1]) * _YEARS[match[2].lower()] if match else 0.0
        if not 0.0 < years <= 100.0:
            raise UsageError(f"buckets: {shown(part)} is no tenor: write such as 3m,6m,1y,2y, or years")
        found.append((part, years))
    if not found or len(found) > _MOST:
        raise UsageError(f"buckets: {len(found)} tenors: write 1 to {_MOST}")
    if any(b <= a for (_, a), (_, b) in pairwise(found)):
        raise UsageError(f"buckets: {','.join(parts)} is not ascending: sort the tenors, each once")
    return tuple(found)


def shares(years: float, buckets: Buckets) -> dict[str, float]:
    """Share of a date by tenor, those of 0 left out."""
    tenors = [time for _, time in buckets]
    place = bisect_left(tenors, years)
    if place == 0:
        return {buckets[0][0]: 1.0}
    if place == len(tenors):
        return {buckets[-1][0]: 1.0}
    part = (years - tenors[place - 1]) / (tenors[place] - tenors[place - 1])
    found = {buckets[place - 1][0]: 1.0 - part, buckets[place][0]: part}
    return {name: share for name, share in found.items() if share}
