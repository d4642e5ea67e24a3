"""``greeks template``."""

from __future__ import annotations

import click
from greeks_cli.command import Command


@click.command("template", cls=Command, short_help="Print an example file.")
@click.argument("product", required=False)
def command(product: str | None) -> None:
    """Print an example portfolio file: of one PRODUCT, of all, or with "market" the market file that goes with it."""
    from greeks.portfolio import template

    text = template(product)
    click.echo(text, nl=False)
    if ",expiry," in text.partition("\n")[0]:
        click.echo("expiry may hold a date such as 2026-12-18 in place of maturity; then give --as-of", err=True)
