"""What is added up: the book, each underlying, each group asked for, and where the moments of each sum are.

Trades of one simulation group share paths, so their sum is measured path by path; different groups are independent.
Verified in the tests: a book and its opposite net to 0 +- 0, and parts of a position to the error of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from greeks.book import Book, Trade
from greeks.planning.cells import Cell
from greeks.planning.settings import Settings

# Greeks in currency per common unit: these may be added over underlyings. A delta of one index and a delta of
# another may not.
ADDITIVE = ("price", "vega", "rho", "dividend_rho", "theta")

NetRows = dict[tuple[str, str], list[tuple[int, int, float]]]  # (group, Greek) to (job, row, factor)


@dataclass(frozen=True)
class NetCell:
    """One netted number: independent rows (job, row, factor) to add up, exact parts, and the cells it covers."""

    group: str
    greek: str
    rows: tuple[tuple[int, int, float], ...]
    exact: float
    cells: tuple[int, ...]


def leaf_key(trade: Trade, group_by: Sequence[str]) -> tuple[str, ...]:
    """The finest netting a trade belongs to: its underlying and its labels."""
    known = {"underlying": trade.underlying, "product": trade.payoff.kind}
    parts = [f"{name}={known.get(name) or trade.labels.get(name, '') or '(blank)'}" for name in group_by]
    return (trade.underlying, *(part for part, name in zip(parts, group_by, strict=True) if name != "underlying"))


def leaf_name(key: tuple[str, ...]) -> str:
    """What the netted table calls such a group."""
    return " | ".join(key)


def net_cells(book: Book, settings: Settings, cells: Sequence[Cell], net_rows: NetRows) -> Iterator[NetCell]:
    """The book, each underlying, and each group, in that order."""
    first: dict[tuple[int, str], int] = {}
    for index, cell in enumerate(cells):
        usable = cell.status != "na"
        held = first.get((cell.trade, cell.greek))
        if held is None or (usable and cells[held].status == "na"):
            first[cell.trade, cell.greek] = index
    underlyings = list(dict.fromkeys(trade.underlying for trade in book.trades))
    keys = [leaf_key(trade, settings.group_by) for trade in book.trades]
    groups: list[tuple[str, list[int], list[str], bool]] = []  # name, trades, names of moments rows, additive only
    everything = list(range(len(book.trades)))
    groups.append(("book", everything, underlyings, len(underlyings) > 1))
    groups.extend(
        (name, [i for i in everything if book.trades[i].underlying == name], [name], False) for name in underlyings
    )
    if settings.group_by:
        for labels in dict.fromkeys(key[1:] for key in keys if key[1:]):
            members = [i for i in everything if keys[i][1:] == labels]
            leaves = list(dict.fromkeys(leaf_name(keys[i]) for i in members))
            groups.append((leaf_name(labels), members, leaves, len({keys[i][0] for i in members}) > 1))
        groups.extend(
            (leaf_name(key), [i for i in everything if keys[i] == key], [leaf_name(key)], False)
            for key in dict.fromkeys(key for key in keys if key[1:])
        )
    for name, members, sources, additive_only in groups:
        for greek in settings.greeks:
            if additive_only and greek not in ADDITIVE:
                continue
            rows = tuple(place for source in sources for place in net_rows.get((source, greek), []))
            covered = tuple(first[i, greek] for i in members if (i, greek) in first)
            exact = sum(book.trades[cells[c].trade].position * (cells[c].exact or 0.0) for c in covered)
            yield NetCell(name, greek, rows, exact, covered)
