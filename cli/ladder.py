"""``greeks ladder``."""

from __future__ import annotations

from typing import Any

import click
from greeks_cli.command import Command
from greeks_cli.inputs import read_book, taken, tell_notes, valuation_date
from greeks_cli.options import FILE, input_options, output_options, simulation_options_but, verbosity_options
from greeks_cli.output import choose_format, json_bytes, parquet_bytes, with_seed
from greeks_cli.run import columns_of
from greeks_cli.terminal import terminal
from greeks_cli.verdict import verdict

from greeks.checks.options import refuse_later
from greeks.system.files import destination
from greeks.system.progress import WRITING, begin, progress_bar
from greeks.text.csv_cells import csv_bytes

_OTHERS = ("fail_on", "cluster")  # not for the library


@click.command("ladder", cls=Command, short_help="The netted book over a grid of spots, volatilities and rates.")
@input_options
@click.option("--spot", metavar="SHIFTS", help="-10%,0,10% of each spot, or amounts: -50,50.")
@click.option("--volatility", "--vol", metavar="SHIFTS", help="-5pt,5pt (points), 0.05, or 10% of itself.")
@click.option("--rate", metavar="SHIFTS", help="-25bp,25bp, 1pt, 0.01, or 10% of itself.")
@output_options
@click.option("--group-by", metavar="COLUMNS", default="", help="Label columns to net by, beside the underlying.")
@click.option("--fx", type=FILE, metavar="FILE", help="Rates to the reporting currency: columns currency, rate.")
@click.option("--currency", metavar="CODE", help="Reporting currency of the totals; default: one total a currency.")
@simulation_options_but("target", "target_of", "time_budget", "max_paths", "pilot")
@verbosity_options
def command(
    portfolio: str,
    market: str | None,
    as_of: str | None,
    on_error: str,
    labels: str | None,
    spot: str | None,
    volatility: str | None,
    rate: str | None,
    output: str,
    form: str | None,
    group_by: str,
    fx: str | None,
    currency: str | None,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Value the netted book over the product of the shifts, with an error bar on each change.

    Shifts are of every underlying at once: those in % are relative, others are added. Each scenario is a full
    revaluation on the random numbers of the book as it is. Without --greeks it is the price that is valued.
    """
    from greeks.scenarios.shifts import grid

    refuse_later(options, lambda name: "--" + name)
    grid(spot, volatility, rate)  # what is wrong with it is said before the files are read
    chosen = choose_format(output, form)
    beside = taken(options)
    settings = {name: value for name, value in options.items() if value is not None and name not in _OTHERS}
    book = read_book(portfolio, market, valuation_date(as_of, quiet), on_error, labels, quiet, **beside)
    from greeks.scenarios.ladder import ladder

    inputs = tuple(name for name in (portfolio, market, fx, *beside.values()) if name)
    with destination(output, inputs) as write:
        with progress_bar(options["progress"], quiet) as progress:
            settings["progress"] = progress
            result = ladder(
                book,
                spot=spot,
                volatility=volatility,
                rate=rate,
                group_by=columns_of(group_by, book.label_columns),
                fx=fx,
                currency=currency,
                **settings,
            )
            begin(progress, WRITING)
            data = result.to_json()
            content = _render(result, data, chosen, output == "-")
        write(content)
    tell_notes(result.notes[len(book.notes) :], quiet)
    if verbose:
        click.echo(f"{len(book.trades)} trades, {len(data['ladder'])} numbers", err=True)
    rows = [{"estimator": "", **row} for row in data["ladder"]]
    return verdict(rows, rejected=len(book.rejected), fail_on=options["fail_on"], quiet=quiet)


def _render(result: Any, data: dict[str, Any], form: str, stdout: bool) -> bytes:
    seed = data["manifest"]["settings"]["seed"]
    if form == "json":
        return json_bytes(data)
    if form == "parquet":
        return parquet_bytes(result.to_frame(), seed)
    if form == "csv":
        return csv_bytes(with_seed(data["ladder"], seed))
    from greeks_cli.rungs import render

    return render(data["ladder"], *terminal(stdout))
