"""Completion of commands, options and choices by bash, zsh and fish: click's own."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class, shell_complete
from greeks_cli.main import COMPLETION

SHELLS = ("bash", "zsh", "fish")


def completed(cli: click.Command) -> int:
    """Answer a shell that asks for completions."""
    return shell_complete(cli, {}, "greeks", COMPLETION, os.environ[COMPLETION])


def script(cli: click.Command, shell: str) -> str:
    """What a shell has to evaluate so that it completes ``greeks``.

    Parameters
    ----------
    cli : click.Command
    shell : str
        One of bash, zsh and fish; empty for the one of the variable ``SHELL``.

    Raises
    ------
    click.UsageError
        For another shell.
    """
    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    found = get_completion_class(name) if name in SHELLS else None
    if found is None:
        raise click.UsageError(f"no completion for the shell {name!r}: write --show-completion {'|'.join(SHELLS)}")
    return found(cli, {}, "greeks", COMPLETION).source()
