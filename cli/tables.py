"""Tables of a run: positions and their net, with no more digits than the error bars support, and every reason below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from greeks_cli.blocks import SHORT, block, heading, in_order, short_names
from greeks_cli.grid import Cell, Column
from greeks_cli.page import DIM, Page, Row

from greeks.text.visible import visible

Rows = Sequence[Row]
ANY = "*"  # a group over all underlyings


def render(
    trades: Rows,
    net: Rows,
    width: int,
    color: bool,
    top: int | None = None,
    currencies: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """The trades (one line each, one column a Greek) and the netted table below; either may be empty.

    Parameters
    ----------
    trades, net : sequence of mappings
        Rows of the results.
    width : int
        Columns of the screen.
    color : bool
        Whether escape sequences are wanted.
    top : int, optional
        How many trades to show: those of the largest positions, the largest first.
    currencies : mapping of str to str
        Of the underlyings, so that positions of different currencies are not compared as they stand.
    """
    page = Page(width, color)
    if trades:
        shown = largest(trades, top, currencies) if top is not None else trades
        _positions(page, shown)
        count, everything = (len({row["trade_id"] for row in rows}) for rows in (shown, trades))
        of = " by share of their currency" if len(set(currencies.values())) > 1 else ""
        if count < everything:
            page.say(f"{count:,} of {everything:,} trades are shown, the largest positions{of}; the net is of all.")
            page.say("")
    if net:
        _net(page, net)
    _legend(page, (*trades, *net))
    page.footnotes()
    return page.content()


def largest(rows: Rows, count: int, currencies: Mapping[str, str] = MappingProxyType({})) -> Rows:
    """Rows of the trades with the largest positions, the largest first.

    The size of a position is that of its value in the first Greek that it has one for: of its price, as a rule. Where
    there are several currencies it is taken as a share of all positions of its currency.
    """
    size: dict[str, float] = {}
    group: dict[str, str] = {}
    for row in in_order(rows):
        group[row["trade_id"]] = currencies.get(row["underlying"], "")
        if row["position_value"] is not None:
            size.setdefault(row["trade_id"], abs(row["position_value"]))
    total: dict[str, float] = {}
    for name, value in size.items():
        total[group[name]] = total.get(group[name], 0.0) + value
    share = {name: value / (total[group[name]] or 1.0) for name, value in size.items()}
    names = sorted(dict.fromkeys(row["trade_id"] for row in rows), key=lambda name: -share.get(name, 0.0))
    place = {name: number for number, name in enumerate(names[:count])}
    return sorted((row for row in rows if row["trade_id"] in place), key=lambda row: place[row["trade_id"]])


def _positions(page: Page, rows: Rows) -> None:
    """One line a trade; one for each of its estimators where a number has several."""
    several = len({(row["trade_id"], row["greek"]) for row in rows}) < len(rows)
    lines = _pivot(rows, ("trade_id", "estimator") if several else ("trade_id",))
    first = [next(iter(line.values())) for line in lines]
    names = [visible(row["trade_id"]) for row in first]
    if several:  # in the first column, so that it is repeated where the table goes on
        names = [
            f"{name} {SHORT.get(row['estimator'], row['estimator'])}" for name, row in zip(names, first, strict=True)
        ]
    amounts = [f"{row['quantity'] * row['multiplier']:,.12g}" for row in first]
    keys = [
        Column("trade and estimator" if several else "trade", [Cell(name) for name in names]),
        Column("product", [Cell(row["product"]) for row in first]),
        Column("position", [Cell(text) for text in amounts], left=False),
        Column("underlying", [Cell(visible(row["underlying"])) for row in first]),
    ]
    blocks = _blocks(page, rows, lines, "position_", "z" if several else "estimator")
    page.table("Trades: value of the whole position", keys, blocks)


def _net(page: Page, rows: Rows) -> None:
    """One line a group of trades."""
    columns = list(rows[0])
    labels = columns[columns.index("currency") + 1 : columns.index("greek")]
    lines = _pivot(rows, ("level", "underlying", "currency", *labels))
    first = [next(iter(line.values())) for line in lines]
    titles = [_title(row, labels) for row in first]
    keys = [
        Column(" | ".join(("underlying", *map(visible, labels))), [Cell(title) for title in titles]),
        Column("trades", [Cell(f"{row['trades']:,}") for row in first], left=False),
    ]
    page.table("Net positions", keys, _blocks(page, rows, lines, "", "estimator"))


def _title(row: Row, labels: Sequence[str]) -> str:
    """What was added: the book, an underlying, or trades of the same labels, of one underlying or of any."""
    own = "book" if row["level"] == "book" else visible(row["underlying"]) or ANY
    parts = [own, *(visible(row[name]) or "(blank)" for name in labels if "group" in row["level"] and name != "bucket")]
    parts += [row["bucket"]] if row.get("bucket") else []
    return " ".join(part for part in (" | ".join(parts), visible(row["currency"])) if part)


def _blocks(page: Page, rows: Rows, lines: Sequence[dict[str, Row]], prefix: str, beside: str) -> list[Column]:
    """A block for each Greek, price first."""
    names = dict.fromkeys(heading(row) for row in in_order(rows))
    return [block(page, name, [line.get(name) for line in lines], prefix, beside) for name in names]


def _pivot(rows: Rows, keys: Sequence[str]) -> list[dict[str, Row]]:
    """Rows of the same keys by Greek, in the order of the rows."""
    lines: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in rows:
        lines.setdefault(tuple(str(row[key]) for key in keys), {})[heading(row)] = row
    return list(lines.values())


def _legend(page: Page, rows: Rows) -> None:
    """Units, and the short names of estimators."""
    units: dict[str, dict[str, None]] = {}
    for row in in_order(rows):
        units.setdefault(heading(row), {})[row["unit"]] = None
    text = "; ".join(f"{greek} {' or '.join(found)}" for greek, found in units.items())
    page.say(f"value ± standard error; {text}", DIM)
    if any("level" in row for row in rows):
        page.say("-: a number that the group has not, or that may not be added over underlyings", DIM)
    page.say(short_names(rows), DIM)
