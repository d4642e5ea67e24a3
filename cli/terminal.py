"""What the place of an output can show: its width, and whether escape sequences have a meaning there."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap

import click
from greeks_cli.output import stdout_is_terminal

_WIDTH = 160  # of a table in a file or a pipe


def terminal(stdout: bool) -> tuple[int, bool]:
    """Columns of a table, and whether it may have colors.

    Parameters
    ----------
    stdout : bool
        Whether the table goes to stdout; a file has no colors.

    Returns
    -------
    (int, bool)
        The terminal's width, elsewhere that of the variable ``COLUMNS``, or 160. No colors where the variable
        ``NO_COLOR`` is set to anything (https://no-color.org) or the terminal is a dumb one.
    """
    on_terminal = stdout and stdout_is_terminal()
    columns = shutil.get_terminal_size((_WIDTH, 24)).columns
    color = on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return columns, color


def say(text: str) -> None:
    """A sentence on stderr: one line in a log, wrapped at words on a terminal."""
    if sys.stderr.isatty():
        indent = " " * (len(text) - len(text.lstrip()))
        width = shutil.get_terminal_size().columns
        text = textwrap.fill(text, width, subsequent_indent=f"{indent}  ", break_on_hyphens=False)
    click.echo(text, err=True)
