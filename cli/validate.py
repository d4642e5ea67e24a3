"""``greeks validate``."""

from __future__ import annotations

from typing import Any

import click
from greeks_cli import exits
from greeks_cli.command import Command
from greeks_cli.inputs import read_book, taken, valuation_date
from greeks_cli.options import input_options, verbosity_options

from greeks.text.visible import counted, visible


@click.command("validate", cls=Command, short_help="Read and check the files only.")
@input_options
@verbosity_options
def command(
    portfolio: str,
    market: str | None,
    as_of: str | None,
    on_error: str,
    labels: str | None,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Read and check a portfolio and its market file; nothing is computed.

    Every problem of both files is listed on stderr.
    """
    beside = taken(options)
    book = read_book(portfolio, market, valuation_date(as_of, quiet), on_error, labels, quiet, **beside)
    if not quiet:
        labels = f", labels {', '.join(map(visible, book.label_columns))}" if book.label_columns else ""
        click.echo(f"ok: {counted(len(book.trades), 'trade')} on {counted(len(book.models), 'underlying')}{labels}")
    if verbose:
        for name, digest in book.sources.items():
            click.echo(f"{visible(name)}: sha256 {digest}", err=True)
    return exits.PARTIAL if book.rejected else exits.OK
