"""``greeks run``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from greeks_cli.command import Command
from greeks_cli.inputs import read_book, taken, tell_notes, valuation_date
from greeks_cli.options import (
    FILE,
    Count,
    input_options,
    keywords,
    output_options,
    simulation_options,
    verbosity_options,
)
from greeks_cli.output import choose_format, json_bytes, parquet_bytes, same_place, with_seed
from greeks_cli.terminal import terminal
from greeks_cli.verdict import verdict

from greeks.checks.checkpoints import check_checkpoint
from greeks.errors import UsageError
from greeks.system.files import destinations
from greeks.system.progress import WRITING, begin, progress_bar
from greeks.text.csv_cells import csv_bytes


@click.command("run", cls=Command, short_help="Greeks of every trade, and the netted book.")
@input_options
@output_options
@click.option("--net", type=FILE, metavar="FILE", help="The netted table; - is stdout, if the trades go to a file.")
@click.option("--group-by", metavar="COLUMNS", default="", help="Label columns to net by, beside the underlying.")
@click.option("--buckets", metavar="TENORS", help="Net vega, rho and dividend rho by tenor: 3m,6m,1y,2y.")
@click.option("--top", type=Count(), metavar="N", help="Show the N largest positions; for tables.")
@click.option("--shares", type=Count(), metavar="N", help="Tell the N trades that make each net uncertain; runs twice.")
@click.option("--net-only", is_flag=True, help="Leave the trades out of the output.")
@click.option("--fx", type=FILE, metavar="FILE", help="Rates to the reporting currency: columns currency, rate.")
@click.option("--currency", metavar="CODE", help="Reporting currency of the totals; default: one total a currency.")
@simulation_options
@click.option("--checkpoint", type=FILE, metavar="DIR", help="Folder that keeps what is done, for --resume.")
@click.option("--resume", is_flag=True, help="Go on from --checkpoint, to the same bits.")
@verbosity_options
def command(
    portfolio: str,
    market: str | None,
    as_of: str | None,
    on_error: str,
    labels: str | None,
    output: str,
    form: str | None,
    net: str | None,
    group_by: str,
    buckets: str | None,
    fx: str | None,
    currency: str | None,
    top: int | None,
    shares: int | None,
    net_only: bool,
    checkpoint: str | None,
    resume: bool,
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
    check_checkpoint(checkpoint, resume, settings.get("time_budget"), _dashed)
    chosen = choose_format(output, form)
    if top is not None and (chosen != "table" or net_only):
        remedy = "it goes without --net-only" if net_only else "add --format table, or leave it out"
        raise UsageError(f"--top {top} is for the table of the trades: {remedy}")
    if net is not None and same_place(net, output):
        remedy = "add -o FILE for the trades" if net == "-" else "name another file"
        raise UsageError(f"--net {net} and the trades would go to the same place: {remedy}")
    net_form = choose_format(net, None) if net is not None else ""
    beside = taken(options)
    book = read_book(portfolio, market, valuation_date(as_of, quiet), on_error, labels, quiet, **beside)
    from greeks.api import run  # after the files are known to be good: this is where the time goes

    inputs = tuple(name for name in (portfolio, market, fx, *beside.values()) if name)
    with destinations((output, *([net] if net is not None else [])), inputs) as (write, *others):
        with progress_bar(options["progress"], quiet) as progress:
            columns = columns_of(group_by, book.label_columns)
            asked = {"group_by": columns, "buckets": buckets, "fx": fx, "currency": currency, **settings}
            with _as_options():
                result = run(book, progress=progress, checkpoint=checkpoint, resume=resume, **asked)
            begin(progress, WRITING)
            data = result.to_json()
            if net_only:
                content = _render_net(result, data, chosen, output == "-")
            else:
                content = _render(result, data, book, chosen, output == "-", top)
            content_net = _render_net(result, data, net_form, net == "-") if net is not None else b""
        write(content)  # after the bar is gone: both may be on one screen
        for write_net in others:
            write_net(content_net)
    tell_notes(result.notes[len(book.notes) :], quiet)
    if shares is not None:
        from greeks_cli.shares import tell_shares

        tell_shares(book, result, shares, settings.get("threads"))
    if verbose:
        click.echo(f"{len(book.trades)} trades, {len(data['trades'])} numbers", err=True)
    return verdict(
        data["trades"],
        data["net"],
        rejected=len(book.rejected),
        target_met=result.target_met,
        fail_on=options["fail_on"],
        quiet=quiet,
        explained=chosen == "table" and output == "-" and top is None and not net_only,
    )


def _dashed(name: str) -> str:
    return "--" + name.replace("_", "-")


@contextmanager
def _as_options() -> Iterator[None]:
    """What a checkpoint refuses is told of the option that names it."""
    try:
        yield
    except UsageError as error:
        if str(error).startswith("checkpoint "):
            raise UsageError(f"--{error}") from None
        raise


def columns_of(text: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a comma-separated list; upper and lower case are the same, as in the file's header."""
    exact = {label.lower(): label for label in labels}
    names = [name.strip() for name in text.split(",") if name.strip()]
    return tuple(exact.get(name.lower(), name) for name in names)


def _render(result: Any, data: dict[str, Any], book: Any, form: str, stdout: bool, top: int | None) -> bytes:
    seed = data["manifest"]["settings"]["seed"]
    if form == "json":
        return json_bytes(data)
    if form == "parquet":
        return parquet_bytes(result.trades, seed, book.label_columns)
    if form == "csv":
        return csv_bytes(with_seed(data["trades"], seed, book.label_columns))
    from greeks_cli.tables import render

    return render(data["trades"], data["net"], *terminal(stdout), top, book.currencies)


def _render_net(result: Any, data: dict[str, Any], form: str, stdout: bool) -> bytes:
    seed = data["manifest"]["settings"]["seed"]
    if form == "json":
        return json_bytes({"manifest": data["manifest"], "net": data["net"]})
    if form == "parquet":
        return parquet_bytes(result.net, seed)
    if form == "csv":
        return csv_bytes(with_seed(data["net"], seed))
    from greeks_cli.tables import render

    return render([], data["net"], *terminal(stdout))
