"""``greeks one``: the options are the fields of the registered payoffs and models."""

from __future__ import annotations

from functools import cache
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
from greeks.portfolio.columns import all_columns, columns
from greeks.portfolio.contract import read_payoff
from greeks.portfolio.described import descriptions
from greeks.portfolio.fields import Problem
from greeks.portfolio.market import read_model
from greeks.portfolio.market_names import ALIASES
from greeks.portfolio.market_terms import DEFAULT_MODEL
from greeks.system.files import destination
from greeks.system.progress import progress_bar
from greeks.text.csv_cells import csv_bytes

_SHORT = {name: short for short, name in ALIASES.items()}
_METAVAR = {
    "number": "X",
    "whole": "N",
    "list": "X;X;...",
    "dates": "DATE;DATE;...",
    "flag": "yes|no",
    "date": "DATE",
    "moment": "X|DATE",
    "text": "TEXT",
}
_NAMED = "greeks.one.named"  # products and models among the words of the command line


class _One(Command):
    """With an option for each field of the registered payoffs and models."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The two arguments, the options of the fields, then those of every command."""
        own = super().get_params(ctx)
        named = tuple(ctx.meta.get(_NAMED, ()))
        of_trade = _options(tuple(PAYOFFS.items()), ("option_type",), named)
        return [*own[:2], *of_trade, *_options(tuple(MODELS.items()), (), named), *own[2:]]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; the help of a product or model that is named shows the options of that alone."""
        ctx.meta[_NAMED] = [word.lower() for word in args if word.lower() in (*PAYOFFS, *MODELS)]
        return super().parse_args(ctx, args)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does, and what there is."""
        super().format_help_text(ctx, formatter)
        with formatter.section("Products"):
            formatter.write_text(", ".join(PAYOFFS))


@cache
def _options(
    specs: tuple[tuple[str, Any], ...], but: tuple[str, ...], named: tuple[str, ...]
) -> tuple[click.Parameter, ...]:
    """An option for each column of a registry; its text is read as the file's cell would be."""
    wanted = [spec for kind, spec in specs if kind in named]
    made = []
    for name, column in all_columns(dict(specs)).items():
        if name in but:
            continue
        owners = [(kind, spec) for kind, spec in specs if name in columns(spec)]
        chosen = [spec for _, spec in owners if spec in wanted]
        flags = [_flag(name)] + ([_flag(_SHORT[name])] if name in _SHORT else [])
        shown = columns(chosen[0])[name] if chosen else column
        words = descriptions((chosen or [spec for _, spec in owners])[0]).get(name, "")
        whose = "" if chosen or len(owners) == len(specs) else f"For {', '.join(kind for kind, _ in owners)}"
        made.append(
            click.Option(
                [*flags, name],
                metavar="|".join(shown.choices) or _METAVAR[shown.kind],
                help=". ".join(part for part in (f"{words[:1].upper()}{words[1:]}", whose) if part),
                hidden=bool(wanted) and not chosen,
            )
        )
    return tuple(made)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


@click.command("one", cls=_One, short_help="Greeks of one trade, given by options.")
@click.argument("product", metavar="PRODUCT")
@click.argument("option_type", metavar="[call|put]", required=False, default="")
@click.option("--model", metavar="|".join(MODELS), default=DEFAULT_MODEL, show_default=True)
@click.option("--expiry", metavar="DATE", help="Instead of --maturity, a time and zone allowed; needs --as-of.")
@click.option("--as-of", metavar="DATE", help="Valuation date YYYY-MM-DD, a time and zone allowed, or today.")
@click.option("--upper-bound", is_flag=True, help="Of an american or bermudan: a bound of its price from above, too.")
@output_options
@simulation_options
@verbosity_options
def command(
    product: str,
    option_type: str,
    as_of: str | None,
    upper_bound: bool,
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

    bound = _upper_bound(payoff, model, settings) if upper_bound else None
    with destination(output) as write:
        with progress_bar(options["progress"], quiet) as progress:
            result = estimate(payoff, model, progress=progress, **settings)
        data = result.run.to_json()
        write(_render(result, data, chosen, output == "-"))
    tell_notes([*result.book.notes, *([f"upper bound of the price: {bound}"] if bound else [])], quiet)
    return verdict(
        data["trades"],
        target_met=result.run.target_met,
        fail_on=options["fail_on"],
        quiet=quiet,
        explained=chosen == "table" and output == "-",
    )


def _upper_bound(payoff: Any, model: Any, settings: dict[str, Any]) -> Any:
    """The bound of the price; refused for what is not exercised early."""
    from greeks.execution.upper_bound import upper_bound

    return upper_bound(payoff, model, seed=settings["seed"])


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
        .replace(" in the column product", "")
        .replace("in the column model", "as --model")
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
