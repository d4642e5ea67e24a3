"""Rates to the reporting currency: a mapping, a DataFrame, or a file with columns ``currency, rate``.

A rate is what one unit of a currency is worth in the reporting currency. Rates are parameters: they have no error bar,
and no Greek is taken with respect to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from greeks.book import Book
from greeks.checks.ranges import finite
from greeks.errors import Issue, PortfolioError, UsageError
from greeks.market.currency import code_problem
from greeks.portfolio.cells import CellError, parse_number
from greeks.portfolio.frames import placed
from greeks.portfolio.header import resolve, stray
from greeks.portfolio.names import Names
from greeks.portfolio.table import read_table
from greeks.portfolio.vocabulary import Vocabulary, by_name, listed
from greeks.text.visible import first

_NAMES = Names(
    ("currency", "rate"),
    ("currency", "rate"),
    vocabulary=Vocabulary(
        by_name(
            {
                "currency": listed("ccy code cur iso currency_code ccy_code from foreign symbol name"),
                "rate": listed("fx fx_rate value price spot mid last to_usd to_eur exchange_rate quote conversion"),
            }
        )
    ),
)


@dataclass(frozen=True)
class Rates:
    """The reporting currency, the rates of the others to it, and the digest of the file they are from."""

    currency: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def fx_rates(fx: Any, currency: str | None, book: Book) -> Rates:
    """Rates for every currency of a book.

    Parameters
    ----------
    fx : mapping of str to float, DataFrame, path or open file, optional
        Rate of each currency to the reporting currency, > 0; that of the reporting currency itself is 1, and may be
        left out.
    currency : str, optional
        Code of the reporting currency.
    book : Book

    Returns
    -------
    Rates
        Without a currency, nothing is converted.

    Raises
    ------
    UsageError
        Where one is given without the other, a rate is missing, or an underlying has no currency.
    PortfolioError
        With every problem of the file.
    """
    if currency is None:
        if fx is not None:
            raise UsageError("fx needs the reporting currency that its rates lead to: add currency, such as USD")
        return Rates()
    if not isinstance(currency, str) or code_problem(currency):
        found = code_problem(currency) if isinstance(currency, str) else f"{currency!r} is no code: write USD"
        raise UsageError(f"currency: {found}")
    values, sources = _given(fx) if fx is not None else ({}, {})
    used = {trade.underlying for trade in book.trades}
    codes = dict.fromkeys(book.currencies[name] for name in book.models if name in used and name in book.currencies)
    _check(values, currency, codes, [name for name in book.models if name in used and name not in book.currencies])
    return Rates(currency, {code: values.get(code, 1.0) for code in codes}, sources)


def _check(values: Mapping[str, float], currency: str, codes: Mapping[str, None], unstated: list[str]) -> None:
    if unstated:
        raise UsageError(
            f"currency {currency}: no currency is stated for {first(unstated, 5)}: fill the column currency of the "
            "market file (Book.currencies in Python)"
        )
    if values.get(currency, 1.0) != 1.0:
        raise UsageError(
            f"fx: the rate of {currency} is {values[currency]:g}, and {currency} is the reporting currency, whose rate "
            "is 1: name the currency that the rates lead to"
        )
    missing = [code for code in codes if code not in values and code != currency]
    if missing:
        rows = ", ".join(f"{code},<{currency} for one {code}>" for code in missing)
        raise UsageError(f"fx: no rate of {', '.join(missing)} to {currency}: add to the table {rows}")
    if currency not in values and currency not in codes:
        known = ", ".join(dict.fromkeys((*codes, *values)))
        raise UsageError(
            f"currency {currency} is neither in the book nor in the FX table: choose from {known}, or add the row "
            f"{currency},1 if the rates lead to it"
        )


def _given(fx: Any) -> tuple[dict[str, float], dict[str, str]]:
    """Rates by code, and the digest of their file."""
    if hasattr(fx, "columns") or not hasattr(fx, "items"):
        return _read(fx)
    values: dict[str, float] = {}
    for code, rate in fx.items():
        problem = code_problem(code) if isinstance(code, str) else f"{code!r} is no code: write USD"
        value = finite(rate) or 0.0
        if not problem and value <= 0.0:
            problem = f"the rate of {code} is {rate!r}: write a number above 0"
        if problem:
            raise UsageError(f"fx: {problem}")
        values[code] = value
    return values, {}


def _read(source: Any) -> tuple[dict[str, float], dict[str, str]]:
    table = read_table(source, "fx")
    header = resolve(table, _NAMES) if table.header else None
    issues = [*table.issues, *table.row_issues, *(header.issues if header else ())]
    values: dict[str, float] = {}
    lines: dict[str, int] = {}
    if header is None or not {"currency", "rate"} <= set(header.positions):
        raise PortfolioError(placed(issues, {table.name: table.places}, ""))
    for line, row in table.rows:
        cells = header.cells(row)
        code = cells["currency"]
        problems = [("", message) for message in stray(header, row)]
        if wrong := ("is blank" if not code else code_problem(code)):
            problems.append(("currency", wrong))
        elif code in lines:
            problems.append(("currency", f"{code} is already on line {lines[code]}"))
        lines.setdefault(code, line)
        try:
            values[code] = parse_number(cells["rate"]) if cells["rate"] else 0.0
        except CellError as error:
            problems.append(("rate", str(error)))
        else:
            if not values[code] > 0.0:
                said = f"{cells['rate']} is not above 0" if cells["rate"] else "is blank"
                problems.append(("rate", f"{said}: write what one unit is worth in the reporting currency"))
        issues += [
            Issue(table.name, line, message, column=table.header[header.positions[column]] if column else "")
            for column, message in problems
        ]
    if issues:
        raise PortfolioError(placed(sorted(issues, key=lambda issue: issue.line), {table.name: table.places}, ""))
    return values, {table.name: table.digest} if table.digest else {}
