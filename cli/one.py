"""``greeks one``: the options are the fields of the registered payoffs and models."""

from __future__ import annotations

from typing import Any

import click
from greeks_cli.command import Command
from greeks_cli.inputs import tell_notes, valuation_date
from greeks_cli.options import keywords, output_options, simulation_options, verbosity_options
from greeks_cli.output import choose_format, json_bytes, parquet_bytes, with_seed
from greeks_cli.terminal import terminal
from greeks_cli.verdict import verdict

from greeks.errors import UsageError
from greeks.market.dates import valuation
from greeks.models.registry import MODELS
from greeks.payoffs.registry import PAYOFFS
from greeks.portfolio.columns import Column, all_columns, columns
from greeks.portfolio.contract import read_payoff
from greeks.portfolio.fields import Problem
from greeks.portfolio.market import DEFAULT_MODEL, read_model
from greeks.portfolio.market_names import ALIASES
from greeks.system.files import destination
from greeks.system.progress import progress_bar
from greeks.text.csv_cells import csv_bytes

_TRADE = [column for column in all_columns(PAYOFFS).values() if column.name != "option_type"]
_MARKET = list(all_columns(MODELS).values())
_SHORT = {name: short for short, name in ALIASES.items()}
_METAVAR = {
    "number": "X",
    "whole": "N",
    "list": "X;X;...",
    "dates": "DATE;DATE;...",
    "flag": "true|false",
    "text": "TEXT",
}


def _option(column: Column) -> Any:
    """A command-line option for a column; the text is read as the file's cell would be."""
    names = [_flag(column.name)] + ([_flag(_SHORT[column.name])] if column.name in _SHORT else [])
    registry = PAYOFFS if column in _TRADE else MODELS
    owners = [name for name, spec in registry.items() if column.name in columns(spec)]
    help_text = "" if len(owners) == len(registry) else f"For {', '.join(owners)}."
    return click.option(*names, column.name, metavar="|".join(column.choices) or _METAVAR[column.kind], help=help_text)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _generated(function: Any) -> Any:
    for column in reversed([*_TRADE, *_MARKET]):
        function = _option(column)(function)
    return function


@click.command("one", cls=Command, short_help="Greeks of one trade, given by options.")
@click.argument("product", metavar="|".join(PAYOFFS))
@click.argument("option_type", metavar="[call|put]", required=False, default="")
@_generated
@click.option("--model", metavar="|".join(MODELS), default=DEFAULT_MODEL, show_default=True)
@click.option("--expiry", metavar="DATE", help="Instead of --maturity, a time and zone allowed; needs --as-of.")
@click.option("--as-of", metavar="DATE", help="Valuation date YYYY-MM-DD, a time and zone allowed, or today.")
@output_options
@simulation_options
@verbosity_options
def command(
    product: str,
    option_type: str,
    as_of: str | None,
    output: str,
    form: str | None,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Greeks of one trade.

    \b
    greeks one european call --spot 100 --strike 100 --maturity 1 --volatility 0.2 --rate 0.05
    """
    from greeks.names import parse_greeks

    parse_greeks(options["greeks"])
    settings = keywords(options)
    chosen = choose_format(output, form)
    payoff, model = _contract({**options, "product": product, "option_type": option_type}, valuation_date(as_of, quiet))
    from greeks.api import estimate

    with destination(output) as write:
        with progress_bar(options["progress"], quiet) as progress:
            result = estimate(payoff, model, progress=progress, **settings)
        data = result.run.to_json()
        write(_render(result, data, chosen, output == "-"))
    tell_notes(result.book.notes, quiet)
    return verdict(
        data["trades"],
        target_met=result.run.target_met,
        fail_on=options["fail_on"],
        quiet=quiet,
        explained=chosen == "table" and output == "-",
    )


def _contract(options: dict[str, Any], as_of: str | None) -> tuple[Any, Any]:
    """The payoff and the model, or a usage error with every problem of the options."""
    cells = {name: value.strip() for name, value in options.items() if isinstance(value, str)}
    day = valuation(as_of, "--as-of")
    payoff, problems = read_payoff(cells, day)
    model, more = read_model(cells)
    found: list[Problem] = [*problems, *more]
    if found:
        raise UsageError("\n  ".join(f"{_place(column)}{_of_options(message)}" for column, message in found))
    return payoff, model


def _of_options(message: str) -> str:
    """A message on a cell, of an option."""
    return (
        message.replace("is blank", "is missing")
        .replace("so is expiry", "so is --expiry")
        .replace("it blank", "it out")
    )


def _place(column: str) -> str:
    if column in ("product", "option_type"):
        return f"{column}: "
    return f"{_flag(column)}: " if column else ""


def _render(result: Any, data: dict[str, Any], form: str, stdout: bool) -> bytes:
    kept = list(result.to_frame().columns) if form != "table" else []
    rows = [{name: row[name] for name in kept} for row in data["trades"]]
    seed = data["manifest"]["settings"]["seed"]
    if form == "parquet":
        return parquet_bytes(result.to_frame(), seed)
    if form == "json":
        return json_bytes({"manifest": data["manifest"], "trades": rows})
    if form == "csv":
        return csv_bytes(with_seed(rows, seed))
    from greeks_cli.single import render_one

    return render_one(data["trades"], *terminal(stdout))
