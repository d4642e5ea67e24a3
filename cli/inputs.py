"""The input files of a command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import click
from greeks_cli.terminal import say

from greeks.text.visible import visible


def read_book(
    portfolio: str,
    market: str | None,
    as_of: str | None,
    on_error: Any,
    labels: str | None = None,
    quiet: bool = False,
    **beside: str | None,
) -> Any:
    """The book in the files; rows that were skipped, and what a reader should know of the others, go to stderr.

    ``beside`` are the files beside the market, by the names of their options.
    """
    from greeks.portfolio import read_portfolio
    from greeks.text.problems import lines

    book = read_portfolio(portfolio, market, as_of=as_of, on_error=on_error, labels=labels, **beside)
    for line in lines(book.rejected):
        click.echo(line, err=True)
    tell_notes(book.notes, quiet)
    return book


BESIDE = ("curves", "vols", "dividends", "fixings")  # options of files beside the market


def taken(options: dict[str, Any]) -> dict[str, str | None]:
    """The files beside the market, taken out of the options of a command."""
    return {name: options.pop(name) for name in BESIDE}


def tell_notes(notes: Iterable[str], quiet: bool) -> None:
    """One line on stderr for each."""
    if not quiet:
        for note in notes:
            say(f"note: {visible(note)}")


def valuation_date(as_of: str | None, quiet: bool) -> str | None:
    """The value of ``--as-of`` with ``today`` as a date, which is told: a run must be repeatable tomorrow."""
    if as_of is None or as_of.strip().lower() != "today":
        return as_of
    today = date.today().isoformat()
    if not quiet:
        click.echo(f"--as-of today is {today}", err=True)
    return today
