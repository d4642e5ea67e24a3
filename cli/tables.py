"""Tables for people: value ± standard error, no more digits than the error bar supports, and every reason below."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from greeks.text import visible

Rows = Sequence[Mapping[str, Any]]


def plus_minus(value: float | None, error: float | None) -> str:
    """``10.4512 ± 0.0031``: the error bar with two digits, the value with as many decimals.

    An error bar of zero means an exact number, and is not shown.
    """
    if value is None or not isfinite(value):
        return "n/a"
    if not error or not isfinite(error):
        return f"{value:.6g}"
    decimals = 1 - floor(log10(float(f"{error:.1e}")))  # of the error as rounded: 0.0999 is 0.10, not 0.100
    largest = max(abs(value), error)
    if largest >= 1e7 or largest < 1e-3:
        power = floor(log10(largest))
        decimals = max(decimals + power, 0)
        scale = 10.0**-power
        return f"({value * scale:.{decimals}f} ± {error * scale:.{decimals}f})e{power:+03d}"
    decimals = max(decimals, 0)
    return f"{value:.{decimals}f} ± {error:.{decimals}f}"


def render(trades: Rows, net: Rows, width: int, color: bool) -> bytes:
    """The trades (one row each, one column a Greek) and the netted table below; either may be empty."""
    page = Page(width, color)
    if trades:
        page.pivot(trades, ("trade_id", "underlying", "product", "estimator"), "Trades")
    if net:
        columns = list(net[0])
        labels = columns[columns.index("currency") + 1 : columns.index("greek")]
        page.pivot(net, ("level", "underlying", "currency", *labels, "trades"), "Net positions")
    page.legend((*trades, *net))
    return page.content()


def render_one(rows: Rows, width: int, color: bool) -> bytes:
    """The numbers of one trade, one row each, with the reference value where there is one."""
    page = Page(width, color)
    page.list(rows)
    page.footnotes()
    return page.content()


class Page:
    """Tables on one page, with footnotes for what is not ok.

    Parameters
    ----------
    width : int
        Columns.
    color : bool
        Whether escape sequences are wanted.
    """

    def __init__(self, width: int, color: bool) -> None:
        """An empty page."""
        self._buffer = io.StringIO()
        self._console = Console(
            file=self._buffer, width=width, force_terminal=color, no_color=not color, highlight=False, markup=False
        )
        self._reasons: dict[str, int] = {}

    def content(self) -> bytes:
        """Everything printed so far."""
        return self._buffer.getvalue().encode()

    def _number(self, row: Mapping[str, Any]) -> Text:
        """Value and error bar, with the number of a footnote and a color where the status is not ok."""
        text = Text(plus_minus(row["value"], row["standard_error"]))
        if row["status"] != "ok":
            mark = self._reasons.setdefault(f"{row['status']}: {row['reason']}", len(self._reasons) + 1)
            text.append(f" [{mark}]")
            text.stylize("yellow" if row["status"] == "warn" else "red")
        return text

    def pivot(self, rows: Rows, keys: Sequence[str], title: str) -> None:
        """One row for each combination of ``keys`` and one column a Greek; one row a number where that is too wide.

        The estimator is a key only where a number has several: with ``auto`` each Greek has the one that suits it.
        """
        keys = [key for key in keys if key != "currency" or any(row["currency"] for row in rows)]
        if "estimator" in keys and len({(row["trade_id"], row["greek"]) for row in rows}) == len(rows):
            keys = [key for key in keys if key != "estimator"]
        greeks = list(dict.fromkeys(row["greek"] for row in rows))
        cells: dict[tuple[str, ...], dict[str, Text]] = {}
        lines: list[tuple[tuple[str, ...], dict[str, Text]]] = []  # a total may hold two vegas, on a line each
        for row in rows:
            key, number = tuple(str(row[key]) for key in keys), self._number(row)
            if row.get("level") in ("book", "group") and "initial volatility" in row["unit"]:
                number.append(" initial")
            if row["greek"] in cells.setdefault(key, {}) or not cells[key]:
                cells[key] = {}
                lines.append((key, cells[key]))
            cells[key][row["greek"]] = number
        names = [key.removesuffix("_id") for key in keys]
        wide = _table(title, names, greeks)
        for key, numbers in lines:
            wide.add_row(*map(_text, key), *(numbers.get(greek, Text()) for greek in greeks))
        unlimited = self._console.options.update(width=100_000)
        if Measurement.get(self._console, unlimited, wide).maximum > self._console.width:
            wide = _table(title, [*names, "greek"], ["value"])
            for key, numbers in lines:
                for greek, text in numbers.items():
                    wide.add_row(*map(_text, key), greek, text)
        self._console.print(wide)
        self._console.print()

    def list(self, rows: Rows) -> None:
        """One row a number."""
        table = _table("", ["greek", "estimator"], ["value", "reference", "z"])
        table.add_column("unit")
        for row in rows:
            known, distance = row["reference"], row["z_score"]
            table.add_row(
                row["greek"],
                row["estimator"],
                self._number(row),
                "" if known is None else f"{known:.6g}",
                "" if distance is None else f"{distance:+.1f}",
                row["unit"],
            )
        self._console.print(table)

    def legend(self, rows: Rows) -> None:
        """What the columns mean, and the footnotes."""
        units: dict[str, dict[str, None]] = {}
        for row in rows:
            units.setdefault(row["greek"], {})[row["unit"]] = None
        text = "; ".join(f"{greek} {' or '.join(found)}" for greek, found in units.items())
        self._console.print(f"value ± standard error; {text}", style="dim")
        self.footnotes()

    def footnotes(self) -> None:
        """Every reason once."""
        for reason, mark in self._reasons.items():
            self._console.print(f"[{mark}] {visible(reason)}")


def _text(name: str) -> Text:
    return Text(visible(name))


def _table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for name in left:
        table.add_column(visible(name), no_wrap=True)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table
