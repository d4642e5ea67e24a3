"""Options shared by commands, and their translation into keywords of ``greeks.run`` and ``greeks.estimate``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from greeks.checks.options import refuse_later
from greeks.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
_KEYWORDS = (
    "greeks", "estimators", "paths", "target", "target_of", "time_budget", "max_paths", "seed", "variance_reduction",
    "steps_per_year", "threads", "units", "analytic", "sampler", "replicates", "pilot",
)  # fmt: skip


FILE = click.Path()  # so that a shell completes it; what is wrong with a file is for its reader to say
# Options of a later version: not shown, and refused with what to do instead.
_LATER = (click.option("--cluster", hidden=True),)


class Count(click.ParamType[int]):
    """A positive whole number; ``1e6`` is one."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number, or a usage error."""
        if isinstance(value, int):
            return value
        try:
            number = float(value)
        except ValueError:
            self.fail(f"{value!r} is not a number", param, ctx)
        if not (1 <= number < 2**63 and number.is_integer()) or "_" in value:
            self.fail(f"{value!r} is not a positive whole number such as 262144 or 1e6", param, ctx)
        return int(value) if value.isdecimal() else int(number)


def apply(function: F, options: Sequence[Callable[[Any], Any]]) -> F:
    """Decorate with options, the first of them shown first."""
    for option in reversed(options):
        function = option(function)
    return function


def input_options(function: F) -> F:
    """The two input files and how to read them."""
    return apply(
        function,
        [
            click.argument("portfolio", metavar="PORTFOLIO.csv", type=FILE),
            click.option("-m", "--market", type=FILE, metavar="FILE", help="Joined by underlying; JSON may hold both."),
            click.option("--curves", type=FILE, metavar="FILE", help="Curves that the market's rates may name."),
            click.option("--vols", type=FILE, metavar="FILE", help="Volatilities by expiry and strike."),
            click.option("--dividends", type=FILE, metavar="FILE", help="What underlyings pay on dates."),
            click.option("--fixings", type=FILE, metavar="FILE", help="What past fixing dates fixed at."),
            click.option("--as-of", metavar="DATE", help="Date, or date and time, or today; for an expiry."),
            click.option(
                "--on-error",
                type=click.Choice(["fail", "skip"]),
                default="fail",
                show_default=True,
                help="With skip, good rows are computed and bad rows reported.",
            ),
            click.option(
                "--labels", metavar="COLUMNS", help="The label columns; any other unknown column is then an error."
            ),
        ],
    )


def verbosity_options(function: F) -> F:
    """How much to say on stderr."""
    return apply(
        function,
        [
            click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
            click.option("-v", "--verbose", is_flag=True, help="Say more; a traceback for an internal error."),
        ],
    )


def output_options(function: F) -> F:
    """Where results go."""
    return apply(
        function,
        [
            click.option("-o", "--output", type=FILE, metavar="FILE", default="-", help="- (default) is stdout."),
            click.option(
                "--format",
                "form",
                type=click.Choice(["csv", "json", "parquet", "table"]),
                help="Default: by extension; on stdout, table on a terminal and csv in a pipe.",
            ),
        ],
    )


def simulation_options(function: F) -> F:
    """What to compute and how; :func:`keywords` makes use of them."""
    count = Count()
    return apply(
        function,
        [
            click.option("--greeks", metavar="LIST", help="price,delta,gamma,vega,rho (default), others, or all."),
            click.option("--estimators", metavar="LIST", default="auto", show_default=True, help="Names, auto or all."),
            click.option("--analytic/--no-analytic", default=None, help="Exact values in auto, where known; default."),
            click.option("--pilot/--no-pilot", default=None, help="auto measures its candidates; default."),
            click.option("--paths", type=count, metavar="N", help="Paths per simulation group; default 262144."),
            click.option("--target", type=float, metavar="REL", help="Stop at this relative standard error."),
            click.option("--target-of", metavar="NAME", help="trades (default), or net: the netted book alone."),
            click.option("--time-budget", type=float, metavar="SECONDS", help="Spend it where the error is largest."),
            click.option("--max-paths", type=count, metavar="N", help="Limit for --target and --time-budget."),
            click.option("--seed", type=int, default=42, show_default=True, metavar="N"),
            click.option("--sampler", metavar="NAME", help="pseudo (default), or sobol: scrambled points."),
            click.option("--replicates", type=count, metavar="R", help="Scrambles of sobol; default 16."),
            click.option("--variance-reduction", metavar="LIST", help="controls (default), antithetic, both, or none."),
            click.option("--steps-per-year", type=count, metavar="N", help="Grid of schemes with a time-step bias."),
            click.option("--threads", type=count, metavar="N", help="Default: all cores. Does not change results."),
            click.option("--units", type=click.Choice(["raw", "market", "cash"]), default="raw", show_default=True),
            click.option("--progress/--no-progress", default=None, help="Default: on a terminal only."),
            click.option(
                "--fail-on",
                type=click.Choice(["warn", "na"]),
                help="Exit code 5 if a number has that status or a worse one.",
            ),
            *_LATER,
        ],
    )


def simulation_options_but(*names: str) -> Callable[[F], F]:
    """:func:`simulation_options` without those that a command cannot honour, by the names of their values."""

    def decorate(function: F) -> F:
        before = list(getattr(function, "__click_params__", ()))
        decorated = simulation_options(function)
        kept = [part for part in decorated.__click_params__ if part in before or part.name not in names]  # type: ignore[attr-defined]
        decorated.__click_params__ = kept  # type: ignore[attr-defined]
        return decorated

    return decorate


def keywords(options: dict[str, Any]) -> dict[str, Any]:
    """Keywords of ``greeks.run`` from the values of :func:`simulation_options`.

    Raises
    ------
    UsageError
        For an option that this version cannot honour, with what to do instead.
    """
    refuse_later(options, lambda name: "--" + name)
    if options["max_paths"] is not None and options["target"] is None and options["time_budget"] is None:
        raise UsageError("--max-paths limits a run with --target or --time-budget: write --paths for a fixed number")
    return {name: options[name] for name in _KEYWORDS if options[name] is not None}
