"""What the report is about: how the files were read, and which trades of a large book were studied."""

from __future__ import annotations

from greeks.report.context import Context
from greeks.report.picking import counted
from greeks.report.tables import Check, Column, Said, Section, Table


def build(context: Context) -> Section:
    """Notes of the reader, labels and currencies, and trades studied by payoff and regime."""
    book = context.book
    checks = []
    rows = counted(context.regimes, context.picked)
    live = sum(row["trades"] for row in rows)
    studied = sum(row["studied"] for row in rows)
    if studied < live:
        said = Said(
            "Studied: {studied} of {live} live trades. Each of the {kinds} kinds of payoff and model is there, then "
            "its regimes of moneyness and maturity in turn, the largest position of each first. Totals and the "
            "verdict are of all trades.",
            {"studied": studied, "live": live, "kinds": len({row["kind"] for row in rows})},
            {"studied": "count", "live": "count", "kinds": "count"},
        )
    else:
        said = Said("Studied: every live trade, {live} in number.", {"live": live}, {"live": "count"})
    checks.append(Check("note", said))
    checks += [Check("note", Said("{note}", {"note": note})) for note in book.notes]
    facts = [
        {"what": "label columns", "setting": ", ".join(book.label_columns) or "none"},
        {"what": "currencies", "setting": _currencies(context)},
        {"what": "valuation date", "setting": book.as_of or "none stated: maturities are in years"},
    ]
    columns = (Column("what", "What", "text"), Column("setting", "Setting", "text"))
    regimes = (
        Column("kind", "Payoff and model", "text"),
        Column("moneyness", "Moneyness", "text"),
        Column("maturity", "Maturity up to", "text"),
        Column("trades", "Trades", "count"),
        Column("studied", "Studied", "count"),
    )
    lead = "How the files were read, every default that was taken, and which trades the estimators were compared on."
    return Section(
        "scope", "What was read and studied", lead, checks,
        tables=[Table("reading", "How the files were read", columns, facts, 10),
                Table("regimes", "Trades by payoff, model and regime", regimes, rows, 8)],
    )  # fmt: skip


def _currencies(context: Context) -> str:
    """The currency of each underlying that has one stated."""
    stated = context.book.currencies
    by_code: dict[str, list[str]] = {}
    for underlying in dict.fromkeys(trade.underlying for trade in context.book.trades):
        by_code.setdefault(stated.get(underlying, "none stated"), []).append(underlying)
    return "; ".join(f"{code}: {', '.join(names)}" for code, names in by_code.items())
