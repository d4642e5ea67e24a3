"""The ``greeks`` command. Only click is imported here; a command's module is imported when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click
from greeks_cli import exits

COMPLETION = "_GREEKS_COMPLETE"  # the variable by which a shell asks for completions
COMMANDS = {
    "run": "Greeks of every trade, and the netted book.",
    "ladder": "The netted book over a grid of spots, volatilities and rates.",
    "explain": "Profit and loss between two runs, explained by Greeks.",
    "report": "The variance report: which estimator to trust, as HTML and CSV.",
    "validate": "Read and check the files only.",
    "one": "Greeks of one trade, given by options.",
    "compare": "Are two result files equal within their error bars?",
    "template": "Print an example file.",
    "schema": "Print the JSON schema of the files.",
    "info": "Versions, machine, threads and cache.",
}


class LazyGroup(click.Group):
    """Commands by name; the short helps stand here so that ``--help`` imports none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"greeks_cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint for a slip of the pen."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            close = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"choose from {', '.join(COMMANDS)}"
            raise click.UsageError(f"no such command {args[0]!r}: {hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Commands and options that begin so, from the table: completing must not import every command."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, from the short helps."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from greeks import __version__

        click.echo(f"greeks {__version__}")
        ctx.exit()


def _completion(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        from greeks_cli.completion import script

        click.echo(script(ctx.command, value))
        ctx.exit()


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version.")
@click.option(
    "--show-completion",
    metavar="[bash|zsh|fish]",
    is_flag=False,
    flag_value="",
    is_eager=True,
    expose_value=False,
    callback=_completion,
    help='Print what makes a shell complete: eval "$(greeks --show-completion bash)".',
)
def cli() -> None:
    """Every Greek of an option book by Monte Carlo, each with a standard error.

    \b
    greeks run portfolio.csv --market market.csv
    greeks one european call --spot 100 --strike 100 --maturity 1 --volatility 0.2
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    verbose = any(argument in ("-v", "--verbose") for argument in given)
    if arguments is not None:  # called from Python: its signals are the caller's
        sys.exit(_guarded(given, verbose))
    from greeks.system.ending import Ended, endings, tell

    try:
        with endings():
            code = _guarded(given, verbose)
    except Ended as ended:
        tell(ended.number)
        code = 128 + ended.number
    sys.exit(code)


def _guarded(arguments: list[str], verbose: bool) -> int:
    """The exit code; every error becomes a message on stderr, never a traceback unless asked for."""
    try:
        with _logging(verbose):
            code = _invoke(arguments)
        if sys.stdout is not None:  # None where the caller closed it
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read the output has seen enough. Python would complain again when it flushes stdout at exit.
        _to_nowhere(1)
        return exits.OK
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return exits.INTERRUPTED
    except Exception as error:
        if verbose:
            import traceback

            traceback.print_exc()
        return _report(error)


def _to_nowhere(descriptor: int) -> None:
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


@contextmanager
def _logging(wanted: bool) -> Iterator[None]:
    """With -v, what the library logs goes to stderr."""
    if not wanted:
        yield
        return
    import logging

    class Told(logging.Handler):
        """A line on stderr for each record."""

        def emit(self, record: logging.LogRecord) -> None:
            click.echo(f"{record.levelname.lower()}: {record.getMessage()}", err=True)

    logger, handler = logging.getLogger("greeks"), Told()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def _invoke(arguments: list[str]) -> int:
    if COMPLETION in os.environ:
        from greeks_cli.completion import completed

        return completed(cli)
    try:
        with cli.make_context("greeks", arguments) as context:
            code: Any = cli.invoke(context)
            return code if isinstance(code, int) else exits.OK
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        if isinstance(error, click.NoSuchOption):
            error = _without_hidden(error)
        error.show()
        return exits.FAILED if isinstance(error, click.FileError) else exits.USAGE


def _without_hidden(error: click.NoSuchOption) -> click.NoSuchOption:
    """The same, with no "did you mean" an option that only says that it is not there."""
    parameters = error.ctx.command.get_params(error.ctx) if error.ctx is not None else []
    hidden = {name for option in parameters if getattr(option, "hidden", False) for name in option.opts}
    likely = [name for name in error.possibilities or () if name not in hidden]
    return click.NoSuchOption(error.option_name, None, likely, error.ctx)


def _report(error: Exception) -> int:
    from greeks.errors import MissingDependencyError, PortfolioError, UsageError

    if isinstance(error, PortfolioError):
        count = len(str(error).splitlines())
        _tell(f"{error}\n{count} problem{'s' if count > 1 else ''} found; nothing was computed")
        return exits.INVALID
    if isinstance(error, UsageError):
        _say(f"Error: {error}")
        return exits.USAGE
    if isinstance(error, MissingDependencyError):
        _say(f"Error: {error}")
        return exits.MISSING
    if isinstance(error, OSError):
        _say(f"Error: {error.filename}: {error.strerror}" if error.filename else f"Error: {error}")
        return exits.FAILED
    _say(f"internal error: {type(error).__name__}: {error}; add -v for the traceback")
    return exits.FAILED


def _say(message: str) -> None:
    """A message, which may quote a file, on stderr."""
    from greeks.text.visible import visible

    _tell("\n".join(map(visible, message.split("\n"))))


def _tell(message: str) -> None:
    """To stderr; where nobody reads it any more, the exit code still says what happened."""
    try:
        click.echo(message, err=True)
    except OSError:
        _to_nowhere(2)


if __name__ == "__main__":
    main()
