"""``--shares`` of ``greeks run``: the trades that make each netted number uncertain."""

from __future__ import annotations

from typing import Any

import click

from greeks.text.visible import visible


def tell_shares(book: Any, result: Any, most: int, threads: int | None) -> None:
    """Print the ``most`` largest shares of each netted row's variance on stderr.

    Parameters
    ----------
    book : Book
    result : RunResult
    most : int
        Trades of a row, those of the largest shares by size.
    threads : int, optional
        For the pilot of "auto".
    """
    from greeks.study.net_shares import net_shares

    data = result.to_json()
    click.echo("Shares in the variance of the net", err=True)
    for line, shares in zip(data["net"], net_shares(book, result, threads), strict=True):
        names = list(line)
        where = [str(line[name]) for name in names[: names.index("greek")] if line[name]]
        title = visible(" ".join((*where, line["greek"])))
        if not shares:
            lost = "no trade is uncertain: the net has no error"
            if line["value"] is None:
                lost = "there is no net"
            elif line["standard_error"]:
                lost = "no share is known: the error is a bound, since no path differs"
            click.echo(f"{title}: {lost}", err=True)
            continue
        click.echo(f"{title}: {line['value']:.6g} +- {line['standard_error']:.2g}", err=True)
        for one in shares[:most]:
            own = data["trades"][one.row]
            numbers = f"{own['value']:.6g} +- {own['standard_error']:.2g}"
            click.echo(f"  {visible(one.trade_id)}  {100.0 * one.share:.1f} %  {numbers} a unit", err=True)
