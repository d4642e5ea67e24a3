"""What is not in the numbers: rows that could not be read, and numbers that no estimator gives."""

from __future__ import annotations

from typing import Any

from greeks.report.context import Context, greeks_of
from greeks.report.tables import Check, Column, Said, Section, Table


def build(context: Context) -> Section:
    """Rejected rows of the file, and numbers without a value, each with its reason."""
    rejected = [
        {"file": issue.file, "line": issue.line, "row": issue.trade, "column": issue.column, "message": issue.message}
        for issue in context.book.rejected
    ]  # fmt: skip
    absent: list[dict[str, Any]] = [
        {key: line[key] for key in ("trade_id", "underlying", "product", "model", "greek", "estimator", "reason")}
        for line in context.result.to_json()["trades"]
        if line["status"] == "na"
        and line["greek"] in greeks_of(context.book.models[line["underlying"]], (line["greek"],))
    ]
    checks = [
        Check(
            "doubtful" if rejected else "sound",
            Said(
                "{rejected} rows were rejected, {read} trades were read.",
                {"rejected": len(rejected), "read": len(context.book.trades)},
                {"rejected": "count", "read": "count"},
            ),
        )
    ]
    if absent:
        said = Said("{absent} numbers have no value; the table says why.", {"absent": len(absent)}, {"absent": "count"})
        checks.append(Check("note", said))
    columns = (
        Column("file", "File", "name"),
        Column("line", "Line", "count"),
        Column("row", "Row", "name"),
        Column("column", "Column", "text"),
        Column("message", "Problem", "text"),
    )
    absent_columns = (
        Column("trade_id", "Trade", "name"),
        Column("product", "Product", "text"),
        Column("model", "Model", "text"),
        Column("greek", "Greek", "text"),
        Column("reason", "Reason", "text"),
    )
    tables = [Table("rejected", "Rejected rows", columns, rejected, 20)] if rejected else []
    if absent:
        tables.append(Table("absent", "Numbers without a value", absent_columns, absent, 8))
    lead = "Nothing is left out silently."
    return Section("rejected", "Rejected rows and absent numbers", lead, checks, tables=tables)
