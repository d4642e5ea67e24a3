"""``greeks explain``."""

from __future__ import annotations

import json
from typing import Any

import click
from greeks_cli import exits
from greeks_cli.command import Command
from greeks_cli.inputs import tell_notes
from greeks_cli.options import FILE, output_options, verbosity_options
from greeks_cli.output import choose_format, json_bytes, parquet_bytes
from greeks_cli.terminal import say, terminal

from greeks.errors import Issue, PortfolioError
from greeks.system.files import destination
from greeks.text.csv_cells import csv_bytes
from greeks.text.visible import counted


@click.command("explain", cls=Command, short_help="Profit and loss between two runs, explained by Greeks.")
@click.argument("a", metavar="A.json", type=FILE)
@click.argument("b", metavar="B.json", type=FILE)
@click.option("--days", type=float, metavar="N", help="Calendar days from A to B; default by their --as-of.")
@output_options
@verbosity_options
def command(a: str, b: str, days: float | None, output: str, form: str | None, quiet: bool, verbose: bool) -> int:
    """Explain the change of a book from A to B by the Greeks of A, and say what is more than noise.

    Both are files of greeks run -o FILE.json, which hold the market they were valued under. A has the price and the
    Greeks (--greeks all is best), B at least the price.
    """
    chosen = choose_format(output, form)
    first, second = _read(a), _read(b)
    from greeks.scenarios.explain import explain

    result = explain(first, second, days=days)
    data = result.to_json()
    with destination(output, (a, b)) as write:
        write(_render(result, data, chosen, output == "-"))
    tell_notes(result.notes, quiet)
    if not quiet:
        rest = [row for row in data["explain"] if row["term"] == "unexplained" and row["level"] == "underlying"]
        real = [row for row in rest if row["amount"] and not row["noise"]]
        say(f"{len(real)} of {counted(len(rest), 'underlying')} left a rest beyond its error bar; 1 in 20 is by chance")
    return exits.OK


def _read(path: str) -> Any:
    """The data of a result file."""
    try:
        with open(path, "rb") as file:
            return json.loads(file.read())
    except OSError as error:
        raise PortfolioError([Issue(path, 0, f"cannot read the file: {error.strerror}")]) from None
    except ValueError as error:
        text = f"explain reads the JSON of greeks run -o FILE.json, which holds the market; this is none: {error}"
        raise PortfolioError([Issue(path, 0, text)]) from None


def _render(result: Any, data: dict[str, Any], form: str, stdout: bool) -> bytes:
    if form == "json":
        return json_bytes(data)
    if form == "parquet":
        return parquet_bytes(result.to_frame())
    if form == "csv":
        return csv_bytes(data["explain"])
    from greeks_cli.terms import render

    return render(data["explain"], *terminal(stdout))
