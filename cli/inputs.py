"""The input files of a command."""

from __future__ import annotations

from typing import Any

import click


def read_book(portfolio: str, market: str, as_of: str | None, on_error: Any) -> Any:
    """The book in the files; rows that were skipped are named on stderr."""
    from greeks.portfolio import read_portfolio

    book = read_portfolio(portfolio, market, as_of=as_of, on_error=on_error)
    for issue in book.rejected:
        click.echo(str(issue), err=True)
    return book
