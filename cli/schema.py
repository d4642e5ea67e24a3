"""``greeks schema``."""

from __future__ import annotations

import json

import click
from greeks_cli.command import Command


@click.command("schema", cls=Command, short_help="Print the JSON schema of the files.")
def command() -> None:
    """Print the JSON schema of the rows of both files."""
    from greeks.portfolio import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
