"""``greeks report``."""

from __future__ import annotations

import shlex
from typing import Any

import click
from greeks_cli.command import Command
from greeks_cli.inputs import read_book, taken, valuation_date
from greeks_cli.options import FILE, Count, apply, input_options, verbosity_options
from greeks_cli.verdict import verdict

from greeks.errors import UsageError
from greeks.system.progress import STUDYING, progress_bar

_count = Count()
_OPTIONS = (
    click.option(
        "-o",
        "--output",
        type=click.Path(),
        metavar="DIR",
        required=True,
        help="report.html, report.json and tables/*.csv are written here.",
    ),
    click.option("--quick", is_flag=True, help="A quarter of the paths, 60 trades of a large book: a first look."),
    click.option("--thorough", is_flag=True, help="Eight times the paths, 240 trades: for a review."),
    click.option("--greeks", metavar="LIST", help="Default: the usual ones, theta, and Heston's parameters."),
    click.option("--estimators", metavar="LIST", default="all", show_default=True, help="Names, or all."),
    click.option("--paths", type=_count, metavar="N", help="Paths of each study; default 262144."),
    click.option("--seed", type=int, default=42, show_default=True, metavar="N"),
    click.option("--variance-reduction", metavar="LIST", help="controls (default), antithetic, both, or none."),
    click.option("--steps-per-year", type=_count, metavar="N", help="Grid of schemes with a time-step bias."),
    click.option("--threads", type=_count, metavar="N", help="Default: all cores. Does not change results."),
    click.option("--fx", type=FILE, metavar="FILE", help="Rates to the reporting currency: columns currency, rate."),
    click.option("--currency", metavar="CODE", help="Reporting currency of the totals; default: one total a currency."),
    click.option("--fail-on", type=click.Choice(["warn", "na"]), help="Exit code 5 if a number of the book has it."),
    click.option("--deterministic", is_flag=True, help="No times, nothing of the machine: the same bytes every time."),
    click.option("--title", metavar="TEXT", default="", help="Default: the names of the files."),
    click.option("--progress/--no-progress", default=None, help="Default: on a terminal only."),
)


@click.command("report", cls=Command, short_help="The variance report: which estimator to trust, as HTML and CSV.")
@input_options
@lambda function: apply(function, _OPTIONS)
@verbosity_options
def command(
    portfolio: str,
    market: str | None,
    as_of: str | None,
    on_error: str,
    labels: str | None,
    output: str,
    quick: bool,
    thorough: bool,
    fail_on: str | None,
    progress: bool | None,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Compare the estimators on every trade of a portfolio, and say which to trust.

    DIR/report.html opens in any browser, without a network; report.json and DIR/tables hold the same numbers. Every
    trade is judged; in a large book the estimators are compared on some trades of every payoff and regime.
    """
    from greeks.names import parse_greeks

    if quick and thorough:
        raise UsageError("--quick and --thorough exclude each other: write one of them, or neither")
    parse_greeks(options["greeks"])
    effort = "quick" if quick else "thorough" if thorough else "default"
    as_of = valuation_date(as_of, quiet)
    beside = taken(options)
    book = read_book(portfolio, market, as_of, on_error, labels, quiet, **beside)
    from greeks.report.writing import command_line, write_report

    of_files = ["--as-of", as_of] if as_of else []
    of_files += ["--on-error", on_error] if on_error != "fail" else []
    of_files += ["--labels", labels] if labels is not None else []
    of_files += [part for name, file in beside.items() if file for part in (f"--{name}", file)]
    reporting = [part for name in ("fx", "currency") if options[name] for part in (f"--{name}", options[name])]
    files = [portfolio, *(["--market", market] if market else [])]
    run_command = shlex.join(["greeks", "run", *files, *of_files, *reporting])
    given = [*([f"--{effort}"] if effort != "default" else []), *of_files]
    for name, value in options.items():
        given += _written(name, value)
    command = command_line(portfolio, market, output, given)
    with progress_bar(progress, quiet, STUDYING) as bar:
        report = write_report(
            book, output, effort=effort, command=command, run_command=run_command, progress=bar, **options
        )
    if not quiet:
        for path in (report.html, report.json, report.tables):
            click.echo(path)
    if report.unsound and not quiet:
        click.echo(f"{report.unsound} check{'s' if report.unsound > 1 else ''} failed: see the verdict", err=True)
    numbers = report.result.to_json()
    return verdict(numbers["trades"], numbers["net"], rejected=len(book.rejected), fail_on=fail_on, quiet=True)


def _written(name: str, value: Any) -> list[str]:
    """An option as the user would write it; nothing for a default."""
    flag = "--" + name.replace("_", "-")
    defaults = {"seed": 42, "estimators": "all", "threads": value, "title": ""}
    if value is None or value is False or defaults.get(name) == value:
        return []
    return [flag] if value is True else [flag, str(value)]
