"""Where the table of a file begins and ends, and whether it is a table of trades or underlyings at all.

Exports put lines before the header and totals behind the rows. Neither is passed over in silence: each is a problem
that names the lines to remove, and the file is read on behind it, so that its other problems are found in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import all_columns
from greeks.portfolio.lookalikes import disguise, latin, unseen
from greeks.portfolio.market_names import ALIASES
from greeks.portfolio.market_names import VOCABULARY as MARKET_WORDS
from greeks.portfolio.records import Record
from greeks.portfolio.symbols import in_columns, symbol_terms
from greeks.portfolio.trade_names import VOCABULARY as TRADE_WORDS
from greeks.portfolio.vocabulary import plain
from greeks.text.visible import quoted

SEARCHED = 40  # rows among which the header is looked for
_COMMENT = ("#", "//", "%")
_DELIMITERS = ";\t|"
_TOTAL = re.compile(r"(grand |sub-?|net |portfolio )?totals?\b.*|sum:?|subtotals?\b.*", re.IGNORECASE)
_TOTAL_STARTS = ("total", "grand t", "sub", "net t", "portfolio t", "sum")
_CALL = re.compile(r"(call|ce)s?[ _.-].+|.+[ _.-](call|ce)s?")
_PUT = re.compile(r"(put|pe)s?[ _.-].+|.+[ _.-](put|pe)s?")
_PROOFS = ("product", "spot")  # a row that has one is a trade, or an underlying


def _words() -> frozenset[str]:
    """Every name that a column of either file may have, or is known by elsewhere, without case and punctuation."""
    return _plain((*all_columns(PAYOFFS), *all_columns(MODELS)))


@cache
def _plain(columns: tuple[str, ...]) -> frozenset[str]:
    own = {"trade_id", "underlying", "product", "expiry", "quantity", "multiplier", "model", "currency", *ALIASES}
    told = {*MARKET_WORDS.meant, *MARKET_WORDS.told, *TRADE_WORDS.meant, *TRADE_WORDS.told}
    return frozenset({plain(name) for name in (*own, *columns)} | told)


def is_column(name: str) -> bool:
    """Whether a name is one that headers have."""
    return plain(name) in _words()


class Place(NamedTuple):
    """Position of the row that is the header, its names, and what is wrong with its place, or nothing."""

    position: int
    cells: list[str]
    problem: str = ""


def header_at(rows: Sequence[Record]) -> Place:
    """Where the header is: the first row, unless that has no name of a column and a later one has several."""
    for index, row in enumerate(rows[:SEARCHED]):
        commented = bool(row.cells) and row.cells[0].startswith(_COMMENT)
        bare = [row.cells[0].lstrip("#/% "), *row.cells[1:]] if commented else row.cells
        if _known(bare) < (2 if index == 0 else 3):
            continue
        if commented and _known(rows[index + 1].cells if index + 1 < len(rows) else []) < 2:
            return Place(index, bare, f"the header is a comment: remove the {row.cells[0][0]} before {bare[0]}")
        if commented:
            continue
        return Place(index, row.cells, _in_the_way(rows[0], row) if index else "")
    return Place(0, rows[0].cells)


def _in_the_way(before: Record, header: Record) -> str:
    first = before.cells[0] if before.cells else ""
    count = header.line - 1
    lines = "line" if count == 1 else f"{count} lines"
    what = ""
    if first.lower().startswith("sep="):
        what = ": sep= is for spreadsheets"
    elif first.startswith(_COMMENT):
        what = ": these files have no comments"
    return f"the header seems to be on line {header.line}: remove the {lines} before it{what}"


def _known(cells: Sequence[str]) -> int:
    names = re.split(f"[{_DELIMITERS}]", cells[0]) if len(cells) == 1 else cells
    return len({plain(name) for name in names if name and is_column(latin(name))})


def is_chain(rows: Sequence[Record]) -> bool:
    """Whether the first rows are the header of an option chain with call and put in one row."""
    for row in rows[:3]:
        names = [name.lower() for name in row.cells]
        if "option_type" in names:
            return False
        if "calls" in names and "puts" in names:
            return True
        strikes = [index for index, name in enumerate(names) if name.startswith("strike")]
        if not strikes:
            continue
        calls = {name for name in names if _CALL.fullmatch(name)}
        puts = {name for name in names if _PUT.fullmatch(name)}
        if calls - puts and puts - calls:
            return True
        left, right = {*names[: strikes[0]]}, {*names[strikes[0] + 1 :]}
        if len((left & right) - {""}) >= 3:
            return True
    return False


CHAIN = (
    "is an option chain, with the call and the put of a strike in one row: write one row for each option you hold, "
    "with option_type call or put, as greeks template shows"
)


def symbol_column(header: Sequence[str], row: Sequence[str]) -> tuple[str, str]:
    """The column that holds whole contracts as symbols where their terms have no columns, and what to write."""
    names = {name.lower() for name in header}
    if "strike" in names and "option_type" in names:
        return "", ""
    for name, text in zip(header, row, strict=False):
        if terms := symbol_terms(text):
            return name, f"{quoted(text)} holds four terms, which have columns of their own: write {in_columns(terms)}"
    return "", ""


def plain_header(cells: Sequence[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """The names without characters that are other than they look, and what to say of each that had some."""
    names, said = [], []
    for name in cells:
        hidden = disguise(name)
        if hidden and (unseen(name) or is_column(latin(name))):
            said.append((name, f"holds {hidden}: write {quoted(latin(name))}"))
            names.append(latin(name))
        else:
            names.append(name)
    return names, said


def not_a_row(cells: Sequence[str], header: Sequence[str]) -> str:
    """What a line is that stands among the rows and is none: a total, a footnote, a comment; nothing for a row."""
    first = cells[0] or next((cell for cell in cells if cell), "")
    filled = len(cells) - cells.count("")
    short = len(cells) != len(header)
    if first.lower().startswith(_TOTAL_STARTS) and _TOTAL.fullmatch(first):
        proofs = [cell for name, cell in zip(header, cells, strict=False) if name.lower() in _PROOFS]
        if short or not any(proofs):
            return f"the row seems to be a total ({quoted(first)}): remove it"
    if short and first.startswith(_COMMENT):
        return "the row is a comment, which these files do not have: remove it"
    if filled == 1 and len(header) > 3:
        return f"the row holds {quoted(first)} and nothing else: remove it, if it is a footnote"
    return ""
