"""``greeks run``."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

import click
from greeks_cli import exits
from greeks_cli.inputs import read_book
from greeks_cli.options import input_options, keywords, output_options, simulation_options, verbosity_options
from greeks_cli.output import choose_format, csv_bytes, json_bytes, parquet_bytes
from greeks_cli.progress import progress_bar

from greeks.errors import UsageError
from greeks.files import destination


@click.command("run", short_help="Greeks of every trade, and the netted book.")
@input_options
@output_options
@click.option("--net", metavar="FILE", help="The netted table; always shown on a terminal.")
@click.option("--group-by", metavar="COLUMNS", default="", help="Label columns to net by, beside the underlying.")
@simulation_options
@verbosity_options
def command(
    portfolio: str,
    market: str,
    as_of: str | None,
    on_error: str,
    output: str,
    form: str | None,
    net: str | None,
    group_by: str,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Greeks of every trade of a portfolio, and the netted book.

    PORTFOLIO.csv may be - for stdin. Results go to stdout, or to a file with -o.
    """
    from greeks.names import parse_greeks

    parse_greeks(options["greeks"])
    settings = keywords(options)
    chosen = choose_format(output, form)
    if net is not None and (net == "-" or os.path.realpath(net) == os.path.realpath(output)):
        raise UsageError("--net needs a file of its own, other than the one of --output")
    net_form = choose_format(net, None) if net is not None else ""
    book = read_book(portfolio, market, as_of, on_error)
    from greeks.api import run  # after the files are known to be good: this is where the time goes

    with ExitStack() as stack:
        write = stack.enter_context(destination(output, (portfolio, market)))
        write_net = stack.enter_context(destination(net, (portfolio, market))) if net is not None else None
        with progress_bar(options["progress"], quiet) as progress:
            result = run(book, group_by=_columns(group_by, book.label_columns), progress=progress, **settings)
        data = result.to_json()
        write(_render(result, data, chosen, output == "-"))
        if write_net is not None:
            write_net(_render_net(result, data, net_form))
    if verbose:
        click.echo(f"{len(book.trades)} trades, {len(data['trades'])} numbers", err=True)
    return verdict(len(book.rejected), result.target_met)


def _columns(text: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a comma-separated list; upper and lower case are the same, as in the file's header."""
    exact = {label.lower(): label for label in labels}
    names = [name.strip() for name in text.split(",") if name.strip()]
    return tuple(exact.get(name.lower(), name) for name in names)


def _render(result: Any, data: dict[str, Any], form: str, stdout: bool) -> bytes:
    if form == "json":
        return json_bytes(data)
    if form == "parquet":
        return parquet_bytes(result.trades)
    if form == "csv":
        return csv_bytes(data["trades"])
    from greeks_cli.tables import render

    width, color = terminal_width(stdout)
    return render(data["trades"], data["net"], width, color)


def terminal_width(stdout: bool) -> tuple[int, bool]:
    """Columns of a table, and whether it may have colors: the terminal's, or a fixed width elsewhere."""
    import shutil
    import sys

    if stdout and sys.stdout.isatty():
        return shutil.get_terminal_size().columns, True
    return 160, False


def _render_net(result: Any, data: dict[str, Any], form: str) -> bytes:
    if form == "json":
        return json_bytes({"manifest": data["manifest"], "net": data["net"]})
    if form == "parquet":
        return parquet_bytes(result.net)
    if form == "csv":
        return csv_bytes(data["net"])
    from greeks_cli.tables import render

    return render([], data["net"], 160, False)


def verdict(rejected: int, target_met: bool) -> int:
    """Exit code, with a word on stderr for each thing short of complete."""
    if rejected:
        click.echo(f"{rejected} problem{'s' if rejected > 1 else ''} in rows that were skipped", err=True)
    if not target_met:
        click.echo("the target was not reached for every number: raise --max-paths or --target", err=True)
        return exits.QUALITY
    return exits.PARTIAL if rejected else exits.OK
