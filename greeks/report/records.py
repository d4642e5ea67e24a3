"""Sections as rows for CSV, and as nested data for JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from greeks.report.tables import Said, Section

Row = dict[str, Any]


def exact(value: float) -> str:
    """The shortest text that reads back as the same number."""
    return str(value) if isinstance(value, int) else repr(float(value)) if isfinite(value) else ""


def records(sections: Sequence[Section]) -> list[Row]:
    """Every row of every table, and every number of a sentence, with ``section`` and ``table`` before them."""
    rows: list[Row] = []
    for section in sections:
        for number, said in enumerate(check.said for check in section.checks):
            for name, value in said.values.items():
                rows.append({"section": section.key, "table": "text", "sentence": number, "name": name, **_fact(value)})
        for table in section.tables:
            rows.extend({"section": section.key, "table": table.key, **row} for row in table.rows)
    return rows


def _fact(value: Any) -> Row:
    return {"text": value} if isinstance(value, str) else {"number": value}


def document(sections: Sequence[Section], words: Callable[[Said], str]) -> dict[str, Any]:
    """The same as nested JSON-ready data, with the verdict in words."""
    return {
        section.key: {
            "title": section.title,
            "checks": [
                {"status": check.status, "text": words(check.said), "values": _clean(check.said.values)}
                for check in section.checks
            ],
            "tables": {table.key: [_clean(row) for row in table.rows] for table in section.tables},
        }
        for section in sections
    }


def _clean(row: Any) -> Row:
    return {k: None if isinstance(v, float) and not isfinite(v) else v for k, v in row.items()}
