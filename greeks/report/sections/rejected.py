"""What is not in the numbers: rows that could not be read, and numbers that no estimator gives."""

from __future__ import annotations

from greeks.report.context import Context, place
from greeks.report.tables import ESTIMATOR, GREEK, KIND, TRADE, Check, Column, Said, Section, Table


def build(context: Context) -> Section:
    """Rejected rows of the file, numbers without a value, and estimators that are not valid, each with its reason."""
    rejected = [
        {"file": issue.file, "line": issue.line, "row": issue.trade, "column": issue.column, "message": issue.message}
        for issue in context.book.rejected
    ]  # fmt: skip
    refused = [
        {**place(done, cell.greek), "estimator": cell.estimator, "reason": cell.reason}
        for done in context.studies
        for cell in done.refused
    ]
    there = {(done.trade.trade_id, greek) for done in context.studies for greek in done.greeks}
    absent = [row for row in refused if (row["trade_id"], row["greek"]) not in there]
    checks = [
        Check(
            "doubtful" if rejected else "sound",
            Said(
                "Rows rejected: {rejected}; trades read: {read}.",
                {"rejected": len(rejected), "read": len(context.book.trades)},
                {"rejected": "count", "read": "count"},
            ),
        )
    ]
    if absent:
        count = len({(row["trade_id"], row["greek"]) for row in absent})
        said = Said(
            "Numbers that no estimator gives: {absent}; the table says why.", {"absent": count}, {"absent": "count"}
        )
        checks.append(Check("note", said))
    columns = (
        Column("file", "File", "name"),
        Column("line", "Line", "count"),
        Column("row", "Row", "name"),
        Column("column", "Column", "text"),
        Column("message", "Problem", "text"),
    )
    absent_columns = (
        TRADE,
        KIND,
        GREEK,
        ESTIMATOR,
        Column("reason", "Reason", "text"),
    )
    tables = [Table("rejected", "Rejected rows", columns, rejected, 20)] if rejected else []
    if absent:
        tables.append(Table("absent", "Numbers without a value", absent_columns, absent, 8))
    if refused:
        tables.append(Table("refused", "Estimators that are not valid, and why", absent_columns, refused, 5))
    lead = "Whatever the numbers above leave out is listed here, with its reason."
    return Section("rejected", "Rejected rows and absent numbers", lead, checks, tables=tables)
