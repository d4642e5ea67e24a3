"""Which currency a netted number is in, and what a reader should be told of it."""

from __future__ import annotations

from collections.abc import Sequence

from greeks.book import Book
from greeks.planning.settings import Settings
from greeks.text.visible import first

CONVERTED = ("book", "group")  # levels over underlyings; those of one underlying keep its own currency


def currency_of(book: Book, settings: Settings, level: str, underlying: str) -> str:
    """Code of the currency that an underlying's amounts are added in; blank where none is stated."""
    if settings.currency and level in CONVERTED:
        return settings.currency
    return book.currencies.get(underlying, "")


def rates_of(book: Book, settings: Settings, level: str, underlyings: Sequence[str]) -> dict[str, float]:
    """By underlying, what one unit of its currency is in that of the row; without those that are 1."""
    if not settings.currency or level not in CONVERTED:
        return {}
    rates = dict(settings.rates)
    found = {name: rates.get(book.currencies.get(name, ""), 1.0) for name in underlyings}
    return {name: rate for name, rate in found.items() if rate != 1.0}


def currency_notes(book: Book, settings: Settings) -> tuple[str, ...]:
    """One sentence on each thing that the totals take for granted."""
    names = list(dict.fromkeys(trade.underlying for trade in book.trades))
    codes = list(dict.fromkeys(code for name in names if (code := book.currencies.get(name, ""))))
    unstated = [name for name in names if not book.currencies.get(name, "")]
    foreign = [code for code in codes if code != settings.currency]
    if settings.currency:
        if not foreign:
            return ()
        return (
            f"totals in {settings.currency} take the rates of {', '.join(foreign)} as given: they are parameters, "
            "without an error bar and without a Greek of their own",
        )
    if not codes:
        if len(names) < 2:
            return ()
        return (
            "no currency is stated: amounts of all underlyings are added as if of one; a column currency in the "
            "market file keeps them apart",
        )
    notes = []
    if unstated:
        named = first(unstated, 5)
        notes.append(f"no currency is stated for {named}: their amounts have a total of their own, without a currency")
    if len(codes) > 1:
        notes.append(f"amounts in {', '.join(codes)} are not added: --fx FILE and --currency CODE give one total")
    return tuple(notes)
